"""Places for visits that were left over: the most that can have a month, looked for where municipalities are full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from risiko.asof import FloatArray
from risiko.plan.board import NONE, Board, Placing, kept, near
from risiko.plan.draw import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

LARGEST = 30_000  # places (visit and month) looked through at once; above this the visits stay left over
_STAY = 1e-4  # what a visit that keeps its month is worth beside one that gets a month at all


def most(made: Board, month: IntArray) -> IntArray:
    """The placing with as many visits placed as can be; those that have a month keep it if they can.

    Only the visits that share a municipality, through others if need be, with one left over are looked at; where these
    are too many, or the search ends without an answer (HiGHS, at most 50 branches), the placing stays as it was.
    """
    group = _neighbourhoods(made)
    left = (month == NONE) & made.free.any(axis=1)
    found = month.copy()
    for one in np.unique(group[left]):  # a few
        members = np.flatnonzero((group == one) & made.free.any(axis=1))
        if made.free[members].sum() <= LARGEST and not _full(made, found, members):
            found = _searched(made, found, members)
    return found


def _neighbourhoods(made: Board) -> IntArray:
    """A number for each visit, the same for those of one service and those that meet in a municipality."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, none = len(made.days), len(made.room) - 1
    visit, town = np.repeat(np.arange(n), made.towns.shape[1]), made.towns.ravel()
    sister = np.flatnonzero(made.before != NONE)
    start = np.concatenate([visit[town != none], sister])
    end = np.concatenate([town[town != none] + n, made.before[sister]])
    size = n + none
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1][:n], dtype=np.int64)


def _full(made: Board, month: IntArray, members: IntArray) -> bool:
    """Whether no search can help: each of those left over has a municipality where its own visits fill every month."""
    left = members[month[members] == NONE]
    alone = (made.towns[members] != len(made.room) - 1).sum(axis=1) == 1
    others = np.unique(made.towns[members[~alone]])  # there an exchange of one visit for two may help
    full = np.setdiff1d(np.flatnonzero((Placing(made, month).counts >= made.room).all(axis=1)), others)
    return bool(np.isin(made.towns[left], full).any(axis=1).all())


def _searched(made: Board, month: IntArray, members: IntArray) -> IntArray:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import vstack

    row, place = np.nonzero(made.free[members])
    visit = members[row]
    worth = 1.0 + _STAY * (month[visit] == place)
    rows = [_once(row), _rooms(made, visit, place), _distances(made, visit, place)]
    matrix, high = vstack([r for r, _ in rows]), np.concatenate([h for _, h in rows])
    answer = milp(
        -worth, constraints=LinearConstraint(matrix, -np.inf, high), integrality=np.ones(len(worth)),
        bounds=Bounds(0, 1), options={"node_limit": 50, "mip_rel_gap": 0.0},
    )  # fmt: skip
    if answer.x is None or round(answer.x.sum()) <= (month[members] != NONE).sum():
        return month
    taken = answer.x > 0.5
    found = month.copy()
    found[members] = NONE
    found[visit[taken]] = place[taken]
    return found if kept(made, found) else month


def _once(row: IntArray) -> tuple[csr_array, FloatArray]:
    """Each visit has one month at most."""
    return _sums(row, np.arange(len(row)), len(row)), np.ones(int(row.max()) + 1)


def _rooms(made: Board, visit: IntArray, place: IntArray) -> tuple[csr_array, FloatArray]:
    """A municipality's visits in a month are no more than it has room for."""
    at, column = made.towns[visit].ravel(), np.repeat(np.arange(len(visit)), made.towns.shape[1])
    cell = at * made.room.shape[1] + place[column]
    bound = np.isfinite(made.room[at, place[column]])
    cells, which = np.unique(cell[bound], return_inverse=True)
    return _sums(which, column[bound], len(visit), len(cells)), made.room.ravel()[cells]


def _distances(made: Board, visit: IntArray, place: IntArray) -> tuple[csr_array, FloatArray]:
    """A visit in a month, and the one after it of the same service in any month too near or too far, are not both."""
    number = np.full((len(made.days) + 1, made.room.shape[1]), NONE)
    number[visit, place] = np.arange(len(visit))
    first = np.flatnonzero(made.after[visit] != NONE)
    sister = made.after[visit[first]]
    bad = ~near(made, visit[first], place[first]) & (number[sister] != NONE)
    which, other = np.nonzero(bad)
    rows = np.concatenate([np.arange(len(first)), which])
    columns = np.concatenate([first, number[sister][which, other]])
    return _sums(rows, columns, len(visit), len(first)), np.ones(len(first))


def _sums(row: IntArray, column: IntArray, width: int, height: int | None = None) -> csr_array:
    from scipy.sparse import coo_array

    tall = int(row.max(initial=-1)) + 1 if height is None else height
    return coo_array((np.ones(len(row)), (row, column)), shape=(tall, width)).tocsr()
