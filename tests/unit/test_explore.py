"""The exploration draw: fixed numbers by office, known chances, the quiet and dependent likelier, nothing optimised."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko.plan import rules as plan_rules
from risiko.plan.explore import OTHER, QUIET, explore

AS_OF = date(2026, 6, 30)


def candidates(n: int = 60, *, quiet: int = 10, days: float = 10.0) -> pd.DataFrame:
    """Half of the services in each of two offices; the first ones of all are quiet."""
    return pd.DataFrame({
        "service_id": [f"s{i:03}" for i in range(n)], "office": ["Nord", "Sør"] * (n // 2), "days": days,
        "barred": "", "statutory": 0, "quiet": np.arange(n) < quiet, "waited_months": 24.0,
    })  # fmt: skip


def rules(share: float = 0.2, weight: float = 2.0) -> plan_rules.Rules:
    return plan_rules.shipped().with_changes({"exploration": {"share": share, "quiet_weight": weight}})


LEFT = pd.Series({"Nord": 150.0, "Sør": 100.0})


def drawn(seed: int = 1, **more: object) -> pd.DataFrame:
    return explore(more.pop("candidates", candidates()), rules(**more), LEFT, seed=seed, as_of=AS_OF)


def test_each_office_draws_its_share_of_the_visits_it_can_pay_for() -> None:
    frame = drawn()  # .2 × 150 / 10 = 3, .2 × 100 / 10 = 2
    assert frame[frame["drawn"]].groupby("office").size().to_dict() == {"Nord": 3, "Sør": 2}
    assert frame.groupby("office")["probability"].sum().to_dict() == pytest.approx({"Nord": 3, "Sør": 2})


def test_a_quiet_and_dependent_service_is_twice_as_likely_as_others_in_its_office() -> None:
    frame = drawn()
    nord = frame[frame["office"] == "Nord"].groupby("stratum")["probability"].first()
    assert nord[QUIET] == pytest.approx(2 * nord[OTHER], abs=2e-6)
    assert nord[OTHER] == pytest.approx(3 / (25 + 2 * 5), abs=2e-6)
    assert drawn(weight=1.0)["probability"].round(5).nunique() == 2  # one for each office; millionths are shared out


def test_services_are_drawn_as_often_as_their_probability_says() -> None:
    times = np.mean([drawn(seed)["drawn"] for seed in range(120)], axis=0)
    chance = drawn()["probability"].to_numpy()
    z = (times - chance) / np.sqrt(chance * (1 - chance) / 120)
    assert np.abs(z).max() < 4
    assert (z**2).mean() == pytest.approx(1, abs=0.5)


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    assert drawn(5).equals(drawn(5))
    assert not drawn(5)["drawn"].equals(drawn(6)["drawn"])


def test_those_barred_and_those_the_law_visits_take_no_part() -> None:
    frame = candidates()
    frame.loc[0, "waited_months"], frame.loc[1, "statutory"] = 11.9, 2  # visited lately; visited by law
    part = drawn(candidates=frame)
    assert "s000" not in set(part["service_id"])
    assert "s001" not in set(part["service_id"])
    assert len(part) == 58


@pytest.mark.parametrize("rule", ["skip", "postpone"])
def test_whom_a_planner_keeps_out_stays_in_the_draw_so_that_nobody_else_is_drawn_instead(rule: str) -> None:
    frame, first = candidates(), drawn(3)
    frame.loc[first["drawn"].to_numpy(), "barred"] = rule
    assert drawn(3, candidates=frame).equals(first)


@pytest.mark.parametrize("barred", ["", "skip", "postpone"])  # "": added by hand, which spacing does not bar
def test_a_planners_word_about_one_visited_lately_brings_it_into_no_draw(barred: str) -> None:
    frame = candidates()
    frame.loc[0, ["waited_months", "barred"]] = 3.0, "spacing"
    told = frame.assign(barred=frame["barred"].replace("spacing", barred))
    assert "s000" not in set(drawn(candidates=told)["service_id"])
    pd.testing.assert_frame_equal(drawn(candidates=told), drawn(candidates=frame))


def test_an_office_that_cannot_pay_for_the_dearest_visit_draws_none_and_says_so_by_a_probability_of_0() -> None:
    dear = candidates(days=120.0)
    frame = drawn(candidates=dear)
    assert frame[frame["drawn"]]["office"].tolist() == ["Nord"]  # 150 pays for one visit of 120 days, 100 for none
    assert (frame.loc[frame["office"] == "Sør", "probability"] == 0).all()


def test_where_as_many_are_drawn_as_there_are_everyone_is_in_for_sure() -> None:
    few = candidates(4, quiet=1, days=1.0)
    frame = drawn(candidates=few, share=1.0)
    assert frame["drawn"].all()
    assert (frame["probability"] == 1).all()


def test_no_share_no_draw() -> None:
    assert drawn(share=0.0).empty
