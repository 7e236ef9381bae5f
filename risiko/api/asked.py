"""What a person asks for in words: a date, a row of dates, a step of months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from risiko import cohorts
from risiko.errors import InputError

Day = str | date


def day(told: Day, where: str) -> date:
    """The date, given as itself or as ISO text. Raises InputError."""
    try:
        if isinstance(told, datetime):  # a pandas Timestamp is one
            return told.date()
        return date.fromisoformat(told) if isinstance(told, str) else told
    except ValueError:
        raise InputError(f"{told!r} is not a date.", where=where, hint="write it as 2023-03-31") from None


def months(told: str) -> int:
    """How many months a step like "6mo" has, 1 to 120. Raises InputError."""
    number = told.removesuffix("mo")
    if not number.isdecimal() or not 1 <= int(number) <= 120:
        raise InputError(f"{told!r} is not a step.", where="every", hint="write it as 6mo")
    return int(number)


def trial_days(dates: Sequence[Day] | None, first: Day | None, last: Day | None, every: str) -> tuple[date, ...] | None:
    """The dates asked for, oldest first: a list of them, or a grid; None where nothing was asked for.

    Raises InputError for a list and a grid at once, half a grid, an empty list or a faulty date.
    """
    if dates is not None:
        if first is not None or last is not None:
            raise InputError("Dates and a grid of dates were given.", where="dates", hint="give one of them")
        if not dates:
            raise InputError("There is no date to try the score on.", where="dates", hint="leave dates out")
        return tuple(sorted({day(told, "dates") for told in dates}))
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise InputError("A grid of dates needs both ends.", where="first, last", hint="give both, or neither")
    return cohorts.every(day(first, "first"), day(last, "last"), months(every))
