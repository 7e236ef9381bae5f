"""The workbook that a user organisation fills: one for each method, in the reader's language, with a filled example."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from risiko.i18n import Translator
from risiko.intake import filled
from risiko.intake.answer_writer import write_answers
from risiko.intake.filled import cells_of, shown, type_name
from risiko.intake.instruments import INSTRUMENTS
from risiko.intake.methods import METHOD_FORMS
from risiko.intake.questions import standard
from risiko.intake.sheet_writer import Writer
from risiko.intake.sheets import COLUMNS, YES_NO, Column, of_method, title
from risiko.intake.submission import Known

ROWS = 200  # prepared for filling; more may be added below
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def template_xlsx(method: str, t: Translator, *, known: Known, example: bool = True) -> bytes:
    """The workbook for one method: a first sheet that explains, the sheets to fill, and an invented example of each.

    Words of closed lists, types of service and areas are drop-downs in the reader's words; a service is written by its
    id or exact name, for there may be thousands. Hidden keys say which column is which, so that names may change and
    columns move. Nothing is protected. Raises KeyError for an unknown method.
    """
    import xlsxwriter

    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        name = shown(t.word("method", method))
        book.set_properties({"title": t("workbook.title", method=name)})
        writer = Writer(book, t, known.today, _words(t, known))
        start = book.add_worksheet(title("start", t))
        sheets = {sheet: of_method(method, sheet) for sheet in COLUMNS}
        sheets = {sheet: columns for sheet, columns in sheets.items() if columns}
        for sheet, columns in sheets.items():
            rows = [{"method": name}] if sheet == "about" else []
            if sheet == "answers":
                write_answers(writer, columns)
                continue
            writer.sheet(sheet, columns, rows, METHOD_FORMS[method].required, most=ROWS)
        if example:
            _examples(writer, method, sheets, known)
        writer.start(start, method, sheets)
        writer.lists()
    return buffer.getvalue()


def _examples(writer: Writer, method: str, sheets: Mapping[str, tuple[Column, ...]], known: Known) -> None:
    rows = cells_of(filled.example(method, writer.t, known), writer.t, known)
    for sheet, columns in sheets.items():
        if sheet == "answers":
            write_answers(writer, columns, filled.example_answers(writer.t, known), example=True)
        else:
            writer.sheet(sheet, columns, rows.get(sheet, []), METHOD_FORMS[method].required, most=0)


def _words(t: Translator, known: Known) -> dict[str, tuple[str, ...]]:
    """The drop-downs: family, or kind of column -> its words as this reader reads them."""
    lists = {c.family: c.words for columns in COLUMNS.values() for c in columns if c.family} | {"yes_no": YES_NO}
    words = {family: tuple(shown(t.word(family, w)) for w in listed) for family, listed in lists.items()}
    words["type"] = tuple(sorted(dict.fromkeys(type_name(one, t, known) for one in known.service_types)))
    words["area"] = known.areas
    words["question"] = standard(t)
    scales = dict.fromkeys(item.answers for one in INSTRUMENTS.values() for item in one.items)
    for place, scale in enumerate(scales, start=1):
        words[f"answers_{place}"] = tuple(answer.get(t.language) for answer in scale)
    return words

