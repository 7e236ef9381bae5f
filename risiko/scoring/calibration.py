"""Probabilities that keep their word: recalibration on the log-odds, Venn-Abers bounds and conformal limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.scoring.law import expit
from risiko.statistics.inputs import BoolArray, refuse
from risiko.statistics.newton import Hill, climb

FLAT = 1e-6  # a climb rests when the score equations hold to this share of the services; one Newton step more follows
STEEP = 3.0  # a steeper slope than this is fitted on the rows themselves
BLOCK = 32  # rows of the Venn-Abers matrix at a time


@dataclass(frozen=True)
class Recalibration:
    """A line on the log-odds: slope × log-odds + offset. A slope times additive contributions stays additive."""

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, log_odds: FloatArray) -> FloatArray:
        """The recalibrated log-odds."""
        return np.asarray(self.slope * log_odds + self.offset)


def fit_platt(log_odds: FloatArray, outcome: FloatArray, weight: FloatArray | None = None, *,
              prior_events: float = 2.0) -> Recalibration:  # fmt: skip
    """Recalibration from services whose outcome (0 or 1) is known (Platt 1999), held towards "change nothing".

    prior_events: how many events the belief that the model is right is worth. The fit sees, beside the outcomes, the
    same services once more with the outcomes the model expected, weighted so that they hold so many events: with 2
    and 200 observed it hardly shows, with 3 observed it decides. 0 is plain maximum likelihood.
    With one class only a slope means nothing: it stays 1 and only the offset is fitted, and so too where
    the outcomes are separated by the score and nothing is held (prior_events 0). Where there is no fit at all
    (no services, or one class and nothing held) nothing is changed. Raises ValueError for values that are no numbers.
    """
    refuse(~np.isfinite(log_odds), "log-odds must be finite")
    refuse(~np.isin(outcome, (0, 1)), "an outcome must be 0 or 1")
    trials = np.ones(len(log_odds)) if weight is None else np.asarray(weight, dtype=float)
    refuse(~(trials >= 0), "weights must be 0 or more")
    hits, expected = trials * outcome, expit(log_odds)
    both = 0 < hits.sum() < trials.sum()
    held = trials * prior_events / max((trials * expected).sum(), np.finfo(float).tiny)
    hits, trials = hits + held * expected, trials + held
    offset, slope = fit_line(log_odds, hits, trials) if both else (np.nan, np.nan)
    if np.isnan(slope):
        offset, slope = fit_line(log_odds, hits, trials, free_slope=False)
    return Recalibration(float(slope), float(offset)) if np.isfinite(offset) else Recalibration()


def fit_line(log_odds: FloatArray, hits: FloatArray, trials: FloatArray, *,
             free_slope: bool = True) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Offset and slope of the logistic line by maximum likelihood, each of shape () or (draws,).

    log_odds: (n,). hits out of trials: (n,) or (draws, n), not negative, not necessarily whole. free_slope=False
    holds the slope at 1. NaN where no finite fit exists: one class only or, for a slope, classes separated by the
    log-odds.
    """
    y, m = (np.atleast_2d(np.asarray(part, dtype=float)) for part in (hits, trials))
    defined = _overlap(log_odds, y > 0, m > y) if free_slope else (y.sum(1) > 0) & ((m - y).sum(1) > 0)
    found = np.full((len(defined), 2), np.nan)
    if defined.any():
        y, m = y[defined], m[defined]
        told, size = y @ np.stack([np.ones_like(log_odds), log_odds], axis=1), m.sum(1)
        line = _likeliest(*_condensed(log_odds, m), told, size, free_slope)
        steep = np.abs(line[:, 1]) > STEEP
        if steep.any():
            line[steep] = _likeliest(log_odds, m[steep], told[steep], size[steep], free_slope)
        found[defined] = line
    shape = np.shape(trials)[:-1]
    return found[:, 0].reshape(shape), found[:, 1].reshape(shape)


def _likeliest(x: FloatArray, m: FloatArray, told: FloatArray, size: FloatArray, free_slope: bool) -> FloatArray:
    """Offset and slope (draws, 2) at the top, from what the hits tell: their number and their sum of log-odds."""
    wide = 2 if free_slope else 1
    powers = np.stack([np.ones_like(x), x, x**2], axis=1)

    def at(point: FloatArray) -> Hill:
        line = point[:, :1] + (point[:, 1:] if free_slope else 1) * x
        small = np.exp(-np.abs(line))  # serves the probability and log(1 + e^line), both without overflow
        p = np.where(line > 0, 1, small) / (1 + small)
        height = (point * told[:, :wide]).sum(1) - ((np.maximum(line, 0) + np.log1p(small)) * m).sum(1)
        slope = told[:, :wide] - (m * p) @ powers[:, :wide]
        bend = ((m * p * (1 - p)) @ powers)[:, [[0, 1], [1, 2]]][:, :wide, :wide]
        return Hill(height, slope, bend)

    start = np.tile([0.0, 1.0][:wide], (len(m), 1))
    top = climb(at, start, FLAT * size, np.full((1, wide), np.inf))
    return top if free_slope else np.hstack([top, np.ones((len(m), 1))])


