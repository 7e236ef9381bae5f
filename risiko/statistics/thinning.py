"""Under-reporting: what a count of complaints says when only an unknown share of them is ever made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import BoolArray, IntArray, refuse

NODES = 64  # quadrature points over the reporting probability
TOO_SMALL = 3.0  # expected below this: even no complaint at all is no surprise (e^-3 = .0498)
NEGLIGIBLE = 1e-10  # weight of a quadrature point that is left out of tail probabilities
ROUNDS = 40


@dataclass(frozen=True)
class ThinnedPosterior:
    """theta given the count, the reporting probability integrated out: a mixture of gamma laws for each service.

    shape: one per service. rate, weight, reporting: services x quadrature points; weights sum to 1.
    """

    shape: FloatArray
    rate: FloatArray
    weight: FloatArray
    reporting: FloatArray

    def mean(self) -> FloatArray:
        """The expected theta, one per service."""
        return np.asarray(self.shape * (self.weight / self.rate).sum(1))

    def sd(self) -> FloatArray:
        """Its standard deviation."""
        second = self.shape * (self.shape + 1) * (self.weight / self.rate**2).sum(1)
        return np.asarray(np.sqrt(np.maximum(second - self.mean() ** 2, 0.0)))

    def mean_reporting(self) -> FloatArray:
        """The expected reporting probability after the count was seen."""
        return np.asarray((self.weight * self.reporting).sum(1))

    def above(self, level: float | FloatArray) -> FloatArray:
        """P(theta > level), one per service."""
        from scipy.special import gammaincc

        at = np.broadcast_to(np.asarray(level, dtype=float), self.shape.shape)
        who, where = np.nonzero(self.weight > NEGLIGIBLE)
        beyond = gammaincc(self.shape[who], at[who] * self.rate[who, where])
        return np.asarray(np.bincount(who, self.weight[who, where] * beyond, len(self.shape)), dtype=float)

    def quantile(self, share: float, within: float = 1e-7) -> FloatArray:
        """The theta below which the given share of the posterior lies; within: relative size of the last step."""
        from scipy.special import gammaincinv

        # Rates rise with reporting, so the first and the last gamma law bracket the mixture.
        shapes, which = np.unique(self.shape, return_inverse=True)  # a prior's plus a count: few, and slow to invert
        beyond = gammaincinv(shapes, share)[which]
        low, high = (beyond / self.rate[:, end] for end in (-1, 0))
        likeness = (self.mean() / self.sd()) ** 2  # the shape of the one gamma law with the same mean and sd
        at = np.clip(gammaincinv(likeness, share) * self.mean() / likeness, low, high)
        active = np.arange(len(at))
        for _ in range(ROUNDS):
            part = ThinnedPosterior(self.shape[active], self.rate[active], self.weight[active], self.reporting[active])
            new, low[active], high[active] = part._newton(at[active], low[active], high[active], share)
            moved = np.abs(new - at[active]) > within * new
            at[active] = new
            active = active[moved]
            if active.size == 0:
                break
        return np.asarray(at)

    def _newton(self, at: FloatArray, low: FloatArray, high: FloatArray, share: float) -> tuple[FloatArray, ...]:
        """One step in log theta towards the quantile, and the narrower bracket."""
        from scipy.special import gammaln

        excess = (1 - share) - self.above(at)
        low, high = np.where(excess < 0, at, low), np.where(excess < 0, high, at)
        scaled = at[:, None] * self.rate
        log_density = self.shape[:, None] * np.log(scaled) - scaled - gammaln(self.shape)[:, None]
        slope = (self.weight * np.exp(log_density)).sum(1)
        step = at * np.exp(-np.clip(excess / np.maximum(slope, 1e-300), -2, 2))
        return np.where((step >= low) & (step <= high), step, (low + high) / 2), low, high


def thinned_posterior(counts: FloatArray, expected: FloatArray, shape: float | FloatArray, rate: float | FloatArray,
                      alpha: float | FloatArray, beta: float | FloatArray, *,
                      nodes: int = NODES) -> ThinnedPosterior:  # fmt: skip
    """y ~ Poisson(E p theta), theta ~ Gamma(shape, rate), p ~ Beta(alpha, beta): p by Gauss-Jacobi quadrature.

    One value per service, or one for all; alpha and beta usually one pair per class of dependency. expected is on
    the scale of full reporting. Only the product p theta is identified, so the width of the prior for p stays in the
    answer. Without exposure (E = 0 or missing) or without a count (NaN) the posterior is the prior. Moments are good
    to 1e-3 for E up to 300 and alpha from 2.6; where hundreds were expected, next to none came and p is nearly
    unknown, they are rougher. nodes: quadrature points; a dozen serve where speed matters more. Raises ValueError for
    negative counts or expected, and for priors that are not above 0.
    """
    values = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=float))
                                   for v in (counts, expected, shape, rate, alpha, beta)))  # fmt: skip
    y, e, a, b, *reporting = values
    refuse((y < 0) | (e < 0) | np.isinf(y) | np.isinf(e), "counts and expected must be 0 or more and finite")
    refuse(np.asarray(~(np.stack(values[2:]) > 0).all(0)), "the parameters of the priors must be above 0")
    seen = np.isfinite(y) & (e > 0)
    y, e = np.where(seen, y, 0.0), np.where(seen, e, 0.0)
    pairs, which = np.unique(np.stack(reporting, axis=1), axis=0, return_inverse=True)
    # One rule per class of dependency, not per service.
    rules = [_beta_rule(float(first), float(second), nodes) for first, second in pairs]
    points, weights = (np.stack(part)[which.ravel()] for part in zip(*rules, strict=True))
    after = b[:, None] + e[:, None] * points
    log_weight = np.log(weights) + y[:, None] * np.log(points) - (a + y)[:, None] * np.log(after)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return ThinnedPosterior(a + y, after, weight / weight.sum(axis=1, keepdims=True), points)


def _beta_rule(alpha: float, beta: float, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Points (rising) and weights (sum 1) that integrate polynomials against Beta(alpha, beta) (Golub & Welsch)."""
    c, d, k = beta - 1, alpha - 1, np.arange(nodes, dtype=float)
    s = 2 * k + c + d
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (d * d - c * c) / (s * (s + 2))
        beside = 4 * k * (k + c) * (k + d) * (k + c + d) / (s * s * (s + 1) * (s - 1))
    middle[0] = (d - c) / (c + d + 2)
    beside[1] = 4 * (1 + c) * (1 + d) / ((2 + c + d) ** 2 * (3 + c + d))
    off = np.sqrt(beside[1:])
    points, vectors = np.linalg.eigh(np.diag(middle) + np.diag(off, 1) + np.diag(off, -1))
    smallest = np.finfo(float).tiny
    return np.clip((1 + points) / 2, smallest, 1.0), np.maximum(vectors[0] ** 2, smallest)


