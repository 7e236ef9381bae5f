"""RK011: a list that moves more than noise explains."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, Share, judged, not_applicable
from risiko.evaluate.checks.registry import check


@check("RK011", severity="warning")
def list_is_stable(
    ranks_before: pd.Series, ranks_after: pd.Series, list_size: int, noise_overlap: FloatArray, limits: Limits
) -> Outcome:
    """The first `list_size` places keep at least as many services as two lists do that differ by noise alone.

    Only services on both lists count: one that closed or began did not move. Equal ranks are taken in id order.
    """
    before, after = (ranks.dropna() for ranks in (ranks_before, ranks_after))
    both = before.index.intersection(after.index).sort_values()
    size = min(int(list_size), len(both))
    if size < limits.list_minimum or not np.isfinite(noise_overlap).any():
        return not_applicable("too_few")
    first, second = (set(ranks[both].sort_values(kind="stable").index[:size]) for ranks in (before, after))
    overlap, floor = len(first & second) / size, float(np.nanquantile(noise_overlap, limits.noise_quantile))
    return judged(overlap < floor, overlap=Share(overlap), size=size, floor=Share(floor))
