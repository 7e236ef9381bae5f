"""A surge of complaints: a CUSUM of each month beside the service's own usual, with a stated number of false alarms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, window_start
from risiko.signals.common_form import common_form
from risiko.signals.complaint_by_month import beside_before, by_month, newest_complaint
from risiko.signals.complaint_months import COUNTED
from risiko.signals.complaint_reading import beside, z_columns
from risiko.signals.peers import beside_peers
from risiko.signals.registry import Context, signal
from risiko.statistics.cusum import llr_cusum, llr_weights, threshold_for
from risiko.statistics.inputs import BoolArray

READS = {"complaints": COUNTED}


@dataclass(frozen=True)
class Surges:
    """statistic: the CUSUM of each service in each month watched, oldest first; it is held at the threshold, so that
    one surge is not watched for long after it has passed. alarm: where it rang, each time anew from 0. level: each
    service's own earlier level, as a ratio to its type's. observed, expected (at its own level): what was compared."""

    statistic: FloatArray
    alarm: BoolArray
    threshold: float
    level: FloatArray
    observed: FloatArray
    expected: FloatArray

    def latest(self, context: Context) -> pd.Series:
        """End of the newest month with an alarm, per service; NaT where there was none."""
        months = self.alarm.shape[1]
        ago = np.where(self.alarm.any(axis=1), np.argmax(self.alarm[:, ::-1], axis=1), -1)
        ends = pd.Series([window_start(context.as_of, m) for m in range(months)] + [pd.NaT]).astype("datetime64[us]")
        return pd.Series(ends.to_numpy()[ago], index=context.services.index, name="alarm")


def surges(context: Context) -> Surges:
    """The CUSUM of every service in the last settings.complaints.surge_months, for context.once.

    A surge is against the service's own level before those months, shrunk towards its type: a service that has always
    had many complaints is told by its rate. The threshold gives the stated number of false alarms a year over all
    services together, when counts are Poisson around that level.
    """
    rule, monthly = context.settings.complaints, context.once(by_month)
    watched, before = rule.surge_months, monthly.observed.shape[1] - rule.surge_months
    level = beside(context, monthly.observed[:, :before].sum(axis=1), monthly.expected[:, :before].sum(axis=1)).ratio
    observed, expected = monthly.last(watched)
    expected = expected * level[:, None]
    expected = np.where(expected > 0, expected, np.nan)
    usual = np.nan_to_num(np.nansum(expected, axis=1) / np.maximum((expected > 0).sum(axis=1), 1))
    threshold = threshold_for(usual, rule.surge_ratio, rule.surge_false_alarms)
    weights = llr_weights(observed, expected, rule.surge_ratio)
    alarm = llr_cusum(observed, expected, rule.surge_ratio, threshold).signal
    return Surges(_held(weights, threshold), alarm, threshold, level, observed, expected)


def _held(weights: FloatArray, threshold: float) -> FloatArray:
    """C = min(threshold, max(0, C + weight)) along the months."""
    path, now = np.zeros(weights.shape), np.zeros(len(weights))
    for month in range(weights.shape[1]):
        now = np.clip(now + np.nan_to_num(weights[:, month]), 0.0, threshold)
        path[:, month] = now
    return path


def surge_over_time(context: Context, position: int) -> pd.DataFrame:
    """The CUSUM of one service month by month, oldest first; n is the month's complaints. Nothing is expected of it:
    what it is held against is surges(context).threshold."""
    found = context.once(surges)
    months = found.statistic.shape[1]
    return pd.DataFrame({
        "period_end": [window_start(context.as_of, m).date() for m in range(months - 1, -1, -1)],
        "value": found.statistic[position], "n": found.observed[position], "expected": np.nan,
    })  # fmt: skip


@signal("complaint_surge", group="complaints", unit="log_likelihood_ratio", reads=READS,
        over_time=surge_over_time)  # fmt: skip
def complaint_surge(context: Context) -> pd.DataFrame:
    """How strongly the newest months say that complaints are at least twice the service's own usual (CUSUM).

    The alarm rings at surges(context).threshold; see Surges.latest for the month. Yearly counts cannot show a surge
    ("not_by_month"). z: the last year beside the service's own level. Standing: beside its type.
    """
    found, monthly = context.once(surges), context.once(by_month)
    missing = monthly.missing(context)
    value = found.statistic[:, -1]
    standing = beside_peers(np.where(missing.isna(), value, np.nan), context.kind,
                            context.settings.peers.minimum)  # fmt: skip
    observed, expected = (np.nansum(a[:, -12:], axis=1) for a in (found.observed, found.expected))
    older = np.nansum(found.observed[:, :-12], axis=1), np.nansum(found.expected[:, :-12], axis=1)
    return common_form(
        context.services, missing=missing, value=value, n=found.observed.sum(axis=1),
        exposure=np.nansum(found.expected, axis=1), expected=standing.centre, estimate=value,
        sd=np.zeros(len(value)), standing=standing.z, standing_sd=standing.z_sd,
        **z_columns(context, beside_before(observed, expected, *older)),
        trend=value - found.statistic[:, -1 - found.statistic.shape[1] // 2], freshness=newest_complaint(context),
    )  # fmt: skip
