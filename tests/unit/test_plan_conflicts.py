"""Why no plan keeps the rules: which collide, no more than those, and the smallest changes that make room."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from risiko.plan.conflicts import Conflict, conflicts
from risiko.plan.problem import Problem
from risiko.plan.solve import solve
from risiko.vocabulary import RULES

INF = np.inf


def posed(n: int, rows: list[tuple[str, str, dict[int, float], float, float]], must: dict[int, str], barred: dict[int, str] | None = None) -> Problem:
    """Visits 0 to n-1, worth 1 each; rows: rule, whom it is about, what each visit counts for, and the two ends."""
    matrix = np.zeros((len(rows), n))
    for i, (_, _, weight, _, _) in enumerate(rows):
        matrix[i, list(weight)] = list(weight.values())
    why = {**must, **(barred or {})}
    return Problem(
        np.ones(n), csr_array(matrix), np.array([row[3] for row in rows]), np.array([row[4] for row in rows]),
        np.array([RULES.index(row[0]) for row in rows], dtype=np.int64), tuple(row[1] for row in rows),
        np.array([float(i in must) for i in range(n)]), np.array([float(i not in (barred or {})) for i in range(n)]),
        np.array([RULES.index(why[i]) if i in why else -1 for i in range(n)], dtype=np.int64), RULES,
    )  # fmt: skip


def each(*visits: int, by: float = 1.0) -> dict[int, float]:
    return dict.fromkeys(visits, by)


def ways(conflict: Conflict) -> dict[str, list[tuple[str, float, float, int]]]:
    return {way.easings[0].rule: [(e.end, e.from_, e.to, e.visit) for e in way.easings] for way in conflict.ways}


def test_rules_that_hold_together_do_not_collide() -> None:
    assert conflicts(posed(2, [("capacity", "A", each(0, 1, by=3.0), -INF, 6.0)], {0: "statutory"})) == []


def test_more_days_by_law_than_there_are() -> None:
    problem = posed(
        5, [("capacity", "A", each(0, 1, 2, by=4.0), -INF, 10.0), ("capacity", "B", each(3, 4, by=4.0), -INF, 10.0),
            ("minimum_county", "c", each(3, 4), 1.0, INF)],
        {0: "statutory", 1: "statutory", 2: "statutory", 3: "statutory"},
    )  # fmt: skip
    assert solve(problem).status == "infeasible"
    [found] = conflicts(problem)
    assert found.rules == ("capacity", "statutory")
    assert [(row.rule, row.what, row.high) for row in found.rows] == [("capacity", "A", 10.0)]
    assert found.visits == (0, 1, 2)
    assert found.minimal
    help_ = ways(found)
    assert help_["capacity"] == [("high", 10.0, 12.0, -1)]
    assert set(help_) == {"capacity"}  # the law is never what gives way
    assert [way.smallest for way in found.ways] == [True]
    assert "capacity (A): at most 10" in str(found)
    assert "10 to 12" in str(found)


def test_a_minimum_above_what_can_be() -> None:
    problem = posed(3, [("capacity", "A", each(0, 1, 2), -INF, 9.0), ("minimum_theme", "homes", each(0, 1), 3.0, INF)], {})
    [found] = conflicts(problem)
    assert found.rules == ("minimum_theme",)
    assert ways(found) == {"minimum_theme": [("low", 3.0, 2.0, -1)]}


def test_a_minimum_whom_the_days_do_not_reach() -> None:
    problem = posed(4, [("capacity", "A", each(0, 1, 2, 3, by=5.0), -INF, 12.0), ("minimum_sector", "health", each(0, 1, 2), 3.0, INF)], {})
    [found] = conflicts(problem)
    assert found.rules == ("capacity", "minimum_sector")
    assert ways(found) == {"capacity": [("high", 12.0, 15.0, -1)], "minimum_sector": [("low", 3.0, 2.0, -1)]}
    assert found.ways[0].easings[0].rule == "capacity"  # a quarter more days is the slighter change than a third fewer


def test_the_draw_against_a_maximum() -> None:
    problem = posed(3, [("burden_municipality", "M", each(0, 1, 2), -INF, 1.0)], {0: "draw", 1: "draw"})
    [found] = conflicts(problem)
    assert found.rules == ("draw", "burden_municipality")
    assert found.visits == (0, 1)
    assert ways(found)["burden_municipality"] == [("high", 1.0, 2.0, -1)]
    assert len(ways(found)["draw"]) == 1


def test_a_joint_visit_with_one_who_was_skipped() -> None:
    problem = posed(3, [("joint", "a, b", {0: 1.0, 1: -1.0}, 0.0, 0.0)], {0: "add"}, {1: "skip"})
    [found] = conflicts(problem)
    assert found.rules == ("add", "skip", "joint")
    assert found.visits == (0, 1)
    help_ = ways(found)
    assert help_["add"] == [("least", 1.0, 0.0, 0)]
    assert help_["skip"] == [("most", 0.0, 1.0, 1)]
    assert set(help_) == {"add", "skip", "joint"}


def test_whole_visits_that_do_not_fit_where_parts_would() -> None:
    problem = posed(2, [("capacity", "A", each(0, 1, by=2.0), -INF, 3.0), ("minimum_county", "c", {0: 2.0, 1: 2.0}, 3.0, INF)], {})
    [found] = conflicts(problem)
    assert found.rules == ("capacity", "minimum_county")


def test_two_collisions_are_told_apart_each_with_what_helps_it() -> None:
    problem = posed(
        4, [("capacity", "A", each(0, 1, by=4.0), -INF, 5.0), ("minimum_county", "c", each(2, 3), 3.0, INF)],
        {0: "statutory", 1: "statutory"},
    )  # fmt: skip
    found = conflicts(problem)
    assert {one.rules for one in found} == {("capacity", "statutory"), ("minimum_county",)}
    by_rules = {one.rules: ways(one) for one in found}
    assert by_rules["capacity", "statutory"]["capacity"] == [("high", 5.0, 8.0, -1)]
    assert by_rules["minimum_county",] == {"minimum_county": [("low", 3.0, 2.0, -1)]}


def test_no_rule_of_a_collision_can_be_spared() -> None:
    """Drawn: without any one of its rules' rows and forced visits the rest can hold; with all of them nothing can."""
    from risiko.plan.loosened import present, without

    told = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rows = [("capacity", "A", dict(enumerate(rng.integers(2, 6, 6).astype(float))), -INF, float(rng.integers(4, 12))),
                ("minimum_county", "c", each(*rng.choice(6, 3, replace=False).tolist()), float(rng.integers(0, 3)), INF),
                ("burden_provider", "p", each(*rng.choice(6, 3, replace=False).tolist()), -INF, 1.0)]  # fmt: skip
        problem = posed(6, rows, {int(v): "draw" for v in rng.choice(6, 2, replace=False)})
        found = conflicts(problem)
        assert bool(found) == (solve(problem).status == "infeasible")
        for one in found[:1]:
            told += 1
            spared = [name for name in present(problem) if name not in one.rules]
            assert solve(without(problem, spared)).status == "infeasible"
            assert all(solve(without(problem, [*spared, name])).status == "optimal" for name in one.rules)
    assert told >= 5
