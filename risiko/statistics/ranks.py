"""Ranks: places of values, and expected places where a value is known only as a law. Place 1 is the largest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import refuse

CELLS = 200_000  # pairs worked on at a time: a matrix of them fits the cache


def ranks_with_ties(x: FloatArray, omega: float = 0.5, descending: bool = True) -> FloatArray:
    """Places of values; equals share one: the first of theirs (omega 0), the last (1) or a mixture of both.

    A missing value (NaN) has no place, and takes none from the others.
    """
    values = -np.asarray(x, dtype=float) if descending else np.asarray(x, dtype=float)
    known = np.sort(values[~np.isnan(values)])
    first, last = np.searchsorted(known, values, side="left") + 1, np.searchsorted(known, values, side="right")
    return np.where(np.isnan(values), np.nan, (1 - omega) * first + omega * last)


def expected_ranks_normal(mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Mean place under independent normal laws: 1 + Σ over the others of Φ((m_j − m_i) / √(v_i + v_j)).

    Laird & Louis 1989. Two units that are known exactly (sd 0) and equal stand above each other half the time.
    ValueError with positions for a missing mean and for an sd that is missing or negative.
    """
    from scipy.special import ndtr

    m, s = normal_laws(mean, sd)
    variance = s**2

    def above(rows: slice, others: slice) -> FloatArray:
        gap, spread = m[others] - m[rows, None], np.sqrt(variance[others] + variance[rows, None])
        # without any spread the order is known: ±inf, and 0 where they are equal
        certain = np.where(gap == 0, 0.0, np.copysign(np.inf, gap))
        z = np.divide(gap, spread, out=certain, where=spread > 0)
        return np.asarray(ndtr(z))

    return _expected(above, m.size)


def expected_ranks_gamma(shape: FloatArray, rate: FloatArray) -> FloatArray:
    """Mean place under independent gamma laws: P(θ_j > θ_i) = I(a_i, a_j) at b_i / (b_i + b_j), incomplete beta.

    Laird & Louis 1989. ValueError with positions for a shape or rate that is not above 0.
    """
    from scipy.special import betainc

    a, b = gamma_laws(shape, rate)

    def above(rows: slice, others: slice) -> FloatArray:
        return np.asarray(betainc(a[rows, None], a[others], b[rows, None] / (b[rows, None] + b[others])))

    return _expected(above, a.size)


def overlap_multiplier(se: FloatArray, level: float = 0.95) -> float:
    """How many standard errors to draw around each estimate so that bars of equal ones overlap as often as level says.

    Goldstein & Healy 1995: z × mean over pairs of √(s_i² + s_j²) / (s_i + s_j); 1.386 for equal errors. Two units
    without error have no bars to compare; without any pair it is the ordinary z. ValueError for a negative error.
    """
    from scipy.special import ndtri

    s = np.asarray(se, dtype=float)
    refuse(~(np.isfinite(s) & (s >= 0)), "standard errors must be numbers of 0 or more")
    total, pairs = 0.0, 0
    for rows in row_blocks(s.size, s.size):
        both = s[rows, None] + s[None, :]
        ratio = np.divide(np.hypot(s[rows, None], s[None, :]), both, out=np.zeros_like(both), where=both > 0)
        total += float(ratio.sum())
        pairs += int(np.count_nonzero(both))
    own = int(np.count_nonzero(s))  # each with itself: √2 s / 2 s
    z = float(ndtri((1 + level) / 2))
    return z * (total - own / np.sqrt(2)) / (pairs - own) if pairs > own else z


def row_blocks(rows: int, width: int) -> list[slice]:
    """Slices of the rows of a rows × width matrix, so few at a time that memory does not grow with the square."""
    step = max(1, CELLS // max(width, 1))
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def normal_laws(mean: FloatArray, sd: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means and spreads as numbers; ValueError with positions where a mean is missing or an sd missing or negative."""
    m, s = np.asarray(mean, dtype=float), np.asarray(sd, dtype=float)
    refuse(~(np.isfinite(m) & np.isfinite(s) & (s >= 0)), "a mean must be a number and its sd one of 0 or more")
    return m, s


def gamma_laws(shape: FloatArray, rate: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shapes and rates as numbers; ValueError with positions where one is not above 0."""
    a, b = np.asarray(shape, dtype=float), np.asarray(rate, dtype=float)
    refuse(~(np.isfinite(a) & np.isfinite(b) & (a > 0) & (b > 0)), "shape and rate must be numbers above 0")
    return a, b


def _expected(above: Callable[[slice, slice], FloatArray], n: int) -> FloatArray:
    """1 + the sum over the others; each unit is above itself half the time, so that 1/2 + the sum over all is the same.

    above(rows, others): the probability that each of the others stands above each of the rows. Every pair is asked
    once: the other way it is the rest to 1.
    """
    ranks = np.full(n, 0.5)
    for rows in row_blocks(n, n):
        p = above(rows, slice(rows.start, n))
        ranks[rows] += p.sum(axis=1)
        ranks[rows.stop :] += len(p) - p[:, len(p) :].sum(axis=0)
    return ranks
