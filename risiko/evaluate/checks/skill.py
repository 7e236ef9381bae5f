"""Checks of measures on later dates: RK006 calibration off, RK008 skill lost within offices, RK015 too good."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, judged, not_applicable
from risiko.evaluate.checks.registry import check

CALIBRATION = ("calibration_in_the_large", "calibration_slope")


class Measured(NamedTuple):
    """One measure with its 95 % interval."""

    value: float
    low: float
    high: float

    def excludes(self, point: float) -> bool:
        """True where chance alone does not explain the distance from the point."""
        return not self.low <= point <= self.high


@check("RK006", severity="warning")
def probabilities_hold(skill: pd.DataFrame, limits: Limits) -> Outcome:
    """Later outcomes come as often as told: calibration in the large near 0 and slope near 1 (Cox 1958).

    Fails where the level is further than calibration_level from 0 and its interval excludes 0, or the slope lies
    outside slope_low–slope_high and its interval excludes 1: too far off, and more than chance.
    """
    found = _measured(skill, *CALIBRATION)
    if not found:
        return not_applicable("not_measured")
    level, slope = found
    level_off = abs(level.value) > limits.calibration_level and level.excludes(0)
    slope_off = not limits.slope_low <= slope.value <= limits.slope_high and slope.excludes(1)
    levels = {"level": level.value, "level_low": level.low, "level_high": level.high}
    return judged(level_off or slope_off, **levels, slope=slope.value, slope_low=slope.low, slope_high=slope.high)


@check("RK008", severity="warning")
def skill_within_offices(skill: pd.DataFrame, limits: Limits) -> Outcome:
    """Services are told apart inside offices too: an office plans its own visits.

    Fails where the AUC within offices is lower than overall by more than skill_lost and the overall value lies above
    its interval, or where the interval reaches down to .5, which is chance.
    """
    found = _measured(skill, "auc", "auc_within_office")
    if not found:
        return not_applicable("not_measured")
    overall, within = found
    lost = overall.value - within.value > limits.skill_lost and within.high < overall.value
    by_chance = within.low <= 0.5
    return judged(lost or by_chance, overall=overall.value, within=within.value, low=within.low, high=within.high)


@check("RK015", severity="warning")
def not_too_good(skill: pd.DataFrame, limits: Limits) -> Outcome:
    """The AUC on later dates is no higher than a fresh inspection would reach; above it, look for a leak first."""
    found = _measured(skill, "auc")
    if not found:
        return not_applicable("not_measured")
    auc = found[0]
    return judged(auc.value > limits.auc_ceiling, auc=auc.value, low=auc.low, high=auc.high, ceiling=limits.auc_ceiling)


def _measured(skill: pd.DataFrame, *metrics: str) -> list[Measured]:
    """The named measures, or none where one of them or its interval is lacking. ValueError where one is given twice."""
    rows = skill.set_index("metric")[["value", "low", "high"]].astype(float)
    if not rows.index.is_unique:
        raise ValueError("evidence 'skill' has a measure twice")
    found = rows.reindex(metrics)
    return [] if found.isna().to_numpy().any() else [Measured(*row) for row in found.to_numpy().tolist()]
