"""Days earlier: when the same visits, so many a day, had gone to services in the order of a score."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray


def days_earlier(score: FloatArray, outcome: FloatArray, visited: pd.Series) -> float:
    """Mean number of days by which services with the outcome would have been visited sooner; below 0 is later.

    The visits keep their days and their number a day; only who is visited when changes, highest score first (Chicago's
    food inspections, 2014). Services with equal scores share the mean of their days. NaN where none has the outcome.
    score: NaN is visited last. visited: the day of the first judged visit after the as-of date, none missing.
    """
    found = outcome == 1
    if not found.any():
        return float("nan")
    days = np.sort((visited - visited.min()).dt.days.to_numpy(dtype=float))
    order = np.argsort(-np.where(np.isnan(score), -np.inf, score), kind="stable")
    ranked = np.where(np.isnan(score), -np.inf, score)[order]
    tie = np.concatenate(([0], np.cumsum(ranked[1:] != ranked[:-1])))
    shared = np.bincount(tie, days) / np.bincount(tie)
    planned = np.empty(len(days))
    planned[order] = shared[tie]
    actual = (visited - visited.min()).dt.days.to_numpy(dtype=float)
    return float((actual - planned)[found].mean())
