"""A fault of a submission in a reader's language: what is wrong, and what to do about it."""

from __future__ import annotations

from datetime import date

from risiko.i18n import Translator
from risiko.intake.submission import Fault

NOTHING = "–"


def fault_words(fault: Fault, t: Translator) -> tuple[str, str]:
    """What is wrong and what to do, each a sentence or two; days and numbers as this reader writes them."""
    told = {name: _told(value, t) for name, value in fault.told.items()}
    what, do = (t.word(family, fault.reason) for family in ("intake_fault", "intake_try"))
    return what.format_map(_Told(told)), do.format_map(_Told(told))


class _Told(dict[str, str]):
    """What a sentence leaves open; what is not told reads as a dash, never as a fault of the program."""

    def __missing__(self, key: str) -> str:
        return NOTHING


def _told(value: str, t: Translator) -> str:
    try:
        return t.date(date.fromisoformat(value)) if "-" in value else t.number(int(value))
    except ValueError:
        return value or NOTHING
