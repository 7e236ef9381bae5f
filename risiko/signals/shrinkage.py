"""Shrinkage: how far a thin reading is drawn towards what similar services show."""

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
    from scipy.optimize import minimize
    from scipy.special import gammaln

    bad = np.flatnonzero(~(np.isfinite(observed) & np.isfinite(expected) & (observed >= 0) & (expected >= 0)))
    if bad.size:
        raise ValueError(
            f"counts and expected values must be numbers of 0 or more; not so at positions {bad[:10].tolist()}"
        )
    y, e = observed[expected > 0], expected[expected > 0]
    overall = y.sum() / e.sum() if y.size else 0.0
    spike = GammaPrior(HOMOGENEOUS, HOMOGENEOUS / overall if overall > 0 else HOMOGENEOUS)
    if y.size < 2 or overall == 0:
        return spike

    def loss(log_parameters: FloatArray) -> float:
        a, mean = np.exp(log_parameters)
        b = a / mean
        terms = gammaln(a + y) - gammaln(a) - gammaln(y + 1) - a * np.log1p(e / b) - y * np.log1p(b / e)
        return -float(terms.sum())

    bounds = [(np.log(1e-3), np.log(HOMOGENEOUS)), (np.log(overall) - 5, np.log(overall) + 5)]
    start = np.array([0.0, np.log(overall)])
    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-8})
    a, mean = np.exp(found.x)
    return spike if a > HOMOGENEOUS / 10 else GammaPrior(float(a), float(a / mean))


def root_moments(shape: FloatArray, rate: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of sqrt(theta) under Gamma(shape, rate), where counts have a steady spread."""
    from scipy.special import gammaln

    mean = np.exp(gammaln(shape + 0.5) - gammaln(shape) - 0.5 * np.log(rate))
    # shape/rate - mean^2 cancels for large shapes; there the variance is 1/(4 rate) (1 - 1/(8 shape) ...).
    exact = shape / rate - mean**2
    series = (1 - 1 / (8 * shape)) / (4 * rate)
    return mean, np.sqrt(np.where(shape > 1e4, series, exact))


@dataclass(frozen=True)
class NormalPosterior:
    """mean, sd: each service's true level. centre: the common mean. tau: spread between services."""

    mean: FloatArray
    sd: FloatArray
    centre: float
    tau: float


def fit_normal(reading: FloatArray, variance: FloatArray, *, centre: float | None = None) -> NormalPosterior:
    """y_i ~ N(theta_i, D_i), theta_i ~ N(mu, tau^2), with the posterior over tau (flat) instead of one estimate.

    A plug-in tau of zero would claim that all services are alike (the eight schools); averaging over tau does not
    (Gelman et al., Bayesian Data Analysis, 5.4). centre: a known mu, otherwise it is integrated out (flat).
    Readings must be finite and variances positive; an empty input gives an empty result with tau 0.
    """
    if reading.size == 0:
        return NormalPosterior(reading, reading, float("nan") if centre is None else centre, 0.0)
    tau = _tau_grid(reading, variance)
    total = variance[None, :] + tau[:, None] ** 2
    weight_sum = (1 / total).sum(1)
    mu = (reading / total).sum(1) / weight_sum if centre is None else np.full(tau.size, centre)
    log_posterior = -0.5 * (np.log(total) + (reading - mu[:, None]) ** 2 / total).sum(1)
    if centre is None:
        log_posterior -= 0.5 * np.log(weight_sum)
    w = np.exp(log_posterior - log_posterior.max())
    w /= w.sum()
    keep = variance / total  # share drawn to the centre
    mean_at = keep * mu[:, None] + (1 - keep) * reading
    variance_at = (1 - keep) * variance + (keep**2 / weight_sum[:, None] if centre is None else 0)
    mean = w @ mean_at
    spread = w @ (variance_at + mean_at**2) - mean**2
    return NormalPosterior(mean, np.sqrt(np.maximum(spread, 0)), float(w @ mu), float(np.sqrt(w @ tau**2)))


def _tau_grid(reading: FloatArray, variance: FloatArray) -> FloatArray:
    """From no spread at all to well beyond what the readings show; fine where services usually lie."""
    # With one or two services the flat prior on tau has no finite upper end: the grid's end is the prior's.
    top = 4 * max(float(np.std(reading)), float(np.sqrt(np.median(variance))), 1e-9)
    return np.linspace(0, top, 160)
