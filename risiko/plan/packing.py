"""Where any office may go: which of them makes each visit that another than the own office is to make."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.plan.constraints import ANY, Posed
from risiko.plan.draw import IntArray
from risiko.plan.eligible import Eligible
from risiko.plan.problem import BoolArray, Solution, broken

SECONDS = 10.0  # of search, where taking the longest first does not place them all


def packed(posed: Posed, eligible: Eligible, solution: Solution) -> tuple[Posed, Solution]:
    """The same plan with an office for every visit, and what it is worth then.

    The problem holds all offices' days together beside each office's own (constraints.posed), so it asks for no more
    than any plan can give, and its optimum is a bound. Where every visit finds an office with days (and points) left,
    the plan is one of the full problem too, and so its optimum. Where some find none they are left out: the plan is
    then "greedy", with the bound, or "unknown" if a rule is not kept without them.
    """
    away = np.flatnonzero(solution.chosen & (posed.office == ANY).to_numpy())
    if not len(away):
        return posed, solution
    names = [str(name) for name, days in eligible.capacity.items() if days > 0]
    own = np.flatnonzero(solution.chosen & (posed.office != ANY).to_numpy())
    group = _together(posed, away)
    size = np.zeros((group.max() + 1, 2))
    np.add.at(size, group, np.column_stack([posed.days[away], posed.points[away]]))
    room = np.array([_room(posed, eligible, own, name) for name in names])
    at = _longest_first(size, room)
    if (at < 0).any():
        at = _searched(size, room, at)
    office = posed.office.copy()
    office.iloc[away] = np.where(at[group] >= 0, np.array(names, dtype=object)[at[group]], ANY)
    filled, lost = replace(posed, office=office), away[at[group] < 0]
    if not len(lost):
        return filled, solution
    chosen = solution.chosen.copy()
    chosen[lost] = False
    if broken(posed.problem, chosen):
        return posed, Solution(np.zeros_like(chosen), 0.0, solution.bound, "unknown")
    return filled, Solution(chosen, float(posed.problem.value @ chosen), solution.bound, "greedy")


def _together(posed: Posed, away: IntArray) -> IntArray:
    """Visits that must be made by one office get one number: those that a joint row holds together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    problem = posed.problem
    joint = problem.rows[problem.rule == problem.rules.index("joint")][:, away].tocsr()
    pairs = [(row[0], row[-1]) for i in range(joint.shape[0]) if len(row := joint[[i]].indices) > 1]  # a handful
    links = np.array(pairs or [(0, 0)])
    graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(len(away), len(away)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _room(posed: Posed, eligible: Eligible, own: IntArray, name: str) -> list[float]:
    """Days and points that an office has left after the visits to its own services."""
    here = own[(posed.office.iloc[own] == name).to_numpy()]
    points = eligible.points.get(name, np.nan) if len(eligible.points) else np.inf
    return [
        float(eligible.capacity[name]) - float(posed.days[here].sum()),
        (np.inf if pd.isna(points) else float(points)) - float(posed.points[here].sum()),
    ]


def _longest_first(size: FloatArray, room: FloatArray) -> IntArray:
    """Each in turn, the longest first, to the office where it leaves least; -1 where it fits nowhere."""
    left, at = room + 1e-9, np.full(len(size), -1)
    for i in np.lexsort((-size[:, 1], -size[:, 0])):  # those that are made by another office: a few hundred
        fits = np.flatnonzero((left >= size[i]).all(axis=1))
        if len(fits):
            at[i] = fits[np.argmin(left[fits, 0])]
            left[at[i]] -= size[i]
    return at


def _searched(size: FloatArray, room: FloatArray, at: IntArray) -> IntArray:
    """As many of them as can be placed, by HiGHS within its time; never fewer than are placed already."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, kron, vstack

    n, m = len(size), len(room)  # x[i, office], row by row
    once = kron(eye_array(n), np.ones((1, m)))
    used = [kron(size[:, k][None, :], eye_array(m)) for k in (0, 1) if np.isfinite(room[:, k]).all()]
    ends = [room[:, k] + 1e-9 for k in (0, 1) if np.isfinite(room[:, k]).all()]
    rows = csr_array(vstack([once, *used]))
    told = milp(
        -np.repeat(size[:, 0], m), integrality=np.ones(n * m), bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, -np.inf, np.concatenate([np.ones(n), *ends])),
        options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
    )  # fmt: skip
    if told.x is None:
        return at
    x = np.rint(told.x).reshape(n, m)
    found = np.where(x.any(axis=1), x.argmax(axis=1), -1)
    load = np.array([size[found == office].sum(axis=0) for office in range(m)])
    held: BoolArray = (load <= room + 1e-6).all(axis=1)
    return found if held.all() and (found < 0).sum() <= (at < 0).sum() else at
