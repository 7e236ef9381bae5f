"""The template of every method in every language: what it holds, and that what is filled in reads back the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import openpyxl
import pytest

from risiko.i18n import LANGUAGES, Translator
from risiko.i18n.families import FAMILIES
from risiko.intake.filled import cells_of, example
from risiko.intake.instruments import INSTRUMENTS
from risiko.intake.masked import masked
from risiko.intake.methods import METHOD_FORMS
from risiko.intake.questions import found as question
from risiko.intake.questions import standard
from risiko.intake.sheets import COLUMNS, FILLED, HEADS, labels, of_method, title
from risiko.intake.submission import ItemMean, Quote, Said, Submission
from risiko.intake.template import template_xlsx
from risiko.vocabulary import CRITICALITIES, DIMENSIONS, METHODS, PURPOSES, QUOTE_USES, REACHED, USER_GROUPS
from tests.workbooks import ABOUT, KNOWN, SAID, page_of, read, told, whole, write

ALL = [(method, language) for method in METHODS for language in LANGUAGES]


@cache
def drawn(method: str) -> Submission:
    """A submission in order, drawn from what the method takes; every field that is asked for is filled."""
    rng = np.random.default_rng(METHODS.index(method))
    form = METHOD_FORMS[method]
    n = 1 if form.most_people == 1 else 12
    last = KNOWN.today - timedelta(days=int(rng.integers(1, 300)))
    told_: dict[str, Any] = {
        "asked_by": "To av våre egne", "reached": _one(rng, REACHED), "reached_how": "Først brev,\nså telefon", "n": n,
        "user_group": _one(rng, [g for g in USER_GROUPS if g != "children"]), "n_invited": n + int(rng.integers(5)),
        "n_women": n // 2, "n_men": n - n // 2, "youngest": 20, "oldest": 80, "last_day": last,
        "first_day": last - timedelta(days=9), "consent": _one(rng, form.consents), "purpose": _one(rng, PURPOSES),
        "keep_until": KNOWN.today + timedelta(days=40), "wants_back": "Hva som ble bedre",
    }  # fmt: skip
    asked = {*form.required, *form.asked}
    return Submission(
        method, "Mental Helse", said=tuple(_said(rng, form.scored_by, n) for _ in range(6)),
        quotes=tuple(Quote(f"Sitat {x}", True, _one(rng, ("", *DIMENSIONS)), _one(rng, QUOTE_USES)) for x in range(3)),
        items=_items(rng, n) if "items" in form.takes else (), **{k: x for k, x in told_.items() if k in asked},
    )  # fmt: skip


def _one(rng: np.random.Generator, words: Any) -> str:
    return str(words[int(rng.integers(len(words)))])


def _said(rng: np.random.Generator, scored_by: tuple[str, ...], n: int) -> Said:
    by = _one(rng, scored_by)
    about = {"service_id": _one(rng, ("s-1", "0012"))} if rng.random() < 0.5 else {
        "service_type": "nursing_home", "area": _one(rng, KNOWN.areas)}  # fmt: skip
    return Said(**about, dimension=_one(rng, DIMENSIONS), text="Slik var det", n=n if n > 1 else None,
                score=float(rng.integers(0, 1001)) / 10 if by == "score" else None,
                criticality=_one(rng, CRITICALITIES) if by == "criticality" else "")  # fmt: skip


def _items(rng: np.random.Generator, n: int) -> tuple[ItemMean, ...]:
    own = ItemMean("own", "Var det lett?", n, 40.5, 1, 20.5, 1.5, "Var det lett?", "accessible", "s-2")
    return (own, *(ItemMean(name, _one(rng, list(known.by_name)), n, 55.5, service_id="s-1")
                   for name, known in INSTRUMENTS.items()))  # fmt: skip


@pytest.mark.parametrize(("method", "language"), ALL)
def test_what_is_filled_in_reads_back_the_same(method: str, language: str) -> None:
    book = whole(method, language)
    for sheet, rows in cells_of(drawn(method), Translator(language), KNOWN).items():
        if rows:
            write(book, sheet, rows)
    found = read(book)
    assert [fault for fault in found.faults if fault.rejected] == []
    assert found.submission == masked(drawn(method))


@pytest.mark.parametrize(("method", "language"), ALL)
def test_the_filled_example_is_a_submission_in_order_and_is_never_read_as_one(method: str, language: str) -> None:
    book = whole(method, language, example=True)
    t = Translator(language)
    for sheet in FILLED:
        if (name := title(sheet, t, example=True)) in book.sheetnames:
            assert t("workbook.example_note") in {cell.value for cell in book[name][2]}
            del book[title(sheet, t)]
            book[name].title = title(sheet, t)
            for cell in book[title(sheet, t)][1]:
                cell.value = str(cell.value or "").removeprefix("example.")
            for row in range(1, 30):
                cell = book[title(sheet, t)].cell(row, 1)
                cell.value = cell.value.removeprefix("example.") if isinstance(cell.value, str) else cell.value
    found = read(book)
    assert found.faults == ()
    assert found.submission is not None
    expected = example(method, t, KNOWN)
    assert replace(found.submission, said=(), items=()) == replace(expected, said=(), items=())
    assert found.submission.said[: len(expected.said)] == expected.said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_finds_a_drop_down_for_every_closed_list_and_a_check_for_every_number_and_day(language: str) -> None:
    book = whole("survey", language)
    about, said = page_of(book, "about"), page_of(book, "said")
    kinds = {str(rule.sqref): rule for rule in about.data_validations.dataValidation}
    at = {str(row[0].value).partition(".")[2]: f"C{row[0].row}" for row in about.iter_rows(min_row=3)}
    assert {kinds[at[key]].type for key in ("reached", "user_group", "consent", "purpose")} == {"list"}
    assert {kinds[at[key]].type for key in ("first_day", "last_day")} == {"date"}
    assert {kinds[at[key]].type for key in ("n", "n_invited", "n_women", "youngest")} == {"whole"}
    t = Translator(language)
    words = [cell.value for cell in _listed(book, kinds[at["reached"]].formula1)]
    assert words == [t.word("reached", word) for word in REACHED]
    columns = {str(rule.sqref)[0]: rule for rule in said.data_validations.dataValidation}
    assert [cell.value for cell in _listed(book, columns["C"].formula1)] == list(KNOWN.areas)
    assert "A" not in {name for name, rule in columns.items() if rule.type == "list"}  # services may be thousands
    assert (columns["E"].type, columns["E"].formula1, columns["E"].formula2) == ("decimal", "0", "100")
    assert str(columns["E"].sqref) == "E3:E202"
    answers = page_of(book, "answers")
    scale = next(rule for rule in answers.data_validations.dataValidation if str(rule.sqref).startswith("J"))
    assert [cell.value for cell in _listed(book, scale.formula1)] == [
        answer.get(language) for answer in INSTRUMENTS["gs_peq"].by_name["waiting"].answers]  # fmt: skip


def _listed(book: openpyxl.Workbook, formula: str) -> list[Any]:
    name, _, area = formula.rpartition("!")
    return [row[0] for row in book[name.strip("'")][area.replace("$", "")]]


@pytest.mark.parametrize(("method", "language"), [ALL[0], ALL[4], ALL[11]])
def test_a_screen_reader_meets_tables_with_names_and_nothing_merged_or_locked(method: str, language: str) -> None:
    book = whole(method, language, example=True)
    assert book.sheetnames[0] == title("start", Translator(language))
    assert [page.title for page in book if page.sheet_state != "visible"] == [title("lists", Translator(language))]
    for page in book:
        assert not page.merged_cells.ranges
        assert not page.protection.sheet
        assert len(page.title) <= 31
    for sheet in ("said", "quotes", "items", "answers"):
        if of_method(method, sheet) and (page := page_of(book, sheet)):
            table = next(iter(page.tables.values()))
            assert table.headerRowCount is None or table.headerRowCount == 1
            assert page.freeze_panes is not None
            assert page.row_dimensions[1].hidden
    for rule in (rule for page in book for rule in page.data_validations.dataValidation):
        assert len(rule.prompt or "") <= 255
        assert len(rule.promptTitle or "") <= 32


def test_a_first_sheet_in_plain_words_tells_what_to_write_in_every_column() -> None:
    for method, language in (ALL[0], ALL[10], ALL[23]):
        t = Translator(language, strict=True)
        start = whole(method, language).worksheets[0]
        text = "\n".join(str(cell.value) for row in start.iter_rows() for cell in row if cell.value)
        for sheet in ("about", "said", "quotes", "items"):
            assert all(t.word("voice_field", column.key) in text for column in of_method(method, sheet))
        assert "{" not in text


def test_text_that_looks_like_a_formula_is_written_as_text() -> None:
    known = replace(KNOWN, areas=("=cmd|' /C calc'!A0", "Troms"), service_types=("+1", "nursing_home"))
    book = openpyxl.load_workbook(BytesIO(template_xlsx("video", Translator("nb"), known=known)))
    assert {cell.data_type for page in book for row in page.iter_rows() for cell in row if cell.value} <= {"s", "n", "d"}


def test_a_literal_survey_filled_by_hand_in_nynorsk() -> None:
    book = whole("survey", "nn")
    write(book, "about", [{**ABOUT, "reached": "Tilfeldig utval", "user_group": "Pårørande", "n": 1876, "n_invited": 15866,
                           "consent": "Anonyme svar; ja vart gitt ved å svare", "purpose": "Til tilsyn og læring"}])  # fmt: skip
    write(book, "said", [{"service_type": "Sjukeheim", "area": "Troms", "dimension": "Trygge og sikre", "score": "61,5"}])
    write(book, "items", [{"item": INSTRUMENTS["gs_peq"].by_name["waiting"].wording.nn, "n": 1800, "mean": 55,
                           "service_type": "Sjukeheim", "area": "Troms"}])  # fmt: skip
    found = read(book)
    assert told(found.faults) == []
    assert found.submission is not None
    assert (found.submission.reached, found.submission.n_invited) == ("random_sample", 15866)
    assert found.submission.said == (Said("", "nursing_home", "Troms", "safe", 61.5),)
    assert found.submission.items == (ItemMean("gs_peq", "waiting", 1800, 55.0, service_type="nursing_home", area="Troms"),)


def test_only_a_survey_has_sheets_for_questions_and_answers() -> None:
    sheets = {method: whole(method).sheetnames[1:-1] for method in METHODS}
    assert sheets.pop("survey") == ["Om innspillet", "Det som ble sagt", "Sitater", "Spørsmål", "Svar"]
    assert set(map(tuple, sheets.values())) == {("Om innspillet", "Det som ble sagt", "Sitater")}


def test_a_question_without_its_mean_is_told_and_not_taken_for_nought() -> None:
    book = whole("survey")
    write(book, "about", [{**ABOUT, "n": 30, "n_invited": 60}])
    write(book, "items", [{"item": "Var maten god?", "n": 20, "service_id": "s-1"}, {"service_id": "s-1", "mean": 40}])
    assert told(read(book).faults) == [
        ("Spørsmål!D3", "missing", True), ("Spørsmål!A4", "missing", True), ("Spørsmål!C4", "missing", True),
    ]  # fmt: skip


def test_names_of_columns_differ_within_a_sheet_in_every_language_and_are_all_worded() -> None:
    for sheet, columns in COLUMNS.items():
        assert {column.key for column in columns} <= set(FAMILIES["voice_field"])
        for language in LANGUAGES:
            t = Translator(language)
            names = [t.word("voice_field", column.key) for column in columns]
            assert len(set(names)) == len(names)
        assert set(labels(sheet).values()) >= {column.key for column in columns}
    assert set(HEADS) <= set(FAMILIES["workbook_head"])


def test_every_question_is_found_again_by_its_words_in_every_language() -> None:
    pairs = [(name, item.item) for name, known in INSTRUMENTS.items() for item in known.items]
    for language in LANGUAGES:
        assert [question(text.upper()) for text in standard(Translator(language))] == pairs
    assert question("gs_peq.waiting") == ("gs_peq", "waiting")
    assert question("Var maten god?") == ("own", "Var maten god?")
    assert SAID["score"] == 62
