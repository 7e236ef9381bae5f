"""Complaints by weight: rates in which a grave complaint, or one that was upheld, counts for more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.signals.common_form import reasons
from risiko.signals.complaint_months import COUNTED, ComplaintMonths, complaint_months
from risiko.signals.complaint_reading import fading, rate_over_time, rate_reading
from risiko.signals.registry import Context, signal
from risiko.statistics.inputs import BoolArray

DECIDED = ("upheld", "partly", "not_upheld")


def by_severity(context: Context) -> FloatArray:
    """The weight of each counted row by its severity (settings.complaints.severity).

    A row without severity counts as the mean of its type's graded ones, not as nothing.
    """
    sums = context.once(complaint_months)
    scale = np.array([*context.settings.complaints.severity, np.nan])
    degree = sums.events["severity"].fillna(-1).to_numpy(dtype=np.int64)
    return _filled(sums, scale[degree][sums.row])


def by_outcome(context: Context) -> FloatArray:
    """The weight of each counted row by its outcome (settings.complaints.outcome).

    A pending complaint counts as the mean of its type's decided ones: it is not known, which is not "not upheld".
    """
    sums, scale = context.once(complaint_months), context.settings.complaints.outcome
    code, words = pd.factorize(sums.events["outcome"])
    weights = np.array([np.nan if word == "pending" else scale[word] for word in words])[code][sums.row]
    return _filled(sums, weights, decided(sums))


def decided(sums: ComplaintMonths) -> BoolArray:
    """Which counted rows have been decided: upheld, partly or not upheld."""
    code, words = pd.factorize(sums.events["outcome"])
    return np.asarray(np.isin(words, DECIDED)[code][sums.row])


def _filled(sums: ComplaintMonths, weight: FloatArray, known: BoolArray | None = None) -> FloatArray:
    """Missing weights filled with the mean of the type's known ones; of all types' where the type has none."""
    told = ~np.isnan(weight) if known is None else known
    kind = sums.kind[sums.position]
    size = int(sums.kind.max(initial=-1)) + 1
    n = sums.n * told
    top, bottom = np.bincount(kind, np.where(told, weight, 0) * n, size), np.bincount(kind, n, size)
    whole = top.sum() / bottom.sum() if bottom.sum() > 0 else 1.0
    mean = np.divide(top, bottom, out=np.full(size, whole), where=bottom > 0)
    return np.where(np.isnan(weight), mean[kind], weight)


def _none_of_type(context: Context, told: BoolArray, reason: str) -> pd.Series:
    """The reason where no counted row of the service's type is told."""
    sums = context.once(complaint_months)
    heard = np.bincount(sums.kind[sums.position], told, int(sums.kind.max(initial=-1)) + 1)
    return reasons(context.services).mask(heard[sums.kind] == 0, reason)


@signal("complaint_severity", group="complaints", unit="weighted_per_1000_users_year",
        reads={"complaints": (*COUNTED, "severity")},
        over_time=lambda context, position: rate_over_time(context, position, weigh=by_severity))  # fmt: skip
def complaint_severity(context: Context) -> pd.DataFrame:
    """Complaints per 1,000 users a year, each counted by its severity (weights and half-life in settings).

    Where no complaint of the type has a severity it is missing ("not_graded").
    """
    sums = context.once(complaint_months)
    graded = sums.events["severity"].notna().to_numpy()[sums.row]
    gone = _none_of_type(context, graded, "not_graded")
    return rate_reading(context, by_severity(context), fading(context), gone=gone)


@signal("complaint_outcome", group="complaints", unit="weighted_per_1000_users_year",
        reads={"complaints": (*COUNTED, "outcome")},
        over_time=lambda context, position: rate_over_time(context, position, weigh=by_outcome))  # fmt: skip
def complaint_outcome(context: Context) -> pd.DataFrame:
    """Complaints per 1,000 users a year, each counted by its outcome (weights and half-life in settings).

    Where no complaint of the type has been decided it is missing ("none_decided").
    """
    gone = _none_of_type(context, decided(context.once(complaint_months)), "none_decided")
    return rate_reading(context, by_outcome(context), fading(context), gone=gone)
