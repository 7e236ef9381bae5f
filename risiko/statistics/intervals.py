"""Intervals for a single count or proportion."""

from __future__ import annotations

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import counted, counted_under, exposed, refuse

Interval = tuple[FloatArray, FloatArray]
EXACT_BELOW = 10  # OHID: exact below ten events, Byar's approximation from ten


def poisson_interval(count: FloatArray, confidence: float = 0.95) -> Interval:
    """Interval for the mean of a Poisson count: exact below ten events, Byar's from ten (the OHID rule).

    Divide by an exposure for a rate. Raises ValueError for counts that are negative or no numbers, with positions.
    """
    lower, upper = exact_poisson(count, confidence)
    byar_lower, byar_upper = byar(count, confidence)
    few = count < EXACT_BELOW
    return np.where(few, lower, byar_lower), np.where(few, upper, byar_upper)


def exact_poisson(count: FloatArray, confidence: float = 0.95) -> Interval:
    """Exact (Garwood 1936) interval: chi2inv(tail, 2x)/2 and chi2inv(1 - tail, 2x + 2)/2; 0 at a count of 0."""
    from scipy.special import gammaincinv

    x, tail = counted(count), (1 - confidence) / 2
    return np.where(x > 0, gammaincinv(np.maximum(x, 1e-300), tail), 0.0), np.asarray(gammaincinv(x + 1, 1 - tail))


def byar(count: FloatArray, confidence: float = 0.95) -> Interval:
    """Byar's approximation (Breslow & Day 1987): cubes of a normal; where the cube would be negative, 0.

    x (1 - 1/(9x) ± z/(3 sqrt x))^3, with x + 1 for x in the upper limit.
    """
    from scipy.special import ndtri

    x, z = counted(count), float(ndtri((1 + confidence) / 2))
    some, more = np.maximum(x, 1e-9), x + 1
    lower = x * np.maximum(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0) ** 3
    return lower, more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3


def wilson(hits: FloatArray, n: FloatArray, confidence: float = 0.95) -> Interval:
    """Wilson's (1927) score interval for a proportion; NaN without trials (n = 0 or missing).

    Raises ValueError with positions for hits beyond the trials, negative ones, and ones that are no numbers.
    """
    from scipy.special import ndtri

    refuse(hits > n, "hits must not be more than trials")
    trials, z = exposed(n), float(ndtri((1 + confidence) / 2))
    x = counted_under(hits, trials)
    middle, half = 2 * x + z**2, z * np.sqrt(z**2 + 4 * x * (1 - x / trials))
    return np.maximum(middle - half, 0) / (2 * (trials + z**2)), (middle + half) / (2 * (trials + z**2))
