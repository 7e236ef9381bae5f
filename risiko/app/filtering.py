"""Narrowing the ranking to what the reader asks for, and counting what each choice would give."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.app.query import CHOICES, Query

Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def narrow(ranking: pd.DataFrame, query: Query) -> pd.DataFrame:
    """The rows that fit every filter, in rank order; the top-N limit is not applied here."""
    return ranking[_fits(ranking, query)]


def counts(ranking: pd.DataFrame, query: Query, name: str) -> dict[str, int]:
    """How many services each value of one filter would show, given the other filters.

    A value that no service has under the other filters is left out, except those now chosen (count 0).
    """
    found = ranking.loc[_fits(ranking, query, leave_out=name), CHOICES[name]].dropna().astype("str").value_counts()
    chosen = dict.fromkeys(query.choices.get(name, ()), 0)
    return chosen | {str(value): int(n) for value, n in found.items()}


def _fits(ranking: pd.DataFrame, query: Query, leave_out: str = "") -> Mask:
    mask = np.ones(len(ranking), dtype=bool)
    for name, values in query.choices.items():
        if name != leave_out:
            mask &= ranking[CHOICES[name]].astype("str").isin(values).to_numpy(dtype=bool)
    if query.never:
        mask &= ranking["last_supervised"].isna().to_numpy(dtype=bool)
    if query.text:
        mask &= _mentions(ranking["name"], query.text) | _mentions(ranking["service_id"], query.text)
    return mask


def _mentions(column: pd.Series, text: str) -> Mask:
    found = column.astype("str").str.contains(text, case=False, regex=False, na=False)
    mask: Mask = found.to_numpy(dtype=bool)
    return mask
