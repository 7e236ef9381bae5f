"""Every fault of a submission: an example that has it, and the same without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from risiko.i18n import LANGUAGES, Translator
from risiko.i18n.families import FAMILIES
from risiko.intake.checking import REASONS, faults
from risiko.intake.fault_words import fault_words
from risiko.intake.methods import METHOD_FORMS
from risiko.intake.submission import Fault, ItemMean, Quote, Said, Submission
from risiko.vocabulary import METHODS
from tests.submissions import KNOWN, drawn, good

ITEM = ItemMean("gs_peq", "involved", 20, 50.0, service_id="s1")


def one(**changes: Any) -> dict[str, Any]:
    return {"said": (replace(Said(service_id="s1", score=55.0), **changes),)}


def two(**changes: Any) -> dict[str, Any]:
    """What was said of two services, the second with changes."""
    return {"said": (Said(service_id="s1", score=55.0, n=10), replace(Said(service_id="s2", score=45.0, n=10), **changes))}


def item(**changes: Any) -> dict[str, Any]:
    return {"items": (replace(ITEM, **changes),)}


def quote(**changes: Any) -> dict[str, Any]:
    return {"quotes": (replace(Quote("Vi ventet.", agreed=True), **changes),)}


# reason, field, method, what is wrong, the same put right
CASES: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("missing", "user_group", "interview", {"user_group": ""}, {"user_group": "relatives"}),
    ("missing", "n", "interview", {"n": None}, {"n": 12}),
    ("missing", "last_day", "interview", {"last_day": None}, {"last_day": date(2026, 4, 1)}),
    ("missing", "n_invited", "survey", {"n_invited": None}, {"n_invited": None, "reached": "open_invitation"}),
    ("missing", "youngest", "focus_group", {"youngest": None}, {"youngest": 19}),
    ("missing", "reached_how", "organisation_report", {"reached_how": "  "}, {"reached_how": "møter i lokallagene"}),
    ("missing", "asked_by", "flow_chart", {"asked_by": ""}, {"asked_by": "tre brukere og en ansatt"}),
    ("missing", "items.1.item", "survey", item(item=" "), item(item="waiting")),
    ("not_a_choice", "method", "interview", {"method": "rumour"}, {"method": "interview"}),
    ("not_a_choice", "reached", "interview", {"reached": "by chance"}, {"reached": "random_sample"}),
    ("not_a_choice", "said.1.dimension", "interview", one(dimension="cosy"), one(dimension="involving")),
    ("not_a_choice", "said.1.criticality", "narrative", one(score=None, criticality="awful"),
     one(score=None, criticality="critical")),
    ("not_a_choice", "quotes.1.may_show", "interview", quote(may_show="press"), quote(may_show="public")),
    ("not_a_choice", "items.1.instrument", "survey", item(instrument="peq"), item(instrument="own")),
    ("unknown_organisation", "organisation", "interview", {"organisation": "Seniorlaget Høstvid"},
     {"organisation": "Seniorlaget Høstvid", "new_organisation": True}),
    ("unknown_organisation", "organisation", "interview", {"organisation": "Laget"}, {"organisation": "SENIORLAGET høstvind"}),
    ("number_in_name", "organisation", "interview", {"organisation": "Ola 998 87 766", "new_organisation": True},
     {"organisation": "Ola Nordmanns minnefond", "new_organisation": True}),
    ("person_in_name", "organisation", "interview", {"organisation": "Kari Nordmann", "new_organisation": True},
     {"organisation": "Karittoget", "new_organisation": True}),
    ("unknown_service", "said.1.service_id", "interview", one(service_id="s9"), one(service_id="s2")),
    ("unknown_type", "said.1.service_type", "interview", one(service_id="", service_type="nursing", area="Troms"),
     one(service_id="", service_type="nursing_home", area="troms")),
    ("unknown_area", "said.1.area", "interview", one(service_id="", service_type="home_care", area="Trøms"),
     one(service_id="", service_type="home_care", area="Tromsø")),
    ("unknown_item", "items.1.item", "survey", item(item="parking"), item(item="organised")),
    ("no_subject", "said.1", "interview", one(service_id="", area="Troms"),
     one(service_id="", area="Troms", service_type="home_care")),
    ("nothing_said", "said", "interview", {"said": ()}, one()),
    ("empty_row", "said.1", "interview", one(score=None), one(score=None, text="Ingen ringte tilbake.")),
    ("not_for_method", "said.1.score", "narrative", one(), one(score=None, criticality="minor")),
    ("not_for_method", "said.1.criticality", "survey", one(score=None, criticality="minor"), one()),
    ("not_for_method", "items", "focus_group", item(n=5), {"items": ()}),
    ("no_people", "n", "interview", {"n": 0}, {"n": 1}),
    ("no_people", "n_invited", "interview", {"n_invited": 0}, {"n_invited": 40}),
    ("no_people", "said.1.n", "survey", one(n=0), one(n=3)),
    ("no_people", "items.1.n", "survey", item(n=0), item(n=1)),
    ("too_many_people", "n", "narrative", {"n": 2, "n_invited": None}, {"n": 1, "n_invited": None}),
    ("too_many_people", "n", "focus_group", {"n": 900, "n_invited": None}, {"n": 9, "n_invited": None}),
    ("too_many_people", "n_invited", "survey", {"n_invited": 10**30}, {"n_invited": 400}),
    ("too_many_people", "n", "survey", {"n": 10**400}, {"n": 40}),
    ("too_many_people", "said.1.n_invited", "survey", one(n=5, n_invited=10**400), one(n=5, n_invited=10**3)),
    ("too_many_people", "items.1.n_blank", "survey", item(n_blank=10**30), item(n_blank=10)),
    ("missing", "organisation", "interview", {"organisation": "\u200b", "new_organisation": True},
     {"organisation": "Laget\nNy", "new_organisation": True}),
    ("missing", "organisation", "interview", {"organisation": "***", "new_organisation": True},
     {"organisation": "4H", "new_organisation": True}),
    ("more_than_invited", "n", "survey", {"n": 110, "n_invited": 100}, {"n": 100, "n_invited": 100}),
    ("more_than_invited", "said.1.n", "survey", one(n=11, n_invited=10), one(n=10, n_invited=10)),
    ("sexes_exceed_n", "n_men", "interview", {"n": 12, "n_women": 7, "n_men": 6}, {"n": 12, "n_women": 7, "n_men": 4}),
    ("part_exceeds_n", "said.1.n", "survey", one(n=41), one(n=40)),
    ("part_exceeds_n", "items.1.n", "survey", item(n=41), item(n=40)),
    ("negative", "n_women", "interview", {"n_women": -1}, {"n_women": 0}),
    ("negative", "items.1.n_blank", "survey", item(n_blank=-1), item(n_blank=0)),
    ("negative", "items.1.design_effect", "survey", item(design_effect=-0.1), item(design_effect=1.4)),
    ("age_outside", "oldest", "interview", {"oldest": 1950}, {"oldest": 76}),
    ("youngest_above_oldest", "oldest", "interview", {"youngest": 60, "oldest": 30}, {"youngest": 30, "oldest": 30}),
    ("date_future", "last_day", "interview", {"last_day": date(2062, 1, 1)}, {"last_day": KNOWN.today}),
    ("date_too_early", "first_day", "interview", {"first_day": date(1988, 3, 1)}, {"first_day": date(2026, 3, 1)}),
    ("last_before_first", "last_day", "interview", {"last_day": date(2026, 3, 1)}, {"last_day": date(2026, 3, 2)}),
    ("kept_into_past", "keep_until", "interview", {"keep_until": date(2026, 4, 30)}, {"keep_until": KNOWN.today}),
    ("kept_too_long", "keep_until", "interview", {"keep_until": date(2032, 5, 2)}, {"keep_until": date(2032, 5, 1)}),
    ("score_outside", "said.1.score", "interview", one(score=101.0), one(score=100.0)),
    ("score_outside", "said.1.score", "interview", one(score=float("nan")), one(score=0.0)),
    ("score_outside", "items.1.mean", "survey", item(mean=-1.0), item(mean=0.0)),
    ("spread_outside", "said.1.spread", "interview", one(spread=72.0), one(spread=70.7)),
    ("survey_without_n", "said.2.n", "survey", two(n=None), two()),
    ("no_consent", "consent", "interview", {"consent": ""}, {"consent": "guardian_agreed"}),
    ("consent_not_enough", "consent", "video", {"consent": "anonymous_answers"}, {"consent": "agreed"}),
    ("consent_not_enough", "consent", "narrative", {"consent": "anonymous_answers"}, {"consent": "guardian_agreed"}),
    ("quote_without_agreement", "quotes.1.agreed", "interview", quote(agreed=False), {"quotes": ()}),
    ("empty_quote", "quotes.1.text", "interview", quote(text=" \n"), quote(text="Nei.")),
    ("text_too_long", "said.1.text", "interview", one(text="a" * 20_001), one(text="a" * 20_000)),
    ("text_too_long", "organisation", "interview", {"organisation": "a" * 201, "new_organisation": True},
     {"organisation": "a" * 200, "new_organisation": True}),
    ("scale_1_10", "said.1.score", "interview", one(score=4.0), one(score=0.0)),
    ("scale_1_10", "items.1.mean", "survey", {"said": (), **item(mean=4.2)}, {"said": (), **item(mean=42.0)}),
    ("low_response", "n_invited", "survey", {"n": 9, "n_invited": 100}, {"n": 10, "n_invited": 100}),
    ("unusual_people", "n", "focus_group", {"n": 3}, {"n": 4}),
    ("unusual_people", "n", "focus_group", {"n": 13}, {"n": 12}),
    ("child_consent", "consent", "interview", {"youngest": 15}, {"youngest": 15, "consent": "guardian_agreed"}),
    ("both_given", "said.1.criticality", "interview", one(criticality="good"), one(score=None, criticality="good")),
    ("said_twice", "said.2", "interview", two(service_id="s1"), two(service_id="s1", dimension="safe")),
    ("long_period", "first_day", "interview", {"first_day": date(2024, 4, 1)}, {"first_day": date(2024, 5, 1)}),
    ("texts_lapsed", "keep_until", "interview",
     {"first_day": date(2022, 1, 1), "last_day": date(2023, 4, 30)},
     {"first_day": date(2022, 1, 1), "last_day": date(2023, 4, 30), "keep_until": date(2027, 1, 1)}),
    ("masked", "said.1.text", "interview", one(text="Ring meg på 998 87 766."), one(text="Ring meg.")),
    ("masked", "wants_back", "interview", {"wants_back": "Svar til ola@post.no"}, {"wants_back": "Et svar til jul."}),
]  # fmt: skip
DOUBTS = {
    "scale_1_10", "low_response", "unusual_people", "child_consent", "both_given", "said_twice", "long_period",
    "texts_lapsed", "masked", "person_in_name",
}  # fmt: skip
# Told by the pipeline, which knows the store, and by the reduction of raw answers.
ELSEWHERE = {
    "stands_already", "delivered_twice", "no_questions", "answer_outside", "more_like_this", "no_answers",
    "weight_outside", "respondent_twice",
}  # fmt: skip


def told(submission: Submission) -> set[tuple[str, str]]:
    return {(fault.reason, fault.field) for fault in faults(submission, KNOWN)}


@pytest.mark.parametrize(("reason", "field", "method", "wrong", "right"), CASES, ids=lambda x: x if isinstance(x, str) else "")
def test_a_fault_is_told_at_its_field_and_gone_when_it_is_put_right(
    reason: str, field: str, method: str, wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    found = faults(good(method, **wrong), KNOWN)
    mine = [fault for fault in found if (fault.reason, fault.field) == (reason, field)]
    assert len(mine) == 1
    assert mine[0].rejected == (reason not in DOUBTS)
    assert (reason, field) not in told(good(method, **right))


def test_every_reason_has_its_example_and_its_words() -> None:
    assert {case[0] for case in CASES} | ELSEWHERE == set(REASONS)
    assert len(set(REASONS)) == len(REASONS)
    assert set(REASONS) <= set(FAMILIES["intake_fault"])
    assert FAMILIES["intake_fault"] == FAMILIES["intake_try"]


@pytest.mark.parametrize("method", METHODS)
def test_a_submission_in_order_has_no_fault_and_each_field_it_needs_is_missed(method: str) -> None:
    assert faults(good(method), KNOWN) == ()
    blank = {"organisation": "", "asked_by": "", "reached": "", "reached_how": "", "user_group": "", "purpose": ""}
    for name in METHOD_FORMS[method].required:
        if name != "consent":
            assert ("missing", name) in told(replace(good(method), **{name: blank.get(name)}))


@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_submission_has_no_rejected_fault(seed: int) -> None:
    assert [fault for fault in faults(drawn(seed), KNOWN) if fault.rejected] == []


def test_all_faults_come_at_once_and_the_response_is_told() -> None:
    found = faults(good("survey", n=110, n_invited=100, consent="", last_day=date(2062, 1, 1)), KNOWN)
    assert {fault.reason for fault in found} >= {"more_than_invited", "no_consent", "date_future"}
    over = next(fault for fault in found if fault.reason == "more_than_invited")
    assert over.told == {"invited": "100", "percent": "110"}


def test_the_nearest_names_are_told_and_none_where_there_is_none_like_it() -> None:
    def nearest(submission: Submission) -> str:
        return next(fault.told["nearest"] for fault in faults(submission, KNOWN) if "nearest" in fault.told)

    assert nearest(good(organisation="Seniorlag Høstvind")) == "Seniorlaget Høstvind"
    assert nearest(good(**one(service_id="Solbaken sykehjem"))) == "Solbakken sykehjem (s1)"
    assert nearest(good(**one(service_id="", service_type="home_care", area="Tromso"))) == "Troms, Tromsø"
    assert nearest(good(organisation="Qxyz")) == ""


def test_no_value_tells_who_someone_is() -> None:
    wrong = good(organisation="01010150589", **one(service_id="Kari Nordmann, tlf 998 87 766"), method="survey")
    for fault in faults(wrong, KNOWN):
        assert "998" not in fault.value
        assert "01010150589" not in f"{fault.value}{fault.told}"


def test_many_wrong_names_are_told_without_guessing_at_all_of_them() -> None:
    said = tuple(Said(service_id=f"Solbakken {place}", score=50.0) for place in range(40))
    found = [fault for fault in faults(good(said=said), KNOWN) if fault.reason == "unknown_service"]
    assert len(found) == 40
    assert [bool(fault.told["nearest"]) for fault in found] == [True] * 20 + [False] * 20


@cache
def every_fault() -> tuple[Fault, ...]:
    return tuple(fault for _, _, method, wrong, _ in CASES for fault in faults(good(method, **wrong), KNOWN))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_reads_as_two_sentences_without_gaps(language: str) -> None:
    t = Translator(language, strict=True)
    for fault in every_fault():
        what, do = fault_words(fault, t)
        assert "{" not in what + do
        assert what.endswith((".", "?"))
        assert do.endswith((".", "?"))
        assert "–." not in what, fault.reason


def test_words_write_days_and_numbers_as_the_reader_does() -> None:
    t = Translator("nb")
    late = Fault("last_day", "date_future", told={"today": "2026-05-01"})
    assert fault_words(late, t)[0] == "Dagen er ikke kommet ennå; i dag er det 01.05.2026."
    unknown = Fault("said.1.service_id", "unknown_service", told={"nearest": ""})
    assert fault_words(unknown, t)[1].endswith("Navn som ligner: –.")
