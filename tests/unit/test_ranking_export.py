"""Exports: the right rows, in a file that Norwegian Excel opens, in which no record can become a formula."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pandas as pd
import pytest

from risiko import settings
from risiko.i18n import Translator
from risiko.reports.names import Names
from risiko.reports.ranking_export import Provenance, ranking_csv, ranking_xlsx

NAN = float("nan")
GROUPS = {"group_complaints": 0.7, "group_experience": -0.25, "group_metadata": 0.0, "group_history": 0.1}


def ranking() -> pd.DataFrame:
    """Two services: one with everything, one with little, whose name tries to be a formula."""
    rows = [
        {
            "service_id": "S1", "rank": 1, "rank_low": 1, "rank_high": 9, "tier": 1, "p_top": 0.425, "expected_rank": 3.4, "name": "Fjellvik sykehjem", "county": "Agder", "office": "Agder",
            "sector": "health", "service_type": "nursing_home", "users": 48.0, "likelihood": 0.345, "consequence": 2.1, "evidence": 0.5,
            "evidence_dots": 3, "priority": 0.7245, "raising": ["experience_mean", "metadata:staff_turnover"], "missing": [],
            "complaints_24m": [1.0] * 24, "last_supervised": pd.Timestamp("2022-11-30"),
        },
        {
            "service_id": "S2", "rank": 2, "rank_low": 1, "rank_high": 12, "tier": 1, "p_top": 0.0004, "expected_rank": 6.0, "name": '=HYPERLINK("x")', "county": None, "office": None,
            "sector": "health", "service_type": "space_clinic", "users": NAN, "likelihood": 0.1, "consequence": 1.0, "evidence": 0.0,
            "evidence_dots": 1, "priority": 0.1, "raising": [], "missing": ["experience_mean", "last_finding"],
            "complaints_24m": None, "last_supervised": pd.NaT,
        },
    ]  # fmt: skip
    return pd.DataFrame([row | GROUPS for row in rows])


def names(language: str = "nb") -> Names:
    return Names(Translator(language, strict=True), settings.load())


def csv_rows(language: str) -> list[dict[str, str]]:
    content = ranking_csv(ranking(), names(language))
    assert content.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read UTF-8"
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";"))


def workbook(language: str = "nb", **about: object) -> openpyxl.Workbook:
    given = Provenance(as_of=date(2023, 3, 31), settings_version=1, n_ranked=4000, **about)
    return openpyxl.load_workbook(BytesIO(ranking_xlsx(ranking(), names(language), given)))


def test_csv_reads_as_norwegian_excel_writes() -> None:
    first, second = csv_rows("nb")
    assert first == {
        "Plass": "1", "Plass, nedre (90 %)": "1", "Plass, øvre (90 %)": "9", "Nivå": "1",
        "Sjanse for å være innenfor kapasiteten": "0,4250", "Forventet plass": "3,4", "ID": "S1", "Tjeneste": "Fjellvik sykehjem",
        "Sektor": "Helse og omsorg", "Tjenestetype": "Sykehjem", "Fylke": "Agder", "Embete": "Agder", "Brukere": "48",
        "Sannsynlighet for svikt": "0,3450", "Konsekvens (1 = referanse)": "2,100", "Prioritet": "0,7245",
        "Grunnlag (andel egne data)": "0,5000", "Klager": "0,7000", "Brukererfaring": "-0,2500", "Om tjenesten": "0,0000",
        "Tilsynshistorikk": "0,1000", "Hvorfor": "brukererfaring, utskifting av ansatte", "Klager siste 24 md.": "24",
        "Sist ført tilsyn": "30.11.2022", "Mangler data om": "", "Skår": "Poeng etter vekter",
    }  # fmt: skip
    assert (second["Brukere"], second["Fylke"], second["Klager siste 24 md."]) == ("mangler data",) * 3
    assert (second["Sist ført tilsyn"], second["Tjenestetype"]) == ("ingen registrert", "Space clinic")


def test_csv_in_english_has_a_decimal_point() -> None:
    assert csv_rows("en")[0]["Probability of failure"] == "0.3450"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@A1", "\tx", "\rx"])
def test_csv_disarms_what_could_become_a_formula(start: str) -> None:
    frame = ranking().assign(name=start, county=start)
    rows = list(csv.DictReader(StringIO(ranking_csv(frame, names()).decode("utf-8-sig"), newline=""), delimiter=";"))
    assert {row["Tjeneste"] for row in rows} == {f"'{start}"}
    assert rows[0]["Brukererfaring"] == "-0,2500", "numbers are not text and keep their sign"


def test_workbook_keeps_numbers_as_numbers_dates_as_dates_and_text_as_text() -> None:
    sheet = workbook()["Rangering"]
    head = [cell.value for cell in sheet[1]]
    first, second = (dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=2))
    assert first["Sannsynlighet for svikt"].value == 0.345
    assert first["Sannsynlighet for svikt"].number_format == "0.0%"
    assert first["Sist ført tilsyn"].value.date() == date(2022, 11, 30)
    assert (second["Brukere"].value, second["Sist ført tilsyn"].value) == ("mangler data", "ingen registrert")
    assert (second["Tjeneste"].value, second["Tjeneste"].data_type) == ('=HYPERLINK("x")', "s")
    assert sheet.freeze_panes == "I2"
    assert sheet.max_row == 3


def test_workbook_says_first_what_it_is_and_what_it_is_not() -> None:
    book = workbook(
        filters=[("Fylke", "Agder")], weights={"experience_mean": 0.5}, excluded={"natural_person": 120, "closed": 4}, data_version="3-0-3"
    )
    sheet = book["Om listen"]
    assert book.sheetnames[0] == "Om listen"
    said = {str(a): b for a, b in sheet.iter_rows(max_col=2, values_only=True) if a}
    assert "Høy skår betyr ikke at det er påvist svikt." in said
    assert said["Kjent per"] == "31.03.2023"
    assert said["Tjenester i filen"] == "2 av 4\u00a0000"
    assert said["Versjon av innstillingene"] == "1"
    assert said["Filter: Fylke"] == "Agder"
    assert said["Vekt: brukererfaring"] == "0,50"
    assert said["Holdt utenfor: enkeltpersoner"] == "120"


def test_a_learned_list_names_its_model_in_every_row_and_is_not_called_uncalibrated() -> None:
    rows = csv.DictReader(StringIO(ranking_csv(ranking(), names(), "learned-7").decode("utf-8-sig")), delimiter=";")
    assert [row["Skår"] for row in rows] == ["learned-7", "learned-7"]
    book = workbook(model_id="learned-7")
    said = " ".join(str(cell.value) for row in book["Om listen"] for cell in row if cell.value)
    assert "Hvilken skår learned-7" in said
    assert "ikke kalibrert" not in said
    assert [cell.value for cell in book["Rangering"][1]][-1] == "Skår"


def test_a_reason_without_data_says_so() -> None:
    frame = ranking().assign(raising=[["last_finding"], ["last_finding"]])
    rows = list(csv.DictReader(StringIO(ranking_csv(frame, names()).decode("utf-8-sig")), delimiter=";"))
    assert [row["Hvorfor"] for row in rows] == ["funn ved siste tilsyn", "funn ved siste tilsyn (mangler data)"]


@pytest.mark.parametrize("language", ["nn", "en"])
def test_workbook_in_the_other_languages(language: str) -> None:
    assert len(workbook(language).sheetnames) == 2


def test_a_metadata_column_without_a_name_in_settings_shows_its_own() -> None:
    names = Names(Translator("nb"), settings.load())
    assert names.signal("metadata:staff_turnover") == "utskifting av ansatte"
    assert names.signal("metadata:night_staff") == "Night staff"
