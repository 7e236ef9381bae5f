"""Rank sets: which places cannot be ruled out for a unit, by testing every pair. Place 1 is the largest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import BoolArray, IntArray, counted, exposed, refuse
from risiko.statistics.ranks import row_blocks

Correction = Literal["holm", "bonferroni"]
Side = Literal["both", "best", "worst"]  # bound the place from both sides, or only the best or the worst one
# For rows of units: by how many standard deviations each is above every unit; with True, every unit above each.
Tests = Callable[[slice, bool], FloatArray]


@dataclass(frozen=True)
class RankSets:
    """low, high: best and worst place of every unit that is not ruled out."""

    low: IntArray
    high: IntArray


def rank_sets_normal(
    estimate: FloatArray, se: FloatArray, *, level: float = 0.95, correction: Correction = "holm",
    simultaneous: bool = True, side: Side = "both",
) -> RankSets:  # fmt: skip
    """Places not ruled out for units with independent normal errors.

    A unit's best place is one more than the units certainly above it, its worst the number of units less those
    certainly below it (Mogstad, Romano, Shaikh & Wilhelm 2024), where "certainly" is a one-sided test of a pair,
    corrected for all pairs (simultaneous: with probability `level` every unit's true place is in its set) or for the
    pairs of each unit. A missing estimate or error (NaN) rules nothing out. ValueError for a negative error.
    """
    x, s = np.asarray(estimate, dtype=float), np.asarray(se, dtype=float)
    refuse((s < 0) | np.isinf(x) | np.isinf(s), "estimates must be finite and their errors 0 or more")
    variance = s**2

    def tests(rows: slice, reverse: bool) -> FloatArray:
        gap = x - x[rows, None] if reverse else x[rows, None] - x
        spread = np.sqrt(variance[rows, None] + variance)
        if s.size and not s.min() > 0:  # NaN, or known exactly: the order is certain, or equal
            certain = np.where(gap > 0, np.inf, np.where(gap < 0, -np.inf, 0.0))
            return np.asarray(np.divide(gap, spread, out=certain, where=spread != 0))
        return np.asarray(np.divide(gap, spread, out=gap))

    return _sets(tests, x.size, 1 - level, correction, simultaneous, side)


def rank_sets_counts(
    counts: FloatArray, exposure: FloatArray | None = None, *, level: float = 0.95, correction: Correction = "holm",
    simultaneous: bool = True, side: Side = "both",
) -> RankSets:  # fmt: skip
    """The same for the rates of Poisson counts, by exact tests: x_j of x_j + x_k is binomial at E_j / (E_j + E_k).

    exposure: one per unit, by default equal. A unit without exposure (0 or missing) rules nothing out. csranks 1.2.3
    corrects sets of single units by Holm whatever is asked; here Bonferroni is Bonferroni. ValueError with positions
    for counts or exposures that are negative or no numbers.
    """
    from scipy.special import betainc, ndtri

    x = counted(np.asarray(counts, dtype=float))
    e = np.ones_like(x) if exposure is None else exposed(np.asarray(exposure, dtype=float))

    def tests(rows: slice, reverse: bool) -> FloatArray:
        own, other, share = x[rows, None], x, e[rows, None] / (e[rows, None] + e)
        if reverse:
            own, other, share = other, own, 1 - share
        at_least = np.where(own > 0, betainc(np.maximum(own, 1), other + 1, share), 1.0)  # P(binomial ≥ own)
        return np.asarray(-ndtri(np.where(np.isnan(share), 1.0, at_least)))

    return _sets(tests, x.size, 1 - level, correction, simultaneous, side)


def rank_sets_bootstrap(
    estimate: FloatArray, se: FloatArray, rng: np.random.Generator, *, level: float = 0.95, stepdown: bool = True,
    simultaneous: bool = True, draws: int = 4000,
) -> RankSets:  # fmt: skip
    """The same with the largest error of all pairs drawn instead of bounded: narrower sets, for few units.

    Parametric bootstrap of the largest studentised difference (Mogstad and others 2024, algorithm 3.1); stepdown:
    again without the pairs already told apart, until no more are (Romano & Wolf 2005). Errors above 0, none missing.
    """
    x, s = np.asarray(estimate, dtype=float), np.asarray(se, dtype=float)
    refuse(~(np.isfinite(x) & np.isfinite(s) & (s > 0)), "estimates must be numbers and their errors above 0")
    n = x.size
    if n < 2:
        return RankSets(np.ones(n, dtype=np.int64), np.ones(n, dtype=np.int64))
    spread = np.hypot(s[:, None], s)
    z = (x[:, None] - x) / spread
    open_ = ~np.eye(n, dtype=bool)
    above, below = np.zeros((n, n), dtype=bool), np.zeros((n, n), dtype=bool)
    errors = rng.standard_normal((draws, n)) * s
    while True:
        largest = np.concatenate([
            _largest(errors[rows], spread, open_ & ~above, open_ & ~below)
            for rows in row_blocks(draws, n * n)])  # fmt: skip
        cut = np.quantile(largest.max(axis=1) if simultaneous else largest, level, axis=0)
        cut = np.broadcast_to(cut, n)[:, None]
        more = (z > cut).sum() + (-z > cut).sum() > above.sum() + below.sum()
        above, below = above | (z > cut), below | (-z > cut)
        if not (stepdown and more):
            return RankSets(1 + below.sum(axis=1), n - above.sum(axis=1))


def _largest(errors: FloatArray, spread: FloatArray, above: BoolArray, below: BoolArray) -> FloatArray:
    """Largest studentised difference of each unit to any other that is still to be told from it: draws × units."""
    z = (errors[:, :, None] - errors[:, None, :]) / spread
    up, down = np.where(above, z, -np.inf).max(axis=2), np.where(below, -z, -np.inf).max(axis=2)
    return np.asarray(np.maximum(up, down))


def _sets(tests: Tests, n: int, alpha: float, correction: Correction, simultaneous: bool, side: Side) -> RankSets:
    """From tests of pairs to sets of places."""
    if not 0 < alpha < 0.5:
        raise ValueError(f"the level must be over 0.5 and under 1, not {1 - alpha:g}")
    if simultaneous:
        under, over = _of_all_pairs(tests, n, alpha, correction)
    else:
        under, over = _of_each(tests, n, alpha, correction, side)
    return RankSets(1 + (0 if side == "worst" else 1) * over, n - (0 if side == "best" else 1) * under)


def _of_all_pairs(tests: Tests, n: int, alpha: float, correction: Correction) -> tuple[IntArray, IntArray]:
    """How many are certainly under and over each unit, corrected for all n (n − 1) one-sided tests.

    Holm (1979) rejects p by rising size while p ≤ α / (tests left). Of the two tests of a pair at most one has p < ½,
    so at most half are rejected and the limit lies between α / m and 2α / m: only what falls between is sorted.
    """
    m = n * (n - 1)
    if m == 0:
        return np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    sure, thinkable = _limits(np.array([alpha / m, 2 * alpha / m]))
    under, over = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    between: list[tuple[FloatArray, IntArray, IntArray]] = []
    for rows in row_blocks(n, n):
        z = tests(rows, False)
        told = z >= sure
        under[rows] = told.sum(axis=1)
        over += told.sum(axis=0)
        if correction == "holm":
            i, j = np.nonzero((z >= thinkable) & ~told)
            between.append((z[i, j], i + rows.start, j))
    if correction == "holm":
        z, i, j = (np.concatenate(parts) for parts in zip(*between, strict=True))
        left = m - under.sum() - np.arange(z.size)
        order = np.argsort(-z)
        fails = z[order] < _limits(alpha / left)
        order = order[: int(np.argmax(fails)) if fails.any() else z.size]
        under += np.bincount(i[order], minlength=n)
        over += np.bincount(j[order], minlength=n)
    return under, over


def _of_each(tests: Tests, n: int, alpha: float, correction: Correction, side: Side) -> tuple[IntArray, IntArray]:
    """The same corrected for the tests of each unit on its own: n − 1, or twice as many for both sides."""
    under, over = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    m = (n - 1) * (2 if side == "both" else 1)
    if m == 0:
        return under, over
    limits = _limits(alpha / np.arange(m, 0, -1))
    for rows in row_blocks(n, 2 * n):
        above, below = tests(rows, False), tests(rows, True)
        own = np.arange(above.shape[0]), np.arange(rows.start, rows.stop)
        above[own] = below[own] = -np.inf
        z = np.concatenate({"both": [above, below], "best": [below], "worst": [above]}[side], axis=1)
        cut = np.full((len(z), 1), limits[0])
        if correction == "holm":
            falling = -np.sort(-z, axis=1)[:, :m]
            rejected = (np.cumprod(falling >= limits, axis=1)).sum(axis=1)
            cut = limits[np.minimum(rejected, m - 1)][:, None]
        under[rows], over[rows] = (above >= cut).sum(axis=1), (below >= cut).sum(axis=1)
    return under, over


def _limits(p: FloatArray) -> FloatArray:
    """Standard deviations that a one-sided p needs."""
    from scipy.special import ndtri

    return np.asarray(-ndtri(p))
