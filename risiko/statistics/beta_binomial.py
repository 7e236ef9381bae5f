"""Beta-binomial shrinkage of proportions, with the strength of the prior itself uncertain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import counted, refuse
from risiko.statistics.newton import Hill, climb
from risiko.statistics.trigamma import trigamma

STRONGEST = 1e7  # a prior strength beyond this is no variation between services at all
GRID = 48


@dataclass(frozen=True)
class BetaPrior:
    """p ~ Beta(alpha, beta): how the true proportion varies between services; alpha + beta is the prior's strength."""

    alpha: float
    beta: float


@dataclass(frozen=True)
class BetaPosterior:
    """mean, sd: each service's true proportion. centre: the common one. strength: median and 90 % interval."""

    mean: FloatArray
    sd: FloatArray
    centre: float
    strength: float
    strength_low: float
    strength_high: float


def fit_beta(hits: FloatArray, n: FloatArray) -> BetaPrior:
    """Marginal maximum likelihood of y ~ Binomial(n, p), p ~ Beta(alpha, beta), in (logit mu, log strength).

    Services without trials say nothing. With no more variation than chance, only hits or only misses, or fewer than
    two services, the strength is STRONGEST at the overall proportion (one half without any trial). Raises ValueError
    for hits beyond the trials, negative ones and ones that are no numbers, naming the positions.
    """
    y, trials = _checked(hits, n)
    overall = float(y.sum() / trials.sum()) if y.size else 0.5
    spike = BetaPrior(overall * STRONGEST, (1 - overall) * STRONGEST)
    if y.size < 2 or overall in (0, 1):
        return spike
    likelihood = _Likelihood.of(y, trials)
    level = np.log(overall / (1 - overall))
    starts = np.array([[level, np.log(strength)] for strength in (0.5, 5.0, 500.0)])
    flat, ceiling = np.full(3, 1e-9 * max(1.0, float(trials.sum()))), np.array([np.inf, np.log(STRONGEST)])
    tops = climb(likelihood.at, starts, flat, ceiling)
    points = np.vstack([tops, [level, np.log(STRONGEST)]])
    best = points[int(np.argmax(likelihood.at(points).height))]
    if best[1] > np.log(STRONGEST / 10):
        return spike
    mu, strength = 1 / (1 + np.exp(-best[0])), np.exp(best[1])
    return BetaPrior(float(mu * strength), float((1 - mu) * strength))


def shrink_beta(hits: FloatArray, n: FloatArray) -> BetaPosterior:
    """Posterior proportions with the prior's strength r integrated over a grid, never taken as known.

    The share drawn to the centre by a service of mean size, r / (r + mean n), is uniform beforehand (Christiansen &
    Morris 1997); the centre is flat and integrated by Laplace's method at each r. A service without trials has the
    prior. Errors as for `fit_beta`; nobody at all gives an empty result with centre one half.
    """
    y, trials = _checked(hits, n)
    if not y.size:
        nothing = np.full(hits.size, 0.5), np.full(hits.size, np.sqrt(1 / 12))
        return BetaPosterior(*nothing, 0.5, np.nan, np.nan, np.nan)
    likelihood = _Likelihood.of(y, trials)
    drawn = (np.arange(GRID) + 0.5) / GRID
    strength = trials.mean() * drawn / (1 - drawn)

    def along_centre(level: FloatArray) -> Hill:
        hill = likelihood.at(np.stack([level[:, 0], np.log(strength)], axis=1))
        mu = 1 / (1 + np.exp(-level))
        prior = np.log(mu * (1 - mu))[:, 0]  # flat in mu
        return Hill(hill.height + prior, hill.slope[:, :1] + 1 - 2 * mu,
                    hill.bend[:, :1, :1] + 2 * (mu * (1 - mu))[:, :, None])  # fmt: skip

    start = np.full((GRID, 1), np.log((y.sum() + 1) / (trials.sum() - y.sum() + 1)))
    level = climb(along_centre, start, np.full(GRID, 1e-9 * max(1.0, float(trials.sum()))), np.array([np.inf]))
    hill, mu = along_centre(level), 1 / (1 + np.exp(-level[:, 0]))
    log_weight = hill.height - 0.5 * np.log(hill.bend[:, 0, 0])
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    mu_variance = (mu * (1 - mu)) ** 2 / hill.bend[:, 0, 0]
    mean, second = _mixed(hits, n, mu, strength, mu_variance, weight)
    share = np.interp([0.05, 0.5, 0.95], np.append(0, np.cumsum(weight)), np.arange(GRID + 1) / GRID)
    low, middle, high = trials.mean() * share / (1 - share)
    sd = np.sqrt(np.maximum(second - mean**2, 0))
    return BetaPosterior(mean, sd, float(weight @ mu), float(middle), float(low), float(high))


def _mixed(
    y: FloatArray, n: FloatArray, mu: FloatArray, r: FloatArray, mu_variance: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """First and second moments of each service's proportion over the grid of strengths."""
    total = n[:, None] + r
    at = (y[:, None] + mu * r) / total
    spread = at * (1 - at) / (total + 1) + (r / total) ** 2 * mu_variance
    return at @ weight, (spread + at**2) @ weight


def _checked(hits: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray]:
    counted(hits), counted(n)
    refuse(hits > n, "hits must not be more than trials")
    return hits[n > 0], n[n > 0]


@dataclass(frozen=True)
class _Likelihood:
    """The beta-binomial likelihood at many points of (logit mu, log r). Each distinct number is looked up once."""

    hits: tuple[FloatArray, FloatArray]
    misses: tuple[FloatArray, FloatArray]
    trials: tuple[FloatArray, FloatArray]

    @classmethod
    def of(cls, y: FloatArray, n: FloatArray) -> _Likelihood:
        parts = (np.unique(x, return_counts=True) for x in (y, n - y, n))
        return cls(*((values, times.astype(float)) for values, times in parts))

    def at(self, point: FloatArray) -> Hill:
        """Height (but for terms without the prior), gradient and negative Hessian, at each of the points."""
        r = np.exp(point[:, 1])
        mu = 1 / (1 + np.exp(-point[:, 0]))
        a, b, each = r * mu, r * (1 - mu), r * mu * (1 - mu)
        (la, da, ta), (lb, db, tb), (lr, dr, tr) = (
            _rises(x, *part) for x, part in zip((a, b, r), (self.hits, self.misses, self.trials), strict=True)
        )
        by_level, by_strength = each * (da - db), a * da + b * db - r * dr
        level2 = each**2 * (ta + tb) + each * (1 - 2 * mu) * (da - db)
        both = each * (a * ta - b * tb) + by_level
        strength2 = a**2 * ta + b**2 * tb - r**2 * tr + by_strength
        bend = -np.stack([np.stack([level2, both], axis=1), np.stack([both, strength2], axis=1)], axis=1)
        return Hill(la + lb - lr, np.stack([by_level, by_strength], axis=1), bend)


def _rises(x: FloatArray, values: FloatArray, times: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sum over the values v of f(x + v) - f(x), for f = log gamma and its first two derivatives."""
    from scipy.special import digamma, gammaln

    x = x[:, None]
    rises = (f(x + values) - f(x) for f in (gammaln, digamma, trigamma))
    log_gamma, first, second = (rise @ times for rise in rises)
    return log_gamma, first, second
