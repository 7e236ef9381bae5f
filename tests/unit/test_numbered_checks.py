"""Every numbered check fails on what it is for, holds on what is well, and says when it cannot be made."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from risiko import vocabulary as v
from risiko.evaluate.checks import Evidence, Limits, Outcome, registered, run_checks, told
from risiko.evaluate.checks.limits import limits_of
from risiko.evaluate.checks.registry import check
from risiko.evaluate.checks.shift import Column, stability_index
from risiko.i18n import LANGUAGES, Translator, catalogue
from risiko.reports.reference_docs import check_catalogue
from tests.check_cases import CASES, SERVICES, Case

LIMITS = Limits()
SPECS = {spec.code: spec for spec in registered()}
NAMED = {case.name: case for case in CASES}


def of(case: Case, limits: Limits = LIMITS) -> Outcome:
    return SPECS[case.code].run(case.evidence(), limits)


@pytest.fixture(scope="module")
def found() -> list[tuple[Case, Outcome]]:
    return [(case, of(case)) for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.code}-{c.name}")
def test_case(case: Case) -> None:
    found = of(case)
    assert (found.state, found.reason) == (case.state, case.reason)
    for name, expected in case.values.items():
        assert found.values[name] == (pytest.approx(expected) if isinstance(expected, float) else expected), name


def test_names_of_cases_are_told_apart_within_a_check() -> None:
    assert len({(case.code, case.name) for case in CASES}) == len(CASES)


def test_every_check_has_a_case_of_each_state() -> None:
    assert {(c.code, c.state) for c in CASES} == {(code, state) for code in SPECS for state in v.CHECK_STATES}


def test_the_closed_lists_are_those_of_the_register() -> None:
    assert tuple(SPECS) == v.CHECKS
    assert {spec.severity for spec in SPECS.values()} == set(v.CHECK_SEVERITIES)
    assert {c.reason for c in CASES} - {""} == set(v.CHECK_REASONS)


@pytest.mark.parametrize("code", SPECS)
def test_what_a_check_asks_for_is_in_the_evidence(code: str) -> None:
    assert {*SPECS[code].needs, *SPECS[code].takes} <= {f.name for f in fields(Evidence)}


@pytest.mark.parametrize("code", SPECS)
def test_every_check_is_explained_in_the_docs_with_its_limits(code: str) -> None:
    section = check_catalogue().partition(f"## {code} ")[2].partition("\n## ")[0]
    t = Translator("en", strict=True)
    said = [t.word(family, code) for family in ("check", "check_help", "check_do")]
    assert [text for text in (*said, SPECS[code].rule, SPECS[code].severity) if text not in section] == []
    assert [name for name, _, _ in limits_of(code, LIMITS) if f"| `{name}` |" not in section] == []


def test_every_limit_has_a_reason_and_a_check() -> None:
    assert {f.name for f in fields(Limits)} == {name for code in SPECS for name, _, why in limits_of(code, LIMITS) if why}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_can_be_told_in_every_language(language: str, found: list[tuple[Case, Outcome]]) -> None:
    t = Translator(language, strict=True)
    for case, outcome in found:
        sentence = told(t, case.code, outcome.values, outcome.reason)
        assert sentence.endswith("."), (case.code, sentence)
        assert not {"{", "nan"} & set(sentence.split()), (case.code, sentence)


def test_a_sentence_uses_every_number_it_is_given(found: list[tuple[Case, Outcome]]) -> None:
    texts = {str(m.id): str(m.string) for m in catalogue.read("nb")}
    unused = {(c.code, x) for c, outcome in found for x in outcome.values if f"{{{x}}}" not in texts[f"check_found.{c.code}"]}
    assert unused == set()


def test_a_sentence_as_a_planner_reads_it() -> None:
    found = of(NAMED["a row known the day after"])
    names = {"experience": "brukererfaring"}
    assert told(Translator("nb"), "RK002", found.values, name_of=names.__getitem__) == (
        "1 av 2 signaler bygger på noe som ble kjent etter 30.06.2024. Nyeste rad er fra 01.07.2024, i «brukererfaring»."
    )
    assert told(Translator("nn"), "RK005", of(NAMED["one in ten"]).values) == "10\u00a0% av 1\u00a0000 tilfelle med kjent utfall hadde det."
    dead = SPECS["RK013"].run(Evidence(inputs_now=pd.DataFrame(1.0, index=SERVICES, columns=list("abcd"))), LIMITS)
    assert told(Translator("en"), "RK013", dead.values) == "4 of 4 signals are missing or the same for all: a, b, c, …."


def test_a_run_has_one_row_for_each_check_and_nothing_passes_unseen() -> None:
    nothing = run_checks(Evidence(), LIMITS)
    assert nothing["code"].tolist() == list(v.CHECKS)
    assert set(nothing["state"]) == {"not_applicable"}
    assert set(nothing["reason"]) == {"not_given"}
    leaking = run_checks(NAMED["a leak"].evidence(), LIMITS).set_index("code")
    assert leaking.at["RK015", "state"] == "fails"
    assert leaking.at["RK015", "values"]["auc"] == 0.93
    assert leaking.at["RK006", "reason"] == "not_measured"


def test_details_show_the_worst_first() -> None:
    details = of(NAMED["an input a whole deviation higher"]).details
    assert details is not None
    assert details[["signal", "fails"]].to_numpy().tolist() == [["moved", True], ["steady", False]]


def test_the_stability_index_by_hand() -> None:
    then, now = np.repeat([0.0, 1.0], [5, 5]), np.repeat([0.0, 1.0], [8, 2])
    more, less, by_chance = 8.5 / 11, 2.5 / 11, 1 / 10 + 1 / 10
    expected = (more - 0.5) * np.log(more / 0.5) + (less - 0.5) * np.log(less / 0.5) - by_chance
    assert stability_index(then, now, is_number=False) == pytest.approx(expected)
    assert stability_index(then, now, is_number=True) == pytest.approx(expected)
    assert np.isnan(stability_index(then, now[:0], is_number=True))


def test_chance_alone_gives_a_stability_index_around_zero() -> None:
    rng = np.random.default_rng(1)
    drawn = [stability_index(*rng.normal(size=(2, 300)), is_number=True) for _ in range(200)]
    assert np.mean(drawn) == pytest.approx(0, abs=0.01)
    assert max(drawn) < LIMITS.shift


def test_what_is_infinite_is_missing_and_truth_is_a_word() -> None:
    values, is_number = Column.of(pd.Series([1.0, np.inf, None]))
    assert (np.isnan(values).tolist(), is_number) == ([False, True, True], True)
    values, is_number = Column.of(pd.Series([True, None, False], dtype="boolean"))
    assert (values.tolist()[::2], np.isnan(values[1]), is_number) == ([0.0, 1.0], True, False)


def test_limits_are_what_decides() -> None:
    assert of(NAMED["a leak"], Limits(auc_ceiling=0.95)).state == "ok"
    assert of(NAMED["one too few"], Limits(events=99)).state == "ok"


def test_faulty_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="'skill' lacks low, high"):
        Evidence(skill=pd.DataFrame({"metric": ["auc"], "value": [0.7]}))
    with pytest.raises(ValueError, match="'office' has a service twice"):
        Evidence(office=pd.Series(["a", "b"], index=["s1", "s1"]))
    with pytest.raises(ValueError, match="0, 1 or missing"):
        SPECS["RK005"].run(Evidence(outcomes=pd.DataFrame({"outcome": [2.0]})), LIMITS)
    twice = Evidence(skill=pd.concat([NAMED["a leak"].evidence().skill] * 2))
    with pytest.raises(ValueError, match="a measure twice"):
        SPECS["RK015"].run(twice, LIMITS)


def test_a_code_is_given_once() -> None:
    with pytest.raises(ValueError, match="RK001"):
        check("RK001", severity="note")(lambda limits: Outcome("ok"))
