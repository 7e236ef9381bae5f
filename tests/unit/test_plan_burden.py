"""What others lay on services: visits counted where they fall, and months that are taken."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko.plan import burden
from tests.drawn import table

START, END = date(2026, 9, 1), date(2026, 12, 31)
SERVICES = table("services", "service_id | provider_id\na | P\nb | P\nc |\nd | Q").set_index("service_id")
AREAS = table(
    "service_areas", "service_id | municipality | share\na | Vik | 1\nb | Vik | 0.5\nb | Nes |\nb | Øy | 0\nc | Nes | 1"
)
ALL = "authority | visits | first_day | last_day | service_id | provider_id | municipality\n"


def busy(rows: str) -> pd.DataFrame:
    return table("busy_periods", ALL + rows).assign(known_date=pd.Timestamp("2026-01-01"))


def counted(rows: str) -> dict[tuple[str, str], int]:
    found = burden.visits_by_others(busy(rows), SERVICES, AREAS, START, END)
    assert found.dtypes.astype("str").to_dict() == {"what": "str", "who": "str", "visits": "int64"}
    return {(what, who): visits for what, who, visits in found.itertuples(index=False)}


def taken(rows: str, start: date = START, end: date = END) -> dict[str, list[str]]:
    found = burden.busy_months(busy(rows), SERVICES, AREAS, start, end)
    assert list(found.index) == list(SERVICES.index)
    return {service: list(found.columns[found.loc[service]]) for service in found.index if found.loc[service].any()}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # About a service: its provider, and every municipality it serves (not the one it has left).
        ("x | 2 | 2026-09-01 | 2026-09-02 | b | | ", {("municipality", "Vik"): 2, ("municipality", "Nes"): 2, ("provider", "P"): 2}),
        ("x | 1 | 2026-09-01 | 2026-09-02 | c | | ", {("municipality", "Nes"): 1}),
        ("x | 1 | 2026-09-01 | 2026-09-02 | d | | ", {("provider", "Q"): 1}),
        # What the row says itself goes before what is known of the service.
        ("x | 1 | 2026-09-01 | 2026-09-02 | b | Z | Øy", {("municipality", "Øy"): 1, ("provider", "Z"): 1}),
        ("x | 3 | 2026-09-01 | 2026-09-02 | | P | ", {("provider", "P"): 3}),
        ("x | 3 | 2026-09-01 | 2026-09-02 | | | Vik", {("municipality", "Vik"): 3}),
        ("x | 3 | 2026-09-01 | 2026-09-02 | | P | Vik", {("municipality", "Vik"): 3, ("provider", "P"): 3}),
        ("x | 0 | 2026-09-01 | 2026-09-02 | b | | ", {}),
        ("x | 4 | 2026-09-01 | 2026-09-02 | gone | | ", {}),
        # One day within the period is enough; one before or after it is not in it.
        ("x | 1 | 2026-01-01 | 2026-09-01 | | P | ", {("provider", "P"): 1}),
        ("x | 1 | 2026-12-31 | 2027-05-01 | | P | ", {("provider", "P"): 1}),
        ("x | 1 | 2026-01-01 | 2026-08-31 | | P | ", {}),
        ("x | 1 | 2027-01-01 | 2027-01-02 | | P | ", {}),
    ],
)  # fmt: skip
def test_visits_of_others_count_where_they_fall(row: str, expected: dict[tuple[str, str], int]) -> None:
    assert counted(row) == expected


def test_visits_of_several_rows_add_up() -> None:
    rows = "x | 1 | 2026-09-01 | 2026-09-02 | a | |\ny | 2 | 2026-10-01 | 2026-10-02 | b | |\nz | 3 | 2026-09-01 | 2026-09-02 | | | Vik"
    assert counted(rows) == {("municipality", "Vik"): 6, ("municipality", "Nes"): 2, ("provider", "P"): 3}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # October 2026 has 22 working days: 11 are half, 12 more than half.
        ("x | 1 | 2026-10-01 | 2026-10-15 | a | |", {}),
        ("x | 1 | 2026-10-01 | 2026-10-16 | a | |", {"a": ["2026-10"]}),
        ("x | 0 | 2026-09-10 | 2026-11-05 | a | |", {"a": ["2026-09", "2026-10"]}),
        ("x | 1 | 2026-10-01 | 2026-10-31 | | P |", {"a": ["2026-10"], "b": ["2026-10"]}),
        ("x | 1 | 2026-10-01 | 2026-10-31 | | | Nes", {"b": ["2026-10"], "c": ["2026-10"]}),
        ("x | 1 | 2026-10-01 | 2026-10-31 | | P | Nes", {"b": ["2026-10"]}),
        ("x | 1 | 2026-10-01 | 2026-10-31 | | | Øy", {}),
        ("x | 1 | 2026-10-01 | 2026-10-31 | d | P | Nes", {"d": ["2026-10"]}),
        ("x | 1 | 2026-10-01 | 2026-10-31 | gone | |", {}),
    ],
)
def test_a_month_is_busy_when_more_than_half_of_its_working_days_are(row: str, expected: dict[str, list[str]]) -> None:
    assert taken(row) == expected


def test_days_that_several_periods_share_count_once_and_others_add_up() -> None:
    same = "x | 1 | 2026-10-01 | 2026-10-09 | a | |\ny | 1 | 2026-10-02 | 2026-10-08 | | P |\nz | 1 | 2026-10-05 | 2026-10-09 | | | Vik"
    assert taken(same) == {}
    apart = same + "\nw | 1 | 2026-10-26 | 2026-10-30 | a | |"
    assert taken(apart) == {"a": ["2026-10"]}


def test_visits_of_others_are_spread_over_the_months_they_touch_at_least_one_in_each() -> None:
    rows = busy(
        "x | 1 | 2026-10-20 | 2026-11-03 | b | |\ny | 5 | 2026-08-01 | 2026-10-02 | | | Nes\n"
        "z | 9 | 2026-09-01 | 2026-12-31 | | P |\nw | 1 | 2026-10-31 | 2026-11-01 | | | Vik"
    )
    found = burden.visits_by_month(rows, AREAS, START, END)
    # x: one in October and one in November, in both; y: five over September and October; w: a Saturday and a Sunday.
    assert found.to_dict("index") == {
        "Nes": {"2026-09": 3, "2026-10": 4, "2026-11": 1, "2026-12": 0},
        "Vik": {"2026-09": 0, "2026-10": 1, "2026-11": 1, "2026-12": 0},
    }
    assert burden.visits_by_month(busy("").head(0), AREAS, START, END).shape == (0, 4)


def test_only_the_days_of_a_month_within_the_period_count() -> None:
    row = "x | 1 | 2026-10-20 | 2026-10-31 | a | |"
    assert taken(row) == {}
    assert taken(row, start=date(2026, 10, 19)) == {"a": ["2026-10"]}
    assert taken("x | 1 | 2026-10-01 | 2026-10-16 | a | |", start=date(2026, 10, 16)) == {}


def test_a_month_without_a_working_day_in_the_period_is_busy_for_all() -> None:
    found = burden.busy_months(busy("x | 1 | 2020-01-01 | 2020-01-02 | a | |"), SERVICES, AREAS, date(2026, 10, 31), END)
    assert found.sum().to_dict() == {"2026-10": 4, "2026-11": 0, "2026-12": 0}


def test_working_days_are_monday_to_friday_within_the_period() -> None:
    days = burden.working_days(date(2026, 10, 31), date(2026, 12, 2))
    assert days.to_dict() == {"2026-10": 0, "2026-11": 21, "2026-12": 2}


def test_without_busy_periods_nothing_is_counted_and_every_month_is_free() -> None:
    none = busy("").head(0)
    assert burden.visits_by_others(none, SERVICES, AREAS, START, END).empty
    assert not burden.busy_months(none, SERVICES, AREAS, START, END).to_numpy().any()
    assert burden.busy_months(none, SERVICES.head(0), AREAS, START, END).shape == (0, 4)


def test_busy_months_are_the_same_as_counted_day_by_day() -> None:
    rng = np.random.default_rng(4)
    start, end, n = date(2026, 2, 11), date(2026, 8, 20), 60
    first = pd.Timestamp("2026-01-15") + pd.to_timedelta(rng.integers(0, 220, n), unit="D")
    rows = busy("x | 1 | 2026-01-01 | 2026-01-02 | a | |").iloc[np.zeros(n, dtype=int)].reset_index(drop=True)
    rows = rows.assign(
        first_day=first, last_day=first + pd.to_timedelta(rng.integers(0, 20, n), unit="D"),
        service_id=rng.choice(["a", "b", "c"], n),
    )  # fmt: skip
    days = pd.bdate_range(start, end)
    expected = pd.DataFrame(0.0, index=SERVICES.index, columns=burden.month_names(start, end))
    for service in ("a", "b", "c"):
        mine = rows[rows["service_id"] == service]
        there = pd.Series([bool(((mine["first_day"] <= d) & (d <= mine["last_day"])).any()) for d in days], index=days)
        expected.loc[service] = there.groupby(days.strftime("%Y-%m")).mean()
    found = burden.busy_months(rows, SERVICES, AREAS, start, end)
    assert found.to_numpy().any()
    assert not found.drop("d").to_numpy().all()
    pd.testing.assert_frame_equal(found, expected > 0.5, check_names=False)
