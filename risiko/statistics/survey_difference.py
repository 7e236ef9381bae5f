"""The difference between two survey means, with its interval, and what those who did not answer could hide in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.groups import sums
from risiko.statistics.inputs import IntArray, refuse
from risiko.statistics.survey_error import mean_variance


@dataclass(frozen=True)
class Means:
    """One survey mean per question: mean, n (answers), variance of the mean, freedom (degrees of freedom of it)."""

    mean: FloatArray
    n: FloatArray
    variance: FloatArray
    freedom: FloatArray


@dataclass(frozen=True)
class Differences:
    """b less a, one per question: difference, se, freedom, low and high (simultaneous), p and adjusted_p."""

    difference: FloatArray
    se: FloatArray
    freedom: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    adjusted_p: FloatArray


def pooled_means(
    mean: FloatArray, n: FloatArray, sd: FloatArray, design_effect: FloatArray, question: IntArray, questions: int
) -> Means:
    """Samples of the same question taken together, each answer counting once; one entry per sample, question its code.

    A stratified mean with the sampled shares as weights: its variance is sum((n_i/n)² × deff_i × sd_i²/n_i). Freedom by
    Welch and Satterthwaite over the samples, each bringing n_i/deff_i - 1 (at least 1): answers that are alike count as
    fewer. A question without samples is missing (NaN). Raises ValueError, with positions, for samples without
    answers, a negative spread and a design effect that is not above 0.
    """
    refuse(~(n >= 1), "a sample must have answers")
    refuse(~((sd >= 0) & (design_effect > 0)), "spreads must be 0 or more and design effects above 0")
    total = sums(n, question, questions)
    known = np.where(total > 0, total, np.nan)
    share = n / known[question]
    part = share**2 * mean_variance(sd, n, design_effect)
    freedom = np.maximum(n / design_effect - 1, 1.0)
    variance = sums(part, question, questions)
    return Means(
        np.where(total > 0, sums(share * mean, question, questions), np.nan), total,
        np.where(total > 0, variance, np.nan), _satterthwaite(variance, sums(part**2 / freedom, question, questions)),
    )  # fmt: skip


def differences(a: Means, b: Means, level: float = 0.95) -> Differences:
    """The means of b less those of a, with intervals that hold for all questions at once with probability `level`.

    Welch's (1947) t interval for independent samples whose spreads may differ, by Satterthwaite's freedom: with ten or
    twenty answers the normal's interval is too short, with hundreds both are the same. The same people asked twice are
    not assumed, and no finite population is: who was invited is seldom all there are, and the question is about the
    service, not about those who happened to use it. Both leave the interval on the wide side.

    Several questions: m intervals at level 1 - (1 - level)/m (Bonferroni), adjusted_p = min(1, m × p). It needs nothing
    known of how the answers to the questions hang together, and an interval leaves out 0 exactly where adjusted_p is
    below 1 - level; Holm's steps would have more power, but no such intervals. m counts the questions that can be
    compared; the others are missing (NaN). No spread at all in either is no knowledge: missing too.
    """
    from scipy.special import stdtr, stdtrit

    variance = a.variance + b.variance
    se = np.where(variance > 0, np.sqrt(np.where(variance > 0, variance, np.nan)), np.nan)
    freedom = _satterthwaite(variance, a.variance**2 / a.freedom + b.variance**2 / b.freedom)
    difference = np.where(np.isnan(se), np.nan, b.mean - a.mean)
    m = max(int(np.isfinite(se).sum()), 1)
    half = se * stdtrit(freedom, 1 - (1 - level) / (2 * m))
    p = 2 * stdtr(freedom, -np.abs(difference / se))
    return Differences(
        difference, se, freedom, difference - half, difference + half, p, np.minimum(1.0, m * p)
    )


def non_response_bound(response_a: FloatArray, response_b: FloatArray, apart: float) -> FloatArray:
    """How far a difference may be off because not all answered, in points: (1 - response) × apart, of both together.

    The error of one mean is (1 - response) times how far those who did not answer differ (Cochran 1977, ch. 13); here
    they differ by `apart` points in either direction, against each other in the worst case. It is no sampling error and
    does not shrink with more answers, so it is told beside the interval and not mixed into it. Responses: shares 0-1.
    """
    gone: FloatArray = (1 - np.clip(response_a, 0, 1)) + (1 - np.clip(response_b, 0, 1))
    return gone * apart


def _satterthwaite(variance: FloatArray, parts: FloatArray) -> FloatArray:
    found: FloatArray = np.divide(variance**2, parts, out=np.full(variance.shape, np.nan), where=parts > 0)
    return found
