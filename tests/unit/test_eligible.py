"""Who could be visited: cost, waiting time, and what keeps a service out of a plan."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko.contracts import CONTRACTS, Tables
from risiko.errors import InputError
from risiko.plan import rules as plan_rules
from risiko.plan.eligible import Eligible, candidates_of, eligible, period
from tests.drawn import table

AS_OF = date(2026, 6, 30)
SERVICES = """
    service_id | known_date | name   | sector        | service_type      | provider_id | office | county | users | natural_person | valid_from | valid_to
    s1         | 2020-01-01 | Elva   | health        | nursing_home      | p1          | Nord   | Troms  | 40    | false          | 2010-01-01 |
    s2         | 2020-01-01 |        | health        | hospital          | p1          | Nord   | Troms  |       | false          |            |
    s3         | 2020-01-01 | Barne  | child_welfare | child_institution | p2          | Sør    | Agder  | 4     | false          | 2024-01-01 |
    s4         | 2020-01-01 | Lia    | health        | nursing_home      | p3          | Sør    | Agder  | 30    | false          | 2026-01-01 | 2027-03-01
    s5         | 2020-01-01 | Uten   | social        | social_office     |             |        |        | 10    | false          | 2000-01-01 |
"""
AREAS = """
    service_id | municipality | known_date | share
    s1         | Ask          | 2020-01-01 | 0.4
    s1         | Bø           | 2020-01-01 | 0.6
    s1         | Dal          | 2020-01-01 | 0
    s2         | Ask          | 2020-01-01 |
"""
VISITS = """
    supervision_id | service_id | event_date | known_date | kind       | selection
    v1             | s1         | 2019-07-01 | 2019-07-02 | inspection | risk
    v2             | s1         | 2018-07-01 | 2018-07-02 | inspection | risk
    v3             | s4         | 2026-03-01 | 2026-03-02 | inspection | risk
