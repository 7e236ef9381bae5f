"""A plan as a workbook: the list first, then what stands behind it, and how to make it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pandas as pd

from risiko.plan.rules_file import as_toml
from risiko.reports.plan_tables import Sheet, sheets
from risiko.reports.plan_words import PlanWords

RULES_SHEET = "rules.toml"
_A4 = 9
_NAME = 31  # characters of a sheet's name
_WIDE = 60  # a column at least so wide wraps its text


def plan_xlsx(words: PlanWords) -> bytes:
    """The plan as a workbook, a sheet for each of plan_tables.sheets: dates, numbers and shares as Excel has them.

    A missing number reads "no data" in its cell; what does not apply is blank. Text is written as text: nothing in the
    records can become a formula or a link.
    """
    import xlsxwriter

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        about = {"title": words.title, "author": words.record.by, "status": words.state}
        book.set_properties({**about, "created": words.record.made_at})
        top = {"valign": "top"}
        styles = {
            "bold": book.add_format({"bold": True}), "wrap": book.add_format({**top, "text_wrap": True}),
            "head": book.add_format({**top, "bold": True, "text_wrap": True, "bottom": 1}), "": book.add_format(top),
        }  # fmt: skip
        for sheet in sheets(words):
            forms = {column.form for column in sheet.columns} - set(styles)
            styles |= {form: book.add_format({**top, "num_format": form, "align": "right"}) for form in sorted(forms)}
            _write(book.add_worksheet(sheet.title[:_NAME]), sheet, styles, words)
        _rules(book.add_worksheet(RULES_SHEET), words)
    return buffer.getvalue()


def _rules(page: Any, words: PlanWords) -> None:
    """The rules to the last digit, a line in each cell: copied to a text file they make the plan again."""
    record = words.record
    command = f"# risiko plan --as-of {record.as_of} --seed {record.seed} --rules {RULES_SHEET}"
    page.set_column(0, 0, 2 * _WIDE)
    for row, line in enumerate([command, *as_toml(record.rules).splitlines()]):
        page.write_string(row, 0, line)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)


def _write(page: Any, sheet: Sheet, styles: Mapping[str, Any], words: PlanWords) -> None:
    for row, text in enumerate(sheet.lead):
        page.write_string(row, 0, text, styles["bold"])
    head = len(sheet.lead)
    for place, column in enumerate(sheet.columns):
        style = styles["wrap"] if column.width >= _WIDE else styles[column.form]
        page.set_column(place, place, column.width, style)
        page.write_string(head, place, column.heading, styles["head"])
        for row, cells in enumerate(sheet.rows, start=head + 1):  # cells of a sheet
            _cell(page, row, place, cells[place], style, words)
    page.freeze_panes(head + 1, sheet.frozen)
    page.autofilter(head, 0, head + max(len(sheet.rows), 1), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(head)
    page.set_footer(f"&L{words.t('ranking.caveat')}&R&P / &N")


def _cell(page: Any, row: int, place: int, value: Any, style: Any, words: PlanWords) -> None:
    if isinstance(value, str):
        page.write_string(row, place, value, style)
    elif isinstance(value, date):
        page.write_datetime(row, place, value, style)
    elif value is not None and pd.isna(value):
        page.write_string(row, place, words.t("data.missing"), style)
    elif value is not None:
        page.write_number(row, place, value, style)
