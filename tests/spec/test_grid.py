"""Grids of as-of dates: month ends stay month ends, the ends are held, and nothing is learned from the day itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risiko.cohorts import every, training_dates
from risiko.errors import InputError


def days(*text: str) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, text))


@pytest.mark.parametrize(
    ("first", "last", "months", "expected"),
    [
        ("2019-03-31", "2020-03-31", 6, days("2019-03-31", "2019-09-30", "2020-03-31")),
        ("2019-03-31", "2020-03-30", 6, days("2019-03-31", "2019-09-30")),
        ("2019-03-31", "2019-03-31", 6, days("2019-03-31")),
        ("2020-02-29", "2020-08-31", 3, days("2020-02-29", "2020-05-31", "2020-08-31")),
        ("2020-01-30", "2020-03-31", 1, days("2020-01-30", "2020-02-29", "2020-03-30")),
        ("2020-11-30", "2021-11-30", 12, days("2020-11-30", "2021-11-30")),
        ("2020-01-15", "2020-03-20", 1, days("2020-01-15", "2020-02-15", "2020-03-15")),
    ],
)
def test_the_dates_of_a_backtest(first: str, last: str, months: int, expected: tuple[date, ...]) -> None:
    assert every(*days(first, last), months) == expected


@pytest.mark.parametrize(("first", "last", "months"), [("2020-01-01", "2019-01-01", 6), ("2020-01-01", "2021-01-01", 0)])
def test_dates_in_the_wrong_order_and_no_step_are_refused(first: str, last: str, months: int) -> None:
    with pytest.raises(InputError, match="There is no date from") as told:
        every(*days(first, last), months)
    assert told.value.hint


@pytest.mark.parametrize(
    ("before", "first", "months", "expected"),
    [
        ("2020-03-31", "2018-12-01", 6, days("2019-03-31", "2019-09-30")),
        ("2020-03-31", "2019-03-31", 6, days("2019-03-31", "2019-09-30")),  # the first day itself is in
        ("2020-03-31", "2019-04-01", 6, days("2019-09-30")),
        ("2020-03-15", "2019-03-01", 6, days("2019-03-15", "2019-09-15")),
        ("2021-04-30", "2021-01-01", 1, days("2021-01-31", "2021-02-28", "2021-03-31")),
        ("2021-04-29", "2021-01-01", 1, days("2021-01-29", "2021-02-28", "2021-03-29")),
        ("2020-03-31", "2020-03-01", 6, ()),
        ("2020-03-31", "2020-03-31", 6, ()),
        ("2020-03-31", "2025-01-01", 6, ()),
    ],
)
def test_the_dates_to_learn_from_are_counted_back_from_the_date(
    before: str, first: str, months: int, expected: tuple[date, ...]
) -> None:
    assert training_dates(*days(before, first), months) == expected


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(-500, 8000), st.integers(1, 24))
def test_no_date_to_learn_from_is_missed_and_none_lies_outside(before: date, back: int, months: int) -> None:
    first = before - timedelta(days=back)
    found = training_dates(before, first, months)
    assert all(first <= day < before for day in found)
    assert list(found) == sorted(set(found))
    whole = training_dates(before, first - timedelta(days=3000), months)  # a longer past only adds older dates
    assert found == tuple(day for day in whole if day >= first)