def _condensed(x: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A few log-odds with weights (draws, nodes) under which smooth functions have the same sums as over all rows.

    Interpolation at Chebyshev nodes (barycentric: Berrut & Trefethen 2004). The logistic curve is analytic until
    pi / slope beside the real line, so the error falls geometrically with the nodes: so many are taken that
    (measured) it is below 1e-12 of the services for slopes up to 2, and 1e-10 up to STEEP. A hundred nodes for
    thousands of services, which are many times quicker to climb over again and again. Few rows are left as they are.
    """
    middle, half = (x.max() + x.min()) / 2, max((x.max() - x.min()) / 2, 1.0)
    nodes = int(np.ceil(28 / np.arcsinh(np.pi / (2 * half))))
    if len(x) < 4 * nodes:
        return x, m
    angle = (2 * np.arange(nodes) + 1) * np.pi / (2 * nodes)
    at = middle + half * np.cos(angle)
    apart = x[:, None] - at
    share = np.where(np.arange(nodes) % 2, -1.0, 1.0) * np.sin(angle) / np.where(apart == 0, 1e-300, apart)
    return at, m @ (share / share.sum(1, keepdims=True))


def _overlap(x: FloatArray, hit: BoolArray, miss: BoolArray) -> BoolArray:
    """Whether some hit lies below some miss and some above another: only then has the slope a finite best value."""
    if not len(x):
        return np.zeros(len(hit), dtype=bool)
    order = np.argsort(x)
    ordered, hit, miss = x[order], np.take(hit, order, axis=1), np.take(miss, order, axis=1)
    low_hit, low_miss = (ordered[there.argmax(1)] for there in (hit, miss))
    high_hit, high_miss = (ordered[::-1][there[:, ::-1].argmax(1)] for there in (hit, miss))
    return np.asarray(hit.any(1) & miss.any(1) & (low_hit < high_miss) & (low_miss < high_hit))


def venn_abers(cal_score: FloatArray, cal_outcome: FloatArray, score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Inductive Venn-Abers bounds p0 <= p1 for each score (Vovk & Petej 2012), from a calibration set.

    p0 and p1 are what isotonic regression gives a service when it joins the set with outcome 0 and with 1; one of the
    two is right. p1 / (1 - p0 + p1) merges them. By the max-min formula of isotonic regression, for every place a
    service can take at once: work is the square of the number of distinct calibration scores, 3,000 in a fifth
    of a second. With an empty set the bounds are 0 and 1. Raises ValueError for scores that are no numbers.
    """
    refuse(np.isnan(cal_score), "calibration scores must be numbers")
    refuse(np.isnan(score), "scores must be numbers")
    refuse(~np.isin(cal_outcome, (0, 1)), "an outcome must be 0 or 1")
    known, code = np.unique(cal_score, return_inverse=True)
    size, events = (np.r_[0, np.cumsum(np.bincount(code, part, len(known)))] for part in (None, cal_outcome))
    # A new score ties with a known one (it joins that step) or lies between two (a step of its own).
    after = np.searchsorted(known, score, side="right")
    tied = after > np.searchsorted(known, score, side="left")
    lower, upper = (_isotonic_at(size, events, label) for label in (0.0, 1.0))
    which = tied.astype(np.int64)
    return lower[which, after], upper[which, after]


def _isotonic_at(size: FloatArray, events: FloatArray, label: float) -> FloatArray:
    """The isotonic value of one more service at every place: row 0 between scores, row 1 tied with the one before.

    max over a <= place of min over b >= place of the mean of steps a..b with the newcomer among them.
    """
    places = np.arange(len(size))
    value = np.full((2, len(size)), -np.inf)
    for first in range(0, len(size), BLOCK):
        a = places[first : first + BLOCK, None]
        with np.errstate(divide="ignore", invalid="ignore"):  # ends before the beginning: never asked for
            mean = (events[first:] + label - events[a]) / (size[first:] + 1 - size[a])
        lowest = np.minimum.accumulate(mean[:, ::-1], axis=1)[:, ::-1]
        for row in (0, 1):
            best = np.where(a <= places[first:] - row, lowest, -np.inf).max(0)
            value[row, first:] = np.maximum(value[row, first:], best)
    return value


def conformal_quantile(scores: FloatArray, level: float) -> float:
    """The ceil((n + 1) level)-th smallest score: a new one is not above it with at least this probability.

    Split conformal prediction (Vovk, Gammerman & Shafer 2005), for scores exchangeable with the new one. Infinite
    where there are too few scores to promise anything. level in (0, 1). Raises ValueError for scores that are NaN.
    """
    refuse(np.isnan(scores), "scores must be numbers")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1; it is {level}")
    # 150 × (1 - .18) is a little more than 123 in the machine, and that is the 123rd.
    rank = int(np.ceil((len(scores) + 1) * level - 1e-9))
    return float(np.sort(scores)[rank - 1]) if rank <= len(scores) else float("inf")
