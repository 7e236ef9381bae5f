"""A plan as a problem of whole numbers: possible visits, what each is worth, and rows that must hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from risiko.asof import FloatArray
from risiko.plan.draw import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Status = Literal["optimal", "infeasible", "greedy", "unknown"]


@dataclass(frozen=True, eq=False)
class Problem:
    """Maximise value @ x over x in {0, 1}, least <= x <= most, low <= rows @ x <= high.

    value (visits): what a visit is worth, 0 or more. rows (rules × visits, sparse), low, high: -inf and inf where a row
    has one end only. rule (rows): which rule a row belongs to, as a position in `rules`. what (rows): whom the row is
    about (an office, a municipality, a service). least, most (visits): 1 and 1 for a visit that must be, 0 and 0 for
    one that may not; must_rule (visits): which rule says so, as a position in `rules`, -1 where none does.
    The order of the visits is the order of their service_ids, so that equals are settled the same way everywhere.
    """

    value: FloatArray
    rows: csr_array
    low: FloatArray
    high: FloatArray
    rule: IntArray
    what: tuple[str, ...]
    least: FloatArray
    most: FloatArray
    must_rule: IntArray
    rules: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True, eq=False)
class Solution:
    """What was chosen. status: "optimal" (proved), "infeasible" (nothing chosen), "greedy" (holds, but not
    proved) or "unknown" (nothing chosen: no plan that keeps the rules was found, none disproved).

    chosen (visits). worth: value @ chosen. bound: no plan that keeps the rules is worth more (inf: none was found).
    """

    chosen: BoolArray
    worth: float
    bound: float
    status: Status


@dataclass(frozen=True)
class Broken:
    """A row that a choice does not keep: by how much the sum lies outside (above 0)."""

    rule: str
    what: str
    found: float
    low: float
    high: float


def broken(problem: Problem, chosen: BoolArray) -> list[Broken]:
    """Every row, and every visit that must or may not be, that this choice does not keep; empty where all hold.

    Sums of person-days are told apart from their limits at a billionth of the limit, no wider.
    """
    found = np.asarray(problem.rows @ chosen.astype(float), dtype=float)
    slack = 1e-9 * np.maximum(1.0, np.abs(np.where(np.isfinite(problem.high), problem.high, problem.low)))
    out = np.flatnonzero((found < problem.low - slack) | (found > problem.high + slack))
    low, high = problem.low, problem.high
    rows = [
        Broken(problem.rules[problem.rule[i]], problem.what[i], float(found[i]), float(low[i]), float(high[i]))
        for i in out
    ]
    x, least, most = chosen.astype(float), problem.least, problem.most
    forced = np.flatnonzero((x < least) | (x > most))
    return rows + [
        Broken(problem.rules[problem.must_rule[i]], f"visit {i}", float(x[i]), float(least[i]), float(most[i]))
        for i in forced
    ]
