"""Bounds on what a plan can be worth, and the visits that are thereby decided before anything is searched."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from risiko.asof import FloatArray
from risiko.plan.problem import BoolArray, Problem

ROUNDING = 1e-9  # relative: what sums in doubles may be off by; nothing is decided by less


@dataclass(frozen=True, eq=False)
class Relaxation:
    """Visits allowed in parts. x (visits): the best parts; prices (rows): what one unit more of a row's end would give.

    bound: no plan that keeps the rules is worth more. gain (visits): value less the price of what the visit uses.
    """

    x: FloatArray
    prices: FloatArray
    bound: float
    gain: FloatArray


def relax(problem: Problem) -> Relaxation | None:
    """The linear relaxation, by HiGHS; None where not even parts of visits keep the rules.

    The bound and the gains are reckoned anew from the prices (`bounded`), so that they hold however exact HiGHS was.
    Raises ArithmeticError where HiGHS gives up.
    """
    told = _linear(problem)
    return None if told is None else Relaxation(*told, *bounded(problem, told[1]))


def _linear(problem: Problem) -> tuple[FloatArray, FloatArray] | None:
    """The best parts and the prices of the rows, from HiGHS."""
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    if len(problem) == 0:
        holds = bool((problem.low <= 0).all() and (problem.high >= 0).all())
        return (np.zeros(0), np.zeros(len(problem.low))) if holds else None
    both = problem.low == problem.high
    upper, lower = np.isfinite(problem.high) & ~both, np.isfinite(problem.low) & ~both
    ends = np.concatenate([problem.high[upper], -problem.low[lower]])
    found = linprog(
        -problem.value, A_ub=vstack([problem.rows[upper], -problem.rows[lower]]).tocsc(), b_ub=ends,
        A_eq=problem.rows[both].tocsc(), b_eq=problem.high[both],
        bounds=np.column_stack([problem.least, problem.most]), method="highs",
    )  # fmt: skip
    if found.status == 2:
        return None
    if found.status != 0:
        raise ArithmeticError(f"HiGHS did not solve the relaxation: {found.message}")
    prices = np.zeros(len(problem.low))
    marginal, many = -np.asarray(found.ineqlin.marginals), int(upper.sum())
    prices[upper] += marginal[:many]
    prices[lower] -= marginal[many:]
    prices[both] = -np.asarray(found.eqlin.marginals)
    return np.asarray(found.x, dtype=float), prices


def bounded(problem: Problem, prices: FloatArray) -> tuple[float, FloatArray]:
    """An upper bound on every plan from any prices of the rows, and each visit's gain at them (Lagrange; weak duality).

    For x that keeps the rules: value @ x = prices @ (rows @ x) + gain @ x, which is at most the sum of each price times
    the end of its row on the price's side, and of each gain times the bound of x on the gain's side. A price on a side
    where the row has no end counts as 0. Any prices give a bound, good prices a tight one.
    """
    end = np.where(prices > 0, problem.high, problem.low)
    used = np.where(np.isfinite(end), prices, 0.0)
    gain = problem.value - np.asarray(problem.rows.T @ used, dtype=float)
    of_rows = float(used @ np.where(used != 0, end, 0.0))
    bound = of_rows + float(gain @ np.where(gain > 0, problem.most, problem.least))
    return bound + ROUNDING * max(1.0, abs(bound)), gain


def undecided(problem: Problem, relaxation: Relaxation, worth: float) -> BoolArray:
    """The visits that could be otherwise than in the relaxation's prices in some plan worth at least `worth`.

    Reduced-cost fixing (Dantzig, Fulkerson and Johnson 1954; Nemhauser and Wolsey 1988, II.5.2). Proof: the bound of
    `bounded` counts every visit at its better end (done where the gain is above 0, else not done). A plan with a visit
    at its other end is worth at most bound - |gain|. Where that is less than `worth`, which a plan at hand has, no
    best plan has the visit there. Equals stay open, so no best plan at all is lost.
    """
    free = problem.least < problem.most
    return np.asarray(free & (np.abs(relaxation.gain) <= relaxation.bound - worth), dtype=bool)


def restricted(problem: Problem, open_: BoolArray, fixed: FloatArray) -> Problem:
    """The problem in the open visits only, the others at `fixed`; rows that can no longer be broken are left out.

    The ends of the rows are moved by what the fixed visits use. A row whom the open visits cannot bring outside its
    ends is no rule any more; one without open visits stays where it is broken, so that the answer is "infeasible".
    """
    rows = problem.rows[:, open_]
    used = np.asarray(problem.rows @ np.where(open_, 0.0, fixed), dtype=float)
    low, high = problem.low - used, problem.high - used
    room = ROUNDING * np.maximum(1.0, np.abs(np.where(np.isfinite(problem.high), problem.high, problem.low)))
    least, most = problem.least[open_], problem.most[open_]
    up, down = rows.maximum(0), rows.minimum(0)
    largest = np.asarray(up @ most + down @ least, dtype=float)
    smallest = np.asarray(up @ least + down @ most, dtype=float)
    keep = (largest > high + room) | (smallest < low - room)
    return replace(
        problem, value=problem.value[open_], rows=rows[np.flatnonzero(keep)], low=low[keep], high=high[keep],
        rule=problem.rule[keep], what=tuple(np.array(problem.what, dtype=object)[keep]), least=least, most=most,
        must_rule=problem.must_rule[open_],
    )  # fmt: skip
