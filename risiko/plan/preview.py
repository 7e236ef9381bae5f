"""A plan at once: visits taken by worth for what they use, and a bound on what the best plan could be worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.plan.draw import IntArray
from risiko.plan.problem import BoolArray, Problem, Solution, broken
from risiko.plan.pruning import ROUNDING, bounded

STEPS = 25  # of the search for prices: more tighten the bound by little and cost the page its ease
ROUNDS = 200  # of the greedy choice; a dozen is usual


def preview(problem: Problem) -> Solution:
    """A plan that keeps every rule, made without search, and a bound on what the best is worth.

    Status "greedy"; "unknown" where the greedy choice broke a rule, which is no proof that no plan keeps them all:
    nothing is chosen then, and the bound still holds. The bound is Lagrange's at prices from Dantzig's rule for each
    office's days (1957) and a few subgradient steps (Held, Wolfe and Crowder 1974).
    """
    prices = _days_prices(problem)
    first = greedy(problem, prices)
    worth = float(problem.value @ first)
    bound, prices = _tightened(problem, prices, worth)
    plans = [plan for plan in (first, greedy(problem, prices)) if not broken(problem, plan)]
    if not plans:
        return Solution(np.zeros(len(problem), dtype=bool), 0.0, bound, "unknown")
    best = max(plans, key=lambda plan: float(problem.value @ plan))
    return Solution(best, float(problem.value @ best), max(bound, float(problem.value @ best)), "greedy")


def greedy(problem: Problem, prices: FloatArray, start: BoolArray | None = None) -> BoolArray:
    """Visits taken by their value for the price of what they use; what must be, and what minima ask for, comes first.

    prices (rows): as in `pruning.bounded`. start: visits that are in already. The choice may break rules that could not
    be met so; the caller looks. Whole sets are taken at a time: all that fit even if every visit before them came too.
    """
    _, gain = bounded(problem, prices)
    cost = problem.value - gain
    ratio = np.divide(problem.value, cost, out=np.full(len(problem), np.inf), where=cost > 0)
    rank = np.empty(len(problem), dtype=np.int64)
    rank[np.lexsort((-gain, -ratio))] = np.arange(len(problem))
    ends = _one_sided(problem, rank)
    chosen = problem.least > 0 if start is None else (start | (problem.least > 0)) & (problem.most > 0)
    may = problem.most > 0
    _take(ends, chosen, may, needed=True)
    worthy = may & (problem.value > 0)
    _take(ends, chosen, worthy & (gain > 0), needed=False)
    _take(ends, chosen, worthy, needed=False)
    return chosen


@dataclass(frozen=True, eq=False)
class _Ends:
    """The rows as sums with an upper end each: what every visit adds to one, in the order in which visits are taken."""

    row: IntArray
    visit: IntArray
    use: FloatArray
    first: IntArray  # where each entry's row begins
    high: FloatArray


def _one_sided(problem: Problem, rank: IntArray) -> _Ends:
    entries = problem.rows.tocoo()
    upper, lower = (np.isfinite(end) for end in (problem.high, problem.low))
    at = np.concatenate([np.cumsum(upper) - 1, upper.sum() + np.cumsum(lower) - 1])
    row, visit = (np.asarray(part, dtype=np.int64) for part in entries.coords)
    one, two = upper[row], lower[row]
    rows = np.concatenate([at[row[one]], at[len(upper) + row[two]]])
    visits = np.concatenate([visit[one], visit[two]])
    use = np.concatenate([entries.data[one], -entries.data[two]])
    order = np.lexsort((rank[visits], rows))
    rows = rows[order]
    high = np.concatenate([problem.high[upper], -problem.low[lower]])
    return _Ends(rows, visits[order], use[order], np.searchsorted(rows, rows), high)


def _take(ends: _Ends, chosen: BoolArray, may: BoolArray, *, needed: bool) -> None:
    """Add to `chosen` what fits; with `needed` only what brings a sum that is above its end nearer to it."""
    n, room = len(chosen), ROUNDING / 2 * np.maximum(1.0, np.abs(ends.high))
    for _ in range(ROUNDS):
        slack = ends.high - np.bincount(ends.row, ends.use * chosen[ends.visit], len(ends.high)) + room
        asked = may & ~chosen
        if needed:
            asked &= _helps(ends, slack, asked)
        left = slack[ends.row]
        asked &= ~_any(n, ends.visit, (ends.use > 0) & (ends.use > left))
        taken = np.where(asked[ends.visit], np.maximum(ends.use, 0.0), 0.0)
        asked &= ~_any(n, ends.visit, (taken > 0) & (_running(ends, taken) > left))
        if not asked.any():
            return
        chosen |= asked


def _helps(ends: _Ends, slack: FloatArray, asked: BoolArray) -> BoolArray:
    """Those of the asked without whom some sum stays above its end, whoever else before them comes."""
    gives = np.where(asked[ends.visit], np.maximum(-ends.use, 0.0), 0.0)
    short = -slack[ends.row]
    return _any(len(asked), ends.visit, (gives > 0) & (short > 0) & (_running(ends, gives) - gives < short))


def _running(ends: _Ends, amount: FloatArray) -> FloatArray:
    total = np.cumsum(amount)
    before = np.concatenate([[0.0], total])[ends.first]
    return np.asarray(total - before, dtype=float)


def _any(n: int, visit: IntArray, flag: BoolArray) -> BoolArray:
    return np.asarray(np.bincount(visit[flag], minlength=n) > 0, dtype=bool)


def _days_prices(problem: Problem) -> FloatArray:
    """The price of each office's person-day if capacity were the only rule: value per day of the first that is left."""
    prices = np.zeros(len(problem.low))
    if "capacity" not in problem.rules:
        return prices
    rows = np.flatnonzero((problem.rule == problem.rules.index("capacity")) & np.isfinite(problem.high))
    entries = problem.rows[rows].tocoo()
    row, visit = entries.coords
    use = entries.data
    left = problem.high[rows] - np.bincount(row, use * problem.least[visit], len(rows))
    free = (problem.least < problem.most)[visit] & (use > 0)
    row, visit, use = row[free], visit[free], use[free]
    density = problem.value[visit] / use
    order = np.lexsort((-density, row))
    row, use, density = row[order], use[order], density[order]
    total = np.cumsum(use)
    filled = total - np.concatenate([[0.0], total])[np.searchsorted(row, row)]
    beyond = filled > left[row]
    np.maximum.at(prices, rows[row[beyond]], density[beyond])
    return prices


