"""A check's outcome as a sentence in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from risiko.evaluate.checks.outcome import Share, Value
from risiko.i18n.translator import Translator

NAMES_SHOWN = 3


def told(
    t: Translator, code: str, values: Mapping[str, Value], reason: str = "", name_of: Callable[[str], str] = str
) -> str:
    """What was found, or why the check could not be made.

    name_of: what a signal, column or group is called on the pages; by default its own name.
    """
    if reason:
        return t.word("check_reason", reason)
    return t(f"check_found.{code}", **{name: _written(t, value, name_of) for name, value in values.items()})


def _written(t: Translator, value: Value, name_of: Callable[[str], str]) -> str:
    if isinstance(value, tuple):
        shown = [name_of(name) for name in value[:NAMES_SHOWN]] + ["…"] * (len(value) > NAMES_SHOWN)
        return ", ".join(shown) or "–"
    if isinstance(value, str):
        return name_of(value)
    if isinstance(value, date):
        return t.date(value)
    if isinstance(value, Share):
        return t.percent(value, 1 if abs(value) < 0.1 else 0)
    return t.number(value, 0 if isinstance(value, int) else 2)
