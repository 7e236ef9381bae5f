"""A plan at once: visits taken by worth for what they use, and a bound on what the best plan could be worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.plan.draw import IntArray
from risiko.plan.problem import BoolArray, Problem, Solution, broken
from risiko.plan.pruning import ROUNDING, bounded

STEPS = 20  # of the search for prices: more tighten the bound by little and cost the page its ease
AIM = 0.02  # share of the bound that a step aims below it
ROUNDS = 200  # of the greedy choice; a dozen is usual


def preview(problem: Problem) -> Solution:
    """A plan that keeps every rule, made without search, and a bound on what the best is worth.

    Status "greedy"; "unknown" where the greedy choice broke a rule, which is no proof that no plan keeps them all:
    nothing is chosen then, and the bound still holds. The bound is Lagrange's at prices from Dantzig's rule for each
    office's days (1957) and a few subgradient steps (Held, Wolfe and Crowder 1974).
    """
    plain = _days_prices(problem)
    bound, prices = _tightened(problem, plain)
    chosen = greedy(problem, prices)
    if broken(problem, chosen):
        chosen = greedy(problem, plain)
    if broken(problem, chosen):
        return Solution(np.zeros(len(problem), dtype=bool), 0.0, bound, "unknown")
    worth = float(problem.value @ chosen)
    return Solution(chosen, worth, max(bound, worth), "greedy")


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
    for width in (len(problem) / 32, len(problem) / 8, np.inf):  # a minimum that few can meet before one that many can
        _take(ends, chosen, may, wide=width)
    worthy = may & (problem.value > 0)
    _take(ends, chosen, worthy & (gain > 0))
    _take(ends, chosen, worthy)
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


def _take(ends: _Ends, chosen: BoolArray, may: BoolArray, *, wide: float = 0) -> None:
    """Add to `chosen` what fits; with `wide` only what a minimum asks for that has no more visits than that."""
    n, room = len(chosen), ROUNDING / 2 * np.maximum(1.0, np.abs(ends.high))
    for _ in range(ROUNDS):
        slack = ends.high - np.bincount(ends.row, ends.use * chosen[ends.visit], len(ends.high)) + room
        asked = may & ~chosen
        if wide:
            short = np.where(np.bincount(ends.row, minlength=len(slack)) <= wide, -slack, 0.0)
            if not (short > 0).any():
                return
            asked &= _helps(ends, short, asked)
        left = slack[ends.row]
        asked &= ~_any(n, ends.visit, (ends.use > 0) & (ends.use > left))
        taken = np.where(asked[ends.visit], np.maximum(ends.use, 0.0), 0.0)
        asked &= ~_any(n, ends.visit, (taken > 0) & (_running(ends, taken) > left))
        if not asked.any():
            return
        chosen |= asked


def _helps(ends: _Ends, short: FloatArray, asked: BoolArray) -> BoolArray:
    """Those of the asked without whom some sum stays short, whoever else before them comes."""
    gives = np.where(asked[ends.visit], np.maximum(-ends.use, 0.0), 0.0)
    return _any(len(asked), ends.visit, (gives > 0) & (_running(ends, gives) - gives < short[ends.row]))


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


def _tightened(problem: Problem, prices: FloatArray) -> tuple[float, FloatArray]:
    """The least bound that some subgradient steps find, and its prices. Steps: Polyak's, to a little below the best."""
    best, kept = bounded(problem, prices)[0], prices
    rows, turned = problem.rows, problem.rows.T.tocsr()
    square = np.maximum(1e-12, np.bincount(np.repeat(np.arange(len(problem.low)), np.diff(rows.indptr)), rows.data**2,
                                           len(problem.low)))  # fmt: skip
    above, below = np.isfinite(problem.high), np.isfinite(problem.low)
    point, aim = prices, AIM
    for _ in range(STEPS):
        gain = problem.value - turned @ point
        x = np.where(gain > 0, problem.most, problem.least)
        sums = np.asarray(rows @ x, dtype=float)
        end = np.where((point > 0) | ((point == 0) & (sums > problem.high)), problem.high, problem.low)
        over = np.where(np.isfinite(end), sums - np.where(np.isfinite(end), end, 0.0), 0.0)
        over = np.where((point == 0) & (sums <= problem.high) & (sums >= problem.low), 0.0, over)
        bound = float(gain @ x) + float(point @ np.where(point != 0, end, 0.0))
        if bound < best:
            best, kept = bound, point
        else:
            aim *= 0.7
        length = float((over**2 / square).sum())
        if length == 0:
            break
        moved = point + aim * abs(best) / length * over / square
        point = np.where(((moved > 0) & ~above) | ((moved < 0) & ~below), 0.0, moved)
    return bounded(problem, kept)[0], kept
