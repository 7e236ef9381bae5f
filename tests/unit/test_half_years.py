"""The period of a report: whole half-years, written in three ways, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from risiko.errors import InputError
from risiko.pipeline.half_years import half_years, period_of
from risiko.reports.organisation_facts import Period


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    (" 2026H1 ", date(2026, 1, 1), date(2026, 6, 30)),
    ("2026h2", date(2026, 7, 1), date(2026, 12, 31)),
    ("2025-07..2026-06", date(2025, 7, 1), date(2026, 6, 30)),
    ("2026-01..2026-06", date(2026, 1, 1), date(2026, 6, 30)),
])  # fmt: skip
def test_a_period_is_read(text: str, first: date, last: date) -> None:
    assert period_of(text) == Period(first, last)


@pytest.mark.parametrize("text", [
    "", "26", "2026H3", "2026-01", "2026-01..2026-05", "2026-02..2026-07", "2026-07..2026-06", "2026-07..2025-12",
    "2026-13..2026-06", "0001", "9999H2", "2026-01-01..2026-06-30", "<script>",
])  # fmt: skip
def test_what_is_no_period_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(InputError, match="whole half-years") as refused:
        period_of(text)
    assert "2026H1" in refused.value.hint


def test_the_half_years_between_two_days_newest_first() -> None:
    assert half_years(date(2025, 6, 30), date(2026, 7, 1)) == ["2026H2", "2026H1", "2025H2", "2025H1"]
    assert [period_of(half).last for half in half_years(date(2026, 1, 1), date(2026, 1, 2))] == [date(2026, 6, 30)]
