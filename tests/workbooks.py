"""Filled intake workbooks for tests: a template opened by openpyxl, and its cells written by their hidden keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl

from risiko.i18n import Translator
from risiko.intake.submission import Fault, Known
from risiko.intake.template import template_xlsx
from risiko.intake.workbook import Read, read_workbook

KNOWN = Known(
    services={"s-1": "Solbakken sykehjem", "s-2": "Elvebredden", "0012": "Nordlia", "s-4": "Tunet", "s-5": "Tunet"},
    service_types=("home_care", "nursing_home"),
    areas=("Troms", "Eksempelvik", "Dømevik", "Exampleton"),
    organisations=("Mental Helse",),
    today=date(2026, 5, 1),
    keep_months=36,
    type_names={"nursing_home": ("Sykehjem", "Sjukeheim", "Nursing home"), "home_care": ("Hjemmetjeneste",) * 3},
)
LARGEST = 20.0
# A focus group in order, in bokmål: line -> what is written; and one row of what was said.
ABOUT: Mapping[str, Any] = {
    "organisation": "Mental Helse", "asked_by": "Frivillige", "reached": "Gjennom medlemslister", "user_group": "Pårørende",
    "n": 9, "youngest": 40, "oldest": 70, "first_day": date(2026, 3, 1), "last_day": date(2026, 4, 1),
    "consent": "Deltakerne har sagt ja", "purpose": "Til tilsyn",
}  # fmt: skip
SAID: Mapping[str, Any] = {
    "service_id": "Solbakken sykehjem", "dimension": "Trygge og sikre", "score": 62, "text": "Få på vakt om natten.",
}  # fmt: skip


@cache
def template(method: str = "focus_group", language: str = "nb", *, example: bool = False) -> bytes:
    return template_xlsx(method, Translator(language, strict=True), known=KNOWN, example=example)


def whole(method: str = "focus_group", language: str = "nb", *, example: bool = False) -> openpyxl.Workbook:
    """The template itself, as a person opens it."""
    return openpyxl.load_workbook(BytesIO(template(method, language, example=example)))


def opened(method: str = "focus_group", language: str = "nb", *, example: bool = False) -> openpyxl.Workbook:
    """The template's words in a workbook without its looks: quicker, where many are written."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in _cells(method, language, example):
        page = book.create_sheet(title)
        for row, column, value in cells:
            page.cell(row, column).value = value
    return book


@cache
def _cells(method: str, language: str, example: bool) -> list[tuple[str, list[tuple[int, int, Any]]]]:
    book = whole(method, language, example=example)
    filled = [page for page in book if page.sheet_state == "visible"]
    return [(page.title, [(c.row, c.column, c.value) for row in page.iter_rows() for c in row if c.value is not None])
            for page in filled]  # fmt: skip


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def keys(page: Any) -> dict[str, tuple[int, int]]:
    """Hidden key -> where it stands (row, column), without the name of the sheet before it."""
    return {cell.value.partition(".")[2]: (cell.row, cell.column) for row in page.iter_rows() for cell in row
            if isinstance(cell.value, str) and cell.value.partition(".")[0] in ("about", "said", "quotes", "items", "answers")
            and " " not in cell.value}  # fmt: skip


def page_of(book: openpyxl.Workbook, sheet: str) -> Any:
    """The sheet whose hidden keys begin with this name."""
    return next(page for page in book for row in page.iter_rows(max_row=1) for cell in row
                if str(cell.value).startswith(f"{sheet}."))  # fmt: skip


def write(book: openpyxl.Workbook, sheet: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows (key -> value) into a sheet: below the names of columns, or on the lines of the sheet "about"."""
    page = page_of(book, sheet)
    at = keys(page)
    for place, given in enumerate(rows):
        for key, value in given.items():
            row, column = (at[key][0], at["value"][1]) if sheet == "about" else (first_row(sheet) + place, at[key][1])
            page.cell(row, column).value = datetime(*value.timetuple()[:3]) if type(value) is date else value


def cell_at(book: openpyxl.Workbook, line: str) -> str:
    """The cell that is filled in on a line of the sheet about."""
    return f"C{keys(page_of(book, 'about'))[line][0]}"


def first_row(sheet: str) -> int:
    return 4 if sheet == "answers" else 3


def focus_group(about: Mapping[str, Any] | None = None, *said: Mapping[str, Any]) -> openpyxl.Workbook:
    """The focus group in order, some of its lines or its one row written differently; None clears a cell."""
    book = opened()
    write(book, "about", [{**ABOUT, **(about or {})}])
    write(book, "said", [{**SAID, **one} for one in said or ({},)])
    return book


def read(book: openpyxl.Workbook | bytes, name: str = "svar.xlsx", known: Known = KNOWN) -> Read:
    return read_workbook(book if isinstance(book, bytes) else saved(book), name, known, largest_mb=LARGEST)


def told(faults: Sequence[Fault]) -> list[tuple[str, str, bool]]:
    """(cell, reason, rejected) of every fault."""
    return [(fault.cell, fault.reason, fault.rejected) for fault in faults]
