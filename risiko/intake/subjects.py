"""What a workbook's words for services, types and areas stand for, and the values its cells become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from risiko.i18n.translator import readable
from risiko.intake import cell_values
from risiko.intake.cell_values import Outcome, Trouble, plain, spellings
from risiko.intake.grid import Cell
from risiko.intake.sheets import Column
from risiko.intake.submission import Known


@dataclass(frozen=True)
class Words:
    """The words known to the authority, by how plain() gives them. Looked up once, used for every cell."""

    known: Known

    @cached_property
    def services(self) -> Mapping[str, tuple[str, ...]]:
        """Id or name -> the services that go by it; an id goes before another's name."""
        found: dict[str, tuple[str, ...]] = {}
        for service_id, name in self.known.services.items():
            found[plain(name)] = (*found.get(plain(name), ()), service_id)
        return found | {plain(own): (own,) for own in self.known.services}

    @cached_property
    def types(self) -> Mapping[str, str]:
        """Every name of a type in any language -> the type."""
        names = {plain(n): own for own in self.known.service_types for n in self.known.type_names.get(own, ())}
        return {plain(readable(own)): own for own in self.known.service_types} | names | {
            plain(own): own for own in self.known.service_types
        }  # fmt: skip

    @cached_property
    def areas(self) -> Mapping[str, str]:
        """Municipality or county -> its name as it is written on record."""
        return {plain(area): area for area in self.known.areas}

    def service(self, value: object) -> Outcome[str]:
        """The id of the service with this id or exact name; what is neither stays as it is, for checking to tell of."""
        text = str(value).strip()
        own = self.services.get(plain(text), (text,))
        return (own[0], None) if len(own) == 1 else (None, Trouble("service_ambiguous", {"ids": ", ".join(own[:5])}))

    def type_(self, value: object) -> Outcome[str]:
        """The type of service with this name in any language."""
        return cell_values.word(value, self.types)

    def area(self, value: object) -> Outcome[str]:
        """The area's name as it is written on record; an unknown one stays as it is."""
        return self.areas.get(plain(value), str(value).strip()), None


def value_of(column: Column, cell: Cell, words: Words) -> tuple[Any, list[Trouble]]:
    """The cell's value for this column and what is wrong with it; None: it holds none, or it could not be read."""
    if cell.failed:
        return None, [Trouble("formula_without_value" if cell.value == "=" else "error_cell")]
    told = [Trouble("formula_read", rejected=False)] if cell.formula else []
    value, trouble = _READERS[column.kind](column, cell, words)
    return value, [*told, *([trouble] if trouble else [])]


def _text(_: Column, cell: Cell, __: Words) -> Outcome[str]:
    value = cell.value
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat(), None
    if isinstance(value, date | time | timedelta):
        return str(value), None
    return (f"{value:g}" if isinstance(value, float) and value == round(value) else str(value).strip()), None


def _word(column: Column, cell: Cell, _: Words) -> Outcome[str]:
    return cell_values.word(cell.value, spellings(column.family, column.words))


_READERS: Mapping[str, Callable[[Column, Cell, Words], Outcome[Any]]] = {
    "text": _text, "long": _text, "question": _text, "word": _word,
    "yes_no": lambda _, cell, __: cell_values.yes_no(cell.value),
    "whole": lambda _, cell, __: cell_values.whole(cell.value, percent=cell.percent),
    "score": lambda _, cell, __: cell_values.number(cell.value, percent=cell.percent),
    "number": lambda _, cell, __: cell_values.number(cell.value, percent=cell.percent),
    "date": lambda _, cell, __: cell_values.day(cell.value),
    "service": lambda _, cell, words: words.service(_text(_, cell, words)[0]),
    "type": lambda _, cell, words: words.type_(cell.value),
    "area": lambda _, cell, words: words.area(cell.value),
}  # fmt: skip
