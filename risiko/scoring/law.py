"""The law of the priority: all that it could be, given what signals do not know, what may be unsaid, and the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from risiko.asof import FloatArray

FloatBlock = np.ndarray[tuple[int, ...], np.dtype[np.floating]]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
TextArray = np.ndarray[tuple[int, ...], np.dtype[np.str_]]
FARTHEST = np.float32(80.0)  # log-odds below minus this are as unlikely as single precision can say
LEAST = 1e-3  # no law is narrower than this: equals come in any order, and are told from others as well as before
BLOCK = 64  # draws at a time: a block of 10,000 services is 2.5 MB
LIKELY = 1.6448536269514722  # 90 % of a normal law lies within so many standard deviations


@dataclass(frozen=True)
class PriorityLaw:
    """What the priority of every service could be; all arrays are in the order of the cohort.

    middle: log-odds as scored. below, above: spread of the halves under and over it, each half of a normal law
    (two-piece normal, median at middle): what the readings leave open, what no reading tells, and over the middle what
    may be unsaid. pulls (services × directions): what one standard deviation of the model's own uncertainty moves each
    service; a direction moves all services in one draw. log_harm, harm_spread: consequence, in logarithms; its spread
    is above 0 where the number of users is not known. priority = expit(log-odds) × consequence. unsaid: what the
    log-odds would rise by, did users hold back as much as the reporting prior allows (95 %); 0 for most.
    """

    middle: FloatArray
    below: FloatArray
    above: FloatArray
    pulls: FloatArray
    log_harm: FloatArray
    harm_spread: FloatArray
    unsaid: FloatArray

    def __len__(self) -> int:
        return len(self.middle)

    @cached_property
    def model_spread(self) -> FloatArray:
        """Standard deviation of every service's log-odds from the model alone."""
        return np.asarray(np.sqrt((self.pulls.astype(float) ** 2).sum(axis=1)))

    @property
    def log_priority(self) -> FloatArray:
        """As scored; unsaid and unknown left out."""
        return np.asarray(self.log_harm - np.logaddexp(0.0, -self.middle))

    def unsaid_bounds(self) -> tuple[IntArray, IntArray]:
        """Best and worst place by priority that the reporting prior allows: anything between nothing and all unsaid."""
        from risiko.statistics.thinning import rank_bounds

        more = np.asarray(self.log_harm - np.logaddexp(0.0, -(self.middle + self.unsaid)))
        return rank_bounds(self.log_priority, more)

    def halves(self) -> tuple[FloatArray, FloatArray]:
        """Spread of the log-odds under and over the middle with the model's share, as if it were each service's own."""
        below, above = (np.maximum(half, LEAST) for half in (self.below, self.above))
        return np.hypot(below, self.model_spread), np.hypot(above, self.model_spread)

    def likelihood_range(self) -> tuple[FloatArray, FloatArray]:
        """Ends of the 90 % interval of the likelihood."""
        below, above = self.halves()
        return expit(self.middle - LIKELY * below), expit(self.middle + LIKELY * above)

    def quantile(self, z: float) -> FloatArray:
        """Log-priority at so many standard deviations of a normal law: −1.645 gives the 5 % point of every service."""
        below, above = self.halves()
        odds = self.middle + z * (above if z > 0 else below)
        slope = 1 - expit(odds)  # d log p = (1 − p) d log-odds
        spread = slope * (above if z > 0 else below)
        harm = z * (np.hypot(spread, self.harm_spread) - spread)
        return np.asarray(self.log_harm + harm - np.logaddexp(0.0, -odds))

    def draws(self, rng: np.random.Generator, draws: int) -> Iterator[tuple[FloatBlock, FloatBlock]]:
        """Joint draws of the log-priority in blocks of at most BLOCK × services, single precision.

        Beside each block what the model's error moved the log-odds in it (BLOCK × services; × 1 where there is none).
        """
        middle, harm = self.middle.astype(np.float32), self.log_harm.astype(np.float32)
        below, above = (np.maximum(half, LEAST) for half in (self.below, self.above))
        half = ((above + below) / 2).astype(np.float32)  # a half each way, and what the upper has more
        more = ((above - below) / 2).astype(np.float32)
        pulls = np.ascontiguousarray(self.pulls.T, dtype=np.float32)
        unknown = np.flatnonzero(self.harm_spread > 0)
        wide = self.harm_spread[unknown].astype(np.float32)
        for start in range(0, draws, BLOCK):
            size = min(BLOCK, draws - start)
            odds = rng.standard_normal((size, len(middle)), dtype=np.float32)
            upper = np.abs(odds)
            upper *= more
            odds *= half
            odds += upper
            odds += middle
            moved = np.zeros((size, 1), dtype=np.float32)
            if len(pulls):
                moved = rng.standard_normal((size, len(pulls)), dtype=np.float32) @ pulls
                odds += moved
            # log expit, in place: the block is the work
            np.negative(odds, out=odds)
            np.minimum(odds, FARTHEST, out=odds)
            np.exp(odds, out=odds)
            odds += 1
            np.log(odds, out=odds)
            np.subtract(harm, odds, out=odds)
            if unknown.size:
                odds[:, unknown] += rng.standard_normal((size, unknown.size), dtype=np.float32) * wide
            yield odds, moved

    def chance_above(self, line: FloatBlock, moved: FloatBlock) -> FloatBlock:
        """Probability that each service's own law takes its log-priority over a line, once the model's error is known.

        line, moved: draws × services. The consequence stands as scored.
        """
        from scipy.special import ndtr

        needed = np.minimum(line - self.log_harm.astype(np.float32), np.float32(-1e-6))  # a likelihood of 1 at most
        gap = needed - np.log(-np.expm1(needed))  # its log-odds
        gap -= moved
        gap -= self.middle.astype(np.float32)
        below, above = (np.maximum(half, LEAST).astype(np.float32) for half in (self.below, self.above))
        return np.asarray(ndtr(-gap / np.where(gap > 0, above, below)))


def expit(log_odds: FloatBlock) -> FloatArray:
    """Probability of log-odds."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def reading_spread(
    z: FloatArray, z_sd: FloatArray, weights: FloatArray, floor: FloatArray, cap: float, wider: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Spread under and over a service's log-odds that its readings leave open; and what may be unsaid.

    A reading counts clipped between floor and cap, so each half of its law is the normal half that has the same 5 % or
    95 % point as the clipped reading. wider: how many times wider the upper half is (signals.silence, for complaints).
    Readings err apart: taken as erring together within a group, intervals were too wide on invented records
    (docs/explanation/how-sure.md). unsaid: the distance between the 95 % points with and without `wider`.
    z, z_sd, wider: services × signals; weights, floor: signals.
    """
    middle = np.clip(z, floor, cap)
    told, untold = (np.clip(z + LIKELY * z_sd * much, floor, cap) for much in (1.0, wider))
    down = weights * (middle - np.clip(z - LIKELY * z_sd, floor, cap)) / LIKELY
    up = weights * (untold - middle) / LIKELY
    below, above = (np.sqrt((half**2).sum(axis=1)) for half in (down, up))
    return below, above, np.asarray((weights * (untold - told)).sum(axis=1))
