"""What the sheets of an intake workbook are made of: the template is written, and the reader reads, by this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from risiko import vocabulary as v
from risiko.i18n import LANGUAGES, Translator
from risiko.intake.cell_values import plain
from risiko.intake.methods import CRITICALITY, ITEMS, METHOD_FORMS, SCORE

Kind = Literal[
    "text", "long", "word", "whole", "score", "number", "date", "yes_no", "service", "type", "area", "question",
]  # fmt: skip
# The sheets that are filled, in the workbook's order; before them stands "start", after them the lists of words.
FILLED = ("about", "said", "quotes", "items", "answers")
EXAMPLE = "example"  # what the keys of an example's cells begin with
YES_NO = ("yes", "no")
VALUE = "about.value"  # the column that is filled in on the sheet about the submission
HEADS = ("label", "value", "help")  # of that sheet's columns
# What is to be written where the same field means something else from sheet to sheet.
_EXPLAINED = {
    ("said", "n"): "row_n", ("said", "n_invited"): "row_n_invited", ("quotes", "text"): "quote_text",
    ("items", "n"): "item_n", ("items", "dimension"): "item_dimension",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One thing to fill in: the name of the field it becomes, and what kind of value it takes.

    family, words: of a closed list. On the sheet "about" it is a line of its own, on the others a column.
    """

    key: str
    kind: Kind
    family: str = ""
    words: tuple[str, ...] = ()


_SUBJECT = (Column("service_id", "service"), Column("service_type", "type"), Column("area", "area"))
_DIMENSION = Column("dimension", "word", "dimension", v.DIMENSIONS)
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "about": (
        Column("method", "word", "method", v.METHODS),
        Column("organisation", "text"),
        Column("new_organisation", "yes_no"),
        Column("asked_by", "text"),
        Column("reached", "word", "reached", v.REACHED),
        Column("reached_how", "long"),
        Column("user_group", "word", "user_group", v.USER_GROUPS),
        Column("n", "whole"),
        Column("n_invited", "whole"),
        Column("n_women", "whole"),
        Column("n_men", "whole"),
        Column("youngest", "whole"),
        Column("oldest", "whole"),
        Column("first_day", "date"),
        Column("last_day", "date"),
        Column("consent", "word", "consent", v.CONSENTS),
        Column("purpose", "word", "purpose", v.PURPOSES),
        Column("keep_until", "date"),
        Column("wants_back", "long"),
    ),
    "said": (
        *_SUBJECT, _DIMENSION, Column("score", "score"),
        Column("criticality", "word", "criticality", v.CRITICALITIES), Column("text", "long"), Column("n", "whole"),
        Column("n_invited", "whole"), Column("spread", "number"),
    ),
    "quotes": (
        Column("text", "long"), Column("agreed", "yes_no"), _DIMENSION,
        Column("may_show", "word", "quote_use", v.QUOTE_USES),
    ),
    "items": (
        Column("item", "question"), _DIMENSION, Column("n", "whole"), Column("mean", "score"),
        Column("n_blank", "whole"), Column("spread", "number"), Column("design_effect", "number"), *_SUBJECT,
    ),
    "answers": _SUBJECT,
}  # fmt: skip
# Without one of each group the rows of a sheet say nothing.
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "said": (("service_id", "service_type"), ("score", "criticality", "text")),
    "quotes": (("text",), ("agreed",)),
    "items": (("item",), ("n",), ("mean",)),
}
BY_KEY: Mapping[str, Mapping[str, Column]] = {
    sheet: {column.key: column for column in columns} for sheet, columns in COLUMNS.items()
}


def label(key: str, t: Translator) -> str:
    """What a column, or a line of the sheet "about", is called for this reader: as on the page with the form."""
    return t.word("workbook_head" if key in HEADS else "voice_field", key)


def explained(sheet: str, key: str, t: Translator) -> str:
    """What is to be written there, in a sentence or two."""
    return t.word("workbook_help", _EXPLAINED.get((sheet, key), key))


def title(sheet: str, t: Translator, *, example: bool = False) -> str:
    """The name of a sheet (at most 31 signs): start, one of FILLED, or lists."""
    return t.word("workbook_example_sheet" if example else "workbook_sheet", sheet)


@cache
def titles() -> dict[str, str]:
    """Every name of every filled sheet, as plain() gives it, in all languages -> the sheet; examples: "example"."""
    languages = [Translator(code) for code in LANGUAGES]
    read = {plain(title(sheet, t)): sheet for t in languages for sheet in ("start", *FILLED, "lists")}
    return read | {plain(title(sheet, t, example=True)): EXAMPLE for t in languages for sheet in FILLED}


@cache
def labels(sheet: str) -> dict[str, str]:
    """Every name of every column of a sheet, as plain() gives it, in all languages -> its key."""
    keys = (*BY_KEY[sheet], "value") if sheet == "about" else tuple(BY_KEY[sheet])
    return {plain(label(key, Translator(code))): key for code in LANGUAGES for key in keys}


def of_method(method: str, sheet: str) -> tuple[Column, ...]:
    """The columns of a sheet that make sense for a method, in their order; none: the method has no such sheet."""
    form = METHOD_FORMS[method]
    if sheet == "answers":
        return COLUMNS["answers"] if ITEMS in form.takes else ()
    if sheet in ("quotes", "items") and sheet not in form.takes:
        return ()
    if sheet == "about":
        wanted = {"method", "organisation", "new_organisation", *form.required, *form.asked}
        return tuple(column for column in COLUMNS["about"] if column.key in wanted)
    left_out = {SCORE, CRITICALITY} - set(form.scored_by) if sheet == "said" else set()
    left_out |= {"n"} if form.most_people == 1 else set()
    left_out |= set() if ITEMS in form.takes else {"n_invited", "spread"}
    return tuple(column for column in COLUMNS[sheet] if column.key not in left_out)
