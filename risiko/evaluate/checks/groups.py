"""RK009: a group that is treated otherwise than the rest, beyond what chance explains."""

from __future__ import annotations

import pandas as pd

from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, judged, not_applicable
from risiko.evaluate.checks.registry import check


@check("RK009", severity="warning")
def groups_alike(equity: pd.DataFrame, limits: Limits) -> Outcome:
    """No group's value differs from the overall by more than a fifth of it and more than chance.

    The intervals of the differences must hold for all groups of a measure at once (as equity.by_group makes them), so
    that looking at many groups finds no one by looking. A group too small for an interval is not compared. details:
    the compared rows of `equity` with gap (difference over the overall value) and fails; failing first, then widest.
    """
    rows = equity.dropna(subset=["value", "overall", "diff_low", "diff_high"]).copy()
    if rows.empty:
        return not_applicable("not_measured")
    difference = rows["value"] - rows["overall"]
    rows["gap"] = (difference / rows["overall"].abs().clip(lower=1e-12)).abs()
    beyond_chance = (rows["diff_low"] > 0) | (rows["diff_high"] < 0)
    rows["fails"] = beyond_chance & (rows["gap"] > limits.group_gap)
    rows = rows.sort_values(["fails", "gap"], ascending=False, kind="stable").reset_index(drop=True)
    worst, unequal = rows.iloc[0], int(rows["fails"].sum())
    named = {"group": str(worst["group"]), "measure": str(worst["measure"])}
    numbers = {"value": float(worst["value"]), "overall": float(worst["overall"])}
    return judged(unequal > 0, rows, unequal=unequal, n=len(rows), **named, **numbers)
