"""The sheet for raw answers: one row per person who answered, a column per question, also the organisation's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risiko.i18n import Translator
from risiko.intake.filled import shown
from risiko.intake.instruments import INSTRUMENTS, OWN
from risiko.intake.questions import OWN_PLACES, own_name, question
from risiko.intake.sheet_writer import WIDTHS, Writer
from risiko.intake.sheets import EXAMPLE, Column, label, title
from risiko.vocabulary import DIMENSIONS

ROWS = 1000  # prepared for filling; more may be added below
_WIDE = 24


@dataclass(frozen=True)
class _Asked:
    """A column of answers: its hidden key, its name, what it speaks about and the answers to choose from."""

    key: str
    name: str
    dimension: str = ""
    answers: tuple[str, ...] = ()


def write_answers(
    writer: Writer, subjects: Sequence[Column], rows: Sequence[Mapping[str, Any]] = (), *, example: bool = False
) -> None:
    """A sheet with a row for each person; example: filled with `rows` (key of the column -> answer), and not read.

    Above the names of the questions stands what each speaks about; above one of their own it is chosen from a list.
    """
    t = writer.t
    page = writer.book.add_worksheet(title("answers", t, example=example))
    page.set_row(0, None, None, {"hidden": True})
    head = 3 if example else 2
    before = f"{EXAMPLE}." if example else ""
    if example:
        page.set_tab_color("#C77700")
        page.write_string(1, 0, t("workbook.example_note"), writer.styles["note"])
    asked = _asked(t)
    last = head + (len(rows) if example else ROWS)
    names = [label(c.key, t) for c in subjects] + [one.name for one in asked]
    page.add_table(head, 0, last, len(names) - 1, {
        "columns": [{"header": name, "header_format": writer.styles["head"]} for name in names],
        "autofilter": False, "style": "Table Style Light 1", "name": f"{EXAMPLE if example else 'own'}_answers",
    })  # fmt: skip
    page.set_row(head, 90)
    page.write_string(head - 1, 0, t("workbook.topic_row"), writer.styles["bold"])
    for at, column in enumerate(subjects):
        page.set_column(at, at, WIDTHS[column.kind], writer.styles[column.kind])
        page.write_string(0, at, f"{before}answers.{column.key}")
        if not example:
            writer.validate(page, (head + 1, at, last, at), "answers", column)
    for at, one in enumerate(asked, start=len(subjects)):
        _question(writer, page, at, one, head, before)
        if not example:
            _checks(writer, page, at, one, head, last)
    keys = [c.key for c in subjects] + [one.key for one in asked]
    for row, given in enumerate(rows, start=head + 1):
        for at, key in enumerate(keys):
            if key in given:
                page.write(row, at, given[key], writer.styles[""])
    page.freeze_panes(head + 1, 0)


def _asked(t: Translator) -> tuple[_Asked, ...]:
    standard = [
        _Asked(f"{name}.{item.item}", question(name, item.item, t), item.dimension,
               tuple(answer.get(t.language) for answer in item.answers))
        for name, known in INSTRUMENTS.items() for item in known.items
    ]  # fmt: skip
    return (*standard, *(_Asked(f"{OWN}.{place}", own_name(place, t)) for place in range(1, OWN_PLACES + 1)))


def _question(writer: Writer, page: Any, at: int, one: _Asked, head: int, before: str) -> None:
    page.set_column(at, at, _WIDE, writer.styles["text"] if one.answers else writer.styles["score"])
    page.write_string(0, at, f"{before}answers.{one.key}")
    if one.dimension:
        page.write_string(head - 1, at, shown(writer.t.word("dimension", one.dimension)), writer.styles[""])
    elif before:
        page.write_string(head - 1, at, shown(writer.t.word("dimension", DIMENSIONS[0])), writer.styles[""])


def _checks(writer: Writer, page: Any, at: int, one: _Asked, head: int, last: int) -> None:
    """Answers of a known question are chosen in words, or written as their step; to one of their own they are 1–5."""
    if one.answers:
        told = {"input_title": writer.t("workbook.answer"), "input_message": writer.t("workbook.answer_help")}
        rule: dict[str, Any] = {"validate": "list", "source": writer.source(one.answers), "error_type": "information"}
        page.data_validation(head + 1, at, last, at, {**rule, **told})
        return
    told = {"input_title": writer.t("workbook.answer"), "input_message": writer.t("workbook.own_help")}
    rule = {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": 5}
    page.data_validation(head + 1, at, last, at, {**rule, **told})
    writer.validate(page, (head - 1, at, head - 1, at), "items", Column("dimension", "word", "dimension", DIMENSIONS))
