"""What each rule costs: what the plan would be worth more without it, and the plan there would be then."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from risiko.plan.loosened import present, without
from risiko.plan.problem import BoolArray, Problem, Solution
from risiko.plan.solve import solve

# Without the first two there is no plan to choose; the law is no rule that the authority could do without.
FREE = ("capacity", "once", "statutory")
SECONDS = 5.0  # of search for each rule


@dataclass(frozen=True, eq=False)
class Price:
    """One rule. gained: the worth of the best plan without it, less the worth of the plan, 0 or more.

    proved: False where one of the two plans is not proved to be the best; then it is the difference of those found.
    chosen (visits): the plan without the rule.
    """

    rule: str
    gained: float
    proved: bool
    chosen: BoolArray


def prices(
    problem: Problem, solution: Solution, rules: Collection[str] | None = None,
    progress: Callable[[str, int, int], None] | None = None, *, seconds: float = SECONDS,
) -> list[Price]:  # fmt: skip
    """The price of every rule that is present, or of those named, in the order of `problem.rules`.

    Solved anew without the rule's rows and with the visits it forces or forbids set free; the plan at hand keeps what
    is left, so the search starts from it. The best plan without a rule is never worth less, and where less would be
    found (two answers within the rounding) what is gained is 0. progress: rule, its place (from 1), how many there are.
    seconds: of search for each rule. Empty where the solution holds no plan.
    """
    asked = [rule for rule in present(problem) if rule not in FREE and (rules is None or rule in rules)]
    if solution.status not in ("optimal", "greedy"):
        return []
    found = []
    for i, rule in enumerate(asked):
        if progress is not None:
            progress(rule, i + 1, len(asked))
        free = solve(without(problem, [rule]), seconds=seconds, start=solution.chosen)
        proved = free.status == solution.status == "optimal"
        found.append(Price(rule, max(0.0, free.worth - solution.worth), proved, free.chosen))
    return found
