"""What would change a place, and whose voice moved it, as sentences and tables in three languages."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from risiko import settings
from risiko.i18n import LANGUAGES, Translator
from risiko.i18n.families import FAMILIES
from risiko.pipeline.what_if import COLUMNS
from risiko.pipeline.without import COLUMNS as VOICES
from risiko.reports.names import Names
from risiko.reports.what_if_words import (
    learning_sentence,
    outcome_sentence,
    voice_words,
    what_if_sentences,
    what_if_table,
    without_sentence,
    without_sentences,
    without_table,
)

NBSP = "\u00a0"
UNITS = {"visit": "severity_0_3", "survey": "score_0_100", "report": "score_0_100", "users": "people", "complaint": "degree_0_3"}
OF = {"declared": "staff_turnover", "complaint": "case"}
CLAIMS = ("svikter", "dårlig tjeneste", "dårleg teneste", "bad service", "has failed")


def names(language: str = "nb") -> Names:
    return Names(Translator(language, strict=True), settings.load())


def piece(kind: str, outcome: str, **more: Any) -> dict[str, object]:
    """A row of pipeline.what_if; what is not told is that of a survey that moves a service from 200 to 120 of 175."""
    row: dict[str, object] = {
        "kind": kind, "of": OF.get(kind, ""), "n": {"survey": 50, "report": 10}.get(kind, 1), "unit": UNITS.get(kind, ""),
        "outcome": outcome, "value": 3.0, "rank": 120, "rank_low": 40, "rank_high": 600, "p_top": 0.61, "crosses": True,
        "rank_before": 200, "rank_low_before": 60, "rank_high_before": 900, "p_top_before": 0.4,
        "width_before": 840, "width_after": 588, "narrower": 0.3, "chance": 0.4, "top": 175,
    }  # fmt: skip
    return row | more


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def one(row: dict[str, object]) -> Any:
    return next(frame(row).itertuples(index=False))


def voice(kind: str, table: str, name: str, places: int = 35) -> Any:
    rows = [(kind, table, name, 4, 120, 120 + places, places, 0.18, 0.12)]
    return next(pd.DataFrame(rows, columns=list(VOICES)).itertuples(index=False))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind_outcome", FAMILIES["what_if_shown"])
def test_every_kind_and_outcome_is_a_whole_sentence_in_every_language(language: str, kind_outcome: str) -> None:
    kind, _, outcome = kind_outcome.partition("_")
    said = outcome_sentence(one(piece(kind, outcome)), names(language))

    assert said[0].isupper()
    assert said.endswith(".")
    assert "{" not in said
    assert ".." not in said
    assert {"nb": "tenkt", "nn": "tenkt", "en": "imagined"}[language] in said.lower()
    assert not any(claim in said.lower() for claim in CLAIMS)
    for number in ("200", "120", "40–600", "175"):
        assert number in said


def test_a_survey_that_would_take_the_service_over_the_line() -> None:
    said = outcome_sentence(one(piece("survey", "worse", value=52.4)), names())

    assert said == (
        "En tenkt undersøkelse med 50 svar og snittet 52 av 100, dårligere enn vi venter, ville flyttet tjenesten fra plass 200 til "
        "plass 120 (90 %-intervall 40–600). Da ville den kommet over kapasitetslinjen, blant de 175 det er plass til."
    )  # fmt: skip


def test_evidence_that_takes_it_below_the_line_or_nowhere() -> None:
    t = names("en")
    leaves = outcome_sentence(one(piece("visit", "better", value=0.0, rank=300, rank_before=20)), t)
    stays = outcome_sentence(one(piece("visit", "worse", rank=1, rank_before=1, crosses=False)), t)
    moves = outcome_sentence(one(piece("visit", "worse", crosses=False)), t)

    assert leaves.endswith("It would then be below the capacity line: there is room for 175.")
    assert "“no breach found” would move the service from place 20 to place 300" in leaves
    assert stays == (
        "An imagined supervision with the result “serious breach” would not move the service: it would stay at place 1 "
        "(90% interval 40–600)."
    )
    assert "capacity" not in moves


def test_a_room_for_one_is_in_the_singular() -> None:
    assert outcome_sentence(one(piece("visit", "worse", rank=1, top=1)), names()).endswith("som den 1 det er plass til.")


@pytest.mark.parametrize(("unit", "value", "said"), [
    ("severity_0_3", 2.0, "lovbrudd"), ("severity_0_3", 1.4, "1,4"), ("yes_no", 1.0, "ja"), ("yes_no", 0.0, "nei"),
    ("people", 1240.0, f"1{NBSP}240"), ("score_0_100", 52.4, "52"), ("", 0.15, "0,15"), ("", 3.0, "3"),
])  # fmt: skip
def test_values_are_told_in_their_own_way(unit: str, value: float, said: str) -> None:
    told = what_if_table(frame(piece("declared", "worse", unit=unit, value=value)), names())

    assert told["Hva den viser"].tolist() == [f"dårligere enn ventet: {said}"]


def test_of_each_kind_the_most_ordinary_outcome_that_crosses_is_told() -> None:
    found = frame(
        piece("survey", "worse", value=1), piece("survey", "as_expected", value=2), piece("visit", "worse"),
        piece("report", "worse", crosses=False), piece("users", "better", value=7), piece("declared", "better", value=8),
    )  # fmt: skip
    said = what_if_sentences(found, names())

    assert "snittet 2 av 100, omtrent som vi venter," in said[0]
    assert said[1].startswith("Et tenkt tilsyn")
    assert said[2].startswith("Et tenkt brukertall på 7,")
    assert said[3].startswith("Mest å lære av")


def test_where_nothing_crosses_that_is_the_answer() -> None:
    said = what_if_sentences(frame(piece("survey", "worse", crosses=False), piece("report", "worse", crosses=False)), names())

    assert said[0] == "Ingen av opplysningene vi har tenkt oss, ville alene flyttet tjenesten til den andre siden av kapasitetslinjen."
    assert said[2].startswith("Alt dette er tenkt: ingen har levert det, og det er ikke lagret.")
    assert "50 svar" in said[3]
    assert "10 er så mange" in said[3]


def test_the_sizes_are_told_only_where_they_were_used() -> None:
    assert len(what_if_sentences(frame(piece("visit", "worse", crosses=False)), names())) == 3


def test_where_there_is_nothing_to_measure_against_it_says_so() -> None:
    assert what_if_sentences(frame(), names("en")) == [
        "There is nothing yet to hold a new piece of evidence against, so we cannot say what would change the place."
    ]


def test_the_kind_that_narrows_most_is_named_with_how_much() -> None:
    found = frame(piece("survey", "worse", narrower=0.1), piece("visit", "worse"), piece("complaint", "comes", narrower=float("nan")))

    assert learning_sentence(found, names()) == (
        f"Mest å lære av: tilsyn. Om skåren ellers blir stående, blir intervallet 30{NBSP}% smalere."
    )


@pytest.mark.parametrize("narrower", [0.004, -0.2, float("nan")])
def test_an_interval_that_hardly_narrows_is_not_called_narrower(narrower: float) -> None:
    said = learning_sentence(frame(piece("visit", "worse", narrower=narrower)), names("nn"))

    assert said.startswith("Ingen av dei ville ha gjort intervallet merkbart smalare")


def test_a_table_says_what_cannot_be_said() -> None:
    found = frame(
        piece("complaint", "comes", narrower=float("nan"), chance=float("nan")), piece("survey", "worse", chance=0.01, narrower=-0.01),
        piece("users", "worse", value=95, chance=0.4),
    )  # fmt: skip
    told = what_if_table(found, names("en"))

    assert told["Chance that it changes side of the capacity line"].tolist() == ["cannot be said", "below 5%", "40%"]
    assert told["The interval narrows by"].tolist() == ["cannot be said", "0%", "30%"]
    assert told["What it shows"].tolist() == ["comes in", "worse than expected: 3", "more than expected: 95"]
    assert told["New evidence"].iloc[0] == "one more complaint (supervision case)"


def test_without_an_organisation_the_place_would_be_another() -> None:
    t = names()

    assert without_sentence(voice("organisation", "experiences", "Pårørendealliansen"), t) == (
        "Uten Pårørendealliansen hadde tjenesten ligget 35 plasser lenger ned."
    )
    assert without_sentence(voice("organisation", "experiences", "Stemmen", -1), t) == "Uten Stemmen hadde tjenesten ligget 1 plass lenger opp."
    assert without_sentence(voice("organisation", "experiences", "Stemmen", 0), t) == "Uten Stemmen hadde tjenesten ligget på samme plass."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("table", "name"), [
    ("complaints", "rights"), ("experiences", "survey"), ("supervisions", ""), ("services", "staff_turnover"), ("external_scores", "Eldre"),
])  # fmt: skip
def test_every_source_has_words_in_every_language(language: str, table: str, name: str) -> None:
    said = voice_words(voice("source", table, name), names(language))

    assert "{" not in said
    assert name not in said or table == "external_scores" or not name or (language, name) == ("en", "survey")


def test_the_farthest_moved_are_told_and_how_it_is_reckoned() -> None:
    rows = [("organisation", "experiences", f"O{i}", 1, 50, 50 + p, p, 0.1, 0.1) for i, p in enumerate((90, -60, 30, 2, 0))]
    said = without_sentences(pd.DataFrame(rows, columns=list(VOICES)), names("en"))

    assert [s.split(" the ")[0] for s in said[:3]] == ["Without O0", "Without O1", "Without O2"]
    assert said[3].startswith("Here the source is left out for all services")
    assert len(said) == 4


def test_a_service_that_nobody_moved_or_has_spoken_of_is_told_as_such() -> None:
    still = pd.DataFrame([("organisation", "experiences", "O", 1, 50, 50, 0, 0.1, 0.1)], columns=list(VOICES))

    assert without_sentences(still, names())[0] == "Ingen enkelt kilde har flyttet tjenesten."
    assert without_sentences(still.head(0), names()) == ["Ingen kilde har fortalt noe om tjenesten selv ennå."]


def test_the_table_of_voices_has_places_with_their_sign() -> None:
    rows = [("source", "supervisions", "", 3, 130, 697, 567, 0.282, 0.142), ("source", "experiences", "survey", 5, 130, 86, -44, 0.282, 0.296)]
    told = without_table(pd.DataFrame(rows, columns=list(VOICES)), names())

    assert told["Uten"].tolist() == ["Tilsynene og det de fant", "Brukererfaringene av slaget «spørreundersøkelse»"]
    assert told["Løfter tjenesten, plasser"].tolist() == ["+567", "-44"]
    assert told["Sannsynlighet uten"].tolist() == [f"14,2{NBSP}%", f"29,6{NBSP}%"]
