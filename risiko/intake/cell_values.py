"""One cell of a handed-in workbook as a number, day, yes or no, or word of a closed list; or what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from typing import TypeVar

from risiko.i18n import LANGUAGES, Translator

MONTHS = (
    "januar january", "februar february", "mars march", "april", "mai may", "juni june", "juli july", "august",
    "september", "oktober october", "november", "desember december",
)  # fmt: skip
YES, NO = ("ja", "yes", "j", "y", "true", "sant", "1"), ("nei", "no", "n", "false", "usant", "0")
PERCENT, PARTLY = "percent_read", "part_of_scale"
_NUMBER = re.compile(r"^[+-]?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?$", re.ASCII)
_SCALE = re.compile(r"^(\d{1,2})\s*(?:/|av|of|out of)\s*(\d{1,2})$", re.ASCII)
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+)?$", re.ASCII)
_DAYS = re.compile(r"^(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})$", re.ASCII)
_WORDED = re.compile(r"^(\d{1,2})\.?\s+([a-zæøå]{3,9})\.?\s+(\d{4})$")


@dataclass(frozen=True)
class Trouble:
    """What is wrong with one cell, or doubtful. told: what the sentence leaves open."""

    reason: str
    told: dict[str, str] = field(default_factory=dict)
    rejected: bool = True


T = TypeVar("T")
Outcome = tuple[T | None, Trouble | None]  # the value, what is wrong with it: one of them, or both for a doubt


def plain(value: object) -> str:
    """A cell's text as it is compared: without case, line breaks and double spaces."""
    return " ".join(str(value).split()).casefold()


def number(value: object, *, percent: bool = False) -> Outcome[float]:
    """A number; decimal comma, spaces between thousands and a per cent sign are read.

    percent: the cell is shown as per cent, so that 0.8 in it reads 80. "4 av 5" is not guessed at: the scale's lowest
    step may be 0 or 1; told is what it would be on 0-100 if it were 1.
    """
    if isinstance(value, bool):
        return None, Trouble("not_a_number")
    if isinstance(value, (date, time, timedelta)):
        return None, Trouble("date_for_number")
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            return None, Trouble("not_a_number")
        return (100 * float(value), Trouble(PERCENT, {}, rejected=False)) if percent else (float(value), None)
    text = " ".join(str(value).split()).replace("−", "-").replace("–", "-")
    if scale := _SCALE.match(text.casefold()):
        return None, _partly(int(scale[1]), int(scale[2]))
    bare = text.removesuffix("%").strip()
    if not _NUMBER.match(bare):
        return None, Trouble("not_a_number")
    return float(re.sub(r"[ \u00a0\u202f]", "", bare).replace(",", ".")), None


def _partly(got: int, most: int) -> Trouble:
    if most < 2 or not 1 <= got <= most:
        return Trouble("not_a_number")
    return Trouble(PARTLY, {"got": str(got), "most": str(most), "score": f"{100 * (got - 1) / (most - 1):.0f}"})


def whole(value: object, *, percent: bool = False) -> Outcome[int]:
    """A whole number; a share or a number with decimals is none."""
    found, trouble = number(value, percent=percent)
    if trouble and trouble.reason != "date_for_number":
        return None, Trouble("not_whole")
    if found is None or found != round(found) or "%" in str(value) or abs(found) > 1e9:
        return None, trouble or Trouble("not_whole")
    return int(found), None


def day(value: object) -> Outcome[date]:
    """A day: as Excel holds it, 2020-09-01, 1.9.2020 (day before month) or 1. september 2020.

    With slashes or hyphens either order is in use: 25/10/2020 can be read one way only, 09/10/2020 is ambiguous.
    """
    if isinstance(value, datetime):
        return value.date(), None
    if isinstance(value, date):
        return value, None
    text = " ".join(str(value).split()).casefold()
    if iso := _ISO.match(text):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if worded := _WORDED.match(text):
        months = [i for i, names in enumerate(MONTHS, 1) if any(n.startswith(worded[2]) for n in names.split())]
        return _date(int(worded[3]), months[0], int(worded[1])) if len(months) == 1 else (None, Trouble("not_a_date"))
    found = _DAYS.match(text)
    if not found:
        return None, Trouble("not_a_date")
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if found[2] != "." and first != second and max(first, second) <= 12:
        one, other = date(year, second, first), date(year, first, second)
        return None, Trouble("ambiguous_date", {"one": one.isoformat(), "other": other.isoformat()})
    return _date(year, first, second) if found[2] != "." and second > 12 else _date(year, second, first)


def _date(year: int, month: int, day_: int) -> Outcome[date]:
    try:
        return date(year, month, day_), None
    except ValueError:
        return None, Trouble("not_a_date")


def yes_no(value: object) -> Outcome[bool]:
    """Yes or no in any of the three languages."""
    text = plain(value)
    return (text in YES, None) if text in YES + NO else (None, Trouble("not_yes_no"))


def word(value: object, words: Mapping[str, str]) -> Outcome[str]:
    """The machine word for what stands there. words: the spelling as plain() gives it -> machine word."""
    text = plain(value)
    if text in words:
        return words[text], None
    near = get_close_matches(text, words, n=1, cutoff=0.6)
    if not near:
        return None, Trouble("word_unknown")
    own = words[near[0]]  # an area is its own word, and is told as it is written on record
    return None, Trouble("word_near", {"nearest": own if plain(own) == near[0] else near[0].capitalize()})


@cache
def spellings(family: str, words: tuple[str, ...]) -> dict[str, str]:
    """How the words of a closed list may be written, as plain() gives it: in all languages, or as the word itself."""
    read = {plain(Translator(code).word(family, w)): w for code in LANGUAGES for w in words}
    return read | {plain(w): w for w in words}
