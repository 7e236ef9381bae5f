"""Checks of what was found: RK005 base rate out of range, RK010 too few events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, Share, judged, not_applicable
from risiko.evaluate.checks.registry import check


@check("RK005", severity="warning")
def base_rate_in_range(outcomes: pd.DataFrame, limits: Limits) -> Outcome:
    """The share of labelled services with the outcome lies where a list can tell services apart."""
    y = _labelled(outcomes["outcome"]).dropna()
    if y.empty:
        return not_applicable("unlabelled")
    rate = float(y.mean())
    return judged(not limits.base_rate_low <= rate <= limits.base_rate_high, rate=Share(rate), n=len(y))


@check("RK010", severity="error")
def enough_events(outcomes: pd.DataFrame, limits: Limits) -> Outcome:
    """There are enough services with the outcome, and enough without, to learn and judge from.

    With service_id, a service counts once among those with the outcome however many windows it falls in: pooled
    half-yearly cohorts look at each supervision twice. No outcomes at all are too few.
    """
    y = _labelled(outcomes["outcome"])
    if "service_id" in outcomes:
        y = y.groupby(outcomes["service_id"].to_numpy()).max()  # the outcome of a service that had it at least once
    events, others = int((y == 1).sum()), int((y == 0).sum())
    minimum = int(limits.events)
    return judged(min(events, others) < minimum, events=events, others=others, minimum=minimum)


def _labelled(outcome: pd.Series) -> pd.Series:
    """The outcomes as 0, 1 and NaN; ValueError for any other value."""
    y = pd.Series(outcome.astype("Float64").to_numpy(dtype=float, na_value=np.nan))
    if not y.dropna().isin((0.0, 1.0)).all():
        raise ValueError("an outcome must be 0, 1 or missing")
    return y
