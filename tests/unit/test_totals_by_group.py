"""Large groups are told of at once, small ones when their half-year is over; no two versions give a small number."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko.disclosure import TOTAL, safe_totals, totals_by_group

JUNE, DECEMBER = "2026-06-30", "2026-12-31"
RUNNING, OVER = date(2026, 11, 22), date(2027, 1, 1)


def groups(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["half_year", "row", "column", "people"])
    return frame.assign(half_year=pd.to_datetime(frame["half_year"]))


def told(found: pd.DataFrame, today: date) -> dict[tuple[str, str], tuple[int, int]]:
    rows = totals_by_group(found, today)
    return {(r.row, r.column): (r.people, r.hidden) for r in rows.itertuples(index=False)}


def test_a_large_group_is_told_of_before_the_half_year_is_over() -> None:
    assert told(groups((DECEMBER, "a", "x", 507)), RUNNING) == {
        ("", ""): (507, 0), ("", "x"): (507, 0), ("a", ""): (507, 0), ("a", "x"): (507, 0)}  # fmt: skip


def test_a_small_group_waits_and_is_told_as_at_least() -> None:
    found = told(groups((DECEMBER, "a", "x", 507), (DECEMBER, "a", "x", 3)), RUNNING)
    assert found["a", "x"] == (507, 1)
    assert found[TOTAL, TOTAL] == (507, 1)


def test_small_groups_come_in_together_when_they_are_enough() -> None:
    some = groups((DECEMBER, "a", "x", 20), *[(DECEMBER, "a", "x", 2)] * 4)
    assert told(some, RUNNING)["a", "x"] == (20, 1)
    assert told(some, OVER)["a", "x"] == (28, 0)


def test_a_single_small_group_is_never_told_of_though_a_large_one_stands_beside_it() -> None:
    """The reason for tables apart: 23 in the closed half-year would give 3 by subtraction of the 20 told before."""
    some = groups((DECEMBER, "a", "x", 20), (DECEMBER, "a", "x", 3))
    assert told(some, RUNNING)["a", "x"] == told(some, OVER)["a", "x"] == (20, 1)
    assert told(some, OVER)[TOTAL, TOTAL] == (20, 1)


def test_nobody_gives_nothing() -> None:
    assert told(groups(), RUNNING) == {}


@pytest.mark.parametrize("seed", range(6))
def test_versions_of_any_two_days_differ_by_what_may_be_told(seed: int) -> None:
    """Whoever subtracts the large groups, told one by one, is left with safe_totals of the small ones, or nothing."""
    rng = np.random.default_rng(seed)
    n = 40
    found = pd.DataFrame({
        "half_year": pd.to_datetime(rng.choice([JUNE, DECEMBER], n)), "row": rng.choice(list("abc"), n),
        "column": rng.choice(list("xy"), n), "people": rng.integers(1, 9, n),
    })  # fmt: skip
    small = found[found["people"] < 5]
    for today, over in ((RUNNING, small[small["half_year"] == JUNE]), (OVER, small)):
        mine = totals_by_group(found, today).set_index(["row", "column"])["people"]
        large = totals_by_group(found[found["people"] >= 5], today).set_index(["row", "column"])["people"]
        left = mine.sub(large, fill_value=0).astype("int64")
        safe = safe_totals(over).set_index(["row", "column"])["people"]
        assert (left[left > 0] == safe.reindex(left[left > 0].index)).all()
        assert not ((left > 0) & (left < 5)).any()
