"""A filled template as a submission: every fault at once, each with its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from risiko.intake import checking, guard
from risiko.intake.answer_sheet import reduced
from risiko.intake.cell_values import Trouble
from risiko.intake.found import Found, without_identity_numbers
from risiko.intake.grid import Cell, Page, pages
from risiko.intake.guard import Source, Unreadable
from risiko.intake.instruments import OWN
from risiko.intake.masked import masked
from risiko.intake.questions import found as question
from risiko.intake.sheet_marks import tell_marks
from risiko.intake.sheets import BY_KEY, EXAMPLE
from risiko.intake.subjects import Words, value_of
from risiko.intake.submission import Fault, ItemMean, Known, Quote, Said, Submission
from risiko.intake.tables import Table, cell_name, lines, sheet_of, table

# What is wrong with a file, a sheet or a cell; what is wrong with a submission itself: checking.REASONS.
WORKBOOK_REASONS = (
    "too_large", "password", "old_format", "not_a_workbook", "empty_file", "broken", "unpacks_too_large", "macros",
    "embedded", "external_links", "not_template", "empty", "only_example", "sheet_twice", "unknown_sheet",
    "hidden_sheet", "hidden_rows", "too_many_rows", "merged", "picture", "column_missing", "column_twice",
    "unknown_column", "column_renamed", "unknown_line", "line_twice", "formula_without_value", "formula_read",
    "error_cell", "identity_number", "percent_read", "part_of_scale", "not_a_number", "date_for_number", "not_whole",
    "not_a_date", "ambiguous_date", "not_yes_no", "word_near", "word_unknown", "service_ambiguous",
)  # fmt: skip
_MUST = {"items": ("item", "n", "mean")}
_LEAST: Mapping[str, Mapping[str, Any]] = {
    "quotes": {"text": "", "agreed": False}, "items": {"n": 0, "mean": 0.0},
}  # fmt: skip
_MAKERS: Mapping[str, type[Said] | type[Quote] | type[ItemMean]] = {"said": Said, "quotes": Quote, "items": ItemMean}


@dataclass(frozen=True)
class Read:
    """What a file gave: the submission, masked, unless a fault is rejected; and every fault in reading order."""

    submission: Submission | None
    faults: tuple[Fault, ...] = ()


def read_workbook(source: Source, name: str, known: Known, *, largest_mb: float) -> Read:
    """The submission in a filled template, in whatever language, with its columns and lines wherever they stand.

    source: bytes, a path or an open stream; a file larger than largest_mb (millions of bytes) is not read. Nothing
    half: with one rejected fault there is no submission, but all faults are told. Never raises for what a file holds.
    """
    data, refused = guard.bytes_of(source, name, largest_mb=largest_mb)
    refused = refused or guard.refusals(data, name, largest_mb=largest_mb)
    if refused:
        return Read(None, refused)
    found = Found()
    try:
        sheets = _sheets(data, found)
    except Unreadable:
        return Read(None, (guard.refusal("broken", name),))
    submission = _submission(sheets, Words(known), found) if sheets else None
    if submission is not None:
        found.placed(checking.faults(submission, known))
    faults = found.told()
    rejected = any(fault.rejected for fault in faults)
    return Read(None if submission is None or rejected else masked(submission), faults)


def _sheets(data: bytes, found: Found) -> dict[str, Page]:
    """Sheet of the template -> its page; what stands about the cells is told, and identity numbers are masked."""
    found.faults += guard.beside(data)
    pictures = guard.pictures(data)
    sheets: dict[str, Page] = {}
    all_pages = pages(data)
    kinds = {page.title: sheet_of(page) for page in all_pages}
    for page in all_pages:
        sheet = kinds[page.title]
        if sheet in ("start", "lists", EXAMPLE):
            continue
        without_identity_numbers(page, found)
        if sheet in sheets:
            found.tell(Trouble("sheet_twice"), page.title, value=sheets[sheet].title)
        elif sheet:
            sheets[sheet] = page
            tell_marks(page, pictures.get(page.title, ()), found)
        elif page.rows:
            found.tell(Trouble("unknown_sheet", rejected=False), page.title)
    if not sheets:
        found.tell(Trouble("only_example" if EXAMPLE in kinds.values() else "not_template"), "", of="file")
    return sheets


def _submission(sheets: Mapping[str, Page], words: Words, found: Found) -> Submission | None:
    """The submission as far as it can be read; None: nothing is filled in but the method."""
    given = _lines(sheets["about"], words, found) if "about" in sheets else {}
    lists: dict[str, tuple[Any, ...]] = {}
    for sheet, maker in _MAKERS.items():
        if sheet in sheets:
            found.cells[sheet] = sheets[sheet].title
            lists[sheet] = tuple(_rows(table(sheets[sheet], sheet, found), maker, words, found))
    if "answers" in sheets:
        _answers(sheets["answers"], given, lists, words, found)
    if not (set(given) - {"method"} or any(lists.values()) or found.faulty - {"method"}):
        found.tell(Trouble("empty"), "", of="file")
        return None
    fields: dict[str, Any] = {"method": "", **given, **lists}
    return Submission(**fields)


def _answers(
    page: Page, given: dict[str, Any], lists: dict[str, tuple[Any, ...]], words: Words, found: Found
) -> None:  # fmt: skip
    """Add what raw answers come to; how many took part is counted where it is not told."""
    answers = reduced(page, words, found)
    for sheet, rows in (("said", answers.said), ("items", answers.items)):
        before = lists.get(sheet, ())
        places = range(len(before) + 1, len(before) + len(rows) + 1)
        found.cells |= {f"{sheet}.{place}": page.title for place in places}
        lists[sheet] = (*before, *rows)
    if answers.n and "n" not in given:
        given["n"] = answers.n


def _lines(page: Page, words: Words, found: Found) -> dict[str, Any]:
    """Field of the submission -> its value, from the sheet where each line is one question."""
    given: dict[str, Any] = {}
    seen: set[str] = set()
    for row, column, key, name in lines(page):
        where, cell = cell_name(page, row, column), page.rows[row].get(column)
        if not key:
            found.tell(Trouble("unknown_line", rejected=False), where, value=name)
        elif key in seen and cell is not None:
            found.tell(Trouble("line_twice"), where, of=key, value=name)
        elif cell is None:
            found.cells.setdefault(key, where)
        else:
            seen.add(key)
            found.cells[key] = where
            value = _value("about", key, cell, where, key, words, found)
            given |= {} if value is None else {key: value}
    return given


def _rows(read: Table, maker: Any, words: Words, found: Found) -> list[Any]:
    """One Said, Quote or ItemMean for every filled row."""
    made: list[Any] = []
    for row, cells in read.rows():
        place = f"{read.sheet}.{len(made) + 1}"
        given: dict[str, Any] = {}
        for key in read.columns:
            found.cells[f"{place}.{key}"] = read.at(row, key)
            if key in cells:
                value = _value(read.sheet, key, cells[key], read.at(row, key), f"{place}.{key}", words, found)
                given |= {} if value is None else {key: value}
        for key in _MUST.get(read.sheet, ()):
            if key not in given and key in read.columns and f"{place}.{key}" not in found.faulty:
                found.tell(Trouble("missing"), read.at(row, key), of=f"{place}.{key}")
        if maker is ItemMean:
            given["instrument"], given["item"] = question(str(given.get("item", "")))
            given |= {"wording": given["item"]} if given["instrument"] == OWN else {}
        made.append(maker(**{**_LEAST.get(read.sheet, {}), **given}))
    return made


def _value(sheet: str, key: str, cell: Cell, where: str, name: str, words: Words, found: Found) -> Any:
    value, troubles = value_of(BY_KEY[sheet][key], cell, words)
    for trouble in troubles:
        found.tell(trouble, where, of=name, value=cell.value)
    return value
