"""A template filled with a submission, as an organisation would fill it: for examples and trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from risiko.i18n import Translator
from risiko.intake.filled import cells_of
from risiko.intake.submission import Known, Submission
from risiko.intake.template import template_xlsx

_KEYS = 1  # the row of hidden keys in a sheet


def filled_template(
    about: Submission, t: Translator, known: Known, answers: Sequence[Sequence[Any]] = ()
) -> bytes:  # fmt: skip
    """The template of the submission's method, in this reader's words, with its cells written into it.

    answers: rows of the sheet of raw answers, its names of columns among them; it then stands last.
    """
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(template_xlsx(about.method, t, known=known, example=False)))
    for sheet, rows in cells_of(about, t, known).items():
        page = next((p for p in book.worksheets if _key(p, sheet)), None)
        if page is not None and rows:
            _lines(page, rows[0]) if sheet == "about" else _table(page, sheet, rows)
    if answers:
        page = next(p for p in book.worksheets if _key(p, "answers"))
        where = page.title
        book.remove(page)
        page = book.create_sheet(where)
        for row in answers:
            page.append(list(row))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _key(page: Any, sheet: str) -> bool:
    return any(str(cell.value).startswith(f"{sheet}.") for cell in page[_KEYS])


def _lines(page: Any, row: Mapping[str, Any]) -> None:
    """The sheet where each line is one question: its key stands first, the answer third."""
    for cells in page.iter_rows():
        key = str(cells[0].value).removeprefix("about.")
        if key in row:
            cells[2].value = row[key]


def _table(page: Any, sheet: str, rows: list[dict[str, Any]]) -> None:
    at = {str(cell.value).removeprefix(f"{sheet}."): cell.column for cell in page[_KEYS]}
    for place, row in enumerate(rows, start=_KEYS + 2):
        for key, value in row.items():
            if key in at:
                page.cell(place, at[key], value)
