"""The filled cells of a handed-in workbook, sheet by sheet, and what stands about them: merged, hidden, calculated."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from risiko.intake.guard import opening, sheet_parts

MOST_ROWS = 60_000  # filled rows of one sheet; the settings' largest file holds about as many
CHUNK = 1 << 20
_ATTRIBUTES = rb"((?:\s[\w:]+=\"[^\"]*\")*)\s*/?>"
_MARK = re.compile(rb"<(?:\w+:)?(mergeCell|row|c|f)(?=[\s/>])" + _ATTRIBUTES)
_VALUE = re.compile(rb"\s([\w:]+)=\"([^\"]*)\"")
_WANTED = re.compile(rb"<(?:\w+:)?(?:mergeCell\s|f[\s/>]|row\s[^>]*hidden=|c\s[^>]*\svm=)")


@dataclass(frozen=True)
class Cell:
    """One filled cell. percent: shown as per cent. failed: it holds an error such as #N/A, or a formula without a
    saved value. formula: its value was calculated."""

    value: Any
    percent: bool = False
    failed: bool = False
    formula: bool = False


@dataclass
class Page:
    """One sheet: row -> column -> cell, both from 1. merged: ranges. hidden_rows: filled ones. in_cells: cells that are
    pictures. too_many: there are more filled rows than are read."""

    title: str
    hidden: bool = False
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: tuple[str, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    in_cells: tuple[str, ...] = ()
    too_many: bool = False


def pages(data: bytes) -> list[Page]:
    """Every sheet with cells, in the workbook's order. Cells are read one row at a time; raises guard.Unreadable."""
    with opening(), warnings.catch_warnings():  # of what openpyxl passes over: styles, links, newer drop-downs
        warnings.simplefilter("ignore")
        return _pages(data)


def _pages(data: bytes) -> list[Page]:
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        marks = {title: _marks(archive, part) for title, part in sheet_parts(archive).items()}
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    found = [_page(sheet, marks.get(sheet.title, {})) for sheet in book.worksheets]
    book.close()
    return found


def _page(sheet: Any, marks: dict[str, list[str]]) -> Page:
    sheet.reset_dimensions()  # some programs write a wrong size, and rows would be lost
    page = Page(sheet.title, sheet.sheet_state != "visible", merged=tuple(marks.get("mergeCell", ())),
                in_cells=tuple(marks.get("c", ())))  # fmt: skip
    pictures, formulas = set(page.in_cells), set(marks.get("f", ()))
    for row in sheet.iter_rows():
        cells = {c.column: _cell(c, formulas) for c in row if c.value is not None and c.value != ""}
        cells = {at: cell for at, cell in cells.items() if not _blank(cell)}
        if cells:
            page.too_many = len(page.rows) >= MOST_ROWS
            if page.too_many:
                break
            page.rows[next(c.row for c in row if c.value is not None)] = cells
    for at in formulas | pictures:
        _mend(page, at, picture=at in pictures)
    page.hidden_rows = tuple(int(n) for n in marks.get("row", ()) if int(n) in page.rows)
    return page


def _cell(cell: Any, formulas: set[str]) -> Cell:
    failed = cell.data_type == "e"
    percent = cell.data_type == "n" and "%" in str(cell.number_format)
    return Cell(cell.value, percent, failed, bool(formulas) and cell.coordinate in formulas)


def _blank(cell: Cell) -> bool:
    return isinstance(cell.value, str) and not cell.value.strip()


def _mend(page: Page, at: str, *, picture: bool) -> None:
    """A picture kept in a cell reads as an error and is none; a formula without a saved value is not a blank cell."""
    from openpyxl.utils.cell import coordinate_to_tuple

    row, column = coordinate_to_tuple(at)
    if picture:
        page.rows.get(row, {}).pop(column, None)
    elif column not in page.rows.get(row, {}):
        page.rows.setdefault(row, {})[column] = Cell("=", failed=True, formula=True)


def _marks(archive: zipfile.ZipFile, part: str) -> dict[str, list[str]]:
    """Kind of mark -> where: merged ranges, hidden rows, cells that are pictures (c), cells with a formula (f)."""
    found: dict[str, list[str]] = {}
    at = ""
    for chunk in _chunks(archive, part):
        if not _WANTED.search(chunk):
            continue
        for name, attributes in _MARK.findall(chunk):
            given = {key.decode(): value.decode() for key, value in _VALUE.findall(attributes)}
            kind = name.decode()
            if kind == "c":
                at = given.get("r", "")
                if "vm" in given and at:
                    found.setdefault("c", []).append(at)
            elif kind == "mergeCell" and "ref" in given:
                found.setdefault(kind, []).append(given["ref"])
            elif kind == "row" and given.get("hidden") in ("1", "true") and "r" in given:
                found.setdefault(kind, []).append(given["r"])
            elif kind == "f" and at:
                found.setdefault(kind, []).append(at)
    return found


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The sheet's text in pieces that end with a whole cell, so that a formula stays with the cell it is in."""
    rest = b""
    with archive.open(part) as stream:
        while read := stream.read(CHUNK):
            rest += read
            cut = rest.rfind(b"</row>")
            if cut >= 0:
                yield rest[: cut + 6]
                rest = rest[cut + 6 :]
    yield rest
