"""What single rows already settle: visits that no plan can hold, or that none can spare, beside those said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from risiko.plan.problem import Problem
from risiko.plan.pruning import ROUNDING

ROUNDS = 10


def settled(problem: Problem) -> Problem:
    """The same plans, with fewer visits left open: bounds that follow from one row at a time (Savelsbergh 1994, 1.1).

    Where a row's sum would pass its upper end with a visit, whatever the others do, the visit cannot be; where it
    would stay below its lower end without one, the visit must be. Again, until nothing follows. A visit by another
    office of a service that must be visited by its own, for instance, or of a municipality that law and draw have
    filled. must_rule is kept as it was. Rows that cannot hold are left for the solver to find.
    """
    entries = problem.rows.tocoo()
    row, visit = entries.coords
    use = entries.data
    low, high = problem.low[row], problem.high[row]
    limit = np.where(np.isfinite(problem.high), problem.high, problem.low)
    room = (ROUNDING * np.maximum(1.0, np.abs(limit)))[row]
    least, most, m = problem.least.copy(), problem.most.copy(), len(problem.low)
    for _ in range(ROUNDS):
        one, other = use * least[visit], use * most[visit]
        smallest = np.bincount(row, np.minimum(one, other), m)[row]
        largest = np.bincount(row, np.maximum(one, other), m)[row]
        free = (least < most)[visit]
        over_with, under_with = smallest + np.maximum(use, 0) > high + room, largest + np.minimum(use, 0) < low - room
        over_out, under_out = smallest - np.minimum(use, 0) > high + room, largest - np.maximum(use, 0) < low - room
        cannot, must = free & (over_with | under_with) & (use != 0), free & (over_out | under_out) & (use != 0)
        must[np.isin(visit, visit[cannot])] = False  # both: no plan; the solver says so
        if not (cannot.any() or must.any()):
            break
        most[visit[cannot]] = 0.0
        least[visit[must]] = 1.0
    return replace(problem, least=least, most=most)
