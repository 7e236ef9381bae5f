"""Complaints by month: rows of every precision, time in operation, and the streams' own time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko.aggregate import as_complaints, condense
from risiko.asof import in_window
from risiko.signals.complaint_months import complaint_months, months_ago
from risiko.signals.complaint_streams import stream_rate
from risiko.signals.complaint_surge import complaint_surge
from risiko.signals.complaints import complaint_rate_long, complaint_rate_short
from tests.drawn import context, table

TWO = "service_id | users | valid_from\na | 100 | 2010-01-01\nb | 100 | 2023-07-01\n"


def by_month(rows: str, as_of: str = "2023-12-31") -> np.ndarray:
    c = context(as_of, services=TWO, complaints="service_id | event_date | n | date_precision\n" + rows)
    sums = c.once(complaint_months)
    return sums.per_month(np.ones_like(sums.n))


@pytest.mark.parametrize("as_of", ["2023-12-31", "2024-02-29", "2024-03-31", "2023-05-15", "2023-01-01"])
def test_months_have_the_edges_of_the_windows(as_of: str) -> None:
    days = pd.Series(pd.date_range(end=as_of, periods=1000)).astype("datetime64[us]")
    ago = months_ago(days, pd.Timestamp(as_of).date())
    for months in range(1, 30):
        assert ((ago < months) == in_window(days, pd.Timestamp(as_of).date(), months)).all(), months


def test_rows_are_spread_over_the_months_they_stand_for() -> None:
    assert by_month("a | 2023-12-31 | 12 | year")[0, :14].tolist() == pytest.approx([1.0] * 12 + [0, 0], abs=0.09)
    assert by_month("a | 2023-09-30 | 3 | quarter")[0, :8].tolist() == pytest.approx([0, 0, 0, 1, 1, 1, 0, 0], abs=0.05)
    assert by_month("a | 2023-11-30 | 5 | month")[0, :3].tolist() == [0, 5, 0]
    assert by_month("a | 2023-11-30 | 5 | day")[0, :3].tolist() == [0, 5, 0]


def test_a_years_count_falls_on_the_months_the_service_was_open_and_none_of_it_is_lost() -> None:
    found = by_month("b | 2023-12-31 | 12 | year")[1]
    assert found[:6].tolist() == pytest.approx([2.0] * 6, abs=0.06)
    assert found[7:].sum() == 0
    assert found.sum() == pytest.approx(12)


def test_what_falls_beyond_the_horizon_stays_there() -> None:
    found = by_month("a | 2019-06-30 | 12 | year")[0]
    assert found[54:].sum() == pytest.approx(6, abs=0.1)
    assert found[:54].sum() == 0


def test_a_service_with_complaints_before_it_began_was_in_operation_then() -> None:
    c = context("2023-12-31", services=TWO, complaints="service_id | event_date\nb | 2023-04-01\na | 2023-04-01")
    exposure = complaint_rate_short(c)["exposure"]
    assert exposure["b"] == pytest.approx(100 * 275 / 365.25)  # from 1 April, for the whole of that month
    assert exposure["a"] == pytest.approx(100 * 365 / 365.25)


def test_the_time_in_operation_is_the_same_from_days_and_from_counts_of_a_month() -> None:
    # b began on 1 July 2023. What came earlier in the same month, by months from the 15th, tells nothing of more.
    for days in (["2023-06-20", "2023-07-10"], ["2023-05-20", "2023-06-10", "2023-06-14"], ["2023-06-14"], ["2010-05-03", "2023-09-01"]):
        rows = "service_id | event_date | n | date_precision\n" + "".join(f"b | {day} | 1 | day\n" for day in days)
        single = context("2024-01-15", services=TWO, complaints=rows)
        counted = as_complaints(condense(table("complaints", rows), date(2024, 1, 15)))
        monthly = replace(single, known={**single.known, "complaints": counted}, _made={})
        assert (monthly.once(complaint_months).years == single.once(complaint_months).years).all(), days


def test_users_of_nought_are_no_exposure() -> None:
    c = context("2023-12-31", services="service_id | users\na | 0\nb | 50", complaints="service_id | event_date\na | 2023-04-01\nb | 2023-04-01")
    found = complaint_rate_short(c)
    assert found["missing"].fillna("").to_dict() == {"a": "no_exposure", "b": ""}
    assert found.loc["a", "n"] == 1
    assert found.loc["b", "expected"] == pytest.approx(1000 / 50 / (365 / 365.25))  # a's complaint belongs to no rate


def test_a_stream_out_of_use_at_the_date_is_told_so() -> None:
    c = context("2027-06-30", services=TWO, complaints="service_id | event_date | stream\na | 2026-04-01 | notice\na | 2026-04-01 | case")
    assert set(stream_rate(c, stream="notice")["missing"]) == {"stream_not_in_use"}
    assert stream_rate(c, stream="case")["missing"].isna().all()
    # The months after the stream's end, the last day of 2026, are no time without notices.
    sums = c.once(complaint_months)
    assert sums.live[sums.streams.index("notice")].tolist() == [False] * 5 + [True] * 55


def test_a_stream_that_settings_do_not_know_is_a_stream_still() -> None:
    c = context("2023-12-31", services=TWO, complaints="service_id | event_date | stream\na | 2023-04-01 | letter")
    assert stream_rate(c, stream="letter")["n"].to_dict() == {"a": 1, "b": 0}
    assert set(stream_rate(c, stream="case")["missing"]) == {"source_silent"}


def test_yearly_counts_that_are_not_out_yet_are_not_a_fall() -> None:
    rows = "".join(f"a | {year}-12-31 | 12 | year\nb | {year}-12-31 | 12 | year\n" for year in range(2017, 2023))
    drawn = "service_id | event_date | n | date_precision\n" + rows
    c = context("2023-06-30", services="service_id | users\na | 100\nb | 100", complaints=drawn)
    stream = stream_rate(c, stream="case")
    assert stream["value"].tolist() == pytest.approx([120, 120], rel=0.03)  # twelve a year per 100, in the months reported
    assert set(complaint_surge(c)["missing"]) == {"not_by_month"}
    assert complaint_rate_long(c)["missing"].isna().all()


def test_no_complaint_at_all_and_no_users_at_all() -> None:
    empty = context("2023-12-31", services=TWO)
    assert set(complaint_surge(empty)["missing"]) == {"source_silent"}
    nobody = context("2023-12-31", services="service_id | users\na |", complaints="service_id | event_date\na | 2023-04-01")
    assert set(complaint_surge(nobody)["missing"]) == {"no_exposure"}
    assert complaint_rate_short(nobody).loc["a", "standing"] == 0
