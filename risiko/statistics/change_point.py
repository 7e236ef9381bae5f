"""One change point: did the rate of a service change, when, and which way?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import IntArray, refuse


@dataclass(frozen=True)
class ChangePoint:
    """One value per service; NaN (k: 0) where fewer than two periods have exposure.

    log_bayes_factor: for one change against none. changed: probability that the rate changed. rose: probability that
    it changed and rose. k: the most likely number of periods before the change. before, after: the mean rates, given
    a change, averaged over when. when: services x (periods - 1), the probability of each k given a change.
    """

    log_bayes_factor: FloatArray
    changed: FloatArray
    rose: FloatArray
    k: IntArray
    before: FloatArray
    after: FloatArray
    when: FloatArray


def change_point(counts: FloatArray, exposure: FloatArray, shape: float | FloatArray = 0.5,
                 rate: float | FloatArray = 0.5, *, prior: float = 0.5) -> ChangePoint:  # fmt: skip
    """y_t ~ Poisson(exposure_t x rate), the rate changing once or never; Gamma(shape, rate) for each of the rates.

    counts, exposure: services x periods, oldest first; a count that is NaN, or without exposure, was not observed.
    exposure may be what was expected: then the rates are ratios to it. shape, rate: one, or one per service. prior:
    probability of a change before looking; every k with exposure on both sides is as likely as the others. Closed
    form over k by conjugacy (Carlin, Gelfand & Smith 1992). Raises ValueError for negative counts or exposure.
    """
    y, e = (np.atleast_2d(np.asarray(a, dtype=float)) for a in np.broadcast_arrays(counts, exposure))
    refuse(((y < 0) | (e < 0) | np.isinf(y) | np.isinf(e)).any(1), "counts and exposure must be 0 or more and finite")
    if y.shape[1] == 0:
        y, e = np.zeros((len(y), 1)), np.zeros((len(y), 1))
    seen = np.isfinite(y) & (e > 0)
    y, e = np.where(seen, y, 0.0).cumsum(1), np.where(seen, e, 0.0).cumsum(1)
    a, b = (np.broadcast_to(np.asarray(v, dtype=float), (len(y),))[:, None] for v in (shape, rate))
    a1, b1 = a + y[:, :-1], b + e[:, :-1]
    a2, b2 = a + y[:, -1:] - y[:, :-1], b + e[:, -1:] - e[:, :-1]
    possible = (b1 > b) & (e[:, -1:] > e[:, :-1])
    with_change = np.where(possible, _marginal(a, b, a1, b1) + _marginal(a, b, a2, b2), -np.inf)
    without = _marginal(a, b, a + y[:, -1:], b + e[:, -1:])[:, 0]
    top = with_change.max(axis=1, initial=-1e300)
    weight = np.exp(with_change - top[:, None])
    total, ways = weight.sum(1), possible.sum(1)
    told = ways > 0
    when = weight / np.where(told, total, np.nan)[:, None]
    log_factor = np.where(told, top + np.log(np.where(told, total / np.maximum(ways, 1), 1)) - without, np.nan)
    changed = 1 / (1 + np.exp(-np.clip(log_factor, -700, 700)) * (1 - prior) / prior)
    return ChangePoint(
        log_factor, changed, changed * (when * _rise(a1, b1, a2, b2)).sum(1),
        np.where(told, with_change.argmax(1) + 1 if with_change.shape[1] else 0, 0),
        (when * a1 / b1).sum(1) / np.where(told, 1, np.nan), (when * a2 / b2).sum(1) / np.where(told, 1, np.nan), when,
    )  # fmt: skip


def _marginal(a: FloatArray, b: FloatArray, a_after: FloatArray, b_after: FloatArray) -> FloatArray:
    """Log marginal likelihood of a stretch, but for the terms that every division into stretches shares."""
    from scipy.special import gammaln

    return np.asarray(a * np.log(b) - gammaln(a) + gammaln(a_after) - a_after * np.log(b_after))


def _rise(a1: FloatArray, b1: FloatArray, a2: FloatArray, b2: FloatArray) -> FloatArray:
    """P(second rate > first) for two gamma laws."""
    from scipy.special import betainc

    return np.asarray(betainc(a1, a2, b1 / (b1 + b2)))
