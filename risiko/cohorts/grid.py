"""Grids of as-of dates: when a score is tried, and from which earlier dates it may learn."""

from __future__ import annotations

from datetime import date

import pandas as pd

from risiko.errors import InputError


def every(first: date, last: date, months: int) -> tuple[date, ...]:
    """The dates from first to last, `months` apart; a grid that starts on a month's last day stays on last days.

    Raises InputError where the dates are in the wrong order or the step is no month.
    """
    if last < first or months < 1:
        raise InputError(
            f"There is no date from {first} to {last} in steps of {months} months.",
            where="dates", hint="put the earlier date first, and step by one month or more",
        )  # fmt: skip
    steps = range((last.year - first.year) * 12 // months + 12 // months + 1)
    return tuple(day for k in steps if (day := _moved(first, k * months)) <= last)


def training_dates(before: date, first: date, months: int) -> tuple[date, ...]:
    """The dates before `before`, counted back from it in steps of `months`, not earlier than `first`; oldest first.

    Counted from the date itself, so that a score of this autumn learns from autumns and springs alike.
    """
    steps = range(1 + (before - first).days // (28 * months), 0, -1)
    return tuple(day for k in steps if (day := _moved(before, -k * months)) >= first)


def _moved(day: date, months: int) -> date:
    """The date so many months on, each counted from the day itself: the 30th comes back to the 30th after February."""
    moved = pd.Timestamp(day) + pd.DateOffset(months=months)
    found: date = (moved + pd.offsets.MonthEnd(0) if pd.Timestamp(day).is_month_end else moved).date()
    return found