"""


def rules(**changes: object) -> plan_rules.Rules:
    return plan_rules.shipped().with_changes(changes)


def candidates(asked: plan_rules.Rules, drawn: str = SERVICES) -> pd.DataFrame:
    known: Tables = {"services": table("services", drawn), "areas": table("service_areas", AREAS)}
    services = known["services"].set_index("service_id")
    scores = pd.DataFrame({
        "likelihood": 0.1, "consequence": 2.0, "rank": np.arange(1, len(services) + 1), "rank_low": 1, "rank_high": 5,
        "p_top": 0.5,
    }, index=services.index)  # fmt: skip
    quiet = pd.Series([True, *[False] * (len(services) - 1)], index=services.index)
    return candidates_of(
        services, scores, scores["likelihood"] * scores["consequence"], areas=known["areas"],
        supervisions=table("supervisions", VISITS), quiet=quiet, rules=asked, as_of=AS_OF,
    ).set_index("service_id", drop=False)  # fmt: skip


def found(asked: plan_rules.Rules, **more: object) -> Eligible:
    spent = pd.Series({"Nord": 100.0, "Sør": 60.0})
    return eligible(candidates(asked).reset_index(drop=True), asked, as_of=AS_OF, **{"spent": spent, **more})


def left_out(asked: plan_rules.Rules, **more: object) -> dict[str, str]:
    rows = found(asked, **more).left_out
    return dict(zip(rows["service_id"], rows["reason"], strict=True))


def test_the_period_begins_the_day_after_the_list_and_lasts_whole_months() -> None:
    assert period(rules(), AS_OF) == (date(2026, 7, 1), date(2027, 6, 30))
    assert period(rules(period={"start": date(2027, 1, 31), "months": 1}), AS_OF) == (date(2027, 1, 31), date(2027, 2, 27))


def test_a_visit_costs_what_its_kind_costs_unless_the_type_has_a_cost_of_its_own() -> None:
    asked = rules(cost={"by_type": {"hospital": {"system_audit": 50}}, "points": {"system_audit": 3}})
    frame = candidates(asked)
    assert frame.loc[["s1", "s2", "s3"], "kind"].tolist() == ["inspection", "system_audit", "statutory_visit"]
    assert frame.loc[["s1", "s2", "s3"], "days"].tolist() == [11, 50, 3.5]
    assert frame.loc[["s1", "s2"], "points"].tolist() == [0, 3]


def test_waiting_counts_from_the_last_supervision_and_a_service_never_visited_waits_since_it_began() -> None:
    frame = candidates(rules(regularity={"longest_months": 72, "by_type": {"child_institution": 24}}))
    assert frame.loc["s1", "waited_months"] == pytest.approx(84, abs=0.1)  # 2019-07-01 to 2026-07-01
    assert frame.loc[["s2", "s3", "s5"], "waited_months"].isna().all()
    # s1 waited 84 > 72; s2 began nobody knows when; s3 is 30 months old, its type may wait 24; s4 is new; s5 is old
    assert frame["overdue"].to_dict() == {"s1": True, "s2": True, "s3": True, "s4": False, "s5": True}
    assert not candidates(rules(regularity={"longest_months": 0}))["overdue"].any()


def test_a_service_stands_in_every_municipality_it_serves_and_first_in_the_largest() -> None:
    frame = candidates(rules())
    assert frame.loc["s1", ["municipality", "municipalities"]].tolist() == ["Bø", "Bø|Ask"]
    assert frame.loc["s3", ["municipality", "municipalities"]].tolist() == ["", ""]


def test_what_the_law_owes_goes_by_type_by_the_length_of_the_period_and_by_a_column_of_the_register() -> None:
    assert candidates(rules())["statutory"].to_dict() == {"s1": 0, "s2": 0, "s3": 2, "s4": 0, "s5": 0}
    assert candidates(rules(period={"months": 6})).loc["s3", "statutory"] == 1
    services = table("services", SERVICES).assign(visits_owed=pd.Series([pd.NA, 1.0, 4.0, pd.NA, pd.NA], dtype="Float64"))
    asked = rules(statutory={"column": "visits_owed"})
    scores = pd.DataFrame(1.0, index=services["service_id"], columns=["likelihood", "consequence", "rank", "rank_low", "rank_high", "p_top"])
    frame = candidates_of(
        services.set_index("service_id"), scores, scores["rank"], areas=CONTRACTS["service_areas"].empty(),
        supervisions=CONTRACTS["supervisions"].empty(), quiet=scores["rank"] > 2, rules=asked, as_of=AS_OF,
    )  # fmt: skip
    assert frame["statutory"].tolist() == [0, 1, 4, 0, 0]


def test_everyone_left_out_has_a_reason() -> None:
    # s4 closes in the period (and was visited lately: the first reason stands); s5 has no office
    assert left_out(rules()) == {"s4": "closing", "s5": "no_office"}
    later = rules(period={"months": 6})
    assert left_out(later) == {"s4": "too_recent", "s5": "no_office"}
    assert found(later).left_out.set_index("service_id").loc["s4", "detail"] == "4.0"  # months
    assert left_out(rules(office={"any": True, "away_days": 1})) == {"s4": "closing"}


def test_a_barred_service_stays_a_candidate_with_the_rule_that_can_be_priced() -> None:
    frame = found(rules(period={"months": 6})).candidates
    assert dict(zip(frame["service_id"], frame["barred"], strict=True)) == {"s1": "", "s2": "", "s3": "", "s4": "spacing"}


def test_last_years_days_are_taken_in_proportion_to_the_period_and_what_was_said_as_it_is() -> None:
    for months, nord in ((12, 100.0), (6, 50.0), (1, 8.3), (60, 500.0)):
        here = found(rules(period={"months": months}, capacity={"person_days": {"Sør": 7}}))
        assert here.capacity.to_dict() == {"Nord": nord, "Sør": 7.0}


def test_a_period_that_is_over_is_no_plan() -> None:
    last = rules(period={"start": date(2025, 7, 1), "months": 12})  # to 2026-06-30, the as-of date itself
    with pytest.raises(InputError, match="is over at the as-of date") as caught:
        period(last, AS_OF)
    assert caught.value.where == "period.start"
    assert period(rules(period={"start": date(2025, 7, 2), "months": 12}), AS_OF)[1] == date(2026, 7, 1)


@pytest.mark.parametrize("start", [date(1, 1, 1), date(9999, 6, 1)])
def test_a_period_beyond_the_calendar_is_refused_by_its_key(start: date) -> None:
    with pytest.raises(InputError) as caught:
        rules(period={"start": start})
    assert caught.value.where == "rules, key period.start"


@pytest.mark.parametrize(("changes", "name"), [
    ({"capacity": {"person_days": {"Nrod": 5}}}, "Nrod"), ({"capacity": {"points": {"Nrod": 5}}}, "Nrod"),
    ({"minimum": {"county": {"Trom": 1}}}, "Trom"), ({"statutory": {"visits": {"nursing_hoem": 1}}}, "nursing_hoem"),
    ({"minimum": {"theme": [{"name": "t", "types": ["nursing_home", "spa"], "visits": 1}]}}, "spa"),
    ({"kinds": {"by_type": {"nursing_hoem": "inspection"}}}, "nursing_hoem"),
])  # fmt: skip
def test_a_name_in_the_rules_that_nothing_bears_is_told(changes: dict[str, object], name: str) -> None:
    told = found(rules(**changes)).notices
    assert told.loc[told["notice"] == "name_unmatched", "who"].tolist() == [name]
    assert "name_unmatched" not in set(found(rules()).notices["notice"])
    helper = rules(capacity={"person_days": {"Reserve": 5}}, office={"any": True, "away_days": 1})
    assert "name_unmatched" not in set(found(helper).notices["notice"])


def test_a_plan_for_an_office_that_nobody_belongs_to_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="'Nrod'") as caught:
        found(rules(office={"only": ["Nord", "Nrod"]}))
    assert (caught.value.where, caught.value.hint) == ("office.only", "Nord, Sør")


def test_a_joint_visit_names_each_service_once() -> None:
    with pytest.raises(InputError, match="each service once"):  # else it would save days by meeting itself
        rules(joint=[{"services": ["s1", "s1"], "saves_days": 5}])


def test_capacity_is_what_was_said_then_last_year_and_missing_is_not_zero() -> None:
    asked = rules(capacity={"person_days": {"Nord": 0.0}})
    here = found(asked, spent=pd.Series({"Nord": 100.0}))
    assert here.capacity["Nord"] == 0
    assert np.isnan(here.capacity["Sør"])
    notices = set(zip(here.notices["notice"], here.notices["who"], strict=True))
    assert notices == {("capacity_zero", "Nord"), ("capacity_missing", "Sør")}
    assert left_out(asked, spent=pd.Series({"Nord": 100.0})) == {
        "s1": "no_capacity", "s2": "no_capacity", "s4": "closing", "s5": "no_office",
    }  # fmt: skip
    lone = rules(capacity={"as_last_year": False, "person_days": {"Sør": 60}}, period={"months": 6})
    assert left_out(lone) == {"s1": "capacity_missing", "s2": "capacity_missing", "s4": "too_recent", "s5": "no_office"}


def test_last_years_days_are_said_to_be_last_years() -> None:
    told = found(rules()).notices
    assert told[["notice", "who", "number"]].to_numpy().tolist() == [
        ["capacity_last_year", "Nord", 100.0], ["capacity_last_year", "Sør", 60.0],
    ]  # fmt: skip


def test_only_the_named_offices_are_planned_for_and_the_others_are_not_told_of() -> None:
    here = found(rules(office={"only": ["Nord"]}))
    assert here.candidates["service_id"].tolist() == ["s1", "s2"]
    assert here.capacity.index.tolist() == ["Nord"]
    assert here.left_out.empty


def test_overrides_of_the_planner_hold_and_say_why() -> None:
    own = [
        {"service": "s1", "action": "skip", "reason": "recent_contact", "text": "We were there in June."},
        {"service": "s2", "action": "postpone", "reason": "new_management", "text": "New leader.", "until": date(2027, 9, 1)},
        {"service": "s4", "action": "add", "reason": "concern", "text": "Two tips."},
    ]
    here = found(rules(period={"months": 6}, override=own))
    said = here.left_out.set_index("service_id")
    assert said.loc[["s1", "s2"], "reason"].tolist() == ["skipped", "postponed"]
    assert said.loc["s2", "detail"] == "2027-09-01: New leader."
    # s4 was visited four months ago: who adds it by hand has said why, and it is visited all the same
    assert here.candidates.set_index("service_id").loc["s4", ["barred", "added"]].tolist() == ["", True]


def test_a_postponement_that_ends_within_the_period_keeps_no_one_out() -> None:
    own = [{"service": "s1", "action": "postpone", "reason": "other", "text": "Moving.", "until": date(2026, 10, 1)}]
    assert "s1" not in left_out(rules(override=own))


def test_the_last_word_about_a_service_holds() -> None:
    own = [
        {"service": "s1", "action": "skip", "reason": "other", "text": "No."},
        {"service": "s1", "action": "add", "reason": "tip", "text": "Yes after all."},
    ]
    frame = found(rules(override=own)).candidates.set_index("service_id")
    assert frame.loc["s1", ["barred", "added"]].tolist() == ["", True]


def test_a_locked_service_that_has_closed_or_never_was_is_told_and_stops_nothing() -> None:
    own = [
        {"service": "gone", "action": "add", "reason": "tip", "text": "Look."},
        {"service": "who", "action": "add", "reason": "tip", "text": "Look."},
        {"service": "old", "action": "skip", "reason": "other", "text": "No."},
    ]
    here = found(rules(override=own), closed={"gone": "Gamle Elva", "old": "Eldre"})
    rows = here.left_out.set_index("service_id")
    assert rows.loc[["gone", "who", "old"], "reason"].tolist() == ["closed", "unknown", "closed"]
    assert rows.loc["gone", "name"] == "Gamle Elva"
    told = here.notices[~here.notices["notice"].str.startswith("capacity")]
    assert told[["notice", "who"]].to_numpy().tolist() == [["add_closed", "gone"], ["add_unknown", "who"], ["override_unused", "old"]]


def test_a_service_without_a_free_month_is_left_out_but_not_one_that_the_law_visits() -> None:
    free = pd.DataFrame(True, index=["s1", "s2", "s3", "s4", "s5"], columns=["2026-07", "2026-08"])
    free.loc[["s1", "s3"]] = False
    assert left_out(rules(), free=free)["s1"] == "busy"
    assert "s3" not in left_out(rules(), free=free)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"exploration": {"share": 1.5}}, "exploration.share"),
        ({"capacity": {"person_days": {"Nord": -1}}}, "capacity.person_days.Nord"),
        ({"burden": {"per_munisipality": 2}}, "burden.per_munisipality"),
        ({"override": [{"service": "s1", "action": "skip", "reason": "other", "text": "  "}]}, "override.0"),
        ({"override": [{"service": "s1", "action": "postpone", "reason": "other", "text": "x"}]}, "override.0"),
        ({"version": 2}, "version"),
    ],
)
def test_a_faulty_rule_names_its_key(said: dict[str, object], key: str) -> None:
    from risiko.errors import InputError

    with pytest.raises(InputError) as error:
        rules(**said)
    assert error.value.where == f"rules, key {key}"
