"""A weighted sum of complaints beside what is expected of it, as a reading in the common form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, decay, window_start
from risiko.signals.common_form import common_form, reasons
from risiko.signals.complaint_months import MONTHS_PER_YEAR, ComplaintMonths, complaint_months
from risiko.signals.complaint_regimes import IntArray
from risiko.signals.registry import Context
from risiko.statistics.gamma_poisson import HOMOGENEOUS, fit_gamma, fit_gamma_groups, root_moments
from risiko.statistics.inputs import BoolArray
from risiko.statistics.overdispersion import Reading, Standardised, root_ratio, standardise

PER_USERS = 1000
QUARTER = 3
Weigh = Callable[[Context], FloatArray]  # what each counted row and month of complaint_months counts
Time = tuple[FloatArray, int]  # weight of each month of the horizon, and how many months its newer half has


def every_complaint(context: Context) -> FloatArray:
    """Each complaint counts as one."""
    return np.ones_like(context.once(complaint_months).n)


def window(context: Context, months: int) -> Time:
    """Weight of each month of the horizon for a window without decay, and the months of its newer half."""
    return (np.arange(context.once(complaint_months).months) < months).astype(float), months // 2


def fading(context: Context) -> Time:
    """Weight of each month of the horizon that halves by settings.complaints.half_life_years.

    The newer half is the half by weight: the first half-life.
    """
    half_life = context.settings.complaints.half_life_years
    months = np.arange(context.once(complaint_months).months)
    return decay((months + 0.5) / MONTHS_PER_YEAR, half_life), max(1, round(half_life * MONTHS_PER_YEAR))


def rate_reading(
    context: Context, weight: FloatArray, time: Time, *, stream: str = "", gone: pd.Series | None = None
) -> pd.DataFrame:
    """Weighted complaints per 1,000 users and year beside what is expected within regime and time.

    weight: per counted row and month. time: as of `window` or `fading`. stream: the exposure is then the time this
    stream was in use. gone: reasons why a service has no reading, before those found here: no users, "no_exposure";
    nothing at any service of the type, "source_silent". A real zero is a reading and may mean silence. Weights make
    counts uneven: sum and expected are divided by the weight of a typical complaint (mean square over mean), so that
    their spread is that of a count.
    """
    sums = context.once(complaint_months)
    fade, newer = time
    years = sums.years @ (fade * _live(sums, stream))
    exposure = sums.users * years
    has_exposure, gone = exposure > 0, reasons(context.services) if gone is None else gone
    if not weight.any():
        nothing = np.zeros(len(exposure))
        missing = gone.fillna("source_silent").mask(~has_exposure, "no_exposure")
        return common_form(context.services, missing=missing, n=nothing, exposure=exposure, expected=nothing)
    seen = weight * fade[sums.month]
    rates = sums.expected_rates(weight).sum(axis=0) * fade
    observed, expected = _halves(sums, seen, rates, newer)
    squares = sums.per_service(seen * seen)
    # What is expected of a service in its own time of operation, whether its users are known or not.
    per_year = PER_USERS * np.divide(_expected(sums, rates), years, out=np.zeros_like(years), where=years > 0)

    typical = typical_weight(sums, squares, observed.sum(axis=0))
    o = np.where(has_exposure, observed.sum(axis=0), 0.0)
    e = expected.sum(axis=0)
    silent = np.bincount(sums.kind, o)[sums.kind] == 0
    placed = beside(context, np.where(e > 0, o, 0.0) / typical, e / typical)
    return common_form(
        context.services,
        missing=gone.mask(silent, "source_silent").mask(~has_exposure, "no_exposure"),
        value=PER_USERS * observed.sum(axis=0) / np.where(has_exposure, exposure, np.nan),
        n=sums.per_service((seen > 0).astype(float)),
        exposure=exposure,
        expected=per_year,
        estimate=per_year * placed.ratio,
        sd=per_year * placed.ratio_sd,
        standing=placed.standing,
        standing_sd=placed.standing_sd,
        **placed.adjusted,
        trend=per_year * _moved(sums, observed, expected),
        freshness=sums.newest(seen),
    )


def _live(sums: ComplaintMonths, stream: str) -> FloatArray:
    if stream not in sums.streams:
        return np.ones(sums.months)
    return np.asarray(sums.live[sums.streams.index(stream)], dtype=float)


def _expected(sums: ComplaintMonths, rates: FloatArray) -> FloatArray:
    """Sum over months of time in operation × the rate of the service's group, per user."""
    return np.asarray(np.einsum("im,im->i", sums.years, rates[sums.group]))


def _halves(sums: ComplaintMonths, seen: FloatArray, rates: FloatArray, newer: int) -> tuple[FloatArray, FloatArray]:
    """Observed and expected in the older and the newer half of the window: 2 × services each."""
    place = sums.position + len(sums.users) * (sums.month < newer)
    observed = np.bincount(place, seen * sums.n, 2 * len(sums.users)).astype(float).reshape(2, -1)
    months = np.arange(sums.months) < newer
    expected = np.stack([_expected(sums, rates * ~months), _expected(sums, rates * months)])
    return observed, sums.users * expected


