"""Equal plans settled the same way everywhere: of visits worth the same, those that stand first are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from risiko.asof import FloatArray
from risiko.plan.draw import IntArray
from risiko.plan.problem import BoolArray, Problem
from risiko.plan.pruning import ROUNDING

if TYPE_CHECKING:
    from scipy.sparse import csc_array

PASSES = 20


def in_order(problem: Problem, chosen: BoolArray) -> BoolArray:
    """A plan of exactly the same worth that keeps the rules as well: no visit in it can give way to an equal before it.

    First, visits worth 0 that no rule asks for are left out, the last first. Then every chosen visit gives way to the
    earliest visit of exactly its value that may stand in its place, again and again until none does (positions only
    fall, so it ends). Single exchanges only: between equal plans that differ in more than one pair at once, the inner
    solver's own choice stands, which is the same for the same version of it.
    """
    made = chosen.copy()
    columns = problem.rows.tocsc()
    sums = np.asarray(problem.rows @ made.astype(float), dtype=float)
    for j in np.flatnonzero(made & (problem.value == 0) & (problem.least == 0))[::-1]:
        if not _broken_without(problem, columns, sums, int(j)).size:
            made[j] = False
            sums[_rows(columns, int(j))] -= _weights(columns, int(j))
    for _ in range(PASSES):
        if not _exchanged(problem, columns, made, sums):
            break
    return made


def _exchanged(problem: Problem, columns: csc_array, made: BoolArray, sums: FloatArray) -> bool:
    """One pass of exchanges, in place. Loops over the visits that have an equal before them, not over all."""
    out = np.flatnonzero(~made & (problem.most > 0))
    held = np.flatnonzero(made & (problem.least == 0))
    values, place = np.unique(problem.value[out], return_inverse=True)
    if not len(values):
        return False
    by_value = np.split(out[np.argsort(place, kind="stable")], np.cumsum(np.bincount(place))[:-1])
    at = np.minimum(np.searchsorted(values, problem.value[held]), len(values) - 1)
    tied = values[at] == problem.value[held]
    moved = False
    for j, group in zip(held[tied], at[tied], strict=True):
        equals = by_value[group]
        equals = equals[(equals < j) & ~made[equals]]
        first = _first_that_fits(problem, columns, sums, int(j), equals) if equals.size else -1
        if first >= 0:
            made[j], made[first], moved = False, True, True
            sums[_rows(columns, int(j))] -= _weights(columns, int(j))
            sums[_rows(columns, first)] += _weights(columns, first)
    return moved


def _first_that_fits(problem: Problem, columns: csc_array, sums: FloatArray, j: int, equals: IntArray) -> int:
    """The first of `equals` with whom, in place of j, all rows hold that held before; -1 where there is none."""
    without = sums.copy()
    without[_rows(columns, j)] -= _weights(columns, j)
    needy = np.zeros(len(sums), dtype=bool)
    needy[_broken_without(problem, columns, sums, j)] = True
    low, high = _ends(problem)
    entries = columns[:, equals].tocoo()
    row, which = entries.coords
    holds = (without[row] + entries.data <= high[row]) & (without[row] + entries.data >= low[row])
    spoils = np.bincount(which[~holds], minlength=len(equals)) > 0
    serves = np.bincount(which[holds & needy[row]], minlength=len(equals)) == int(needy.sum())
    fit = np.flatnonzero(serves & ~spoils)
    return int(equals[fit[0]]) if fit.size else -1


def _broken_without(problem: Problem, columns: csc_array, sums: FloatArray, j: int) -> IntArray:
    low, high = _ends(problem)
    rows = _rows(columns, j)
    left = sums[rows] - _weights(columns, j)
    return np.asarray(rows[(left < low[rows]) | (left > high[rows])], dtype=np.int64)


def _ends(problem: Problem) -> tuple[FloatArray, FloatArray]:
    room = ROUNDING / 2 * np.maximum(1.0, np.abs(np.where(np.isfinite(problem.high), problem.high, problem.low)))
    return problem.low - room, problem.high + room


def _rows(columns: csc_array, j: int) -> IntArray:
    return np.asarray(columns.indices[columns.indptr[j] : columns.indptr[j + 1]], dtype=np.int64)


def _weights(columns: csc_array, j: int) -> FloatArray:
    return np.asarray(columns.data[columns.indptr[j] : columns.indptr[j + 1]], dtype=float)
