"""The decision memo read back: headings, tables and language that Word and a screen reader need, and the words in it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table

from risiko.i18n import LANGUAGES, Translator
from risiko.reports.plan_docx import plan_docx
from risiko.reports.plan_memo import memo
from tests.plans import a_plan
from tests.unit.test_plan_words import words

TAGS = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}


def opened(*given: Any, **kept: Any) -> Document:
    return docx.Document(BytesIO(plan_docx(words(*given, **kept))))


@cache
def plain(language: str = "en") -> Document:
    """The memo of the plan as it is drawn in tests/plans.py."""
    return opened(None, language)


def texts(document: Document) -> list[str]:
    """Every paragraph and cell, in order."""
    found = []
    for block in document.iter_inner_content():
        found += [cell.text for row in block.rows for cell in row.cells] if isinstance(block, Table) else [block.text]
    return found


def test_it_is_a_title_its_state_and_a_heading_for_each_section() -> None:
    memo_ = plain()
    styled = [(p.style.name, p.text) for p in memo_.paragraphs if p.style.name in ("Title", "Subtitle", "Heading 1")]
    assert styled == [
        ("Title", "Supervision plan 1 Jul 2026–30 Jun 2027"), ("Subtitle", "draft – not saved"),
        *(("Heading 1", heading) for heading in (
            "What is decided", "Person-days and what they go to", "How the choice was made", "The services that are visited",
            "What each rule costs, and other ways to choose", "Who could not be in it", "How lots were drawn", "How sure we are",
            "What is not known", "Signatures", "Where the plan comes from")),
    ]  # fmt: skip


def test_each_visit_stands_with_its_reason() -> None:
    table = next(t for t in plain().tables if t.rows[0].cells[0].text == "Service")
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert [row[0] for row in rows[1:]] == ["Hus 3", "Hus 5", "Hus 6", "Hus 2", "Hus 4"]
    assert rows[1] == [
        "Hus 3", "Nord, October 2026", "unannounced, 7 person-days", "Added by KN (a concern was raised): “Two nurses called us.”",
        "complaints, three years; Users: not filled in yet",
    ]  # fmt: skip
    assert [row[3].split(";")[0] for row in rows if row[0] == "Hus 2"] == ["Drawn by lot"]


def test_visits_by_law_stand_by_service_in_a_table_of_their_own() -> None:
    record = a_plan(["statutory"] * 3)
    visits = record.visits.assign(service_id=["s001", "s001", "s003"], name=["A", "A", "B"], office="Nord",
                                  month=["2027-01", "2026-08", ""])  # fmt: skip
    table = opened(replace(record, visits=visits)).tables[3]
    assert [[cell.text for cell in row.cells][:5] for row in table.rows[1:]] == [
        ["A", "Nord", "August 2026 and January 2027", "2", "7"], ["B", "Nord", "no month is free", "1", "3.5"],
    ]  # fmt: skip


def test_who_was_left_out_is_counted_by_reason_and_not_named() -> None:
    document = plain()
    table = next(t for t in document.tables if t.rows[0].cells[0].text == "Why not")
    assert {row.cells[0].text: row.cells[1].text for row in table.rows[1:]} == {"Visited recently": "1", "Skipped by a planner": "1"}
    assert "Åsen" not in " ".join(texts(document))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_is_set_where_word_and_a_screen_reader_look(language: str) -> None:
    document = plain(language)
    marks = {mark.get(qn("w:val")) for mark in document.styles.element.iter(qn("w:lang"))}
    marks |= {mark.get(qn("w:val")) for mark in document.settings.element.iter(qn("w:themeFontLang"))}
    assert marks == {TAGS[language]}
    assert document.core_properties.language == TAGS[language]
    assert document.element.body.findall(f".//{qn('w:lang')}") == []
    assert Translator(language)("ranking.caveat") in texts(document)
    assert document.sections[0].footer.paragraphs[0].text.startswith(Translator(language)("ranking.caveat"))


def test_tables_have_a_repeated_header_a_title_and_a_description_and_rows_stay_whole() -> None:
    document = plain()
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert len(document.tables) == len(captions) == 8
    for table, caption in zip(document.tables, captions, strict=True):
        about = {child.tag: child.get(qn("w:val")) for child in table._tbl.tblPr}
        assert about[qn("w:tblCaption")] == caption
        assert about[qn("w:tblDescription")] == ", ".join(cell.text for cell in table.rows[0].cells)
        repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert repeated == [True] + [False] * (len(table.rows) - 1)
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_nothing_is_spaced_by_empty_paragraphs_and_lists_are_lists() -> None:
    document = plain()
    assert [p for p in document.paragraphs if not p.text.strip()] == []
    assert len([p for p in document.paragraphs if p.style.name == "List Bullet"]) > 15
    assert [p.text for p in document.paragraphs if re.match(r"[-•*] ", p.text)] == []
    assert document.inline_shapes._inline_lst == []  # no picture that would need words


def test_it_is_a4_with_a_page_number_and_tells_who_and_when() -> None:
    document = opened(number=12, sha256="ab12")
    section, about = document.sections[0], document.core_properties
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    fields = section.footer._element.findall(f".//{qn('w:fldSimple')}")
    assert [field.get(qn("w:instr")) for field in fields] == ["PAGE"]
    assert (about.title, about.author, about.content_status) == (
        "Supervision plan 1 Jul 2026–30 Jun 2027", "KN", "Plan no. 12 in the log")  # fmt: skip
    assert f"{about.created:%Y-%m-%d %H:%M}" == "2026-07-02 12:05"
    assert "ab12" in texts(document)


def test_widths_follow_the_text_and_fill_the_page() -> None:
    table = next(t for t in plain().tables if t.rows[0].cells[0].text == "Service")
    widths = [cell.width.cm for cell in table.rows[1].cells]
    assert sum(widths) == pytest.approx(17.0, abs=0.01)
    assert widths[3] > widths[0]
    assert [column.width.cm for column in table.columns] == pytest.approx(widths)


def test_characters_that_xml_cannot_hold_are_left_out_and_mark_up_is_text() -> None:
    record = a_plan(["risk"], title="a\x00b", by="K\x0bN")
    record = replace(record, visits=record.visits.assign(name="Å\x01sen <w:b/> & \x1fco"))
    document = opened(record)
    assert "Åsen <w:b/> & co" in texts(document)
    assert "ab" in texts(document)
    assert document.core_properties.author == "KN"


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_the_memo_is_in_it_and_whole(language: str) -> None:
    document, told = plain(language), words(a_plan(), language)
    said = texts(document)
    for section in memo(told):
        assert section.title in said
        for block in section.blocks:
            items = [block] if isinstance(block, str) else getattr(block, "items", [])
            assert set(items) <= set(said)
    assert [text for text in said if re.search(r"plan\.\w|plan_\w|[{}]|\bnan\b", text)] == []
