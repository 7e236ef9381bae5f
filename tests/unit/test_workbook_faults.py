"""Every way a filled template can be wrong: the cell, the reason, and that nothing half is taken in."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any

import numpy as np
import openpyxl
import pytest
import xlsxwriter

from risiko.i18n import LANGUAGES, Translator
from risiko.i18n.families import FAMILIES
from risiko.intake.checking import REASONS
from risiko.intake.fault_words import fault_words
from risiko.intake.workbook import WORKBOOK_REASONS
from tests.workbooks import ABOUT, KNOWN, SAID, focus_group, opened, page_of, read, saved, template, told

IDENTITY = "13097248022"  # invented; its check digits are right
N, FIRST, CONSENT = "Om innspillet!C10", "Om innspillet!C15", "Om innspillet!C17"
SCORE, TEXT = "Det som ble sagt!E3", "Det som ble sagt!G3"


def cells(book: openpyxl.Workbook) -> dict[str, str]:
    """Line of the sheet about -> its cell, read from the workbook."""
    page = page_of(book, "about")
    return {str(row[0].value).partition(".")[2]: f"{page.title}!C{row[0].row}" for row in page.iter_rows(min_row=3)}


def test_a_focus_group_in_order_is_taken_in_without_a_word() -> None:
    found = read(focus_group())
    assert found.faults == ()
    assert found.submission is not None
    assert (found.submission.method, found.submission.n, found.submission.last_day) == ("focus_group", 9, date(2026, 4, 1))
    assert [(one.service_id, one.dimension, one.score) for one in found.submission.said] == [("s-1", "safe", 62.0)]


@pytest.mark.parametrize(("line", "value", "reason", "rejected"), [
    ("n", "ca. ni", "not_whole", True),
    ("n", 9.5, "not_whole", True),
    ("n", "110 %", "not_whole", True),
    ("n", None, "missing", True),
    ("n", "=4+5", "formula_without_value", True),
    ("n", "#N/A", "error_cell", True),
    ("first_day", "09/02/2026", "ambiguous_date", True),
    ("first_day", "i vår", "not_a_date", True),
    ("last_day", datetime(2062, 4, 1), "date_future", True),
    ("last_day", "1.4.2062", "date_future", True),
    ("consent", "Deltagerne har sagt ja", "word_near", True),
    ("consent", "ja", "word_unknown", True),
    ("consent", None, "no_consent", True),
    ("new_organisation", "kanskje", "not_yes_no", True),
    ("organisation", "Mental Hjelp", "unknown_organisation", True),
    ("organisation", f"Kari {IDENTITY}", "identity_number", False),
    ("reached_how", f"Ring {IDENTITY}", "identity_number", False),
    ("method", "spørrerunde", "word_near", True),
])  # fmt: skip
def test_a_line_that_is_wrong_is_told_with_its_cell(line: str, value: Any, reason: str, rejected: bool) -> None:
    book = focus_group({line: value})
    found = read(book)
    assert (cells(book)[line], reason, rejected) in told(found.faults)
    assert (found.submission is None) == any(fault.rejected for fault in found.faults)
    assert IDENTITY not in repr(found)


def test_110_per_cent_response_stands_at_the_number_that_answered() -> None:
    book = focus_group({"n": 11, "n_invited": 10})
    found = read(book)
    assert told(found.faults) == [(cells(book)["n"], "more_than_invited", True)]
    assert found.faults[0].told["percent"] == "110"


@pytest.mark.parametrize(("key", "value", "at", "reason", "rejected"), [
    ("score", "4 av 5", "E3", "part_of_scale", True),
    ("score", "4/5", "E3", "part_of_scale", True),
    ("score", datetime(2026, 5, 4), "E3", "date_for_number", True),
    ("score", "110 %", "E3", "score_outside", True),
    ("score", 110, "E3", "score_outside", True),
    ("score", "bra", "E3", "not_a_number", True),
    ("score", int(IDENTITY), "E3", "identity_number", False),
    ("service_id", "Tunet", "A3", "service_ambiguous", True),
    ("service_id", "Solbaken sykehjem", "A3", "unknown_service", True),
    ("service_id", IDENTITY, "A3", "identity_number", False),
    ("dimension", "Trygge og sikkre", "D3", "word_near", True),
    ("text", "=1+1", "G3", "formula_without_value", True),
    ("text", f"Han het {IDENTITY}", "G3", "identity_number", False),
    ("n", "noen", "H3", "not_whole", True),
])  # fmt: skip
def test_a_cell_of_what_was_said_that_is_wrong(key: str, value: Any, at: str, reason: str, rejected: bool) -> None:
    found = read(focus_group(None, {key: value}))
    assert (f"Det som ble sagt!{at}", reason, rejected) in told(found.faults)
    assert (found.submission is None) == any(fault.rejected for fault in found.faults)
    assert IDENTITY not in repr(found)


@pytest.mark.parametrize(("given", "expected"), [
    ("80 %", 80.0), ("3,5", 3.5), (" 62 ", 62.0), ("62", 62.0), (62.5, 62.5),
])  # fmt: skip
def test_scores_as_people_write_them(given: Any, expected: float) -> None:
    found = read(focus_group(None, {"score": given}))
    assert found.submission is not None
    assert found.submission.said[0].score == expected


def test_per_cent_that_excel_made_of_80_is_read_and_told() -> None:
    book = focus_group(None, {"score": 0.8})
    page_of(book, "said")["E3"].number_format = "0%"
    found = read(book)
    assert told(found.faults) == [(SCORE, "percent_read", False)]
    assert found.submission is not None
    assert found.submission.said[0].score == pytest.approx(80)


def test_a_type_and_an_area_however_they_are_named() -> None:
    rows = [{"service_id": None, "service_type": kind, "area": area, "dimension": one}
            for kind, area, one in (("Sykehjem", "Troms", "Trygge og sikre"), ("nursing home", "TROMS ", "effective"),
                                    ("nursing_home", "troms", "Accessible and fairly distributed"))]  # fmt: skip
    found = read(focus_group(None, *rows))
    assert found.submission is not None
    assert {(one.service_type, one.area) for one in found.submission.said} == {("nursing_home", "Troms")}
    assert [one.dimension for one in found.submission.said] == ["safe", "effective", "accessible"]
    wrong = read(focus_group(None, {"service_id": None, "service_type": "Sykehem", "area": "Trums"}))
    assert told(wrong.faults) == [("Det som ble sagt!B3", "word_near", True), ("Det som ble sagt!C3", "unknown_area", True)]
    assert [fault.told["nearest"] for fault in wrong.faults] == ["Sykehjem", "Troms"]


def test_all_faults_are_told_at_once_and_nothing_is_taken_in() -> None:
    book = focus_group({"n": "mange", "first_day": "09/02/2026", "consent": "tja"}, {"score": "4 av 5"}, {"score": 50},
                       {"score": 120, "dimension": "Tryge og sikre"})  # fmt: skip
    at, found = cells(book), read(book)
    assert found.submission is None
    assert {cell for cell, _, rejected in told(found.faults) if rejected} == {
        at["n"], at["first_day"], at["consent"], SCORE, "Det som ble sagt!E5", "Det som ble sagt!D5",
    }  # fmt: skip


def test_a_sheet_whose_columns_were_moved_reads_the_same() -> None:
    plain, moved = read(focus_group()), focus_group()
    page = page_of(moved, "said")
    for row in range(1, 4):
        page.cell(row, 12).value, page.cell(row, 1).value = page.cell(row, 1).value, None
        page.cell(row, 5).value, page.cell(row, 7).value = page.cell(row, 7).value, page.cell(row, 5).value
    about = page_of(moved, "about")
    about.move_range("C1:C40", cols=4)
    about.move_range("A3:G8", rows=50)
    found = read(moved)
    assert found.submission == plain.submission
    assert found.faults == ()


def test_columns_are_found_by_their_names_alone_and_by_their_keys_alone() -> None:
    expected = read(focus_group()).submission
    without_keys = focus_group()
    for sheet in ("about", "said", "quotes"):
        page_of(without_keys, sheet).delete_rows(1)
    without_keys.worksheets[1].delete_cols(1)
    assert read(without_keys).submission == expected
    renamed = focus_group()
    for sheet, title in (("about", "A"), ("said", "B"), ("quotes", "C")):
        page = page_of(renamed, sheet)
        page.title = title
        for at in range(2 if sheet == "about" else 1, 9):
            page.cell(2, at).value = f"Kolonne {at}"
    for row in range(3, 20):
        renamed["A"].cell(row, 2).value = f"Linje {row}"
    assert read(renamed).submission == expected


def test_a_missing_column_is_named_and_an_unknown_one_is_told_and_ignored() -> None:
    book = focus_group()
    page = page_of(book, "said")
    page.delete_cols(5, 3)  # score, criticality and text
    page["H2"], page["H3"] = "Vår egen merknad", "noe"
    found = read(book)
    assert ("Det som ble sagt", "column_missing", True) in told(found.faults)
    assert ("Det som ble sagt!H2", "unknown_column", False) in told(found.faults)
    assert next(f for f in found.faults if f.reason == "column_missing").told == {"column": "Tall fra 0 til 100"}
    twice = focus_group()
    page_of(twice, "said")["K2"] = page_of(twice, "said")["E2"].value
    assert ("Det som ble sagt!K2", "column_twice", True) in told(read(twice).faults)


def test_merged_cells_are_named_by_their_range() -> None:
    book = focus_group(None, {}, {"dimension": "Virkningsfulle"})
    page_of(book, "said").merge_cells("A3:A4")
    found = read(book)
    assert ("Det som ble sagt!A3:A4", "merged", True) in told(found.faults)
    assert found.submission is None


def test_hidden_rows_and_sheets_are_read_like_the_others_and_told() -> None:
    book = focus_group(None, {}, {"dimension": "Virkningsfulle"})
    page = page_of(book, "said")
    page.row_dimensions[4].hidden = True
    page.sheet_state = "hidden"
    found = read(book)
    assert told(found.faults) == [("Det som ble sagt!4:4", "hidden_rows", False), ("Det som ble sagt", "hidden_sheet", False)]
    assert found.submission is not None
    assert len(found.submission.said) == 2


def test_a_formula_with_its_value_is_read_and_told() -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet("About the submission")
        for row, (name, value) in enumerate(_in_english().items()):
            page.write_row(row, 0, [name, value])
        page = book.add_worksheet("What was said")
        page.write_row(0, 0, ["service_id", "Service", "Topic"])
        page.write_row(0, 0, [Translator("en").word("voice_field", key) for key in ("service_id", "dimension", "score")])
        page.write_row(1, 0, ["s-2", "safe"])
        page.write_formula(1, 2, "=60+2", value=62)
    found = read(buffer.getvalue())
    assert told(found.faults) == [("What was said!C2", "formula_read", False)]
    assert found.submission is not None
    assert found.submission.said[0].score == 62


def _in_english() -> dict[str, Any]:
    t = Translator("en")
    given = {**ABOUT, "method": "Focus group", "reached": "Random sample", "user_group": "Relatives",
             "consent": "the participants have agreed", "purpose": "For supervision", "n_invited": 12,
             "first_day": "1 March 2026", "last_day": "2026-04-01"}  # fmt: skip
    return {t.word("voice_field", key): value for key, value in given.items()}


def test_an_empty_template_and_one_with_only_the_example_are_told_so() -> None:
    assert told(read(template()).faults) == [("", "empty", True)]
    assert told(read(template(example=True)).faults) == [("", "empty", True)]
    only = opened(example=True)
    for sheet in ("about", "said", "quotes"):
        del only[page_of(only, sheet).title]
    assert told(read(only).faults) == [("", "only_example", True)]
    foreign = openpyxl.Workbook()
    foreign.active.append(["Navn", "Tall"])
    assert ("", "not_template", True) in told(read(foreign).faults)
    assert told(read(openpyxl.Workbook()).faults) == [("", "not_template", True)]


def test_a_sheet_that_stands_twice_is_refused_and_a_foreign_one_is_told() -> None:
    book = focus_group()
    book.copy_worksheet(page_of(book, "said"))
    assert ("Det som ble sagt Copy", "sheet_twice", True) in told(read(book).faults)
    book = focus_group()
    book.create_sheet("Notater")["B2"] = f"Ring {IDENTITY}"
    book.create_sheet(f"Om {IDENTITY}")["A1"] = "noe"
    found = read(book)
    assert told(found.faults) == [
        ("Notater!B2", "identity_number", False), ("Notater", "unknown_sheet", False),
        ("Om [fødselsnummer]", "unknown_sheet", False),
    ]  # fmt: skip
    assert found.submission is not None


def test_trailing_spaces_numbers_as_text_and_a_service_by_its_number() -> None:
    book = focus_group({"n": " 9 ", "consent": "Deltakerne har sagt ja  ", "last_day": "01.04.2026"},
                       {"service_id": "0012", "score": "62 "}, {"service_id": " elvebredden ", "score": "50"})  # fmt: skip
    found = read(book)
    assert found.faults == ()
    assert found.submission is not None
    assert [one.service_id for one in found.submission.said] == ["0012", "s-2"]


def test_ten_thousand_rows_of_what_was_said() -> None:
    buffer = BytesIO()
    t = Translator("nb")
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet("Det som ble sagt")
        page.write_row(0, 0, [t.word("voice_field", key) for key in ("service_id", "score", "text")])
        for row in range(1, 10_001):
            page.write_row(row, 0, ["s-1", row % 100, f"Tekst {row}"])
    found = read(buffer.getvalue())
    assert found.submission is None  # nothing is told about how it was collected
    assert ("method", "not_a_choice") in {(fault.field, fault.reason) for fault in found.faults}


def test_no_formula_is_overlooked_in_a_sheet_of_several_megabytes() -> None:
    buffer = BytesIO()
    t = Translator("nb")
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:  # texts stand in the sheet itself
        page = book.add_worksheet("Det som ble sagt")
        page.write_row(0, 0, [t.word("voice_field", key) for key in ("text", "service_id", "score")])
        for row in range(1, 401):
            page.write_row(row, 0, ["Lang tekst " * 600, "s-1"])
            page.write_formula(row, 2, "=40+2", value=42)
    found = told(read(buffer.getvalue()).faults)
    assert [cell for cell, reason, _ in found if reason == "formula_read"] == [
        f"Det som ble sagt!C{row}" for row in range(2, 402)]  # fmt: skip


def test_vandalised_cells_never_raise_and_always_come_to_an_outcome() -> None:
    """Two hundred drawn cells of a workbook in order, five at a time, hold something else."""
    rng = np.random.default_rng(11)
    junk: list[Any] = [
        "=1/0", "#REF!", True, -1, 1e308, "4 av 5", "𝕏" * 300, datetime(1900, 1, 1),
        "09/10/2020", IDENTITY, "", "   ", "about.n", "said.score", "example.said.score", "Fyll ut her", "=A1:A9", "%", "-",
        "Eksempel – sitater", 0.1, "ja", "{n}", "1;2", "../..", "<b>", "é" * 40, datetime(9999, 12, 31), "{0.__class__}",
    ]  # fmt: skip
    outcomes = []
    for _ in range(40):
        book = focus_group(None, {}, {"dimension": "Virkningsfulle"})
        for _ in range(5):
            page = book.worksheets[1 + int(rng.integers(2))]
            spot = page.cell(int(rng.integers(1, 20)), int(rng.integers(1, 9)))
            spot.value = junk[int(rng.integers(len(junk)))]
        found = read(book)
        assert IDENTITY not in repr(found)
        assert (found.submission is None) == any(fault.rejected for fault in found.faults)
        assert all(fault_words(fault, Translator("nn")) for fault in found.faults)
        outcomes.append(found.submission is None)
    assert 5 < sum(outcomes) <= 40


def test_every_reason_is_worded_in_every_language_and_fills_its_places() -> None:
    assert set(FAMILIES["intake_fault"]) == set(FAMILIES["intake_try"]) == {*REASONS, *WORKBOOK_REASONS}
    found = read(focus_group({"n": "x", "first_day": "09/02/2026", "consent": "deltagerne har sagt ja"},
                             {"score": "4/5", "service_id": "Tunet"}))  # fmt: skip
    for language in LANGUAGES:
        words = [" ".join(fault_words(fault, Translator(language, strict=True))) for fault in found.faults]
        assert not any("–" in text.split() or "{" in text for text in words)
    assert {fault.reason for fault in found.faults} == {
        "not_whole", "ambiguous_date", "word_near", "part_of_scale", "service_ambiguous",
    }  # fmt: skip


def test_the_file_is_not_changed_by_being_read() -> None:
    data = saved(focus_group())
    assert read(data) == read(data)
    assert KNOWN.services["s-1"] == SAID["service_id"]
