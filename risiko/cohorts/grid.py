"""Grids of as-of dates: when a score is tried, and from which earlier dates it may learn."""

from __future__ import annotations

from collections.abc import Iterable
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
    begin = pd.Timestamp(first)
    step = pd.offsets.MonthEnd(months) if begin.is_month_end else pd.DateOffset(months=months)
    return tuple(day.date() for day in pd.date_range(begin, pd.Timestamp(last), freq=step))


def training_dates(before: date, first: date, months: int) -> tuple[date, ...]:
    """The dates before `before`, counted back from it in steps of `months`, not earlier than `first`; oldest first.

    Counted from the date itself, so that a score of this autumn learns from autumns and springs alike.
    """
    back: Iterable[pd.Timestamp] = ()
    end = pd.Timestamp(before)
    step = pd.offsets.MonthEnd(months) if end.is_month_end else pd.DateOffset(months=months)
    back = pd.date_range(end=end, periods=1 + (end - pd.Timestamp(first)).days // (28 * months) + 1, freq=step)
    return tuple(day.date() for day in back if pd.Timestamp(first) <= day < end)