def _tightened(problem: Problem, prices: FloatArray, worth: float) -> tuple[float, FloatArray]:
    """The least bound that some subgradient steps find, and its prices. Steps: Polyak's, towards the worth at hand."""
    best, kept = bounded(problem, prices)[0], prices
    scale = np.sqrt(np.maximum(1e-12, np.asarray(problem.rows.power(2).sum(axis=1), dtype=float).ravel()))
    rows, point, way = problem.rows, prices, 1.0
    turned = rows.T.tocsr()
    for _ in range(STEPS):
        gain = problem.value - turned @ point
        sums = np.asarray(rows @ np.where(gain > 0, problem.most, problem.least), dtype=float)
        over = np.where(point > 0, sums - problem.high, np.where(point < 0, sums - problem.low, 0.0))
        still = point == 0
        over[still] = (np.maximum(sums - problem.high, 0) - np.maximum(problem.low - sums, 0))[still]
        size = float(((over / scale) ** 2).sum())
        bound = bounded(problem, point)[0]
        if bound < best:
            best, kept = bound, point
        else:
            way *= 0.8
        if size == 0 or best <= worth:
            break
        step = way * max(best - worth, 1e-3 * abs(best)) / size * over / scale**2
        moved = point + step
        moved = np.where((moved > 0) & ~np.isfinite(problem.high), 0.0, moved)
        point = np.where((moved < 0) & ~np.isfinite(problem.low), 0.0, moved)
    return best, kept
