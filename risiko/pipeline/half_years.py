"""The period of a report as it is written: "2026", "2026H1" or "2026-01..2026-06", whole half-years."""

from __future__ import annotations

import re
from datetime import date, timedelta

from risiko.errors import InputError
from risiko.reports.organisation_facts import Period

_YEAR, _HALF = re.compile(r"(\d{4})"), re.compile(r"(\d{4})[Hh]([12])")
_MONTHS = re.compile(r"(\d{4})-(\d{2})\.\.(\d{4})-(\d{2})")
_OLDEST, _NEWEST = 1990, 2200


def period_of(text: str) -> Period:
    """The first and last day. Raises InputError for anything but whole half-years in order, which it explains."""
    asked = text.strip()
    if year := _YEAR.fullmatch(asked):
        return _period(text, int(year[1]), 1, int(year[1]), 12)
    if half := _HALF.fullmatch(asked):
        first = 1 if half[2] == "1" else 7
        return _period(text, int(half[1]), first, int(half[1]), first + 5)
    if months := _MONTHS.fullmatch(asked):
        return _period(text, *(int(part) for part in months.groups()))
    raise _refused(text)


def half_years(first: date, last: date) -> list[str]:
    """The half-years from one day to another, newest first, as period_of reads them: "2026H1"."""
    start, end = (2 * day.year + (day.month > 6) for day in (first, last))
    return [f"{half // 2}H{half % 2 + 1}" for half in range(end, start - 1, -1)]


def _period(text: str, first_year: int, first: int, last_year: int, last: int) -> Period:
    whole = first in (1, 7) and last in (6, 12) and (first_year, first) < (last_year, last)
    if not whole or first_year < _OLDEST or last_year > _NEWEST:
        raise _refused(text)
    after = date(last_year + last // 12, last % 12 + 1, 1)
    return Period(date(first_year, first, 1), after - timedelta(days=1))


def _refused(text: str) -> InputError:
    hint = "write a year as 2026, half a year as 2026H1, or whole half-years as 2025-07..2026-06"
    return InputError(f"{text!r} is no period of whole half-years.", where="period", hint=hint)
