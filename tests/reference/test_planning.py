"""The solver against published optima (OR-Library) and small plans whose every choice was tried (P01–P20)."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from risiko.plan.preview import preview
from risiko.plan.problem import Problem, broken
from risiko.plan.solve import solve

# OR-Library, mknap1, problem 1 (Petersen 1967): profit, weights and capacities; published optimum 3,800.
PROFIT = [100, 600, 1200, 2400, 500, 2000]
WEIGHTS = [
    [8, 12, 13, 64, 22, 41], [8, 12, 13, 75, 22, 41], [3, 6, 4, 18, 6, 4], [5, 10, 8, 32, 6, 12], [5, 13, 8, 42, 6, 20],
    [5, 13, 8, 48, 6, 20], [0, 0, 0, 0, 8, 0], [3, 0, 4, 0, 8, 0], [3, 2, 4, 0, 8, 4], [3, 2, 4, 8, 8, 4],
]  # fmt: skip
CAPACITY = [80, 96, 20, 36, 44, 48, 10, 18, 22, 24]
# OR-Library's published optima of mknap1's problems 1, 3, 5 and 6, the ones in the shared records.
PUBLISHED = {"P01": 3800, "P03": 4015, "P05": 12400, "P06": 10618}


def problem_of(value: Any, rows: Any, low: Any, high: Any, least: Any = 0.0, rules: tuple[str, ...] = ("capacity",)) -> Problem:
    value, low, high = (np.atleast_1d(np.asarray(part, dtype=float)) for part in (value, low, high))
    n, m = len(value), len(high)
    least = np.broadcast_to(np.asarray(least, dtype=float), n).copy()
    return Problem(
        value, csr_array(np.asarray(rows, dtype=float).reshape(m, n)), low, high, np.zeros(m, dtype=np.int64),
        tuple(f"row {i}" for i in range(m)), least, np.ones(n), np.where(least > 0, 0, -1), rules,
    )  # fmt: skip


def knapsack(profit: Any, weights: Any, capacity: Any) -> Problem:
    return problem_of(profit, weights, np.full(len(capacity), -np.inf), capacity)


def test_the_typed_in_problem_reaches_its_published_optimum() -> None:
    problem = knapsack(PROFIT, WEIGHTS, CAPACITY)
    found = solve(problem)
    assert (found.status, found.worth, found.bound) == ("optimal", 3800.0, 3800.0)
    assert found.chosen.tolist() == [False, True, True, False, False, True]
    assert broken(problem, found.chosen) == []


@pytest.mark.parametrize("case", PUBLISHED)
def test_or_library_reaches_its_published_optimum(case: str, shared: Path) -> None:
    said = json.loads((shared / "reference" / "09_planning" / f"{case}_mknap.json").read_text())["inputs"]
    problem = knapsack(said["profit"], said["A"], said["b"])
    found, quick = solve(problem), preview(problem)
    assert found.status == "optimal"
    assert found.worth == pytest.approx(PUBLISHED[case], abs=1e-6)
    assert broken(problem, found.chosen) == []
    assert quick.status == "greedy"
    assert quick.worth <= PUBLISHED[case] + 1e-6 <= quick.bound + 2e-6


def plan_problem(inputs: dict[str, list[float]], params: dict[str, int]) -> Problem:
    """METHODS 8: person-days; the law's visits are made; each county and sector gets min(m, its size); the draw's least.

    `min_exploration` asks for so many among those the draw may take, so it never asks for more than they are either.
    """
    given = {name: np.array(column) for name, column in inputs.items()}
    rows, low, high = [given["days"]], [-np.inf], [float(params["person_days"])]
    for kind in ("county", "sector"):
        for k in np.unique(given[kind]):
            here = given[kind] == k
            rows.append(here)
            low.append(min(params[f"min_per_{kind}"], here.sum()))
            high.append(np.inf)
    rows.append(given["explore_eligible"])
    low.append(min(params["min_exploration"], given["explore_eligible"].sum()))
    high.append(np.inf)
    return problem_of(given["risk"] * given["harm"], np.array(rows, dtype=float), low, high, given["statutory"])


def best_of_all(problem: Problem) -> float | None:
    """The worth of the best plan by trying every choice; None where none keeps the rules."""
    x = np.array(list(product([0.0, 1.0], repeat=len(problem))))
    sums = (problem.rows @ x.T).T
    holds = ((sums >= problem.low - 1e-9) & (sums <= problem.high + 1e-9)).all(axis=1)
    holds &= ((x >= problem.least) & (x <= problem.most)).all(axis=1)
    return float((x[holds] @ problem.value).max()) if holds.any() else None


def test_the_published_plans(shared: Path) -> None:
    cases = json.loads((shared / "reference" / "09_planning" / "P20_inspection_plans.json").read_text())["cases"]
    feasible = [case["expected"]["feasible"] for case in cases]
    assert (len(cases), sum(feasible)) == (12, 10)
    for case in cases:
        problem, told = plan_problem(case["inputs"], case["params"]), case["expected"]
        found = solve(problem)
        assert found.status == ("optimal" if told["feasible"] else "infeasible"), case["seed"]
        if told["feasible"]:
            assert found.worth == pytest.approx(told["objective"], abs=1e-9)
            assert found.chosen.astype(int).tolist() == told["x"] or told["n_optimal"] > 1
        else:
            assert not found.chosen.any()


def test_plans_drawn_the_same_way_reach_the_best_of_all_choices() -> None:
    rng = np.random.default_rng(20)
    seen = {True: 0, False: 0}
    for _ in range(7):
        inputs = {
            "risk": rng.uniform(0.08, 0.6, 14).round(3), "harm": rng.integers(1, 6, 14), "days": rng.integers(2, 9, 14),
            "county": rng.integers(0, 4, 14), "sector": rng.integers(0, 2, 14),
            "statutory": (np.arange(14) == rng.integers(0, 14)).astype(int), "explore_eligible": rng.integers(0, 2, 14),
        }  # fmt: skip
        for days, m in ((30, 0), (30, 2), (22, 2), (9, 2)):
            params = {"person_days": days, "min_per_county": m, "min_per_sector": m, "min_exploration": m}
            problem = plan_problem({k: list(v) for k, v in inputs.items()}, params)
            best, found = best_of_all(problem), solve(problem)
            seen[best is not None] += 1
            assert found.status == ("infeasible" if best is None else "optimal")
            assert found.worth == pytest.approx(best or 0.0, abs=1e-9)
    assert min(seen.values()) >= 3  # of 28: both kinds were met
    assert sum(seen.values()) == 28


def test_a_county_of_one_is_not_asked_for_two() -> None:
    inputs = {"risk": [0.5, 0.4, 0.3], "harm": [1, 1, 1], "days": [1, 1, 1], "county": [0, 0, 1], "sector": [0, 0, 0],
              "statutory": [0, 0, 0], "explore_eligible": [0, 0, 0]}  # fmt: skip
    params = {"person_days": 3, "min_per_county": 2, "min_per_sector": 0, "min_exploration": 1}
    assert solve(plan_problem(inputs, params)).chosen.all()
