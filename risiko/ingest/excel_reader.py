"""Reading a sheet of an Excel workbook: values as Excel holds them, dates as dates."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from risiko.errors import InputError
from risiko.ingest.raw import Layout, Raw, no_malformed, unique_names

OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"  # the container of .xls files and of password-protected .xlsx


def read_excel(path: Path, layout: Layout, wanted: Collection[str]) -> Raw:
    """The rows of one sheet (the first, where none is named); wholly blank rows are passed over but counted.

    A column with one kind of value gets that dtype; a mixed one stays `object` and is converted cell kind by cell kind.
    """
    rows = _rows(path, layout)
    header = rows[layout.header_row - 1] if len(rows) >= layout.header_row else ()
    names = ["" if cell is None else str(cell).strip() for cell in header]
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


def _rows(path: Path, layout: Layout) -> list[tuple[Any, ...]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    with path.open("rb") as stream:
        if stream.read(4) == OLD_OR_LOCKED:
            raise InputError(
                "The workbook is password-protected, or in the old .xls format.",
                where=str(path),
                hint="save it as .xlsx without a password",
            )
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        raise InputError(
            f"The workbook is broken: {error}.", where=str(path), hint="open it in Excel and save it again"
        ) from None
    try:
        if layout.sheet is not None and layout.sheet not in book.sheetnames:
            raise InputError(
                f"There is no sheet {layout.sheet!r}.", where=str(path), hint=f"it has: {', '.join(book.sheetnames)}"
            )
        sheet = book[layout.sheet or book.sheetnames[0]]
        sheet.reset_dimensions()  # some programs write a wrong size, and rows would be lost
        return list(sheet.iter_rows(values_only=True))
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError, AttributeError) as error:
        raise InputError(
            f"The workbook is broken: {error}.", where=str(path), hint="open it in Excel and save it again"
        ) from None
    finally:
        book.close()
