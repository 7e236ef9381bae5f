"""Gamma-Poisson shrinkage of counts: how far a thin count is drawn towards what similar services show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.groups import dense, sums
from risiko.statistics.inputs import IntArray, counted, exposed, refuse
from risiko.statistics.newton import Hill, climb
from risiko.statistics.trigamma import trigamma

HOMOGENEOUS = 1e6  # a gamma shape beyond this is no variation between services at all


@dataclass(frozen=True)
class GammaPrior:
    """theta ~ Gamma(shape, rate): how the true ratio of observed to expected varies between services."""

    shape: float
    rate: float


@dataclass(frozen=True)
class GammaPriors:
    """The same for many peer groups: shape and rate of each service's group, one entry per service."""

    shape: FloatArray
    rate: FloatArray


@dataclass(frozen=True)
class Marshall:
    """estimate: each service's shrunk rate. centre, between: mean and variance of the true rates of its group."""

    estimate: FloatArray
    centre: FloatArray
    between: FloatArray


def fit_gamma(observed: FloatArray, expected: FloatArray) -> GammaPrior:
    """Negative-binomial marginal maximum likelihood of y ~ Poisson(E theta), theta ~ Gamma(a, b).

    Clayton & Kaldor 1987. Services without exposure (E = 0) say nothing and are left out. With no events, fewer than
    two services, or no more variation than chance, the prior is a spike at the overall ratio (shape HOMOGENEOUS).
    Raises ValueError for negative counts or values that are not numbers, naming their positions.
    """
    if observed.size == 0:
        return GammaPrior(HOMOGENEOUS, HOMOGENEOUS)
    priors = fit_gamma_groups(observed, expected, np.zeros(observed.size, dtype=np.int64))
    return GammaPrior(float(priors.shape[0]), float(priors.rate[0]))


def fit_gamma_groups(observed: FloatArray, expected: FloatArray, group: IntArray) -> GammaPriors:
    """`fit_gamma` in every peer group at once; group: integer codes. The posterior is Gamma(shape + y, rate + E).

    A group without exposure or events has the spike of `fit_gamma`. Errors as there.
    """
    bad = ~(np.isfinite(observed) & np.isfinite(expected) & (observed >= 0) & (expected >= 0))
    refuse(bad, "counts and expected must be numbers of 0 or more")
    code, groups = dense(group)
    seen = expected > 0
    y, e, of = observed[seen], expected[seen], code[seen]
    exposure = sums(e, of, groups)
    ratio = np.divide(sums(y, of, groups), exposure, out=np.zeros(groups), where=exposure > 0)
    shape = np.full(groups, HOMOGENEOUS)
    rate = np.where(ratio > 0, HOMOGENEOUS / np.where(ratio > 0, ratio, 1), HOMOGENEOUS)
    learn = (np.bincount(of, minlength=groups) >= 2) & (ratio > 0)
    if learn.any():
        keep = learn[of]
        shape[learn], rate[learn] = _fit(y[keep], e[keep], (np.cumsum(learn) - 1)[of[keep]], ratio[learn])
    return GammaPriors(shape[code], rate[code])


