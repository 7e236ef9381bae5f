"""Funnel limits: how far a ratio or proportion may lie from its target by chance, given the exposure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import IntArray, counted_under, exposed, refuse

LEVELS = (0.001, 0.025, 0.975, 0.999)


def poisson_limits(expected: FloatArray, p: float) -> FloatArray:
    """Exact interpolated limit of O/E at probability p, one per service (Spiegelhalter 2005, appendix A.1.1).

    With r the smallest count of P(R <= r) >= p: (r - (P(R <= r) - p) / P(R = r)) / E, never below 0.
    Without expected events (E = 0 or missing) there is no limit (NaN).
    """
    from scipy.special import gammaincc

    e = exposed(expected)
    start = e + _bend(p, np.sqrt(e), 1 / np.sqrt(e))
    return np.maximum(_interpolated(lambda r: np.where(r < 0, 0, gammaincc(np.maximum(r, 0) + 1, e)), start, p) / e, 0)


def binomial_limits(n: FloatArray, target: FloatArray | float, p: float) -> FloatArray:
    """Exact interpolated limit of a proportion at probability p, within 0 to 1; as `poisson_limits`, over n trials.

    target: the proportion expected, 0 to 1. Without trials (n = 0 or missing) there is no limit (NaN).
    Raises ValueError for a target outside 0 to 1, naming the positions.
    """
    from scipy.special import betainc

    goal = np.broadcast_to(np.asarray(target, dtype=float), n.shape)
    refuse((goal < 0) | (goal > 1), "the target must be a proportion")
    trials = exposed(n)
    spread = np.sqrt(trials * goal * (1 - goal))
    skew = np.divide(1 - 2 * goal, spread, out=np.zeros_like(spread), where=spread > 0)
    start = np.clip(trials * goal + _bend(p, spread, skew), 0, trials)

    def below(r: FloatArray) -> FloatArray:
        inside = (r >= 0) & (r < trials)
        chance = betainc(np.where(inside, trials - r, 1), np.where(inside, r + 1, 1), 1 - goal)
        return np.select([inside, r < 0, r >= trials], [chance, 0.0, 1.0], np.nan)

    return np.clip(_interpolated(below, start, p) / trials, 0, 1)


def garwood_limits(expected: FloatArray, p: float) -> FloatArray:
    """The smooth chi-square form of the limit of O/E at probability p, as FunnelPlotR draws it.

    chi2inv(p, 2E)/(2E) below, chi2inv(p, 2(E+1))/(2E) above. It sets E where a count belongs: an approximation.
    """
    from scipy.special import gammaincinv

    e = exposed(expected)
    return np.asarray(gammaincinv(e if p < 0.5 else e + 1, p) / e)


def poisson_band(observed: FloatArray, expected: FloatArray) -> IntArray:
    """Where a count lies in the funnel: ±2 outside the 99.8 % limits, ±1 outside the 95 % limits, else 0.

    By the exact tails P(R >= O) and P(R <= O), each below .001 or .025. Without expected events: 0, no claim.
    """
    from scipy.special import gammainc, gammaincc

    e = exposed(expected)
    o = counted_under(observed, e)
    above = np.where(o > 0, gammainc(np.maximum(o, 1), e), 1.0)
    below = gammaincc(o + 1, e)
    return sum(((above < p).astype(np.int64) - (below < p) for p in LEVELS[:2]), np.zeros(o.shape, dtype=np.int64))


def _bend(p: float, spread: FloatArray, skew: FloatArray) -> FloatArray:
    """Cornish & Fisher's first guess of a quantile's distance from the mean."""
    from scipy.special import ndtri

    z = float(ndtri(p))
    return spread * (z + skew * (z * z - 1) / 6)


def _interpolated(below: Callable[[FloatArray], FloatArray], start: FloatArray, p: float) -> FloatArray:
    """The quantile between counts, from the chance of at most r, walking to the right count from a near guess."""
    r = np.maximum(np.round(start), 0)
    while (low := below(r) < p).any():
        r = r + low
    while (high := below(r - 1) >= p).any():
        r = r - high
    at = below(r)
    return r - (at - p) / (at - below(r - 1))
