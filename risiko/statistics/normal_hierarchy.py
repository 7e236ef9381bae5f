"""Normal hierarchical shrinkage of means: how far a thin mean is drawn towards what similar services show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray


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
