"""A list of words and numbers as a file to take along: CSV as Norwegian Excel reads it, and a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pandas as pd

from risiko.i18n import Translator

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def list_csv(rows: pd.DataFrame, t: Translator) -> bytes:
    """UTF-8 with its mark; semicolons, in English commas; a text that could run as a formula is quoted."""
    safe = rows.map(lambda cell: f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS_A_FORMULA) else cell)
    made: str = safe.to_csv(index=False, sep="," if t.language == "en" else ";", lineterminator="\r\n")
    return ("\ufeff" + made).encode("utf-8")


def list_xlsx(rows: pd.DataFrame, notes: Sequence[str], sheet_name: str) -> bytes:
    """A workbook of one sheet: the notes above, then the list with a filter; texts are never read as formulas."""
    import xlsxwriter

    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(sheet_name[:31])
        bold, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
        for line, note in enumerate(notes):
            sheet.write_string(line, 0, note)
        first = len(notes) + 1
        for place, name in enumerate(rows):
            texts = rows[name].astype("str")
            sheet.set_column(place, place, min(max(10, int(texts.str.len().max() or 0) + 2), 70), wrap)
            sheet.write_string(first, place, str(name), bold)
            for line, text in enumerate(texts, start=first + 1):  # cells of a sheet
                sheet.write_string(line, place, text)
        sheet.freeze_panes(first + 1, 0)
        sheet.autofilter(first, 0, first + max(len(rows), 1), max(len(rows.columns) - 1, 0))
    return made.getvalue()
