"""What was known at a date, drawn as tables."""

from datetime import date

import numpy as np
import pytest

from risiko.asof import age_years, decay, in_window, known_at
from tests.drawn import table, tables

COMPLAINT = """
complaint_id | service_id | event_date | known_date | outcome
k1           | a          | 2023-01-10 | 2023-02-01 | pending
k1           | a          | 2023-01-10 | 2023-09-01 | upheld
k2           | a          | 2023-03-01 | 2024-01-15 | upheld
k3           | a          | 2023-07-10 | 2023-06-30 | pending
"""


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2023-01-31", {}),
        ("2023-06-30", {"k1": "pending"}),  # k3 is registered, but has not happened yet
        ("2023-08-31", {"k1": "pending", "k3": "pending"}),
        ("2023-09-01", {"k1": "upheld", "k3": "pending"}),
        ("2024-06-30", {"k1": "upheld", "k2": "upheld", "k3": "pending"}),
    ],
)
def test_the_newest_version_known_by_the_date_wins(as_of: str, expected: dict[str, str]) -> None:
    known = known_at(tables(complaints=COMPLAINT), date.fromisoformat(as_of))["complaints"]
    assert known.set_index("complaint_id")["outcome"].to_dict() == expected


def test_hindsight_tells_what_is_known_now_about_what_had_happened_then() -> None:
    known = known_at(tables(complaints=COMPLAINT), date(2023, 6, 30), hindsight=True)["complaints"]
    assert known.set_index("complaint_id")["outcome"].to_dict() == {"k1": "upheld", "k2": "upheld"}


def test_services_are_versioned_in_time() -> None:
    services = "service_id | known_date | users\na | 2020-01-01 | 10\na | 2022-01-01 | 30\nb | 2023-01-01 | 5"
    known = known_at(tables(services=services), date(2022, 6, 1))["services"]
    assert known.set_index("service_id")["users"].to_dict() == {"a": 30}


def test_of_two_versions_known_on_one_day_the_last_in_the_table_counts_and_the_order_of_things_stays() -> None:
    services = "service_id | known_date | users\nb | 2020-01-01 | 1\na | 2022-01-01 | 2\na | 2021-01-01 | 3\na | 2022-01-01 | 4\nc | 2021-01-01 | 5"
    known = known_at(tables(services=services), date(2023, 1, 1))["services"]
    assert list(zip(known["service_id"], known["users"], strict=True)) == [("b", 1), ("a", 4), ("c", 5)]
    assert known.index.tolist() == [0, 3, 4]


def test_a_thing_named_by_two_columns_is_versioned_by_both() -> None:
    scores = "service_id | name | known_date | value\na | x | 2020-01-01 | 1\na | y | 2020-01-01 | 2\na | x | 2021-01-01 | 3"
    known = known_at(tables(external_scores=scores), date(2023, 1, 1))["external_scores"]
    assert known[["name", "value"]].to_numpy().tolist() == [["y", 2.0], ["x", 3.0]]


def test_a_newer_version_that_moves_the_event_out_of_the_period_moves_it() -> None:
    complaints = """
    complaint_id | service_id | event_date | known_date
    k            | a          | 2023-01-10 | 2023-01-10
    k            | a          | 2023-08-10 | 2023-07-20
    """
    assert len(known_at(tables(complaints=complaints), date(2023, 7, 1))["complaints"]) == 1
    assert len(known_at(tables(complaints=complaints), date(2023, 7, 31))["complaints"]) == 0


def test_meaning_of_columns_is_not_bound_to_time_and_absent_tables_come_back_empty() -> None:
    declared = table("metadata_columns", "name\nbeds")
    known = known_at({"metadata_columns": declared}, date(2000, 1, 1))
    assert len(known["metadata_columns"]) == 1
    assert len(known["complaints"]) == 0


def test_ages_windows_and_decay() -> None:
    dates = table("complaints", "service_id | event_date\na | 2023-12-31\na | 2022-12-31\na | 2021-12-31")["event_date"]
    assert age_years(dates, date(2023, 12, 31)).round(2).tolist() == [0, 1, 2]
    assert in_window(dates, date(2023, 12, 31), 12).tolist() == [True, False, False]
    assert decay(np.array([0.0, 2.0, 4.0, np.nan, -1.0]), 2.0).tolist() == [1, 0.5, 0.25, 0, 1]