def _fit(y: FloatArray, e: FloatArray, code: IntArray, ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shape and rate of each group; the spike where no spread is likelier than any that was found."""
    groups = len(ratio)
    likelihood = _Likelihood.of(y, e, code, groups)
    excess = sums((y - ratio[code] * e) ** 2 - y, code, groups) / sums(e**2, code, groups)
    # The likelihood may have a second, lower top: climb from a moment start and from a wide one, keep the higher.
    wide = np.stack([np.ones(groups), 1 / ratio], axis=1)
    some = (excess > 0)[:, None]
    moment = np.where(some, np.stack([ratio**2, ratio], axis=1) / np.where(some, excess[:, None], 1), wide)
    spike = np.stack([np.full(groups, HOMOGENEOUS), HOMOGENEOUS / ratio], axis=1)
    flat, ceiling = 1e-9 * np.maximum(1, sums(y, code, groups)), np.log([HOMOGENEOUS, np.inf])
    starts = (np.clip(np.log(s), [-12, -np.inf], [np.log(HOMOGENEOUS), np.inf]) for s in (moment, wide))
    best, height = np.log(spike), likelihood.at(np.log(spike)).height
    for start in starts:
        top = climb(likelihood.at, start, flat, ceiling)
        higher = (found := likelihood.at(top).height) > height
        best, height = np.where(higher[:, None], top, best), np.where(higher, found, height)
    far = best[:, 0] > np.log(HOMOGENEOUS / 10)
    shape, rate = np.where(far[:, None], spike, np.exp(best)).T
    return shape, rate


@dataclass(frozen=True)
class _Likelihood:
    """The negative-binomial likelihood of every group's (log a, log b).

    Rare counts repeat, so the gamma terms are taken once per group and value; services stand sorted by group.
    """

    e: FloatArray
    code: IntArray
    y: FloatArray
    begins: IntArray
    values: FloatArray
    times: FloatArray
    value_code: IntArray

    @classmethod
    def of(cls, y: FloatArray, e: FloatArray, code: IntArray, groups: int) -> _Likelihood:
        order = np.lexsort((y, code))
        y, e, code = y[order], e[order], code[order]
        new = np.flatnonzero(np.append(True, (np.diff(y) != 0) | (np.diff(code) != 0)))
        times = np.diff(np.append(new, y.size)).astype(float)
        return cls(e, code, y, np.searchsorted(code, np.arange(groups)), y[new], times, code[new])

    def at(self, point: FloatArray) -> Hill:
        """Height (but for terms without the prior), gradient and negative Hessian in (log a, log b)."""
        from scipy.special import digamma, gammaln

        a, b = np.exp(point).T
        groups = len(a)

        def over_values(function: Callable[[FloatArray], FloatArray]) -> FloatArray:
            gained = function(a[self.value_code] + self.values) - function(a)[self.value_code]
            return sums(self.times * gained, self.value_code, groups)

        def over_services(x: FloatArray) -> FloatArray:
            return np.add.reduceat(x, self.begins)

        each_b = b[self.code]
        logs, total, share = np.log1p(self.e / each_b), self.y + a[self.code], each_b / (each_b + self.e)
        n, log_sum, shares = np.diff(np.append(self.begins, self.y.size)), over_services(logs), over_services(share)
        pulled = over_services(total * share)
        height = over_values(gammaln) - over_services(total * logs) - over_services(self.y) * np.log(b)
        by_a, by_b = a * (over_values(digamma) - log_sum), n * a - pulled
        aa = a * a * over_values(trigamma) + by_a
        bb = by_b + over_services(total * share**2) - n * a
        ab = a * (n - shares)
        bend = -np.stack([np.stack([aa, ab], axis=1), np.stack([ab, bb], axis=1)], axis=1)
        return Hill(height, np.stack([by_a, by_b], axis=1), bend)


def marshall(events: FloatArray, base: FloatArray, group: IntArray) -> Marshall:
    """Marshall's (1991) global empirical Bayes rates within each peer group, by moments and without iteration.

    m = sum y / sum n; s2 = sum n (r - m)^2 / sum n; A = max(0, s2 - m / mean n); m + A / (A + m / n_i) (r_i - m).
    A is cut off at zero: with no more variation than chance every service has its group's rate. A service without
    a base (0 or missing) has its group's rate, and a group without any has NaN. Errors: bad counts, with positions.
    """
    n, (code, groups) = exposed(base), dense(group)
    y, size = np.where(np.isnan(n), 0, counted(events)), np.nan_to_num(n)
    total = sums(size, code, groups)
    based = total > 0
    centre = np.divide(sums(y, code, groups), total, out=np.full(groups, np.nan), where=based)
    rate = np.where(size > 0, y / np.where(size > 0, size, 1), centre[code])
    spread = np.divide(sums(size * (rate - centre[code]) ** 2, code, groups), total, out=np.zeros(groups), where=based)
    mean_size = np.divide(total, sums((size > 0).astype(float), code, groups), out=np.ones(groups), where=based)
    between = np.maximum(spread - np.where(based, centre, 0) / mean_size, 0)
    own = between[code] * size
    weight = np.divide(own, own + centre[code], out=np.zeros(size.shape), where=own > 0)
    return Marshall(centre[code] + weight * (rate - centre[code]), centre[code], between[code])


def root_moments(shape: FloatArray, rate: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of sqrt(theta) under Gamma(shape, rate), where counts have a steady spread."""
    from scipy.special import gammaln

    mean = np.exp(gammaln(shape + 0.5) - gammaln(shape) - 0.5 * np.log(rate))
    # shape/rate - mean^2 cancels for large shapes; there the variance is 1/(4 rate) (1 - 1/(8 shape) ...).
    exact = shape / rate - mean**2
    series = (1 - 1 / (8 * shape)) / (4 * rate)
    return mean, np.sqrt(np.where(shape > 1e4, series, exact))
