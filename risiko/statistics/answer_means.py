"""Means of several collections taken together, with an interval that few places do not make too narrow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from risiko.statistics.survey_error import mean_variance

Z95 = 1.96


def pooled_means(answers: pd.DataFrame, by: Sequence[str], spread: float) -> pd.DataFrame:
    """One row per `by`: n (people), pieces, sources, mean (weighted by people), se, low, high (95 %, within 0-100).

    answers: `by`, n (1 or more), mean (0-100), spread (missing: `spread`), design_effect, source. The variance is the
    larger of two: of the answers within each collection (design effect × sd² / n), and of the collections' means as
    clusters, k/(k-1) Σ w²(m - M)² (Lohr, Sampling, ch. 5), which needs two or more. Collections in the same place are
    no independent draws, so the interval tells how sure the number is for those who were asked, not for all users.
    """
    keys = list(by)
    rows = answers.assign(total=answers.groupby(keys)["n"].transform("sum"))
    n = rows["n"].to_numpy(dtype=float)
    share, value = n / rows["total"].to_numpy(dtype=float), rows["mean"].to_numpy(dtype=float)
    sd = rows["spread"].fillna(spread).to_numpy(dtype=float)
    rows = rows.assign(part=share * value)
    centre = rows.groupby(keys)["part"].transform("sum").to_numpy()
    within = share**2 * mean_variance(sd, n, rows["design_effect"].to_numpy(dtype=float))
    rows = rows.assign(within=within, between=share**2 * (value - centre) ** 2)
    found = rows.groupby(keys, as_index=False).agg(
        n=("n", "sum"), pieces=("part", "size"), sources=("source", "nunique"), mean=("part", "sum"),
        within=("within", "sum"), between=("between", "sum"),
    )  # fmt: skip
    several = found["pieces"].to_numpy(dtype=float)
    between = np.where(several > 1, found["between"] * several / np.maximum(several - 1, 1), 0.0)
    se = np.sqrt(np.maximum(found["within"].to_numpy(dtype=float), between))
    low, high = ((found["mean"] + side * Z95 * se).clip(0, 100) for side in (-1, 1))
    return found.assign(se=se, low=low, high=high)[[*keys, "n", "pieces", "sources", "mean", "se", "low", "high"]]
