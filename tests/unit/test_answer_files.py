"""Raw answers, on the template's sheet or in a file of their own: which column is which, and every fault by cell."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from risiko.i18n import LANGUAGES, Translator
from risiko.intake.answer_file import ReadAnswers, read_answers
from risiko.intake.answers import reduce
from risiko.intake.instruments import INSTRUMENTS
from risiko.intake.questions import own_name, question
from tests.workbooks import ABOUT, KNOWN, LARGEST, keys, opened, page_of, read, saved, told, write

IDENTITY = "13097248022"


def frame(n: int = 40, seed: int = 3) -> pd.DataFrame:
    """Drawn answers to four questions about two services, some left blank."""
    rng = np.random.default_rng(seed)
    names = ["gs_peq:involved", "gs_peq:waiting", "norpeq:care", "own:Var maten god?"]
    steps = {name: rng.integers(1, 5, n).astype(float) for name in names}
    rows = pd.DataFrame(steps).mask(rng.random((n, len(names))) < 0.2)
    rows.insert(0, "service_id", np.where(rng.random(n) < 0.5, "s-1", "s-2"))
    return rows


def as_csv(rows: list[list[Any]], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def rows_of(answers: pd.DataFrame) -> list[list[Any]]:
    body = answers.astype(object).where(answers.notna(), None).to_numpy().tolist()
    return [list(answers.columns), *body]


def as_xlsx(rows: list[list[Any]], title: str = "Ark1") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def answers(data: bytes, name: str = "svar.csv", **how: str) -> ReadAnswers:
    return read_answers(data, name, KNOWN, largest_mb=LARGEST, **how)


def test_a_text_file_and_a_workbook_come_to_what_the_rows_come_to() -> None:
    drawn = frame()
    items, said, _ = reduce(drawn.astype("str"))
    items = tuple(replace(i, wording=i.item) if i.instrument == "own" else i for i in items)
    assert len(items) == 8
    for delimiter, encoding in ((";", "utf-8-sig"), (",", "utf-8"), ("\t", "cp1252"), (";", "utf-16")):
        read_ = answers(as_csv(rows_of(drawn), delimiter, encoding))
        assert (read_.items, read_.said, read_.faults) == (items, said, ())
    assert answers(as_xlsx(rows_of(drawn)), "svar.xlsx") == answers(as_csv(rows_of(drawn)))
    assert answers(as_csv(rows_of(drawn))).n == int(drawn.drop(columns="service_id").notna().any(axis=1).sum())


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_by_their_words_and_services_by_name_in_any_order(language: str) -> None:
    drawn, t = frame(), Translator(language)
    plain = answers(as_csv(rows_of(drawn)))
    named = drawn.rename(columns={
        "service_id": t.word("voice_field", "service_id"), "gs_peq:involved": question("gs_peq", "involved", t),
        "gs_peq:waiting": INSTRUMENTS["gs_peq"].by_name["waiting"].wording.get(language),
        "norpeq:care": question("norpeq", "care", t).upper(),
    })  # fmt: skip
    named = named.replace({"s-1": "solbakken SYKEHJEM", "s-2": " Elvebredden"})
    named[named.columns[2]] = named.iloc[:, 2].map(
        lambda step: None if pd.isna(step) else INSTRUMENTS["gs_peq"].by_name["waiting"].answers[int(step) - 1].get(language))
    moved = answers(as_csv(rows_of(named[list(named.columns)[::-1]])))
    assert moved.faults == ()
    assert sorted(moved.items, key=repr) == sorted(plain.items, key=repr)
    assert moved.said == plain.said


def test_faults_stand_at_their_cells_and_nothing_is_reduced() -> None:
    rows = rows_of(frame(6))
    rows[2][1], rows[4][3], rows[5][0] = "4 av 5", 9, "Solbaken"
    read_ = answers(as_csv(rows))
    assert (read_.items, read_.said, read_.n) == ((), (), 0)
    assert told(read_.faults) == [("svar.csv!A6", "unknown_service", True)]
    rows[5][0] = "s-1"
    read_ = answers(as_xlsx(rows), "svar.xlsx")
    assert told(read_.faults) == [("Ark1!B3", "answer_outside", True), ("Ark1!D5", "answer_outside", True)]
    assert [fault.value for fault in read_.faults] == ["4 av 5", "9"]


def test_a_row_about_nothing_and_a_column_that_is_no_question() -> None:
    rows = rows_of(frame(4).assign(merknad="x"))
    rows[3][0] = None
    found = told(answers(as_csv(rows)).faults)
    assert ("svar.csv!F1", "unknown_column", False) in found
    assert ("svar.csv!A4", "no_subject", True) in found
    twice = rows_of(frame(4))
    twice[0][2] = "GS-PEQ.involved".replace("-", "_").lower()
    assert ("svar.csv!C1", "column_twice", True) in told(answers(as_csv(twice)).faults)


def test_files_without_answers() -> None:
    assert told(answers(as_csv([["navn", "alder"], ["a", 3]])).faults)[-1][1:] in {("no_questions", True), ("empty", True)}
    assert told(answers(as_csv([["service_id", "gs_peq:involved"]])).faults) == [("", "empty", True)]
    assert told(answers(b"").faults) == [("", "empty_file", True)]
    assert told(answers(b"\x00\x01\x02;\x00").faults) == [("", "broken", True)]
    assert told(answers(as_xlsx([["navn"], ["a"]]), "svar.xlsx").faults) == [("", "not_template", True)]
    assert told(answers(b"x" * 21_000_000).faults) == [("", "too_large", True)]


def test_identity_numbers_in_answers_are_masked_and_told() -> None:
    rows = rows_of(frame(4).assign(merknad=[f"fnr {IDENTITY}", None, None, int(IDENTITY)]))
    for read_ in (answers(as_csv(rows)), answers(as_xlsx(rows), f"{IDENTITY}.xlsx")):
        assert [reason for _, reason, _ in told(read_.faults)].count("identity_number") == 2
        assert IDENTITY not in repr(read_)
        assert len(read_.items) > 0
    assert IDENTITY not in repr(answers(b"%PDF", f"{IDENTITY}.xlsx"))


def test_clusters_are_told_to_the_reduction() -> None:
    drawn = frame(60).assign(avdeling=lambda f: np.arange(len(f)) % 6)
    with_, without = answers(as_csv(rows_of(drawn)), cluster="avdeling"), answers(as_csv(rows_of(drawn)))
    assert all(item.design_effect is not None for item in with_.items)
    assert all(item.design_effect is None for item in without.items)
    assert [item.mean for item in with_.items] == [item.mean for item in without.items]


def test_the_templates_sheet_of_answers_joins_the_submission() -> None:
    book = opened("survey")
    write(book, "about", [{**ABOUT, "n": None, "n_invited": 200}])
    page = page_of(book, "answers")
    at = keys(page)
    given = {"service_id": "Elvebredden", "gs_peq.involved": "I stor grad", "gs_peq.waiting": 1, "own.1": 5}
    write(book, "answers", [given, {**given, "gs_peq.involved": 2}, {**given, "own.1": 1}])
    page.cell(3, at["own.1"][1]).value = "Var maten god?"
    page.cell(2, at["own.1"][1]).value = "Trygge og sikre"
    found = read(book)
    assert [reason for _, reason, _ in told(found.faults)] == ["unusual_people", "low_response"]  # three of two hundred
    assert found.submission is not None
    assert found.submission.n == 3
    assert [(i.instrument, i.item, i.n, round(i.mean, 2)) for i in found.submission.items] == [
        ("gs_peq", "involved", 3, 58.33), ("gs_peq", "waiting", 3, 100.0), ("own", "Var maten god?", 3, 66.67),
    ]  # fmt: skip
    assert {(s.service_id, s.dimension, round(s.score or 0, 2)) for s in found.submission.said} == {
        ("s-2", "involving", 58.33), ("s-2", "accessible", 100.0), ("s-2", "safe", 66.67),
    }  # fmt: skip


def test_an_own_question_that_was_never_written_and_an_answer_outside_its_scale() -> None:
    book = opened("survey")
    write(book, "about", [{**ABOUT, "n_invited": 200}])
    write(book, "answers", [{"service_id": "s-1", "gs_peq.involved": 6, "own.2": 3}])
    page = page_of(book, "answers")
    column = {key: page.cell(1, at).column_letter for key, (_, at) in keys(page).items()}
    assert page[f"{column['own.2']}3"].value == own_name(2, Translator("nb"))
    found = read(book)
    assert [(cell, reason) for cell, reason, rejected in told(found.faults) if rejected] == [
        (f"Svar!{column['own.2']}3", "missing"), (f"Svar!{column['gs_peq.involved']}4", "answer_outside"),
    ]  # fmt: skip
    assert found.submission is None


def test_ten_thousand_rows_are_read() -> None:
    drawn = frame(10_000, seed=9)
    read_ = answers(as_csv(rows_of(drawn)))
    expected = drawn.groupby("service_id")["own:Var maten god?"].mean().sub(1).mul(25)
    own = {item.service_id: item.mean for item in read_.items if item.instrument == "own"}
    assert own == pytest.approx(expected.to_dict(), abs=1e-3)
    assert read_.n == int(drawn.drop(columns="service_id").notna().any(axis=1).sum())
