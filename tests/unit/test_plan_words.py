"""A plan in words: each ground with its own numbers, every rule with its values, whole and plain in three languages."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from risiko import settings
from risiko.i18n import LANGUAGES, Translator
from risiko.plan import rules as plan_rules
from risiko.plan.archive import PlanRecord, conform
from risiko.reports.names import Names
from risiko.reports.plan_memo import memo
from risiko.reports.plan_rule_words import rule_lines
from risiko.reports.plan_visit_words import dimensions, involvement, main_reasons, month, topics, why
from risiko.reports.plan_words import PlanWords
from risiko.vocabulary import GROUNDS, INVOLVEMENT, LEFT_OUT, OVERRIDE_REASONS, PLAN_NOTICES, RULES
from tests.plans import OVERRIDE, a_plan
from tests.unit.test_i18n import ONLY_BOKMAL, ONLY_NYNORSK
from tests.unit.test_reason_words import FORBIDDEN

NBSP = "\u00a0"
# Every rule with a value of its own.
ALL_RULES: dict[str, Any] = {
    "capacity": {"person_days": {"Nord": 40.5}, "points": {"Nord": 12}, "as_last_year": False},
    "cost": {"by_type": {"nursing_home": {"inspection": 8}}, "points": {"system_audit": 2}},
    "statutory": {"column": "visits_a_year"}, "regularity": {"by_type": {"hospital": 24}},
    "minimum": {
        "sector": {"child_welfare": 43}, "county": {"Innlandet": 1}, "each_county": 2,
        "theme": [{"name": "Legemidler", "types": ["nursing_home"], "visits": 5, "per_office": 1}],
    },
    "burden": {"per_municipality": 3, "per_provider": 4}, "objective": {"quantile": 0.95}, "office": {"any": True, "only": ["Nord", "Sør"]},
    "joint": [{"services": ["s005", "s007"], "saves_days": 2.5, "why": "same house"}],
    "override": [
        OVERRIDE, {"service": "s014", "action": "skip", "reason": "recent_contact", "text": "We were there in May."},
        {"service": "s009", "action": "postpone", "reason": "new_management", "text": "Let them start.", "until": "2026-12-01"},
    ],
}  # fmt: skip


@cache
def names(language: str) -> Names:
    return Names(Translator(language, strict=True), settings.load())


def words(record: PlanRecord | None = None, language: str = "en", **kept: Any) -> PlanWords:
    return PlanWords(record or a_plan(), names(language), **kept)


def whys(plan: PlanWords) -> dict[str, list[str]]:
    return {visit["ground"]: why(visit, plan) for visit in plan.visits}


def with_rules(changes: dict[str, Any]) -> PlanRecord:
    return a_plan(rules=plan_rules.shipped().with_changes(changes))


def test_every_ground_is_told_with_its_own_numbers() -> None:
    assert whys(words()) == {
        "statutory": ["The law requires visits here, whatever the place on the list."],
        "draw": ["Drawn by lot; the chance was 16.7%. Some are drawn so that the authority also learns about services nobody "
                 "pointed at. The draw says nothing about this service."],
        "override": ["Added by KN (a concern was raised): “Two nurses called us.”"],
        "regularity": ["It is 80 months since the last supervision. Nobody is to wait longer than 72 months."],
        "coverage": ["In because the plan is to reach widely: Innlandet (at least 1)."],
        "risk": ["Place 72 on the list; 9 times out of 10 it lies between 67 and 92. The chance of being among the 6 the list "
                 "was made for is 43%."],
    }  # fmt: skip


def test_all_grounds_that_apply_are_told_the_first_first() -> None:
    record = a_plan(["draw"])
    told = words(replace(record, visits=record.visits.assign(grounds="draw|risk")))
    assert [text[:12] for text in why(told.visits[0], told)] == ["Drawn by lot", "Place 12 on "]


def test_the_law_is_told_with_its_number_only_where_the_type_alone_decides_it() -> None:
    by_type = {"statutory": {"visits": {"nursing_home": 2}}}
    assert whys(words(with_rules(by_type)))["statutory"][0].startswith("The law requires at least 2 visits a year")
    declared = {"statutory": {**by_type["statutory"], "column": "visits_a_year"}}
    assert whys(words(with_rules(declared)))["statutory"] == ["The law requires visits here, whatever the place on the list."]


@pytest.mark.parametrize(("waited", "said"), [
    (72.4, "It is 72.4 months since the last supervision. Nobody is to wait longer than 24 months."),
    (np.nan, "Never visited, as far as we know. Nobody is to wait longer than 24 months."),
])  # fmt: skip
def test_a_long_wait_is_told_in_months_and_none_as_never(waited: float, said: str) -> None:
    record = a_plan(["regularity"], rules=plan_rules.shipped().with_changes({"regularity": {"by_type": {"nursing_home": 24}}}))
    told = words(replace(record, visits=record.visits.assign(waited_months=waited)))
    assert why(told.visits[0], told) == [said]


def test_coverage_names_the_minimum_that_the_prices_hold_it_to_and_otherwise_all_that_it_counts_for() -> None:
    record = with_rules({**ALL_RULES, "minimum": {**ALL_RULES["minimum"], "sector": {"health": 7}}})
    assert whys(words(record))["coverage"] == ["In because the plan is to reach widely: Innlandet (at least 1)."]
    unpriced = words(replace(record, prices=record.prices.iloc[:0]))
    assert whys(unpriced)["coverage"] == [
        "In because the plan is to reach widely: Health and care (at least 7), Innlandet (at least 1), Legemidler (at least 5) "
        "and visited together with s007."
    ]
    assert whys(words(a_plan(rules=plan_rules.shipped())))["coverage"] == ["In because the plan is to reach widely."]


def test_an_override_without_a_name_or_gone_from_the_rules_is_still_told() -> None:
    assert whys(words(with_rules({"override": [{**OVERRIDE, "by": ""}]})))["override"][0].startswith("Added by a planner (a ")
    assert whys(words(with_rules({"override": []})))["override"] == ["Added by a planner."]


def test_reasons_topics_dimensions_month_and_involvement_are_those_of_the_visit() -> None:
    record = a_plan(["risk", "risk"])
    record = replace(record, visits=record.visits.assign(involvement=["interviews|user_in_team", ""], month=["2026-09", ""]))
    told = words(record)
    first, second = sorted(told.visits, key=lambda visit: str(visit["service_id"]))
    assert main_reasons(first, told)[0].startswith("Complaints, three years: more than at similar services, 3.1 against 1.2")
    assert main_reasons({**first, "reasons": ""}, told) == []
    assert (topics(first, told), dimensions(first, told)) == ("complaints, three years", "safe, involving users")
    assert [involvement(v, told) for v in (first, second)] == ["interviews with users, user in the team", "not filled in yet"]
    assert [month(v, told) for v in (first, second)] == ["September 2026", "no month is free"]


def test_visits_stand_by_office_and_month_those_without_one_last() -> None:
    record = a_plan(["risk"] * 4)
    record = replace(record, visits=record.visits.assign(month=["", "2026-09", "2026-08", "2026-07"]))
    assert [visit["service_id"] for visit in words(record).visits] == ["s003", "s001", "s004", "s002"]


PRICED = pd.DataFrame({
    "rule": ["capacity", "regularity", "spacing", "joint", "skip"], "price": [2.5, 0.4, 0.2, 0.1, 0.0],
    "price_findings": [1.34, 0.04, -0.2, 0.1, 0.0], "enters": ["|".join(f"s{n:03}" for n in range(7, 14)), "s009", "s009", "", ""],
    "leaves": ["", "s004", "s004", "s005", ""], "proved": [True, True, True, False, True],
})  # fmt: skip


def test_a_price_is_told_with_who_would_come_in_and_who_would_go_out() -> None:
    record = a_plan(prices=conform("prices", PRICED))
    assert words(record, called={"s009": "Dalen"}).prices() == [
        ("Person-days", "The rule costs 1.3 expected serious findings. Without it these would come in: s007, s008, Dalen, s010, "
                        "s011 and 2 more."),
        ("Regularity", "Without the rule as many serious findings are expected. Without it these would come in: Dalen. These "
                       "would go out: Hus 4."),
        ("Time since the last visit", "Without the rule 0.2 fewer serious findings are expected, though the plan would be worth "
                                      "more by its objective. Without it these would come in: Dalen. These would go out: Hus 4."),
        ("Visited together", "The rule costs 0.1 expected serious findings. These would go out: Hus 5. The number is an "
                             "estimate; it is not proved."),
        ("Skipped", "The rule does not change who is in the plan."),
    ]  # fmt: skip


def test_offices_and_other_ways_are_told_in_numbers_and_what_nobody_gave_is_not_zero() -> None:
    assert words().offices() == [
        "Nord: 21.5 of 40 person-days for 3 visits. Of these, visits required by law take 3.5 and the draw 0.",
        "Sør: person-days are not given. The plan uses 33 for 3 visits.",
    ]
    assert words().beside()[::3] == [
        "This plan: 6 visits, 54.5 person-days and 0.7 expected serious findings.",
        "A random choice: 6 visits, 54.5 person-days and 0.4 expected serious findings. 2 of the services are in the plan too.",
    ]


@pytest.mark.parametrize(("reason", "detail", "said"), [
    ("too_recent", "11.7", "11.7 months since the last supervision; at least 12 months must pass"),
    ("too_recent", "?", "missing data months since the last supervision; at least 12 months must pass"),
    ("closing", "2026-12-31", "closes on 31 Dec 2026"), ("skipped", "We were there.", "“We were there.”"),
    ("postponed", "2026-12-01: Let them start.", "“2026-12-01: Let them start.”"), ("no_office", "", ""),
])  # fmt: skip
def test_what_stands_beside_a_service_left_out(reason: str, detail: str, said: str) -> None:
    record = a_plan()
    told = words(replace(record, left_out=record.left_out.iloc[:1].assign(reason=reason, detail=detail)))
    assert told.left_out() == [(told.t.word("plan_left_out", reason), said)]


def test_a_notice_names_the_service_or_sector_and_counts_one_as_one() -> None:
    drawn = pd.DataFrame({"notice": ["capacity_missing", "minimum_lowered", "add_closed", "capacity_last_year", "not_proved"],
                          "who": ["Sør", "child_welfare", "s003", "Nord", ""], "number": [1.0, 3.0, 0.0, 12.5, np.nan]})  # fmt: skip
    assert words(a_plan(notices=conform("notices", drawn))).notices() == [
        "Sør: person-days are not given. Its one service cannot be in the plan until the rules give a number.",
        "The minimum for Child welfare was lowered to 3; no more can be visited.",
        "Hus 3 was added, but has closed and cannot be visited.",
        "Nord: nobody gave person-days. We used 12.5, which is what the supervisions of the last twelve months took, "
            "or what the rules say such visits cost where no days are on record.",
        "The plan keeps every rule, but it is not proved that no plan is better.",
    ]


def test_offices_that_got_last_year_s_person_days_are_told_together() -> None:
    drawn = pd.DataFrame({"notice": ["capacity_last_year", "draw_none", "capacity_last_year"], "who": ["Nord", "", "Sør"],
                          "number": [12.5, 0.0, 3.0]})  # fmt: skip
    assert words(a_plan(notices=conform("notices", drawn))).notices() == [
        "Nobody gave person-days for Nord (12.5) and Sør (3). We used what the supervisions of the last twelve months took, "
            "or what the rules say such visits cost where no days are on record.",
        "Nobody is drawn by lot. Findings will then only tell about those we chose ourselves.",
    ]


def test_every_rule_is_told_with_its_values() -> None:
    record = a_plan(rules=plan_rules.shipped().with_changes(ALL_RULES))
    told = dict(rule_lines(words(record)))
    assert set(told) == {*RULES, "period", "cost", "kinds", "objective", "office"}
    assert {name: told[name] for name in ("points", "statutory", "minimum_sector", "minimum_county", "minimum_theme")} == {
        "points": "Nord: 12",
        "statutory": "Child welfare institution: 2 a year. Where the column visits_a_year has a number for the service, that number holds.",
        "minimum_sector": "Child welfare (at least 43)", "minimum_county": "Innlandet (at least 1); each county (at least 2)",
        "minimum_theme": "Legemidler [Nursing home] (at least 5); Legemidler [Nursing home], each office (at least 1)",
    }  # fmt: skip
    assert told["capacity"] == "Nord: 40; Sør: missing data"
    assert "Nursing home, on-site inspection: 8; system audit, points: 2" in told["cost"]
    assert told["regularity"].endswith("have waited longer than 72 months. Hospital: 24 months")
    assert told["burden_municipality"] == "At most 3 in the period. Other authorities' visits count. At most 2 in the same month."
    assert told["burden_provider"] == "At most 4 in the period. Other authorities' visits count."
    assert told["joint"] == "Hus 5 and s007; saves 2.5 person-days (same house)"
    assert told["postpone"] == "s009 (until 1 Dec 2026): new management, “Let them start.”"
    assert told["objective"] == "Likelihood times consequence, at the 95% quantile of what it could be."
    assert told["office"] == "The plan is for Nord and Sør only. Every office may go anywhere; that costs 2 extra person-days."


def test_rules_that_are_off_say_so() -> None:
    off = {"exploration": {"share": 0}, "regularity": {"share": 0}, "spacing": {"months": 0}, "burden": {"per_month": 0},
           "statutory": {"visits": {"child_institution": 0}}}  # fmt: skip
    told = dict(rule_lines(words(with_rules(off))))
    asked = ("draw", "regularity", "spacing", "statutory", "burden_municipality", "points", "joint")
    assert {told[rule] for rule in asked} == {"no such rule"}


def test_a_plan_that_is_not_saved_says_so_and_one_that_is_names_its_line() -> None:
    assert words(language="nb").state == "utkast – ikke lagret"
    kept = words(language="nb", number=12, sha256="ab12")
    assert kept.state == "Plan nr. 12 i loggen"
    assert dict(kept.facts())["Fingeravtrykk (SHA-256)"] == "ab12"
    assert "Fingeravtrykk (SHA-256)" not in dict(words(language="nb").facts())


def test_a_plan_that_is_not_proved_says_how_much_better_another_could_be() -> None:
    assert dict(words(a_plan(proved=False, bound=1.5)).facts())["Is the plan proved to be the best?"] == (
        "No: a plan that keeps the rules may be worth up to 1.500.")  # fmt: skip


def everything(language: str) -> list[str]:
    """All that can be said of a plan with every rule, notice, reason to be left out and way to involve users."""
    record = a_plan(rules=plan_rules.shipped().with_changes(ALL_RULES), prices=conform("prices", PRICED))
    rows = range(len(LEFT_OUT))
    out = pd.DataFrame({"service_id": [f"x{n}" for n in rows], "name": [f"Hus {n}" for n in rows], "office": "Nord",
                        "reason": LEFT_OUT, "detail": "2026-12-31"})  # fmt: skip
    notices = pd.DataFrame([(word, "Nord", n) for word in PLAN_NOTICES for n in (1.0, 3.0)], columns=["notice", "who", "number"])
    record = replace(record, left_out=conform("left_out", out), notices=conform("notices", notices),
                     visits=record.visits.assign(involvement="|".join(INVOLVEMENT)))  # fmt: skip
    told = words(record, language)
    said = [*told.caveats()[1:], *told.notices(), *told.offices(), *told.beside(), *(text for _, text in told.prices())]
    said += [f"{of}." for pair in (*told.left_out(), *rule_lines(told)) for of in pair]
    for visit in told.visits:
        said += [*why(visit, told), involvement(visit, told), topics(visit, told), dimensions(visit, told), month(visit, told)]
    said += [told.t.word("override_reason", reason) for reason in OVERRIDE_REASONS]
    for section in memo(told):
        said += [section.title, *(text for text in section.blocks if isinstance(text, str))]
    return said


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_said_is_whole_and_says_nothing_bad_of_anyone(language: str) -> None:
    said = everything(language)
    assert len(said) > 130
    caveat = Translator(language)("ranking.caveat")
    assert [x for x in said if FORBIDDEN.search(x) and x != caveat] == []
    assert [x for x in said if re.search(r"[{}]|\bNone\b(?! (?:of|are))|\bnan\b|  | [.,;)]|plan\.\w|plan_\w", x)] == []
    foreign = {"nb": ONLY_NYNORSK, "nn": ONLY_BOKMAL, "en": set()}[language]
    assert [x for x in said if set(re.findall(r"\w+", x.lower())) & foreign] == []


def test_the_memo_counts_visits_by_ground_and_those_that_could_as_well_be_others() -> None:
    record = a_plan([*GROUNDS, "risk", "risk"])
    record = replace(record, visits=record.visits.assign(p_top=[0.9] * 7 + [0.2]))
    sections = {section.title: section.blocks for section in memo(words(record))}
    order = sections["How the choice was made"][1]
    assert [item.split(":")[0] for item in order.items] == [
        "Required by law (1 visit)", "Drawn by lot (1 visit)", "Added by a planner (1 visit)", "Regularity (1 visit)",
        "Coverage (1 visit)", "Risk (3 visits)",
    ]  # fmt: skip
    assert sections["How sure we are"][0].items[1].startswith("Of 3 visits chosen by risk there is 1 where the chance")


def test_a_plan_without_visits_draw_or_anyone_left_out_is_told_too() -> None:
    record = a_plan([], others=2)
    record = replace(record, left_out=record.left_out.iloc[:0], frame=record.frame.iloc[:0], prices=record.prices.iloc[:0])
    said = str(memo(words(record)))
    assert "Services: 0, with 0 visits taking 0 person-days." in said
    for text in ("Nobody is drawn by lot in this plan.", "Every service on the list could have been in the plan.",
                 "What the rules cost has not been reckoned for this plan."):  # fmt: skip
        assert text in said


def test_what_a_finding_expected_means_hangs_on_the_score() -> None:
    assert "not calibrated" in words().findings_note
    assert "the model learned-3, which learned" in words(a_plan(model_id="learned-3")).findings_note
