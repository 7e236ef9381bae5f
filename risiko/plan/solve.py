"""The best plan that keeps every rule, proved so, or the best that was found with a bound on what it misses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from risiko.asof import FloatArray
from risiko.plan.implied import settled
from risiko.plan.preview import greedy
from risiko.plan.problem import BoolArray, Problem, Solution, broken
from risiko.plan.pruning import ROUNDING, Relaxation, relax, restricted, undecided
from risiko.plan.ties import in_order

CORE = 400  # visits nearest to being indifferent: among them the first search finds a plan close to the best


@dataclass(frozen=True, eq=False)
class Found:
    """What an inner solver says. x (visits) or None; bound: on every plan; ended: why it stopped."""

    x: FloatArray | None
    bound: float
    ended: Literal["optimal", "infeasible", "stopped"]


Inner = Callable[[Problem, float], Found]


def solve(
    problem: Problem, *, seconds: float = 60, inner: Inner | None = None, start: BoolArray | None = None
) -> Solution:
    """The choice of visits that is worth most of all that keep every rule.

    Rules are checked anew on the whole-number answer (`problem.broken`); an answer that breaks one is never returned:
    the best plan at hand takes its place with status "greedy" and a bound that holds. "optimal": value and bound agree
    to a billionth. "infeasible": proved that no plan keeps the rules. "unknown": neither was found in the time.
    seconds: HiGHS's own limit over all searches; the bounds and the checks come on top. inner: another solver.
    start: a plan at hand, used where it keeps the rules.

    Visits that cannot be in a best plan are left out first (`pruning.undecided`, with its proof). Equals are settled by
    `in_order`, which costs nothing of the worth. Raises ArithmeticError where HiGHS cannot solve the relaxation.
    """
    search = inner or by_highs
    problem = settled(problem)
    relaxation = relax(problem)
    if relaxation is None:
        return Solution(np.zeros(len(problem), dtype=bool), 0.0, 0.0, "infeasible")
    best = _better(problem, _better(problem, None, start), _rounded(problem, relaxation))
    near = _core(problem, relaxation)
    if near is not None:
        best = _better(problem, best, _searched(problem, relaxation, near, search, seconds / 10)[0])
    worth = -np.inf if best is None else float(problem.value @ best)
    open_ = undecided(problem, relaxation, worth)
    answer, found = _searched(problem, relaxation, open_, search, seconds)
    return _judged(problem, relaxation, _better(problem, best, answer), found)


def by_highs(problem: Problem, seconds: float) -> Found:
    """HiGHS through scipy, to a gap of 0. The values are scaled so that its absolute gap (1e-6) is next to nothing."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if len(problem) == 0:
        holds = not broken(problem, np.zeros(0, dtype=bool))
        return Found(np.zeros(0), 0.0, "optimal") if holds else Found(None, 0.0, "infeasible")
    scale = 1e6 / max(1e-300, float(np.abs(problem.value).sum()))
    rows = [LinearConstraint(problem.rows, problem.low, problem.high)] if len(problem.low) else []
    told = milp(
        -problem.value * scale, integrality=np.ones(len(problem)), bounds=Bounds(problem.least, problem.most),
        constraints=rows, options={"mip_rel_gap": 0.0, "time_limit": seconds},
    )  # fmt: skip
    bound = np.inf if told.mip_dual_bound is None else -told.mip_dual_bound / scale
    if told.status == 2:
        return Found(None, 0.0, "infeasible")
    return Found(told.x, bound, "optimal" if told.status == 0 else "stopped")


def _core(problem: Problem, relaxation: Relaxation) -> BoolArray | None:
    """The visits nearest to being indifferent; None where that would be nearly all."""
    free = np.flatnonzero(problem.least < problem.most)
    if len(free) <= 2 * CORE:
        return None
    near = np.zeros(len(problem), dtype=bool)
    near[free[np.argsort(np.abs(relaxation.gain[free]), kind="stable")[:CORE]]] = True
    return near


def _rounded(problem: Problem, relaxation: Relaxation) -> BoolArray | None:
    """The better of two quick plans: from what the relaxation has whole, and from nothing."""
    whole = relaxation.x > 1 - 1e-6
    plans = [greedy(problem, relaxation.prices, start) for start in (whole, None)]
    return _better(problem, _better(problem, None, plans[0]), plans[1])


def _better(problem: Problem, old: BoolArray | None, new: BoolArray | None) -> BoolArray | None:
    if new is None or broken(problem, new):
        return old
    return new if old is None or problem.value @ new > problem.value @ old else old


def _searched(
    problem: Problem, relaxation: Relaxation, open_: BoolArray, search: Inner, seconds: float
) -> tuple[BoolArray | None, Found]:
    """What the inner solver makes of the open visits, the others at their better end; bound: of the whole problem.

    Where neither end is better, as the relaxation has it (those are open wherever the bound counts).
    """
    better = np.where(relaxation.gain > 0, problem.most, problem.least)
    even = np.abs(relaxation.gain) <= ROUNDING * np.maximum(1.0, np.abs(problem.value))
    fixed = np.where(even, np.rint(relaxation.x), better)
    found = search(restricted(problem, open_, fixed), seconds)
    bound = found.bound + float(problem.value[~open_] @ fixed[~open_])
    if found.x is None:
        return None, Found(None, bound, found.ended)
    x = fixed.copy()
    x[open_] = np.rint(found.x)
    return x > 0.5, Found(x, bound, found.ended)


def _judged(problem: Problem, relaxation: Relaxation, best: BoolArray | None, found: Found) -> Solution:
    if best is None:
        proved = found.ended == "infeasible"
        none = np.zeros(len(problem), dtype=bool)
        return Solution(none, 0.0, 0.0 if proved else relaxation.bound, "infeasible" if proved else "unknown")
    best = in_order(problem, best)
    worth = float(problem.value @ best)
    # Plans outside the open visits are worth less than the plan at hand, so the search's bound is one for all.
    bound = worth if found.ended == "infeasible" else min(relaxation.bound, max(found.bound, worth))
    proved = found.ended != "stopped" and bound - worth <= ROUNDING * max(1.0, abs(worth))
    return Solution(best, worth, bound, "optimal" if proved else "greedy")
