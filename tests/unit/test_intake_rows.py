"""Submissions as rows and as JSON: nothing lost, nothing told that should not be, the same evidence known again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from risiko.batch import Batch
from risiko.errors import InputError
from risiko.intake.masked import free_texts, masked, masked_fields
from risiko.intake.rows import as_dict, batch, content_hash, from_dict, keep_until, submission_id
from risiko.intake.submission import ItemMean, Quote, Said, Submission
from risiko.settings import load
from tests.submissions import drawn, good

NOW = datetime(2026, 5, 1, 9)
SETTINGS = load()
TELLING = "Ring Kari Nordmann på 998 87 766."


def rows(submission: Submission, **more: Any) -> dict[str, pd.DataFrame]:
    return {part.table: part.rows for part in batch(submission, now=NOW, settings=SETTINGS, **more).parts}


@pytest.mark.parametrize("seed", range(5))
def test_a_drawn_submission_survives_json_and_its_rows_keep_the_contracts(seed: int) -> None:
    submission = drawn(seed)
    assert from_dict(json.loads(json.dumps(as_dict(submission)))) == submission
    found = rows(submission)
    own = submission_id(content_hash(submission))
    assert {name: len(frame) for name, frame in found.items()} == {
        name: n for name, n in (("submissions", 1), ("experiences", len(submission.said)),
                                ("quotes", len(submission.quotes)), ("item_means", len(submission.items))) if n
    }  # fmt: skip
    for name, frame in found.items():
        assert frame["known_date"].eq(pd.Timestamp(NOW.date())).all()
        if name != "submissions":
            places = frame.iloc[:, 0].str.rsplit("-", n=1, expand=True)
            assert places[0].eq(own).all()
            assert places[1].tolist() == [str(place) for place in range(1, len(frame) + 1)]


def test_rows_hold_what_was_said_with_people_and_days_of_the_submission() -> None:
    said = (
        Said(service_id="s1", dimension="safe", score=40.0, n=12, n_invited=30, spread=18.0),
        Said(service_type="home_care", area="Troms", criticality="serious", text=" Ingen kom. "),
    )
    found = rows(good(said=said, n=40, n_invited=80))["experiences"]
    first, second = found.loc[1], found.loc[2]
    assert (first["score"], first["n"], first["n_invited"], first["spread"]) == (40.0, 12, 30, 18.0)
    assert (second["score"], second["n"], second["n_invited"], second["text"]) == (25.0, 40, 80, "Ingen kom.")
    assert second["service_type"] == "home_care"
    assert pd.isna(second["service_id"])
    assert found["event_date"].eq(pd.Timestamp(2026, 4, 20)).all()


def test_a_number_of_people_of_its_own_does_not_borrow_how_many_were_asked() -> None:
    found = rows(good(said=(Said(service_id="s1", score=40.0, n=12),), n=40, n_invited=80))["experiences"]
    assert found["n_invited"].isna().all()


def test_a_grading_takes_the_score_of_the_settings_a_score_is_left_alone_and_words_have_none() -> None:
    said = tuple(Said(service_id="s1", criticality=word) for word in ("good", "minor", "serious", "critical"))
    both, words = Said(service_id="s1", criticality="critical", score=51.0), Said(service_id="s1", text="Bare ord.")
    found = rows(good(said=(*said, both, words)))["experiences"]["score"]
    assert found.tolist()[:5] == [87.5, 62.5, 25.0, 0.0, 51.0]
    assert pd.isna(found.iloc[5])


def test_a_single_service_wins_over_a_type_and_area_beside_it() -> None:
    said = Said(service_id="s1", service_type="home_care", area="Troms", score=50.0)
    item = ItemMean("own", "wait", 9, 50.0, service_id="s1", service_type="home_care", area="Troms")
    found = rows(good("survey", said=(said,), items=(item,)))
    for name in ("experiences", "item_means"):
        assert found[name][["service_type", "area"]].isna().all(axis=None)


def test_texts_are_masked_everywhere_and_trimmed_of_control_signs() -> None:
    item = ItemMean("own", TELLING, 9, 50.0, wording=TELLING, service_id="s1")
    submission = good(
        "survey", asked_by=TELLING, reached_how=TELLING, wants_back=TELLING, items=(item,),
        said=(Said(service_id="s1", score=50.0, text=f"{TELLING}\x00\x07 Slutt.\r\nNy linje."),),
        quotes=(Quote(TELLING, agreed=True),),
    )  # fmt: skip
    told = json.dumps(as_dict(masked(submission))) + "".join(
        frame.to_csv() for frame in rows(submission).values()
    )
    assert "998" not in told
    assert "Nordmann" not in told
    assert masked(submission).said[0].text == "Ring [navn] på [telefon].   Slutt.\nNy linje."
    assert masked_fields(submission) == tuple(free_texts(submission))
    assert masked(masked(submission)) == masked(submission)


def test_a_quote_without_agreement_never_becomes_a_row() -> None:
    quotes = (Quote("Ja.", agreed=True), Quote("Nei.", agreed=False))
    assert rows(good(quotes=quotes))["quotes"]["text"].tolist() == ["Ja."]


SAME: list[dict[str, Any]] = [
    {"organisation": " SENIORLAGET høstvind"}, {"keep_until": date(2027, 1, 1)}, {"consent": "guardian_agreed"},
    {"purpose": "supervision_and_learning"}, {"wants_back": "Et svar."}, {"new_organisation": True},
    {"quotes": (Quote("Vi ventet i tre dager.", agreed=True, dimension="accessible", may_show="public"),)},
]  # fmt: skip
OTHER: list[dict[str, Any]] = [
    {"organisation": "Foreningen Ved Egne Ord"}, {"n": 39}, {"last_day": date(2026, 4, 19)}, {"method": "peer_interview"},
    {"said": (Said(service_id="s1", dimension="safe", score=63.0, text="Hun fikk ikke hjelp om natten."),)},
    {"quotes": ()}, {"reached": "random_sample"}, {"youngest": None},
]  # fmt: skip


@pytest.mark.parametrize("changes", SAME, ids=lambda changes: next(iter(changes)))
def test_the_same_evidence_has_the_same_hash(changes: dict[str, Any]) -> None:
    assert content_hash(good(**changes)) == content_hash(good())


@pytest.mark.parametrize("changes", OTHER, ids=lambda changes: next(iter(changes)))
def test_other_evidence_has_another_hash(changes: dict[str, Any]) -> None:
    assert content_hash(good(**changes)) != content_hash(good())


def test_whole_and_decimal_scores_are_the_same_and_identifiers_are_not_in_the_hash() -> None:
    whole, decimal = (good(said=(Said(service_id="s1", score=score),)) for score in (70, 70.0))
    assert content_hash(whole) == content_hash(decimal)
    one, other = (good(said=(Said(service_id="s1", text=f"Fnr {number}"),)) for number in ("01010150589", "02020250123"))
    assert masked(one).said[0].text == "Fnr [fødselsnummer]"
    assert content_hash(one) == content_hash(other)
    assert submission_id("ab12" * 16) == "sub-ab12ab12ab12"


def test_texts_are_kept_as_agreed_or_for_the_settings_months_after_the_last_day() -> None:
    assert keep_until(good(last_day=date(2026, 2, 28)), 36) == date(2029, 2, 28)
    assert keep_until(good(last_day=date(2024, 2, 29)), 12) == date(2025, 2, 28)
    assert keep_until(good(keep_until=date(2026, 12, 31)), 36) == date(2026, 12, 31)
    assert rows(good())["submissions"]["keep_until"].tolist() == [pd.Timestamp(2029, 4, 20)]
    with pytest.raises(ValueError, match="last day"):
        keep_until(good(last_day=None), 36)


def test_rows_known_before_keep_their_day() -> None:
    found = rows(good(), known_date=date(2026, 4, 25))
    assert found["submissions"]["known_date"].tolist() == [pd.Timestamp(2026, 4, 25)]


@pytest.mark.parametrize("changes", [{"n": 0}, {"last_day": date(2062, 1, 1)}, {"purpose": "gossip"}])
def test_rows_that_break_the_contract_are_refused_and_the_value_is_not_told(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="is not as it must be"):
        batch(good(**changes), now=NOW, settings=SETTINGS)


def test_the_same_submission_gives_the_same_parts() -> None:
    one, other = batch(good(), now=NOW, settings=SETTINGS), batch(good(), now=datetime(2026, 5, 9), settings=SETTINGS)

    def hashes(kept: Batch) -> list[tuple[str, str, str]]:
        return [(part.block, part.file, part.content_hash) for part in kept.parts]

    assert hashes(one) == hashes(other)


FAULTY: list[tuple[Any, str]] = [
    ([], "submission"), ({}, "submission"), ({"method": 3}, "submission.method"),
    ({"method": "survey", "n": "12"}, "submission.n"), ({"method": "survey", "n": True}, "submission.n"),
    ({"method": "survey", "first_day": "1.5.2026"}, "submission.first_day"),
    ({"method": "survey", "said": "x"}, "submission.said"), ({"method": "survey", "colour": "red"}, "submission"),
    ({"method": "survey", "said": [{"score": "4 av 5"}]}, "submission.said.1.score"),
    ({"method": "survey", "said": [{}, {"score": float("inf")}]}, "submission.said.2.score"),
    ({"method": "survey", "quotes": [{"text": "Ja."}]}, "submission.quotes.1"),
    ({"method": "survey", "quotes": [{"text": "Ja.", "agreed": 1}]}, "submission.quotes.1.agreed"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "where"), FAULTY, ids=lambda x: x if isinstance(x, str) else "")
def test_what_is_no_submission_is_refused_by_field(told: Any, where: str) -> None:
    with pytest.raises(InputError) as refused:
        from_dict(told)
    assert refused.value.where == where


def test_a_draft_may_lack_nearly_everything() -> None:
    draft = Submission(method="survey", said=(Said(),))
    assert from_dict(as_dict(draft)) == draft
    assert from_dict({"method": "survey"}) == Submission(method="survey")
    assert from_dict(as_dict(good(n=None))) == replace(good(), n=None)
