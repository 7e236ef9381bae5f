"""The stretch of days a world covers, by calendar year, and days drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from risiko.asof import DAYS_PER_YEAR

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Rng = np.random.Generator


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def to_dates(days: Ints) -> pd.Series:
    """Day numbers as dates, with a plain index."""
    return pd.Series(days.astype("datetime64[D]").astype("datetime64[us]"))


@dataclass(frozen=True)
class Span:
    """First and last day, both included."""

    first: int
    last: int
    years: Ints

    @staticmethod
    def ending(end: date, years: int) -> Span:
        """The `years` whole years up to and including `end`."""
        start = (pd.Timestamp(end) - pd.DateOffset(years=years)).date() + timedelta(days=1)
        return Span(day_number(start), day_number(end), np.arange(start.year, end.year + 1))

    @property
    def n_years(self) -> int:
        """How many calendar years the span touches."""
        return len(self.years)

    def year_starts(self) -> Ints:
        """The first day of each calendar year, not clipped, one more than there are years."""
        starts: Ints = np.array([day_number(date(int(y), 1, 1)) for y in (*self.years, self.years[-1] + 1)])
        return starts

    def year_of(self, days: Ints) -> Ints:
        """The position in `years` of each day; days before and after the span count to its first and last year."""
        return np.clip(np.searchsorted(self.year_starts(), days, side="right") - 1, 0, self.n_years - 1)

    def bounds(self, opened: Ints, closed: Ints) -> tuple[Ints, Ints]:
        """First and last day in operation in each year, (services, years); last < first where not in operation."""
        starts = self.year_starts()
        first = np.maximum(np.maximum(starts[:-1], self.first)[None, :], opened[:, None])
        last = np.minimum(np.minimum(starts[1:] - 1, self.last)[None, :], closed[:, None])
        return first, last

    def exposure(self, opened: Ints, closed: Ints) -> Floats:
        """Years in operation within each calendar year, shape (services, years)."""
        first, last = self.bounds(opened, closed)
        lived: Floats = np.maximum(last - first + 1, 0) / DAYS_PER_YEAR
        return lived
