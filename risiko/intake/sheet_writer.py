"""How a sheet to fill looks in Excel: hidden keys, names of columns, drop-downs, checks while typing, widths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from risiko.i18n import Translator
from risiko.intake.filled import shown
from risiko.intake.sheets import EXAMPLE, Column, explained, label, title

WIDTHS = {
    "text": 30, "long": 60, "word": 28, "whole": 12, "score": 12, "number": 14, "date": 14, "yes_no": 12, "service": 30,
    "type": 28, "area": 24, "question": 60,
}  # fmt: skip
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
_PROMPT, _MESSAGE = 32, 255  # Excel's longest heading and text of a message


@dataclass
class Writer:
    """Writes the sheets of one workbook. lists: family, or kind of column -> the words of its drop-down."""

    book: Any
    t: Translator
    today: date
    words: Mapping[str, tuple[str, ...]]
    styles: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        top: dict[str, Any] = {"valign": "top", "text_wrap": True}
        day = "d mmm yyyy" if self.t.language == "en" else "dd.mm.yyyy"
        plain = dict.fromkeys(WIDTHS, "@") | dict.fromkeys(("whole", "score", "number"), "General") | {"date": day}
        made = {kind: {**top, "num_format": form, "align": "left"} for kind, form in plain.items()}
        made |= {"head": {**top, "bold": True, "bottom": 1, "bg_color": "#E8EEF4"}, "": top}
        made |= {"title": {"bold": True, "font_size": 16}, "bold": {**top, "bold": True}}
        made |= {"note": {**top, "bold": True, "font_color": "#8A3B00"}}
        self.styles = {name: self.book.add_format(form) for name, form in made.items()}

    def sheet(
        self, sheet: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], required: Sequence[str], *,
        most: int,
    ) -> None:  # fmt: skip
        """A sheet to fill, with room for so many rows; most 0: an example, marked as one, which is never read."""
        page = self.book.add_worksheet(title(sheet, self.t, example=not most))
        page.hide_gridlines(0)
        page.set_row(0, None, None, {"hidden": True})
        head = 1 if most else 2
        if not most:
            page.set_tab_color("#C77700")
            page.write_string(1, 1 if sheet == "about" else 0, self.t("workbook.example_note"), self.styles["note"])
        write = self._lines if sheet == "about" else self._table
        write(page, sheet, columns, rows, required, head, "" if most else f"{EXAMPLE}.", most)
        page.freeze_panes(head + 1, 2 if sheet == "about" else 0)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(head)

    def _lines(
        self, page: Any, sheet: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]],
        required: Sequence[str], head: int, before: str, most: int,
    ) -> None:  # fmt: skip
        """The sheet about the submission: a line for each question, in a table of question, answer and explanation."""
        page.set_column(0, 0, None, None, {"hidden": True})
        for at, (key, width) in enumerate((("key", 20), ("label", 34), ("value", 44), ("help", 70))):
            if at:
                page.set_column(at, at, width)
                page.write_string(0, at, f"{before}about.{key}")
                page.write_string(head, at, label(key, self.t), self.styles["head"])
        given = rows[0] if rows else {}
        for row, column in enumerate(columns, start=head + 1):
            name = label(column.key, self.t) + (" *" if column.key in required else "")
            page.write_string(row, 0, f"{before}about.{column.key}")
            page.write_string(row, 1, name, self.styles["bold"])
            page.write_string(row, 3, explained(sheet, column.key, self.t), self.styles[""])
            self._write(page, row, 2, column, given.get(column.key))
            if most:
                self.validate(page, (row, 2, row, 2), sheet, column, only=given.get(column.key, ""))
            if column.kind == "long":
                page.set_row(row, 60)

    def _table(
        self, page: Any, sheet: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]],
        required: Sequence[str], head: int, before: str, most: int,
    ) -> None:  # fmt: skip
        """A sheet with a row for each thing that was said, as a table of Excel's own."""
        last = head + max(most, len(rows), 1)
        names = [{"header": label(c.key, self.t), "header_format": self.styles["head"]} for c in columns]
        page.add_table(head, 0, last, len(columns) - 1, {
            "columns": names, "autofilter": False, "style": "Table Style Light 1",
            "name": f"{EXAMPLE if before else 'own'}_{sheet}",
        })  # fmt: skip
        page.set_row(head, 34)
        for at, column in enumerate(columns):
            page.set_column(at, at, WIDTHS[column.kind], self.styles[column.kind])
            page.write_string(0, at, f"{before}{sheet}.{column.key}")
            if most:
                self.validate(page, (head + 1, at, last, at), sheet, column)
            for row, given in enumerate(rows, start=head + 1):
                self._write(page, row, at, column, given.get(column.key))

    def _write(self, page: Any, row: int, at: int, column: Column, value: Any) -> None:
        style = self.styles[column.kind]
        if value is None:
            page.write_blank(row, at, None, style)
        elif isinstance(value, date):
            page.write_datetime(row, at, value, style)
        elif isinstance(value, int | float):
            page.write_number(row, at, value, style)
        else:
            page.write_string(row, at, value, style)

    def validate(self, page: Any, area: tuple[int, ...], sheet: str, column: Column, *, only: str = "") -> None:
        """What may be typed, and what is told when the cell is entered; a drop-down where there is a list of words.

        area: first row and column, last row and column, from 0. only: the one word that may stand there.
        """
        help_ = explained(sheet, column.key, self.t)[:_MESSAGE]
        told: dict[str, Any] = {"input_title": label(column.key, self.t)[:_PROMPT], "input_message": help_}
        told |= {"error_title": self.t("workbook.error_title")[:_PROMPT], "error_message": help_}
        listed = column.family or column.kind
        if only:
            rule: dict[str, Any] = {"validate": "list", "source": [only]}
        elif self.words.get(listed):
            rule = {"validate": "list", "source": self.source(self.words[listed])}
            # A question, or a place, may be one that is not on the list: then the reader says what it found.
            rule |= {"error_type": "information"} if column.kind in ("question", "area", "type") else {}
        else:
            rule = self._rule(column)
        page.data_validation(*area, {**rule, **told})

    def _rule(self, column: Column) -> dict[str, Any]:
        if column.kind == "whole":
            return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 10_000_000}
        if column.kind in ("score", "number"):
            return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
        if column.kind == "date":
            late = column.key == "keep_until"
            first, last = (self.today, _LAST_DAY) if late else (_FIRST_DAY, self.today)
            return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
        return {"validate": "any"}

    def source(self, words: tuple[str, ...]) -> str:
        """Where a drop-down reads these words: a column of the sheet of lists (a list in place ends at a comma)."""
        letter = chr(ord("A") + list(self.words.values()).index(words))
        return f"='{title('lists', self.t)}'!${letter}$2:${letter}${len(words) + 1}"

    def start(self, page: Any, method: str, sheets: Mapping[str, tuple[Column, ...]]) -> None:
        """The first sheet: what it is for, how to fill it in, what happens with it, and what each column takes."""
        t = self.t
        page.hide_gridlines(2)
        page.set_column(0, 0, 26)
        page.set_column(1, 1, 34)
        page.set_column(2, 2, 90)
        page.write_string(0, 0, t("workbook.title", method=shown(t.word("method", method))), self.styles["title"])
        row = 2
        for part in ("what", "how", "then", "consent"):
            page.write_string(row, 0, t.word("workbook_start", part), self.styles["bold"])
            for line in t.word("workbook_start_text", part).split("\n"):
                page.write_string(row, 1, line)
                row += 1
            row += 1
        for at, key in enumerate(("sheet", "column", "help")):
            page.write_string(row, at, t.word("workbook_head", key), self.styles["head"])
        for sheet, columns in sheets.items():
            for column in columns:
                row += 1
                page.write_string(row, 0, title(sheet, t), self.styles[""])
                page.write_string(row, 1, label(column.key, t), self.styles[""])
                page.write_string(row, 2, explained(sheet, column.key, self.t), self.styles[""])
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)

    def lists(self) -> None:
        """The sheet that the drop-downs read their words from, hidden so that it is not in the way."""
        page = self.book.add_worksheet(title("lists", self.t))
        for at, (name, words) in enumerate(self.words.items()):
            page.write_string(0, at, name, self.styles["head"])
            page.write_column(1, at, words)
        page.hide()
