"""Normal hierarchical shrinkage of means: how far a thin mean is drawn towards what similar services show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from risiko.asof import FloatArray

Method = Literal["dl", "pm", "ml", "reml"]


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
    middle = float(reading.mean())  # squares of distances are taken apart below, so let them be small
    y = reading - middle
    precision = 1 / (variance[None, :] + tau[:, None] ** 2)  # grid × services; all else is products with it
    weight_sum = precision.sum(1)
    mu = precision @ y / weight_sum if centre is None else np.full(tau.size, centre - middle)
    distance = precision @ y**2 - 2 * mu * (precision @ y) + mu**2 * weight_sum
    log_posterior = 0.5 * (np.log(precision).sum(1) - distance)
    if centre is None:
        log_posterior -= 0.5 * np.log(weight_sum)
    w = np.exp(log_posterior - log_posterior.max())
    w /= w.sum()
    # Given tau: mean y - keep (y - mu), variance (1 - keep) D + keep² / weight_sum, where keep = D × precision is the
    # share drawn to the centre. Averaged over tau that takes the mean of keep and keep², also times mu and mu².
    keep, keep_mu = variance * (w @ precision), variance * (w * mu @ precision)
    unsure_mu = 1 / weight_sum if centre is None else np.zeros(tau.size)
    np.square(precision, out=precision)
    square, square_mu, square_mu2 = variance**2 * (np.stack([w, w * mu, w * (mu**2 + unsure_mu)]) @ precision)
    mean = y * (1 - keep) + keep_mu
    spread = (1 - keep) * variance + square * y**2 - 2 * square_mu * y + square_mu2 - (keep * y - keep_mu) ** 2
    return NormalPosterior(
        mean + middle, np.sqrt(np.maximum(spread, 0)), float(w @ mu) + middle, float(np.sqrt(w @ tau**2))
    )


def _tau_grid(reading: FloatArray, variance: FloatArray) -> FloatArray:
    """From no spread at all to well beyond what the readings show; fine where services usually lie."""
    # With one or two services the flat prior on tau has no finite upper end: the grid's end is the prior's.
    top = 4 * max(float(np.std(reading)), float(np.sqrt(np.median(variance))), 1e-9)
    return np.linspace(0, top, 160)


@dataclass(frozen=True)
class PluggedIn:
    """mean, sd: each service's level given one value of the between variance. fitted: what it is drawn towards."""

    mean: FloatArray
    sd: FloatArray
    fitted: FloatArray


def between_variance(
    reading: FloatArray, variance: FloatArray, method: Method, design: FloatArray | None = None
) -> float:
    """One estimate of A in y_i ~ N(theta_i, D_i), theta_i ~ N(x_i'b, A), cut off at 0. For comparison and checks.

    dl: DerSimonian & Laird 1986. pm: Paule & Mandel 1982, the moment estimator of Fay & Herriot 1979. ml, reml:
    (restricted) maximum likelihood by Fisher scoring. design: x, shape (services, columns); default a common mean.
    `fit_normal` does not lean on one value, which may be 0 where spread is possible; fewer readings than columns: 0.
    """
    x = np.ones((reading.size, 1)) if design is None else design
    free = reading.size - x.shape[1]
    if free <= 0:
        return 0.0
    estimate = 0.0
    for _ in range(500):
        w, step = 1 / (variance + estimate), 0.0
        wx = w[:, None] * x
        inverse = np.linalg.inv(x.T @ wx)
        pull = w * (reading - x @ (inverse @ (wx.T @ reading)))
        lost = inverse @ (wx.T @ wx)
        trace = float(w.sum() - np.trace(lost))
        if method in ("dl", "pm"):
            slope = trace if method == "dl" else float(pull @ pull)
            step = (float(pull @ (pull / w)) - free) / slope
        elif method == "ml":
            step = float((pull @ pull - w.sum()) / (w @ w))
        else:
            squares = float(w @ w - 2 * np.trace(inverse @ (wx.T @ (w[:, None] * wx))) + np.trace(lost @ lost))
            step = (float(pull @ pull) - trace) / squares
        before, estimate = estimate, max(estimate + step, 0.0)
        if method == "dl" or abs(estimate - before) <= 1e-12 * (estimate + float(variance.min())):
            break
    return estimate


def plug_in(
    reading: FloatArray, variance: FloatArray, between: float, design: FloatArray | None = None
) -> PluggedIn:
    """Empirical best predictor for a given between variance A: x'b + A / (A + D) (y - x'b), b by least squares.

    sd allows for b being estimated, not for A being so (Fay & Herriot 1979); see `fit_normal` for that.
    """
    x = np.ones((reading.size, 1)) if design is None else design
    w = 1 / (variance + between)
    inverse = np.linalg.inv(x.T @ (w[:, None] * x))
    fitted = x @ (inverse @ (x.T @ (w * reading)))
    drawn = variance * w
    spread = (1 - drawn) * variance + drawn**2 * np.einsum("ij,jk,ik->i", x, inverse, x)
    return PluggedIn(fitted + (1 - drawn) * (reading - fitted), np.sqrt(spread), fitted)
