"""From rules to rows: what each rule asks of whom, and where rules give way to the law and to the draw."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko.plan import rules as plan_rules
from risiko.plan.archive import empty
from risiko.plan.constraints import Posed, posed
from risiko.plan.eligible import Eligible
from risiko.vocabulary import RULES

QUIETLY = {"exploration": {"share": 0.0}, "regularity": {"longest_months": 0}}


def frame(n: int = 6) -> pd.DataFrame:
    """Services s0, s1, …: Nord has the even, Sør the odd; s5 owes two statutory visits; s0 and s1 lie in Ask."""
    return pd.DataFrame({
        "service_id": [f"s{i}" for i in range(n)], "office": ["Nord", "Sør"] * (n // 2), "county": ["Troms", "Agder"] * (n // 2),
        "sector": ["health"] * (n - 1) + ["child_welfare"], "service_type": ["nursing_home"] * (n - 1) + ["child_institution"],
        "municipalities": ["Ask|Bø", "Ask", "Bø", "Dal", "Dal", "Dal"][:n], "provider_id": ["p1", "p1", "", "p2", "p2", "p2"][:n],
        "days": [10.0, 10, 20, 10, 10, 3.5][:n], "points": 1.0, "value": np.arange(1, n + 1) / 10, "barred": "", "added": False,
        "overdue": [True, True, True, False, False, True][:n], "statutory": [0] * (n - 1) + [2],
    })  # fmt: skip


def asked(candidates: pd.DataFrame | None = None, drawn: tuple[str, ...] = (), others: pd.DataFrame | None = None,
          capacity: dict[str, float] | None = None, points: dict[str, float] | None = None, **rules: object) -> Posed:  # fmt: skip
    chosen = plan_rules.shipped().with_changes({**QUIETLY, **rules})
    found = Eligible(
        frame() if candidates is None else candidates, empty("left_out"), empty("notices"), date(2026, 7, 1), date(2027, 6, 30),
        pd.Series(capacity or {"Nord": 50.0, "Sør": 30.0}), pd.Series(points or {}, dtype="float64"),
    )  # fmt: skip
    return posed(found, chosen, pd.Series(drawn, dtype="str"), others)


def rows(found: Posed, rule: str) -> dict[str, tuple[dict[str, float], float, float]]:
    """What each row of a rule says: about whom -> ({service: weight}, low, high)."""
    problem, ids = found.problem, frame()["service_id"].to_numpy()
    out = {}
    for i in np.flatnonzero(problem.rule == RULES.index(rule)):
        row = problem.rows[[i]].toarray()[0]
        column = np.flatnonzero(row)
        names = ids[found.service[column]] if len(found.service) == len(ids) else column
        out[problem.what[i]] = ({str(n): float(row[c]) for n, c in zip(names, column, strict=True)}, problem.low[i], problem.high[i])
    return out


def test_capacity_counts_statutory_visits_as_often_as_they_are_owed() -> None:
    found = rows(asked(), "capacity")
    assert found["Nord"] == ({"s0": 10, "s2": 20, "s4": 10}, -np.inf, 50)
    assert found["Sør"] == ({"s1": 10, "s3": 10, "s5": 7}, -np.inf, 30)


def test_points_are_counted_only_where_they_are_used() -> None:
    assert rows(asked(), "points") == {}
    assert rows(asked(points={"Nord": 2}), "points") == {"Nord": ({"s0": 1, "s2": 1, "s4": 1}, -np.inf, 2)}


def test_who_must_and_who_may_not_be_visited() -> None:
    own = frame()
    own.loc[0, "barred"], own.loc[3, "added"] = "skip", True
    problem = asked(own, drawn=("s4",)).problem
    assert problem.least.tolist() == [0, 0, 0, 1, 1, 1]
    assert problem.most.tolist() == [0, 1, 1, 1, 1, 1]
    told = [RULES[code] if code >= 0 else "" for code in problem.must_rule]
    assert told == ["skip", "", "", "add", "draw", "statutory"]
    assert problem.value[5] == 0  # what the law asks for is no merit of the plan


def test_a_drawn_service_that_a_planner_skips_stays_out() -> None:
    own = frame()
    own.loc[4, "barred"] = "skip"
    problem = asked(own, drawn=("s4",)).problem
    assert (problem.least[4], problem.most[4]) == (0, 0)


def test_minima_count_ranked_visits_only_and_never_ask_for_more_than_there_are() -> None:
    found = asked(minimum={"sector": {"health": 9, "child_welfare": 1}, "county": {"Troms": 2}, "each_county": 1})
    assert rows(found, "minimum_sector") == {"health": ({f"s{i}": 1 for i in range(5)}, 5, np.inf)}
    assert rows(found, "minimum_county")["Troms"] == ({"s0": 1, "s2": 1, "s4": 1}, 2, np.inf)
    assert rows(found, "minimum_county")["Agder"][1] == 1
    lowered = found.notices[found.notices["notice"] == "minimum_lowered"]
    assert lowered[["who", "number"]].to_numpy().tolist() == [["health", 5.0], ["child_welfare", 0.0]]


def test_a_theme_has_a_number_of_its_own_and_one_for_each_office() -> None:
    theme = {"name": "Sykehjem", "types": ["nursing_home"], "visits": 3, "per_office": 1}
    found = rows(asked(minimum={"theme": [theme]}), "minimum_theme")
    assert found["Sykehjem"][1] == 3
    assert found["Sykehjem, Nord"] == ({"s0": 1, "s2": 1, "s4": 1}, 1, np.inf)


def test_a_maximum_counts_every_municipality_a_service_serves() -> None:
    found = rows(asked(burden={"per_municipality": 1}), "burden_municipality")
    assert found["Ask"] == ({"s0": 1, "s1": 1}, -np.inf, 1)
    assert found["Bø"] == ({"s0": 1, "s2": 1}, -np.inf, 1)


def test_a_maximum_gives_way_to_the_law_with_a_notice_and_to_the_draw_but_not_to_what_is_added_by_hand() -> None:
    found = asked(burden={"per_municipality": 1})
    assert rows(found, "burden_municipality")["Dal"] == ({"s3": 1, "s4": 1, "s5": 2}, -np.inf, 2)  # the two statutory visits
    assert found.notices[["notice", "who", "number"]].to_numpy().tolist() == [["burden_by_law", "Dal", 2.0]]
    assert rows(asked(drawn=("s3",), burden={"per_municipality": 1}), "burden_municipality")["Dal"][2] == 3
    own = frame()
    own.loc[[0, 1], "added"] = True
    assert rows(asked(own, burden={"per_municipality": 1}), "burden_municipality")["Ask"][2] == 1  # collides, and is told


def test_visits_by_others_use_up_the_maximum_where_they_count() -> None:
    others = pd.DataFrame({"what": ["municipality", "provider"], "who": ["Ask", "p2"], "visits": [1, 5]})
    limit = {"per_municipality": 2, "per_provider": 2}
    found = asked(others=others, burden=limit)
    assert rows(found, "burden_municipality")["Ask"][2] == 1
    assert rows(found, "burden_provider")["p2"][2] == 2  # no room is left, but for the two visits the law asks for
    assert "Ask" not in rows(asked(others=others, burden={**limit, "others_count": False}), "burden_municipality")


def test_regularity_is_a_share_of_what_the_days_left_after_law_and_draw_can_pay_for() -> None:
    late = {"longest_months": 72, "share": 0.5}
    # Nord: .5 × 50 / 15 days (s0 10, s2 20) = 1.67; Sør: 23 days are left, s1 takes 10: 1.15
    found = rows(asked(regularity=late), "regularity")
    assert found == {"Nord": ({"s0": 1, "s2": 1}, 1, np.inf), "Sør": ({"s1": 1}, 1, np.inf)}
    # s2 is drawn: it counts too, on top; 30 days are left for s0 alone
    assert rows(asked(drawn=("s2",), regularity=late), "regularity")["Nord"] == ({"s0": 1, "s2": 1}, 2, np.inf)
    assert rows(asked(regularity={**late, "share": 0.1}), "regularity") == {}


def test_joint_visits_are_both_or_none_and_the_later_one_is_cheaper() -> None:
    found = asked(joint=[{"services": ["s0", "s2"], "saves_days": 4}])
    assert rows(found, "joint") == {"s0, s2": ({"s0": 1, "s2": -1}, 0, 0)}
    assert rows(found, "capacity")["Nord"][0] == {"s0": 10, "s2": 16, "s4": 10}
    gone = asked(joint=[{"services": ["s0", "nobody"]}])
    assert rows(gone, "joint") == {}
    assert gone.notices[["notice", "who"]].to_numpy().tolist() == [["joint_alone", "nobody"]]


def test_a_joint_visit_that_no_office_can_make_is_told_and_bars_nobody() -> None:
    found = asked(joint=[{"services": ["s0", "s1"], "saves_days": 4}])  # of Nord and of Sør
    assert rows(found, "joint") == {}
    assert rows(found, "capacity")["Sør"][0]["s1"] == rows(asked(), "capacity")["Sør"][0]["s1"], "nothing is saved either"
    assert found.notices[["notice", "who"]].to_numpy().tolist() == [["joint_apart", "s0"], ["joint_apart", "s1"]]


def test_where_any_office_may_go_visits_of_one_cost_are_moved_by_number_and_the_law_stays_at_home() -> None:
    found = asked(office={"any": True, "away_days": 2})
    moves = found.moves
    # Nord has s0 and s4 (10 days) and s2 (20), Sør s1 and s3 (10); s5 owes visits by law
    assert list(zip(moves.home, moves.days, strict=True)) == [("Nord", 10), ("Nord", 20), ("Sør", 10)]
    assert moves.cls.tolist() == [0, 2, 1, 2, 0, -1]
    assert [(moves.home[c], to, n) for c, to, n in zip(moves.of, moves.office, moves.size, strict=True)] == [
        ("Nord", "Sør", 1), ("Nord", "Sør", 2), ("Nord", "Sør", 1), ("Sør", "Nord", 1), ("Sør", "Nord", 2),
    ]  # fmt: skip
    nord = found.problem.rows[found.problem.rule == RULES.index("capacity")].toarray()[0]
    assert nord.tolist() == [10, 0, 20, 0, 10, 0, -10, -20, -20, 12, 24]  # those that go, and those that come with the travel
    once = found.problem.rows[found.problem.rule == RULES.index("once")].toarray()
    assert once[0].tolist() == [-1, 0, 0, 0, -1, 0, 1, 2, 0, 0, 0]  # no more are moved than are made
    assert rows(asked(), "once") == {}


def test_an_office_without_a_known_capacity_has_no_room_for_what_the_law_asks() -> None:
    found = rows(asked(capacity={"Nord": 50.0, "Sør": np.nan}), "capacity")
    assert found["Sør"][2] == 0


@pytest.mark.parametrize("field", ["value", "low", "high", "least", "most"])
def test_the_problem_holds_numbers_only(field: str) -> None:
    assert not np.isnan(getattr(asked(burden={"per_municipality": 1}, minimum={"each_county": 1}).problem, field)).any()
