"""CUSUM: has the rate of complaints risen, with a stated number of false alarms a year over all services together?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import BoolArray, refuse
from risiko.statistics.run_length import log_likelihood_run_length

PER_DECADE = 6  # expected values are read off a log grid; the alarm rate is smooth in them
RARE = 0.02  # expected per period below which the alarm rate is simply proportional to it
LOWEST, HIGHEST = 0.5, 25.0  # thresholds that are searched
CLOSE = 1e-3


@dataclass(frozen=True)
class Cusum:
    """path: the statistic after each period, before it is set back to 0. signal: where it reached the threshold."""

    path: FloatArray
    signal: BoolArray


def llr_weights(counts: FloatArray, expected: FloatArray, ratio: float) -> FloatArray:
    """What each count adds: x log R - E (R - 1), the Poisson log likelihood ratio of R times the expected.

    NaN where the count or the expected is not observed. ratio above 1 watches for a rise, below 1 for a fall.
    """
    _check_ratio(ratio)
    x, e = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    refuse(((np.atleast_2d(x) < 0) | (np.atleast_2d(e) < 0)).any(1), "counts and expected must be 0 or more")
    return np.asarray(x * math.log(ratio) - e * (ratio - 1))


def bernoulli_weights(outcome: FloatArray, probability: FloatArray, ratio: float) -> FloatArray:
    """What each outcome (0 or 1) adds: y log R - log(1 - p + R p), R an odds ratio (Steiner et al. 2000)."""
    _check_ratio(ratio)
    y, p = np.asarray(outcome, dtype=float), np.asarray(probability, dtype=float)
    refuse((p < 0) | (p > 1) | (~np.isnan(y) & (y != 0) & (y != 1)), "outcomes are 0 or 1, probabilities between them")
    return np.asarray(y * math.log(ratio) - np.log(1 - p + ratio * p))


def _check_ratio(ratio: float) -> None:
    if not (ratio > 0 and ratio != 1 and math.isfinite(ratio)):
        raise ValueError(f"the ratio to watch for must be above 0 and not 1; it is {ratio}")


def cusum(weights: FloatArray, threshold: float | FloatArray) -> Cusum:
    """C = max(0, C + weight), oldest period first along the last axis; set back to 0 after a signal (C >= threshold).

    threshold: one, or one per service. A period that was not observed (NaN) leaves C where it is and never signals.
    """
    w = np.asarray(weights, dtype=float)
    path, signal = np.zeros(w.shape), np.zeros(w.shape, dtype=bool)
    now = np.zeros(w.shape[:-1])
    for period in range(w.shape[-1]):
        now = np.maximum(0.0, now + np.nan_to_num(w[..., period]))
        path[..., period] = now
        signal[..., period] = (now >= threshold) & ~np.isnan(w[..., period])
        now = np.where(signal[..., period], 0.0, now)
    return Cusum(path, signal)


def llr_cusum(counts: FloatArray, expected: FloatArray, ratio: float, threshold: float | FloatArray) -> Cusum:
    """The Poisson log-likelihood-ratio CUSUM of counts against what was expected, services x periods or one series."""
    return cusum(llr_weights(counts, expected, ratio), threshold)


def false_alarms_per_year(expected_per_period: FloatArray, ratio: float, threshold: float, *,
                          periods_per_year: float = 12) -> float:  # fmt: skip
    """How often a year the CUSUMs of all services together signal although every rate is as expected.

    expected_per_period: one value per service, its mean; services without one (NaN or 0) are not monitored. Each
    service signals once per mean run length (Markov chain, see run_length), as its CUSUM starts anew after a signal.
    """
    _check_ratio(ratio)
    return _alarms(*_on_grid(expected_per_period), ratio, threshold) * periods_per_year


def threshold_for(expected_per_period: FloatArray, ratio: float, false_alarms: float, *,
                  n_monitored: int | None = None, periods_per_year: float = 12) -> float:  # fmt: skip
    """The threshold with the stated number of false alarms a year over all monitored services together.

    n_monitored: how many services are monitored, where those given are a sample of them. One threshold for all, set
    for this mix of services: copied to another mix, alarms may double. Between 0.5 and 25; infinite with no service
    to monitor. Raises ValueError unless false_alarms and periods_per_year are above 0.
    """
    _check_ratio(ratio)
    if not (false_alarms > 0 and periods_per_year > 0):
        raise ValueError(f"false alarms and periods a year must be above 0: {false_alarms}, {periods_per_year}")
    grid, services = _on_grid(expected_per_period)
    monitored = int(np.sum(np.nan_to_num(expected_per_period) > 0))
    if monitored == 0:
        return math.inf
    scale = 1.0 if n_monitored is None else n_monitored / monitored
    target = math.log(false_alarms / periods_per_year / scale)

    def excess(threshold: float) -> float:
        return math.log(max(_alarms(grid, services, ratio, threshold), 1e-300)) - target

    return _root(excess, start=math.log(float(services @ grid)) - target)


def _root(excess: Callable[[float], float], start: float) -> float:
    """Where a falling function is 0. The log alarm rate falls by about 1 per unit, so Newton with slope -1 begins."""
    low, high = LOWEST, HIGHEST
    at, slope = min(max(start, low + 1), high - 1), -1.0
    last: tuple[float, float] | None = None
    while high - low > CLOSE:
        value = excess(at)
        low, high = (at, high) if value > 0 else (low, at)
        if last is not None and at != last[0] and (value - last[1]) / (at - last[0]) < 0:
            slope = (value - last[1]) / (at - last[0])
        last = (at, value)
        step = value / slope
        if abs(step) < CLOSE:
            return min(max(at - step, LOWEST), HIGHEST)
        at = at - step if low < at - step < high else (low + high) / 2
    return (low + high) / 2


def _on_grid(expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expected values on a log grid and the number of services at each; a service is shared between its neighbours."""
    e = np.asarray(expected, dtype=float)
    refuse((e < 0) | np.isinf(e), "expected values must be finite and 0 or more")
    e = e[e > 0]
    place = np.log10(np.maximum(e, RARE) / RARE) * PER_DECADE
    below = np.floor(place).astype(int)
    weight = np.minimum(1.0, e / RARE)
    size = int(below.max(initial=0)) + 2
    services = np.zeros(size)
    services += np.bincount(below, weight * (1 - (place - below)), size)
    services += np.bincount(below + 1, weight * (place - below), size)
    used = services > 0
    return RARE * 10 ** (np.flatnonzero(used) / PER_DECADE), services[used]


def _alarms(grid: FloatArray, services: FloatArray, ratio: float, threshold: float) -> float:
    """False alarms per period over all services."""
    lengths = np.array([log_likelihood_run_length(float(e), ratio, threshold) for e in grid])
    return float(services @ (1 / lengths))