@dataclass(frozen=True)
class Tails:
    """low: mid-p probability of so few or fewer. high: of so many or more. too_small: too little expected to tell."""

    low: FloatArray
    high: FloatArray
    too_small: BoolArray


def silence_tails(counts: FloatArray, expected: FloatArray, dispersion: float | FloatArray = np.inf) -> Tails:
    """How surprising a count is, in both directions, given what was expected; one value per service.

    dispersion: size of the negative binomial, the shape of the gamma law between services (mean E, variance E +
    E^2 / dispersion); infinite is Poisson. A small low is a sign of silence, never of quality. Where less than 3 was
    expected, or nothing is known (NaN tails), it is too small to tell.
    """
    from scipy.special import betainc, gammaincc

    y, e, size = (np.asarray(v, dtype=float) for v in np.broadcast_arrays(counts, expected, dispersion))
    refuse((y < 0) | (e < 0) | ~(size > 0), "counts and expected must be 0 or more, dispersion above 0")
    poisson = np.isinf(size)
    n = np.where(poisson, 1.0, size)

    def at_most(k: FloatArray) -> FloatArray:
        return np.asarray(np.where(poisson, gammaincc(k + 1, e), betainc(n, k + 1, n / (n + e))))

    fewer = np.where(y > 0, at_most(y - 1), 0.0)
    low = np.where(np.isnan(y) | np.isnan(e), np.nan, (fewer + at_most(y)) / 2)
    return Tails(low, 1 - low, ~(e >= TOO_SMALL) | np.isnan(y))


def rank_bounds(low: FloatArray, high: FloatArray) -> tuple[IntArray, IntArray]:
    """Best and worst place (1 = highest value) that the intervals allow, one per service.

    Best: one more than the services certainly above; worst: one more than those possibly above. A service without an
    interval (NaN) may stand anywhere, and so may be above every other.
    """
    lo, hi = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    unknown = np.isnan(lo) | np.isnan(hi)
    refuse(lo > hi, "an interval may not end before it begins")
    lo, hi = np.where(unknown, -np.inf, lo), np.where(unknown, np.inf, hi)
    certainly = lo.size - np.searchsorted(np.sort(lo), hi, side="right")
    possibly = lo.size - np.searchsorted(np.sort(hi), lo, side="right") - (hi > lo)
    return (certainly + 1).astype(np.int64), (possibly + 1).astype(np.int64)
