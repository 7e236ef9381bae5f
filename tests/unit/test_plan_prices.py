"""What each rule costs: the best plan without it, never worth less, and told whether that is proved."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.sparse import csr_array

from risiko.plan.loosened import present, without
from risiko.plan.prices import prices
from risiko.plan.problem import Problem, Solution, broken
from risiko.plan.solve import solve
from risiko.vocabulary import RULES
from tests.drawn_plans import drawn

INF = np.inf


def two_days() -> Problem:
    """Two days for four visits of a day, worth 8, 4, 2 and 1. The third is drawn; the last's county must have a visit."""
    rows = csr_array(np.array([[1.0, 1, 1, 1], [0, 0, 0, 1]]))
    rule = np.array([RULES.index("capacity"), RULES.index("minimum_county")], dtype=np.int64)
    drawn_ = np.array([-1, -1, RULES.index("draw"), -1], dtype=np.int64)
    return Problem(np.array([8.0, 4, 2, 1]), rows, np.array([-INF, 1]), np.array([2.0, INF]), rule, ("A", "c"),
                   np.array([0.0, 0, 1, 0]), np.ones(4), drawn_, RULES)  # fmt: skip


def test_the_price_is_what_the_plan_would_be_worth_more() -> None:
    problem = two_days()
    plan = solve(problem)
    assert plan.worth == 3.0
    found = {price.rule: price for price in prices(problem, plan)}
    assert set(found) == {"draw", "minimum_county"}  # without days, or once each, there is nothing to choose
    assert (found["draw"].gained, found["draw"].proved) == (6.0, True)  # 8 + 1
    assert found["draw"].chosen.tolist() == [True, False, False, True]
    assert (found["minimum_county"].gained, found["minimum_county"].chosen.tolist()) == (7.0, [True, False, True, False])


def test_only_the_rules_that_are_asked_for_and_progress_is_told() -> None:
    problem, told = two_days(), []
    found = prices(problem, solve(problem), ["draw", "joint"], lambda *at: told.append(at))
    assert [price.rule for price in found] == ["draw"]
    assert told == [("draw", 1, 1)]


def test_a_rule_that_binds_nobody_costs_nothing() -> None:
    problem = two_days()
    problem.low[1] = 0.0
    assert [price.gained for price in prices(problem, solve(problem), ["minimum_county"])] == [0.0]


def test_what_is_not_proved_says_so_and_is_never_below_nothing() -> None:
    problem = two_days()
    plan = solve(problem)
    boast = Solution(plan.chosen, 100.0, INF, "greedy")  # a worth that no plan has
    assert {(price.gained, price.proved) for price in prices(problem, boast)} == {(0.0, False)}


def test_without_a_plan_there_are_no_prices() -> None:
    problem = two_days()
    none = Solution(np.zeros(4, dtype=bool), 0.0, 0.0, "infeasible")
    assert prices(problem, none) == []


def test_prices_of_drawn_plans_are_those_of_trying_every_choice() -> None:
    x = np.array(list(product([0.0, 1.0], repeat=12)))
    seen = 0
    for seed in range(6):
        problem = drawn(np.random.default_rng(seed), 12, 2, share=0.4)
        plan = solve(problem)
        if plan.status != "optimal":
            continue
        for price in prices(problem, plan):
            free = without(problem, [price.rule])
            sums = (free.rows @ x.T).T if len(free.low) else np.zeros((len(x), 0))
            holds = ((sums >= free.low - 1e-9) & (sums <= free.high + 1e-9)).all(axis=1)
            holds &= ((x >= free.least) & (x <= free.most)).all(axis=1)
            assert price.proved
            assert price.gained == pytest.approx((x[holds] @ free.value).max() - plan.worth, abs=1e-9), (seed, price.rule)
            assert broken(free, price.chosen) == []
            seen += price.gained > 0
        assert {price.rule for price in prices(problem, plan)} == set(present(problem)) - {"capacity", "once", "statutory"}
    assert seen >= 3
