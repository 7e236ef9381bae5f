"""Reading a sheet of an Excel workbook: values as Excel holds them, dates as dates."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from risiko.errors import InputError
from risiko.ingest.cells import UNSAVED
from risiko.ingest.raw import Layout, Raw, no_malformed, plain_names, unique_names

Row = tuple[Any, ...]
CHUNK = 1 << 20
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"  # the container of .xls files and of password-protected .xlsx


def read_excel(path: Path, layout: Layout, wanted: Collection[str]) -> Raw:
    """The rows of one sheet (the first, where none is named); wholly blank rows are passed over but counted.

    A column with one kind of value gets that dtype; a mixed one stays `object` and is converted cell kind by cell kind.
    """
    rows = _rows(path, layout)
    header = rows[layout.header_row - 1] if len(rows) >= layout.header_row else ()
    names = plain_names(["" if cell is None else str(cell) for cell in header], wanted)
    if not any(names):
        raise InputError(
            "There are no column names.",
            where=f"{path}, row {layout.header_row}",
            hint="the row of names is row 1, or what header_row says",
        )
    unique_names(names, wanted, path)
    body = rows[layout.header_row :]
    numbers = pd.RangeIndex(layout.header_row + 1, layout.header_row + 1 + len(body))
    filled = [any(cell is not None and cell != "" for cell in row) for row in body]
    columns = {
        name: pd.Series([row[i] if i < len(row) else None for row in body], index=numbers, dtype=object)[
            filled
        ].infer_objects()
        for i, name in enumerate(names)
        if name in wanted
    }
    frame = pd.DataFrame(columns, index=numbers[filled])
    return Raw(frame.rename_axis("row"), no_malformed(), tuple(n for n in names if n))


def _rows(path: Path, layout: Layout) -> list[Row]:
    from openpyxl.utils.exceptions import InvalidFileException

    with path.open("rb") as stream:
        if stream.read(4) == OLD_OR_LOCKED:
            raise InputError(
                "The workbook is password-protected, or in the old .xls format.",
                where=str(path),
                hint="save it as .xlsx without a password",
            )
    try:
        rows = _sheet(path, layout, formulas=False)
        return _with_unsaved(rows, _sheet(path, layout, formulas=True)) if _has_formulas(path) else rows
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        OSError,
        SyntaxError,
        AttributeError,
    ) as error:
        raise InputError(
            f"The workbook is broken: {error}.", where=str(path), hint="open it in Excel and save it again"
        ) from None  # fmt: skip


def _sheet(path: Path, layout: Layout, *, formulas: bool) -> list[Row]:
    """The cells of the sheet: the values as saved, or the formulas themselves."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=not formulas)
    try:
        sheets = {sheet.title: sheet for sheet in book.worksheets}  # a chart on a sheet of its own has no cells
        if not sheets or (layout.sheet is not None and layout.sheet not in sheets):
            raise InputError(
                f"There is no sheet {layout.sheet!r}." if sheets else "There is no sheet with cells.",
                where=str(path), hint=f"it has: {', '.join(sheets) or 'charts only'}",
            )  # fmt: skip
        sheet = sheets[layout.sheet] if layout.sheet is not None else next(iter(sheets.values()))
        sheet.reset_dimensions()  # some programs write a wrong size, and rows would be lost
        return list(sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _has_formulas(path: Path) -> bool:
    """Is there any formula in the workbook? Asked of the packed sheets, which is quick."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as stream:
                    tail = b""
                    while chunk := stream.read(CHUNK):
                        if FORMULA.search(tail + chunk):
                            return True
                        tail = chunk[-20:]
    return False


def _with_unsaved(values: list[Row], formulas: list[Row]) -> list[Row]:
    """The values, with a mark where a formula was saved without one (by a program that does not calculate)."""
    return [
        tuple(UNSAVED if a is None and b is not None else a for a, b in zip(row, said, strict=False))
        if None in row else row
        for row, said in zip(values, formulas, strict=False)
    ]  # fmt: skip
