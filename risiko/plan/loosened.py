"""The problem with some of its rules taken away, or some of its rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from risiko.plan.problem import BoolArray, Problem


def without(problem: Problem, rules: Collection[str]) -> Problem:
    """The problem without the rows of these rules, and with the visits they force or forbid set free."""
    gone = np.array([name in rules for name in problem.rules], dtype=bool)
    freed = (problem.must_rule >= 0) & gone[problem.must_rule]
    kept = only(problem, ~gone[problem.rule])
    return replace(
        kept, least=np.where(freed, 0.0, problem.least), most=np.where(freed, 1.0, problem.most),
        must_rule=np.where(freed, -1, problem.must_rule),
    )  # fmt: skip


def only(problem: Problem, rows: BoolArray) -> Problem:
    """The problem with these rows and no others; visits that must or may not be stay so."""
    return replace(
        problem, rows=problem.rows[np.flatnonzero(rows)], low=problem.low[rows], high=problem.high[rows],
        rule=problem.rule[rows], what=tuple(problem.what[i] for i in np.flatnonzero(rows)),
    )  # fmt: skip


def present(problem: Problem) -> list[str]:
    """The rules that have a row or force or forbid a visit, in the order of `problem.rules`."""
    forced = problem.must_rule[(problem.must_rule >= 0) & (problem.least == problem.most)]
    used = set(problem.rule.tolist()) | set(forced.tolist())
    return [name for i, name in enumerate(problem.rules) if i in used]
