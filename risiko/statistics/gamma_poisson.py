"""Gamma-Poisson shrinkage of counts: how far a thin count is drawn towards what similar services show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray

HOMOGENEOUS = 1e6  # a gamma shape beyond this is no variation between services at all


@dataclass(frozen=True)
class GammaPrior:
    """theta ~ Gamma(shape, rate): how the true ratio of observed to expected varies between services."""

    shape: float
    rate: float


def fit_gamma(observed: FloatArray, expected: FloatArray) -> GammaPrior:
    """Negative-binomial marginal maximum likelihood of y ~ Poisson(E theta), theta ~ Gamma(a, b).

    Clayton & Kaldor 1987. Services without exposure (E = 0) say nothing and are left out. With no events, fewer than
    two services, or no more variation than chance, the prior is a spike at the overall ratio (shape HOMOGENEOUS).
    Raises ValueError for negative counts or values that are not numbers, naming their positions.
    """
    bad = np.flatnonzero(~(np.isfinite(observed) & np.isfinite(expected) & (observed >= 0) & (expected >= 0)))
    if bad.size:
        raise ValueError(f"counts and expected must be numbers of 0 or more; not so at positions {bad[:10].tolist()}")
    y, e = observed[expected > 0], expected[expected > 0]
    ratio = y.sum() / e.sum() if y.size else 0.0
    spike = GammaPrior(HOMOGENEOUS, HOMOGENEOUS / ratio if ratio > 0 else HOMOGENEOUS)
    if y.size < 2 or ratio == 0:
        return spike
    # The likelihood may have a second, lower top: climb from a moment start and from a wide one, keep the higher.
    excess = float(((y - ratio * e) ** 2 - y).sum()) / float((e**2).sum())
    starts = [GammaPrior(1.0, 1 / ratio)]
    if excess > 0:
        starts.append(GammaPrior(ratio**2 / excess, ratio / excess))
    likelihood = _Likelihood.of(y, e)
    tops = [spike, *(_climb(likelihood, start) for start in starts)]
    best = max(tops, key=lambda prior: likelihood.height(prior.shape, prior.rate))
    return spike if best.shape > HOMOGENEOUS / 10 else best


@dataclass(frozen=True)
class _Likelihood:
    """The negative-binomial likelihood of (a, b). Rare counts repeat, so the gamma terms are taken once per value."""

    y: FloatArray
    e: FloatArray
    values: FloatArray
    times: FloatArray

    @classmethod
    def of(cls, y: FloatArray, e: FloatArray) -> _Likelihood:
        values, times = np.unique(y, return_counts=True)
        return cls(y, e, values, times.astype(float))

    def height(self, a: float, b: float) -> float:
        """The log likelihood, but for terms that do not depend on the prior."""
        from scipy.special import gammaln

        gammas = self.times @ (gammaln(a + self.values) - gammaln(a))
        return float(gammas - (a * np.log1p(self.e / b) + self.y * np.log(b + self.e)).sum())

    def slope_and_bend(self, a: float, b: float) -> tuple[FloatArray, FloatArray]:
        """Gradient and negative Hessian in (log a, log b)."""
        from scipy.special import digamma, polygamma

        e, n, total = self.e, len(self.e), self.y + a
        by_a = a * float(self.times @ (digamma(a + self.values) - digamma(a)) - np.log1p(e / b).sum())
        by_b = b * float(n * a / b - (total / (b + e)).sum())
        aa = a * a * float(self.times @ (polygamma(1, a + self.values) - polygamma(1, a))) + by_a
        bb = b * b * float((total / (b + e) ** 2).sum() - n * a / b**2) + by_b
        ab = a * b * float(n / b - (1 / (b + e)).sum())
        return np.array([by_a, by_b]), -np.array([[aa, ab], [ab, bb]])


def _climb(likelihood: _Likelihood, start: GammaPrior) -> GammaPrior:
    """Newton's method in (log a, log b), held back by a growing ridge where a step does not climb.

    scipy.optimize would do the same, and take a second to import on every start of the command line.
    """
    point = np.clip(np.log([start.shape, start.rate]), -12, np.log(HOMOGENEOUS))
    ridge, best = 1e-3, likelihood.height(*np.exp(point))
    for _ in range(200):
        slope, bend = likelihood.slope_and_bend(*np.exp(point))
        if np.abs(slope).max() < 1e-9 * max(1.0, likelihood.y.sum()) or point[0] > np.log(HOMOGENEOUS):
            break
        downhill = max(0.0, 1e-9 - float(np.linalg.eigvalsh(bend)[0]))
        step = np.linalg.solve(bend + (ridge + downhill) * np.eye(2), slope)
        step *= min(1.0, 2.0 / float(np.abs(step).max()))
        there = likelihood.height(*np.exp(point + step))
        if there >= best:
            point, best, ridge = point + step, there, ridge / 10
        elif ridge > 1e12 or np.abs(step).max() < 1e-12:
            break
        else:
            ridge = max(ridge, 1e-6) * 10
    return GammaPrior(float(np.exp(point[0])), float(np.exp(point[1])))


def root_moments(shape: FloatArray, rate: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of sqrt(theta) under Gamma(shape, rate), where counts have a steady spread."""
    from scipy.special import gammaln

    mean = np.exp(gammaln(shape + 0.5) - gammaln(shape) - 0.5 * np.log(rate))
    # shape/rate - mean^2 cancels for large shapes; there the variance is 1/(4 rate) (1 - 1/(8 shape) ...).
    exact = shape / rate - mean**2
    series = (1 - 1 / (8 * shape)) / (4 * rate)
    return mean, np.sqrt(np.where(shape > 1e4, series, exact))