def _moved(sums: ComplaintMonths, observed: FloatArray, expected: FloatArray) -> FloatArray:
    """Ratio to expected in the newer half less that in the older; NaN where nothing was expected of one of them.

    Each half is held against the type's own level in that half, so that what meets all services of a type alike within
    a year, a break that no one labelled too, does not show.
    """
    told = expected > 0
    level = np.ones_like(expected)
    for half in (0, 1):
        top, bottom = (np.bincount(sums.kind, np.where(told[half], side[half], 0.0)) for side in (observed, expected))
        level[half] = np.divide(top, bottom, out=np.ones_like(bottom), where=(top > 0) & (bottom > 0))[sums.kind]
    ratio = observed / np.where(told, expected * level, np.nan)
    return np.asarray(ratio[1] - ratio[0])


def typical_weight(sums: ComplaintMonths, squares: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean square of the complaints' weights over their mean, by type; 1 where a type has none.

    squares, weights: their sums per service.
    """
    top, bottom = np.bincount(sums.kind, squares), np.bincount(sums.kind, weights)
    return np.divide(top, bottom, out=np.ones(len(top)), where=bottom > 0)[sums.kind]


@dataclass(frozen=True)
class Placed:
    """Counts beside their expected: posterior ratio and its sd, standing, and the columns z to tau2."""

    ratio: FloatArray
    ratio_sd: FloatArray
    standing: FloatArray
    standing_sd: FloatArray
    adjusted: dict[str, FloatArray]


def beside(context: Context, observed: FloatArray, expected: FloatArray) -> Placed:
    """Where counts stand beside their type: gamma-Poisson, one prior per type with enough services, and z.

    The standing is on the square-root scale, where counts have a steady spread. A service without peers that have
    something expected is compared with no one: standing (0, 1).
    """
    there = expected > 0
    kind, large, alone = peers(context, there)
    own = fit_gamma_groups(observed, expected, kind)
    shape, rate = own.shape, own.rate
    if not large.all():
        every = fit_gamma(observed, expected)
        shape, rate = np.where(large, shape, every.shape), np.where(large, rate, every.rate)
    prior_mean, prior_sd = root_moments(shape, rate)
    root, root_sd = root_moments(shape + observed, rate + expected)
    informative = (shape < HOMOGENEOUS) & ~alone
    return Placed(
        (shape + observed) / (rate + expected),
        np.sqrt(shape + observed) / (rate + expected),
        np.where(informative, (root - prior_mean) / prior_sd, 0.0),
        np.where(informative, np.minimum(root_sd / prior_sd, 1.0), 1.0),
        z_columns(context, root_ratio(observed, expected)),
    )


def z_columns(context: Context, reading: Reading, worse: float = 1.0) -> dict[str, FloatArray]:
    """z, z_adjusted (by settings.statistics), phi and tau2 beside the type; NaN without peers.

    A type with fewer readings than settings.peers.minimum takes phi and tau2 from all services. worse: -1 where
    lower is worse.
    """
    kind, large, alone = peers(context, np.isfinite(reading.y) & np.isfinite(reading.s))
    own = standardise(*reading, kind)
    every = own if large.all() else standardise(*reading, np.zeros_like(kind))

    def chosen(pick: Callable[[Standardised], FloatArray]) -> FloatArray:
        return np.where(alone, np.nan, np.where(large, pick(own), pick(every)))

    multiplicative = context.settings.statistics.over_dispersion == "multiplicative"
    return {
        "z": worse * chosen(lambda s: s.z),
        "z_adjusted": worse * chosen(lambda s: s.z_multiplicative if multiplicative else s.z_additive),
        "phi": chosen(lambda s: s.phi),
        "tau2": chosen(lambda s: s.tau2),
    }


def peers(context: Context, there: BoolArray) -> tuple[IntArray, BoolArray, BoolArray]:
    """Code of each service's type; whether the type has enough to stand by itself; whether it has no two to compare."""
    kind = context.once(complaint_months).kind
    size = np.bincount(kind, there)[kind]
    return kind, size >= context.settings.peers.minimum, size < 2


def rate_over_time(context: Context, position: int, *, weigh: Weigh = every_complaint) -> pd.DataFrame:
    """One service's rate by quarter, oldest first, beside what was expected of it within regime and time."""
    sums = context.once(complaint_months)
    weight = weigh(context)
    rates = sums.expected_rates(weight).sum(axis=0)[sums.group[position]]
    own = sums.position == position
    count = np.bincount(sums.month[own], (weight * sums.n)[own], sums.months)
    counted = np.bincount(sums.month[own], ((weight > 0) * sums.n)[own], sums.months)
    years, users = sums.years[position], sums.users[position]
    quarters = [by_quarter(np.asarray(v)) for v in (count, counted, users * years, users * years * rates)]
    observed, n, exposure, expected = quarters
    divisor = np.where(exposure > 0, exposure, np.nan)
    ends = [window_start(context.as_of, QUARTER * k).date() for k in range(len(n) - 1, -1, -1)]
    return pd.DataFrame({
        "period_end": ends, "value": PER_USERS * observed / divisor, "n": n, "expected": PER_USERS * expected / divisor,
    })  # fmt: skip


def by_quarter(months: FloatArray) -> FloatArray:
    """Sums of three months, oldest first; months that do not fill a quarter are left out."""
    whole = len(months) // QUARTER * QUARTER
    return np.asarray(months[:whole].reshape(-1, QUARTER).sum(axis=1)[::-1], dtype=float)
