"""What a ranking or a probability is worth against what was found, once or under many bootstrap weights at a time."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from risiko.asof import FloatArray
from risiko.evaluate.ranked import Ranked, Tally, WeightArray, ratio
from risiko.scoring.calibration import fit_line
from risiko.statistics.inputs import IntArray, refuse

# In every function: score (n,), higher is looked at first; outcome (n,) of 0 and 1; weight (n,) or (draws, n), how
# many times each service counts, None for once. The answer has shape () or (draws,), NaN where it is undefined.
SURE = 1e-12  # a probability of 0 or 1 is taken to be this far from it, where log-odds are needed


def auc(score: FloatArray, outcome: FloatArray, weight: WeightArray | None = None) -> FloatArray:
    """Area under the ROC curve: share of (event, no event) pairs in the right order, ties a half; NaN without pairs."""
    return Ranked(score, outcome).under(weight).concordance()


def concordance_within(
    score: FloatArray, outcome: FloatArray, group: IntArray, weight: WeightArray | None = None
) -> FloatArray:
    """AUC over the pairs inside groups, pooled: does the ranking tell services of one office apart?

    group: codes from 0; services of no group (-1) are left out. A group with one class has no pairs and no say.
    """
    return Ranked(score, outcome, group).under(weight).concordance()


def average_precision(score: FloatArray, outcome: FloatArray, weight: WeightArray | None = None) -> FloatArray:
    """Mean precision over the events, a run of ties being one threshold (as in scikit-learn); NaN without events."""
    return Ranked(score, outcome).under(weight).average_precision()


class Top(NamedTuple):
    """What the top of a list holds, each of shape () or (draws,)."""

    precision: FloatArray
    lift: FloatArray
    capture: FloatArray


def precision_at(score: FloatArray, outcome: FloatArray, weight: WeightArray | None = None, *,
                 share: float | None = None, k: float | None = None) -> FloatArray:  # fmt: skip
    """Share of events among those looked at: the top share of the services, or the first k.

    Ties: the expected value under random order. A share need not fall on a whole number of services. k beyond the
    last service is the last service.
    """
    return top(Ranked(score, outcome).under(weight), share=share, k=k).precision


def lift_at(score: FloatArray, outcome: FloatArray, weight: WeightArray | None = None, *,
            share: float | None = None, k: float | None = None) -> FloatArray:  # fmt: skip
    """Precision at the cut over the base rate: how many times as many events as by lot; NaN without events."""
    return top(Ranked(score, outcome).under(weight), share=share, k=k).lift


def capture_at(score: FloatArray, outcome: FloatArray, weight: WeightArray | None = None, *,
               share: float | None = None, k: float | None = None) -> FloatArray:  # fmt: skip
    """Share of all events that the cut catches (recall); NaN without events. Ties as in precision_at."""
    return top(Ranked(score, outcome).under(weight), share=share, k=k).capture


def top(tally: Tally, *, share: float | None = None, k: float | None = None) -> Top:
    """Precision, lift and capture of one cut through a ranking already tallied; NaN where nothing is looked at."""
    if share is not None and k is None:
        cut = np.asarray(tally.size * share)
    elif k is not None and share is None:
        cut = np.asarray(np.minimum(k, tally.size))
    else:
        raise ValueError("give either a share or a number k of services")
    caught = tally.events_within(cut)
    return Top(ratio(caught, cut), ratio(caught * tally.size, cut * tally.found), ratio(caught, tally.found))


def gain_curve(score: FloatArray, outcome: FloatArray, shares: FloatArray) -> FloatArray:
    """Share of all events caught when so large a share is looked at, one value per share; ties at random."""
    tally = Ranked(score, outcome).under()
    bounds, seen = tally.ranked.bounds, tally.ranked.seen
    passed = np.interp(np.asarray(shares) * tally.size, tally.services[bounds], tally.events[seen])
    return ratio(passed, np.broadcast_to(tally.found, passed.shape))


def brier(probability: FloatArray, outcome: FloatArray, weight: WeightArray | None = None) -> FloatArray:
    """Mean squared distance between probability and outcome; 0 is perfect."""
    counted = _probable(probability, outcome, weight)
    return ratio(counted @ (probability - outcome) ** 2, counted.sum(-1))


def observed_over_expected(
    probability: FloatArray, outcome: FloatArray, weight: WeightArray | None = None
) -> FloatArray:
    """Events seen over events promised; above 1 the probabilities are too low."""
    counted = _probable(probability, outcome, weight)
    return ratio(counted @ outcome, counted @ probability)


def calibration_in_the_large(
    probability: FloatArray, outcome: FloatArray, weight: WeightArray | None = None
) -> FloatArray:
    """What must be added to all log-odds for the mean to fit; 0 is right, below 0 too much was promised (Cox 1958).

    NaN with one class only.
    """
    counted = _probable(probability, outcome, weight)
    return fit_line(log_odds(probability), counted * outcome, counted, free_slope=False)[0]


def calibration_slope(probability: FloatArray, outcome: FloatArray, weight: WeightArray | None = None) -> FloatArray:
    """Slope of the outcome on the log-odds; 1 is right, below 1 the probabilities are too extreme (Cox 1958).

    NaN with one class only, with one probability for all, and where the classes are separated.
    """
    counted = _probable(probability, outcome, weight)
    return fit_line(log_odds(probability), counted * outcome, counted)[1]


def log_odds(probability: FloatArray) -> FloatArray:
    """log(p / (1 - p)), with 0 and 1 drawn in to 1e-12 from the ends."""
    inside = np.clip(probability, SURE, 1 - SURE)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def _probable(probability: FloatArray, outcome: FloatArray, weight: WeightArray | None) -> FloatArray:
    """The weights as floats, after the probabilities and outcomes have been looked at."""
    refuse(~((probability >= 0) & (probability <= 1)), "a probability must lie between 0 and 1")
    refuse(~np.isin(outcome, (0, 1)), "an outcome must be 0 or 1")
    counted = np.ones(len(outcome)) if weight is None else np.asarray(weight, dtype=float)
    refuse(counted < 0, "weights must be 0 or more")
    return counted


class Auc(NamedTuple):
    """Area under the curve with its standard error and interval; NaN with fewer than two of either class."""

    auc: float
    se: float
    low: float
    high: float


class AucDifference(NamedTuple):
    """First area minus second, with standard error, interval and two-sided p; se 0 and p 1 for equal rankings."""

    difference: float
    se: float
    low: float
    high: float
    p: float


def delong(score: FloatArray, outcome: FloatArray, level: float = 0.95) -> Auc:
    """AUC with DeLong's (1988) variance, services independent: too narrow where providers run many of them.

    Placements by sorting (Sun & Xu 2014). The interval is cut off at 0 and 1.
    """
    area, se = _moments(_placements(score, outcome))
    half = _normal_quantile(level) * se
    return Auc(area, se, max(area - half, 0.0) if se == se else se, min(area + half, 1.0) if se == se else se)


def delong_difference(
    score_a: FloatArray, score_b: FloatArray, outcome: FloatArray, level: float = 0.95
) -> AucDifference:
    """Difference of two correlated areas on the same services (DeLong 1988)."""
    pair = zip(_placements(score_a, outcome), _placements(score_b, outcome), strict=True)
    difference, se = _moments(tuple(a - b for a, b in pair))
    half = _normal_quantile(level) * se
    if se > 0:
        p = math.erfc(abs(difference) / se / math.sqrt(2))
    else:
        p = 1.0 if difference == 0 and se == 0 else (0.0 if se == 0 else math.nan)
    return AucDifference(difference, se, difference - half, difference + half, p)


def _placements(score: FloatArray, outcome: FloatArray) -> tuple[FloatArray, FloatArray]:
    """For each event the share of the others below it, and for each other the share of events above it; ties half."""
    refuse(np.isnan(score), "a score must be a number")
    refuse(~np.isin(outcome, (0, 1)), "an outcome must be 0 or 1")
    events, others = score[outcome == 1], score[outcome == 0]

    def below(these: FloatArray, among: FloatArray) -> FloatArray:
        ordered = np.sort(among)
        both = np.searchsorted(ordered, these, side="left") + np.searchsorted(ordered, these, side="right")
        return np.asarray(both / 2 / max(len(among), 1))

    return below(events, others), 1 - below(others, events)


def _moments(placements: tuple[FloatArray, ...]) -> tuple[float, float]:
    """Mean of the placements of the events, and its standard error."""
    if min(map(len, placements)) < 2:
        return (float(placements[0].mean()) if min(map(len, placements)) else math.nan), math.nan
    variance = sum(float(part.var(ddof=1)) / len(part) for part in placements)
    return float(placements[0].mean()), math.sqrt(variance)


def _normal_quantile(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))
