"""Reporting rate: what repeat reports, checked samples and second lists say about complaints that are never made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import IntArray, counted, refuse

TextArray = np.ndarray[tuple[int, ...], np.dtype[np.str_]]
ROUNDS = 2000
CLOSE = 1e-12


def duplicate_rate(duplicates: FloatArray, duration: FloatArray, group: TextArray) -> dict[str, float]:
    """Reports per unit of time and group: duplicates after the first report, over the time they could have come in.

    One row per matter that was reported at least once. Since the matter is known to exist, this is the rate of
    reporting alone (Liu, Bhandaram & Garg 2023). NaN for a group without any time at risk.
    """
    names, which = _checked(duplicates, duration, group)
    total, time = (np.bincount(which, v, len(names)) for v in (duplicates, duration))
    return dict(zip(names, np.where(time > 0, total / np.where(time > 0, time, 1), np.nan).tolist(), strict=True))


@dataclass(frozen=True)
class ZeroInflated:
    """rate: reports per unit of time by group, where reports are possible. never: share where they are not."""

    rate: dict[str, float]
    never: float
    log_likelihood: float


def zero_inflated_rate(duplicates: FloatArray, duration: FloatArray, group: TextArray) -> ZeroInflated:
    """The same, where a share of the matters can draw no second report at all (say, closed at once).

    Zero-inflated Poisson with one share and a rate per group, by expectation-maximisation.
    """
    from scipy.special import gammaln

    names, which = _checked(duplicates, duration, group)
    none = duplicates == 0
    never, rate = 0.5 * float(none.mean()), np.ones(len(names)) * (duplicates.sum() / duration.sum())
    for _ in range(ROUNDS):
        poisson_zero = np.exp(-rate[which] * duration)
        closed = np.where(none, never / (never + (1 - never) * poisson_zero), 0.0)
        total, time = (np.bincount(which, v * (1 - closed), len(names)) for v in (duplicates, duration))
        new, before = total / np.maximum(time, 1e-300), (never, rate)
        never, rate = float(closed.mean()), new
        if abs(never - before[0]) < CLOSE and np.abs(rate - before[1]).max() < CLOSE:
            break
    mean = np.maximum(rate[which] * duration, 1e-300)
    chance = (1 - never) * np.exp(duplicates * np.log(mean) - mean - gammaln(duplicates + 1)) + never * none
    return ZeroInflated(dict(zip(names, rate.tolist(), strict=True)), never, float(np.log(chance).sum()))


def _checked(duplicates: FloatArray, duration: FloatArray, group: TextArray) -> tuple[list[str], IntArray]:
    counted(duplicates)
    refuse(~((duration >= 0) & np.isfinite(duration)), "durations must be numbers of 0 or more")
    names, which = np.unique(np.asarray(group, dtype=str), return_inverse=True)
    return names.tolist(), which.astype(np.int64)


def log_correction(found: FloatArray, checked: FloatArray) -> FloatArray:
    """What to add to a log rate when `found` of `checked` true cases had been reported, -log(found/checked).

    Exact for a rate of its own per class (Whittemore & Gong 1991); infinite where none was found, NaN where none was
    checked. Raises ValueError where more were found than checked.
    """
    v, m = np.asarray(found, dtype=float), np.asarray(checked, dtype=float)
    refuse((v > m) | (v < 0), "found must lie between 0 and checked")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(-np.log(v / m))


def two_lists(first: int, second: int, both: int) -> tuple[float, float]:
    """Chapman's estimate of how many there are in all, and its variance, from two independent lists.

    Whoever is likely to be on one list is often likely to be on the other: then it is too low. A lower bound.
    """
    if not 0 <= both <= min(first, second):
        raise ValueError(f"{both} cannot be on both lists of {first} and {second}")
    n = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return n, variance


def at_least(seen: int, once: int, twice: int) -> float:
    """Chao's bias-corrected lower bound for how many there are, from how many were seen at all, once and twice."""
    if min(seen, once, twice) < 0 or once + twice > seen:
        raise ValueError(f"once and twice ({once}, {twice}) must fit within the {seen} that were seen")
    return seen + once * (once - 1) / (2 * (twice + 1))
