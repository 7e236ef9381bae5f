"""The solver of the plan: what is left out loses nothing, no answer breaks a rule, equals are settled by order."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from risiko.plan.implied import settled
from risiko.plan.loosened import only, present, without
from risiko.plan.preview import greedy, preview
from risiko.plan.problem import BoolArray, Problem, broken
from risiko.plan.pruning import bounded, relax, restricted, undecided
from risiko.plan.solve import Found, by_highs, solve
from risiko.plan.ties import in_order
from tests.drawn_plans import drawn

INF = np.inf


def small(value: list[float], rows: list[list[float]], low: list[float], high: list[float], least: list[float] | None = None) -> Problem:
    n, m = len(value), len(high)
    forced = np.array(least if least is not None else [0.0] * n)
    return Problem(
        np.array(value, dtype=float), csr_array(np.array(rows, dtype=float).reshape(m, n)), np.array(low, dtype=float),
        np.array(high, dtype=float), np.zeros(m, dtype=np.int64), tuple(f"row {i}" for i in range(m)), forced,
        np.ones(n), np.where(forced > 0, 0, -1), ("capacity",),
    )  # fmt: skip


def tiny(seed: int) -> Problem:
    """Ten visits, two offices, a maximum, a minimum, a pair, a must and a may not; about one in five is infeasible."""
    rng = np.random.default_rng(seed)
    n = 10
    days, office = rng.integers(2, 9, n).astype(float), rng.integers(0, 2, n)
    pair = np.zeros(n)
    pair[rng.choice(n, 2, replace=False)] = 1, -1
    rows = [days * (office == 0), days * (office == 1), rng.random(n) < 0.5, rng.random(n) < 0.4, pair]
    low, high = [-INF, -INF, -INF, rng.integers(0, 4), 0], [rng.integers(5, 22), rng.integers(5, 22), 3, INF, 0]
    made = small(rng.choice([0.0, 1, 1, 2, 2.5, 3.7], n).tolist(), np.array(rows, dtype=float).tolist(), low, high)
    made.least[rng.integers(0, n)] = 1.0
    made.most[np.flatnonzero(made.least == 0)[0]] = 0.0
    return made


def by_trying(problem: Problem) -> float | None:
    x = np.array(list(product([0.0, 1.0], repeat=len(problem))))
    sums = (problem.rows @ x.T).T
    holds = ((sums >= problem.low - 1e-9) & (sums <= problem.high + 1e-9)).all(axis=1)
    holds &= ((x >= problem.least) & (x <= problem.most)).all(axis=1)
    return float((x[holds] @ problem.value).max()) if holds.any() else None


def by_plain_milp(problem: Problem) -> float | None:
    told = milp(-problem.value * 1e3, integrality=np.ones(len(problem)), bounds=Bounds(problem.least, problem.most),
                constraints=LinearConstraint(problem.rows, problem.low, problem.high), options={"mip_rel_gap": 0.0})  # fmt: skip
    assert told.status in (0, 2)
    return None if told.status == 2 else float(problem.value @ np.rint(told.x))


def test_many_tiny_plans_reach_the_best_of_all_choices() -> None:
    infeasible = 0
    for seed in range(120):
        problem = tiny(seed)
        best, found, quick = by_trying(problem), solve(problem), preview(problem)
        infeasible += best is None
        assert found.status == ("infeasible" if best is None else "optimal"), seed
        assert found.worth == pytest.approx(best or 0.0, abs=1e-9), seed
        assert quick.status in ("greedy", "unknown")
        if quick.status == "greedy":
            assert broken(problem, quick.chosen) == []
            assert best is not None
            assert quick.worth <= best + 1e-9
        if best is not None:
            assert broken(problem, found.chosen) == []
            assert quick.bound >= best - 1e-9, seed
    assert 12 <= infeasible <= 80


@pytest.mark.parametrize("any_office", [False, True])
def test_drawn_plans_with_every_rule_reach_what_plain_milp_reaches(any_office: bool) -> None:
    for seed in range(6):
        problem = drawn(np.random.default_rng(seed), 60, 3, any_office=any_office, share=0.25)
        assert {"points", "statutory", "draw", "joint", "regularity"} & set(present(problem))
        best, found = by_plain_milp(problem), solve(problem)
        assert found.status == ("infeasible" if best is None else "optimal"), seed
        assert found.worth == pytest.approx(best or 0.0, rel=1e-9), seed


def test_no_best_plan_uses_a_visit_otherwise_than_it_was_decided() -> None:
    """By trying every choice: all best plans agree with what was decided, and something was decided."""
    decided = 0
    for seed in range(100):
        problem = tiny(seed)
        best, relaxation = by_trying(problem), relax(problem)
        if best is None or relaxation is None:
            continue
        x = np.array(list(product([False, True], repeat=len(problem))))
        x = x[np.abs(x @ problem.value - best) < 1e-9]
        open_ = undecided(problem, relaxation, best)
        side = np.where(relaxation.gain > 0, problem.most, problem.least) > 0.5
        for choice in x:
            if not broken(problem, choice):
                assert (choice[~open_] == side[~open_]).all(), seed
        decided += int((~open_).sum())
    assert decided > 300


def test_any_prices_bound_every_plan() -> None:
    rng = np.random.default_rng(1)
    for seed in range(40):
        problem = tiny(seed)
        best = by_trying(problem)
        if best is not None:
            assert bounded(problem, rng.normal(0, 1, len(problem.low)))[0] >= best


def test_what_is_restricted_is_the_same_problem_with_the_rest_fixed() -> None:
    problem = small([3, 2, 1], [[2, 2, 2], [1, 0, 0]], [-INF, -INF], [4, 1])
    part = restricted(problem, np.array([True, True, False]), np.array([0.0, 0.0, 1.0]))
    assert part.value.tolist() == [3, 2]
    assert part.high.tolist() == [2]  # the second row can no longer be broken
    assert part.what == ("row 0",)




def test_an_answer_that_breaks_a_rule_is_never_shown() -> None:
    """EDGE: the inner solver says "optimal" of a plan that takes 9 days of 6 (as SciPy issue 22812 told)."""
    problem = small([3, 2, 1.5, 1], [[3, 3, 3, 2]], [-INF], [6])

    def boasting(part: Problem, seconds: float) -> Found:
        return Found(np.ones(len(part)), float(part.value.sum()), "optimal")

    found = solve(problem, inner=boasting)
    assert found.status == "greedy"
    assert broken(problem, found.chosen) == []
    assert found.worth == 5.0
    assert found.bound >= 5.0


def test_out_of_time_the_plan_at_hand_is_shown_with_a_bound_that_holds() -> None:
    problem = drawn(np.random.default_rng(3), 200, 4)
    best = solve(problem)
    found = solve(problem, inner=lambda part, seconds: Found(None, INF, "stopped"))
    assert best.status == "optimal"
    assert found.status == "greedy"
    assert broken(problem, found.chosen) == []
    assert found.worth <= best.worth <= found.bound < INF


def test_without_a_plan_or_a_proof_it_says_unknown() -> None:
    problem = small([1, 1, 1], [[2, 2, 2]], [3], [3])  # parts of visits could, whole ones cannot
    assert solve(problem).status == "infeasible"
    found = solve(problem, inner=lambda part, seconds: Found(None, INF, "stopped"))
    assert (found.status, found.worth, found.chosen.any()) == ("unknown", 0.0, False)
    assert found.bound >= 0


def test_what_single_rows_settle_is_what_every_plan_has_in_common() -> None:
    """By trying every choice: a visit that was settled is the same in all plans that keep the rules."""
    more = 0
    for seed in range(60):
        problem = tiny(seed)
        found = settled(problem)
        x = np.array(list(product([False, True], repeat=len(problem))))
        sums = (problem.rows @ x.T).T
        holds = ((sums >= problem.low - 1e-9) & (sums <= problem.high + 1e-9)).all(axis=1)
        kept = x[holds & ((x >= problem.least) & (x <= problem.most)).all(axis=1)]
        assert (kept >= found.least).all(), seed
        assert (kept <= found.most).all(), seed
        more += int((found.least == found.most).sum() - (problem.least == problem.most).sum())
    assert more > 30


def test_another_office_cannot_visit_whom_the_own_one_must() -> None:
    problem = small([1, 1, 1], [[1, 1, 0], [0, 1, 1]], [-INF, 1], [1, INF], [1, 0, 0])
    found = settled(problem)
    assert found.most.tolist() == [1, 0, 1]
    assert found.least.tolist() == [1, 0, 1]  # the first must be, so the second cannot, so the third must


def test_a_plan_at_hand_is_used() -> None:
    problem = small([3, 2, 2], [[3, 2, 2]], [-INF], [4])
    start = np.array([False, True, True])
    found = solve(problem, inner=lambda part, seconds: Found(None, INF, "stopped"), start=start)
    assert found.worth == 4.0
    worse = np.array([True, True, True])
    assert solve(problem, start=worse).worth == 4.0


def test_of_equals_those_that_stand_first_are_visited() -> None:
    problem = small([1, 1, 1, 1, 1], [[2, 2, 2, 2, 2]], [-INF], [4])
    assert np.flatnonzero(solve(problem).chosen).tolist() == [0, 1]
    # The last must be, and the first may not follow the second: rows are looked at before a place is given.
    problem = small([1, 1, 1, 1, 1], [[2, 2, 2, 2, 2], [1, 1, 0, 0, 0]], [-INF, -INF], [4, 0], [0, 0, 0, 0, 1])
    assert np.flatnonzero(solve(problem).chosen).tolist() == [2, 4]


def test_an_equal_takes_a_place_only_if_it_serves_the_same_minimum() -> None:
    problem = small([1, 1, 1], [[1, 1, 1], [0, 1, 1]], [-INF, 1], [1, INF])
    given = np.array([False, False, True])
    assert in_order(problem, given).tolist() == [False, True, False]


def test_a_visit_worth_nothing_is_made_only_where_a_rule_asks() -> None:
    problem = small([0, 0, 1], [[1, 1, 1], [1, 1, 0]], [-INF, 1], [3, INF])
    assert in_order(problem, np.array([True, True, True])).tolist() == [True, False, True]


def test_settling_equals_costs_nothing_and_breaks_nothing() -> None:
    moved = 0
    for seed in range(60):
        problem = tiny(seed)
        best = by_trying(problem)
        if best is None:
            continue
        answer = by_highs(problem, 10.0).x
        assert answer is not None
        chosen: BoolArray = np.rint(answer) > 0.5
        settled = in_order(problem, chosen)
        assert broken(problem, settled) == []
        assert problem.value @ settled == pytest.approx(best, abs=1e-12)
        moved += bool((settled != chosen).any())
    assert moved > 0


def test_the_same_problem_twice_gives_the_same_plan() -> None:
    one, two = (solve(drawn(np.random.default_rng(5), 150, 3)) for _ in range(2))
    assert (one.chosen == two.chosen).all()


def test_a_greedy_plan_meets_minima_before_it_fills_the_days() -> None:
    problem = small([9, 9, 1], [[3, 3, 3], [0, 0, 1]], [-INF, 1], [6, INF])
    assert greedy(problem, np.zeros(2)).tolist() == [True, False, True]


def test_a_preview_that_finds_no_plan_says_so() -> None:
    problem = small([1, 1], [[2, 2]], [-INF], [1], [1, 1])
    found = preview(problem)
    assert (found.status, found.chosen.any()) == ("unknown", False)


def test_no_visits_and_no_rows() -> None:
    empty = small([], [], [], [])
    assert solve(empty).status == "optimal"
    free = small([1, 2], [], [], [])
    assert solve(free).chosen.all()
    assert preview(free).chosen.all()


def test_a_problem_without_a_rule_has_its_visits_free() -> None:
    problem = small([1, 1], [[2, 2]], [-INF], [2], [0, 1])
    freed = without(problem, ["capacity"])
    assert (len(freed.low), freed.least.tolist(), freed.must_rule.tolist()) == (0, [0, 0], [-1, -1])
    assert only(problem, np.array([False])).least.tolist() == [0, 1]
    assert present(problem) == ["capacity"]
