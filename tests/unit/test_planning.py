"""A plan from end to end on a small authority: every rule held on the answer, dated, told, and made again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline
from risiko.contracts import CONTRACTS
from risiko.errors import InputError
from risiko.pipeline import planning
from risiko.pipeline.runs import Run
from risiko.plan.archive import PlanRecord, differences
from risiko.plan.problem import broken
from risiko.plan.rules import Rules, shipped
from risiko.plan.selection import Selection
from risiko.reasons import reasons_from_text
from risiko.vocabulary import GROUNDS, LEFT_OUT, PLAN_NOTICES, RULES
from tests import small_authority as small

NOW = datetime(2024, 7, 1, 8)
LIMITS = {
    "regularity": {"longest_months": 60, "share": 0.4}, "minimum": {"sector": {"social": 2}},
    "burden": {"per_provider": 6}, "spacing": {"months": 18},
}  # fmt: skip


@cache
def run() -> Run:
    return pipeline.rank(pipeline.prepare_tables(small.world(), small.END, small.rules()))


def rules(**changes: object) -> Rules:
    return shipped().with_changes({**LIMITS, **changes})


@cache
def made() -> planning.Draft:
    return planning.draft(run(), rules(), seed=7, made_at=NOW, by="KN", title="Test")


def record(draft: planning.Draft | None = None) -> PlanRecord:
    found = (draft or made()).record
    assert found is not None
    return found


def ids(selection: Selection) -> set[str]:
    return set(selection.services())


def test_the_plan_is_proved_and_keeps_every_row() -> None:
    plan, found = record(), made().selection
    assert plan.proved
    assert plan.worth == pytest.approx(plan.bound)
    assert plan.worth == pytest.approx(plan.visits["value"].sum())
    assert broken(found.posed.problem, found.solution.chosen) == []
    assert (plan.offices["used"] <= plan.offices["capacity"] + 1e-6).all()
    assert plan.offices["used"].sum() == pytest.approx(plan.visits["days"].sum())


def test_every_visit_has_a_ground_and_who_is_drawn_by_lot_is_said() -> None:
    plan = record()
    assert set(plan.visits["ground"]) <= set(GROUNDS)
    assert set(plan.visits.loc[plan.visits["ground"] == "draw", "service_id"]) == set(plan.frame.loc[plan.frame["drawn"], "service_id"])
    drawn = plan.visits[plan.visits["ground"] == "draw"]
    assert (drawn["probability"] > 0).all()
    assert {"statutory", "draw", "risk"} <= set(plan.visits["ground"])


def test_a_visit_stands_on_regularity_where_it_would_not_be_there_without_that_rule() -> None:
    strict = rules(regularity={"longest_months": 0, "by_type": {"general_practice": 24}, "share": 0.6})
    plan = record(planning.draft(run(), strict, seed=7, made_at=NOW, by="KN"))
    owed = set(plan.visits.loc[plan.visits["ground"] == "regularity", "service_id"])
    free = planning.choose(run(), rules(regularity={"longest_months": 0}), seed=7, priced=False)
    assert owed
    assert owed.isdisjoint(ids(free))
    waited = plan.visits.set_index("service_id").loc[sorted(owed), "waited_months"]
    assert (waited.fillna(np.inf) > 24).all()


def test_what_the_law_asks_for_is_planned_as_often_as_it_is_owed_and_evenly() -> None:
    visits = record().visits
    law = visits[visits["ground"] == "statutory"]
    homes = run().prepared.cohort.services["service_type"].eq("child_institution")
    assert law["service_id"].value_counts().to_dict() == dict.fromkeys(homes.index[homes], 2)
    months = law[law["month"] != ""].groupby("service_id")["month"].agg(["first", "last", "size"])
    assert (months.loc[months["size"] == 2, "first"] < months.loc[months["size"] == 2, "last"]).all()


def test_each_rule_has_a_price_and_without_it_the_plan_is_worth_that_much_more() -> None:
    prices = record().prices.set_index("rule")
    assert set(prices.index) <= set(RULES)
    assert (prices["price"] >= 0).all()
    dearest = prices.loc["spacing"]
    free = planning.choose(run(), rules(spacing={"months": 0}), seed=7, priced=False)
    # the draw is made among others when those visited lately take part, so the plan without the rule keeps the draw
    assert dearest["price"] > 0
    assert set(dearest["enters"].split("|")).isdisjoint(ids(made().selection))
    assert set(dearest["leaves"].split("|")) <= ids(made().selection)
    assert free.feasible


def test_beside_the_plan_stand_the_plain_list_last_year_and_chance() -> None:
    beside = record().beside.set_index("plan")
    assert beside.index.tolist() == ["plan", "top", "last_year", "random"]
    assert beside.loc["plan", "worth"] == pytest.approx(record().worth)
    assert beside.loc["random", "worth"] < beside.loc["plan", "worth"]


def test_each_visit_tells_why_from_its_own_signals() -> None:
    visits = record().visits
    ranked = visits[visits["ground"] != "statutory"]
    told = [reasons_from_text(text) for text in ranked["reasons"]]
    assert all(told)
    signals = {spec.name for spec in run().signals}
    assert {name for cell in visits["topics"] for name in cell.split("|") if name} <= signals
    assert (visits.loc[visits["ground"] == "statutory", "reasons"] == "").all()


def test_the_same_records_rules_and_seed_give_the_same_plan_and_another_seed_another_draw() -> None:
    again = planning.again(run(), record())
    assert again is not None
    assert differences(record(), again) == []
    other = planning.again(run(), replace(record(), seed=8))
    assert other is not None
    assert any(line.startswith("frame") for line in differences(record(), other))


def test_the_plan_of_one_office_holds_that_office_only() -> None:
    office = run().prepared.cohort.services["office"].value_counts().index[0]
    plan = record(planning.draft(run(), rules(office={"only": [office]}), seed=7, made_at=NOW, by="KN"))
    assert set(plan.visits["own_office"]) == {office}
    assert plan.offices["office"].tolist() == [office]


def test_more_statutory_visits_than_capacity_is_no_plan_and_says_what_collides() -> None:
    services = run().prepared.cohort.services
    office = services.loc[services["service_type"] == "child_institution", "office"].value_counts().index[0]
    found = planning.draft(run(), rules(capacity={"person_days": {office: 1.0}}), seed=7, made_at=NOW, by="KN")
    assert found.record is None
    assert found.selection.solution.status == "infeasible"
    first = found.selection.conflicts[0]
    assert {"capacity", "statutory"} <= set(first.rules)
    assert office in {row.what for row in first.rows}
    eased = [e for way in first.ways for e in way.easings if e.rule == "capacity" and e.what == office]
    owed = 3.5 * 2 * int(((services["service_type"] == "child_institution") & (services["office"] == office)).sum())
    assert eased[0].to == pytest.approx(owed)


def test_an_office_without_capacity_plans_nothing_and_its_services_are_listed() -> None:
    services = run().prepared.cohort.services
    none_owed = ~services["office"].isin(services.loc[services["service_type"] == "child_institution", "office"])
    office = services.loc[none_owed, "office"].value_counts()
    name = office.index[0] if len(office) else services["office"].value_counts().index[-1]
    changes = {"capacity": {"person_days": {name: 0.0}}, "statutory": {"visits": {"child_institution": 0}}}
    plan = record(planning.draft(run(), rules(**changes), seed=7, made_at=NOW, by="KN"))
    assert name not in set(plan.visits["office"])
    out = plan.left_out[plan.left_out["office"] == name]
    assert len(out) == (services["office"] == name).sum()
    assert "no_capacity" in set(out["reason"])
    assert set(plan.left_out["reason"]) <= set(LEFT_OUT)
    assert set(plan.notices["notice"]) <= set(PLAN_NOTICES)


def test_a_busy_service_is_visited_in_a_free_month_or_not_at_all() -> None:
    tables = dict(small.world())
    target = record().visits.loc[record().visits["ground"] == "risk", "service_id"].iloc[0]
    rows = pd.DataFrame({
        "busy_id": ["b1"], "known_date": [pd.Timestamp("2024-01-01")], "first_day": [pd.Timestamp("2024-07-01")],
        "last_day": [pd.Timestamp("2025-05-31")], "authority": ["Arbeidstilsynet"], "service_id": [target], "visits": [1],
    })  # fmt: skip
    tables["busy_periods"] = CONTRACTS["busy_periods"].conform(rows)
    busy = pipeline.rank(pipeline.prepare_tables(tables, small.END, small.rules()))
    visits = record(planning.draft(busy, rules(), seed=7, made_at=NOW, by="KN")).visits
    assert visits.loc[visits["service_id"] == target, "month"].tolist() == ["2025-06"]


def test_a_visit_postponed_into_the_period_comes_after_that_date() -> None:
    target = record().visits.loc[record().visits["ground"] == "risk", "service_id"].iloc[0]
    later = [{"service": target, "action": "postpone", "reason": "new_management", "text": "New leader.", "until": date(2025, 2, 1)}]
    visits = record(planning.draft(run(), rules(override=later), seed=7, made_at=NOW, by="KN")).visits
    assert (visits.loc[visits["service_id"] == target, "month"] >= "2025-02").all()


def test_a_service_added_by_hand_is_in_with_that_ground_and_one_skipped_is_out() -> None:
    inside = record().visits.loc[record().visits["ground"] == "risk", "service_id"].iloc[0]
    outside = sorted(set(record().frame["service_id"]) - set(record().visits["service_id"]))[0]
    own = [
        {"service": inside, "action": "skip", "reason": "recent_contact", "text": "Been there."},
        {"service": outside, "action": "add", "reason": "tip", "text": "Two calls."},
    ]
    plan = record(planning.draft(run(), rules(override=own), seed=7, made_at=NOW, by="KN"))
    assert plan.visits.set_index("service_id").loc[outside, "ground"] in ("override", "draw")
    assert inside not in set(plan.visits["service_id"])
    assert plan.left_out.set_index("service_id").loc[inside, ["reason", "detail"]].tolist() == ["skipped", "Been there."]


def test_a_drawn_service_that_is_skipped_is_told_and_draws_nobody_else() -> None:
    target = record().visits.loc[record().visits["ground"] == "draw", "service_id"].iloc[0]
    own = [{"service": target, "action": "skip", "reason": "ongoing_case", "text": "The police are there."}]
    found = planning.choose(run(), rules(override=own), seed=7, priced=False)
    assert found.frame.equals(made().selection.frame)
    assert target not in ids(found)
    told = found.notices[found.notices["notice"] == "draw_skipped"]
    assert told["who"].tolist() == [target]


def test_a_cautious_objective_counts_what_is_nearly_sure() -> None:
    plain, sure = planning.candidates(run(), rules()), planning.candidates(run(), rules(objective={"quantile": 0.1}))
    assert (sure["value"] < plain["value"]).all()
    assert plain["value"].to_numpy() == pytest.approx((plain["likelihood"] * plain["consequence"]).to_numpy())


def test_the_preview_keeps_the_rules_and_its_bound_holds() -> None:
    quick = planning.choose(run(), rules(), seed=7, fast=True)
    assert quick.solution.status == "greedy"
    assert broken(quick.posed.problem, quick.solution.chosen) == []
    assert quick.solution.worth <= record().worth + 1e-9 <= quick.solution.bound + 2e-9


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(InputError, match="seed"):
        planning.choose(run(), rules(), seed=-1)


def test_what_the_planner_fills_in_stays_with_the_visit() -> None:
    first = record().visits["service_id"].iloc[0]
    filled = planning.with_fields(record(), pd.Series({first: "interviews|organisation"}), pd.Series({first: "Call first."}))
    row = filled.visits[filled.visits["service_id"] == first].iloc[0]
    assert (row["involvement"], row["note"]) == ("interviews|organisation", "Call first.")
    assert (filled.visits.loc[filled.visits["service_id"] != first, "involvement"] == "").all()
    assert differences(record(), filled) == []


def test_the_price_of_joint_visits_counts_the_days_they_save() -> None:
    free = record().visits[record().visits["ground"] == "risk"]
    pair = free.groupby("office")["service_id"].agg(list).loc[lambda ids: ids.str.len() > 1].iloc[0][:2]
    # both are in anyway, and together take 12 days less: without the rule the plan is worth no more
    found = planning.choose(run(), rules(joint=[{"services": pair, "saves_days": 12.0}]), seed=7)
    [price] = [price for price in found.prices if price.rule == "joint"]
    assert price.gained == pytest.approx(record().worth - found.solution.worth)
    assert price.gained <= 0
