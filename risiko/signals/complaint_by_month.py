"""Complaints that are known by the month beside what is expected of them: what surges and changes are read from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.signals.common_form import reasons
from risiko.signals.complaint_months import ComplaintMonths, complaint_months
from risiko.signals.registry import Context
from risiko.statistics.inputs import BoolArray
from risiko.statistics.overdispersion import Reading


@dataclass(frozen=True)
class ByMonth:
    """Complaints that are known by the month, and what is expected of them: services × months, oldest first.

    silent: services of types without a complaint of any kind in the horizon.
    """

    observed: FloatArray
    expected: FloatArray
    silent: BoolArray

    def last(self, months: int) -> tuple[FloatArray, FloatArray]:
        """Observed and expected in the newest months."""
        return self.observed[:, -months:], self.expected[:, -months:]

    def missing(self, context: Context) -> pd.Series:
        """Why a service has no reading by the month."""
        users = context.once(complaint_months).users
        by_month = self.expected.sum(axis=1) > 0
        gone = reasons(context.services).mask(~by_month, "not_by_month").mask(self.silent, "source_silent")
        return gone.mask(users == 0, "no_exposure")


def by_month(context: Context) -> ByMonth:
    """Complaints by the month within regime and time; streams that come as counts of quarters or years are left out.

    A stream is left out for a whole type where most of its complaints come so, and for a service with any such row.
    """
    sums = context.once(complaint_months)
    allowed = _known_by_month(sums)
    observed = sums.per_month(allowed[sums.position, sums.stream].astype(float))
    rates = sums.expected_rates(np.ones_like(sums.n))
    # Services have few different sets of streams: one table of rates for each of them.
    pattern, code = np.unique(allowed @ (1 << np.arange(allowed.shape[1])), return_index=True, return_inverse=True)[1:]
    together = np.einsum("ps,sgm->pgm", allowed[pattern].astype(float), rates)
    expected = together[code, sums.group] * sums.years * sums.users[:, None]
    silent = np.bincount(sums.kind, sums.per_service(np.ones_like(sums.n)) * (sums.users > 0))[sums.kind] == 0
    return ByMonth(observed[:, ::-1], expected[:, ::-1], silent)


def _known_by_month(sums: ComplaintMonths) -> BoolArray:
    """Services × streams: whether the complaints come by the month."""
    services, streams = len(sums.users), len(sums.streams)
    place = sums.position * streams + sums.stream
    own = np.bincount(place, sums.coarse, services * streams).reshape(services, streams)
    of_kind = sums.kind[sums.position] * streams + sums.stream
    size = (int(sums.kind.max(initial=-1)) + 1) * streams
    coarse = np.bincount(of_kind, sums.n * sums.coarse, size).reshape(-1, streams)
    n = np.bincount(of_kind, sums.n, size).reshape(-1, streams)
    mostly = (coarse > 0) & (coarse >= n / 2)
    return np.asarray((own == 0) & ~mostly[sums.kind])


def beside_before(new: FloatArray, new_expected: FloatArray, old: FloatArray, old_expected: FloatArray) -> Reading:
    """Observed to expected now beside the same before, on the square-root scale; each has variance 1 / (4 E)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return Reading(np.sqrt(new / new_expected), np.sqrt(old / old_expected),
                       np.sqrt(1 / (4 * new_expected) + 1 / (4 * old_expected)))  # fmt: skip


def newest_complaint(context: Context) -> FloatArray:
    """Years since the newest complaint of any kind; NaN where there is none."""
    return context.once(complaint_months).newest(np.ones_like(context.once(complaint_months).n))
