"""Every fault of a row is found, named and explained, all at once; good rows are kept."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest

from risiko.checks import FAULT_COLUMNS, REASONS, WARNINGS, Checked, check
from risiko.contracts import CONTRACTS
from tests.drawn import table

TODAY = date(2024, 5, 17)

# reason -> table, drawn rows (the last row is always in order), and (row, column, value) of each fault expected
CASES: dict[str, tuple[str, str, list[tuple[int, str, str]]]] = {
    "missing_value": (
        "complaints",
        """
        complaint_id | service_id | event_date | n
                     | s1         | 2020-01-01 | 1
        c2           |            | 2020-01-01 | 1
        c3           | s1         | 2020-01-01 |
        c4           | s1         | 2020-01-01 | 0
        """,
        [(0, "complaint_id", ""), (1, "service_id", ""), (2, "n", "")],
    ),
    "not_allowed": (
        "complaints",
        """
        complaint_id | service_id | event_date | source   | outcome
        c1           | s1         | 2020-01-01 | neighbor | unknown
        c2           | s1         | 2020-01-01 |          | maybe
        c3           | s1         | 2020-01-01 |          | upheld
        """,
        [(0, "source", "neighbor"), (1, "outcome", "maybe")],
    ),
    "out_of_range": (
        "experiences",
        """
        service_id | event_date | score | n  | spread
        s1         | 2020-01-01 | 100.1 | 1  |
        s1         | 2020-01-01 | -0.5  | 1  |
        s1         | 2020-01-01 |       | -1 |
        s1         | 2020-01-01 |       | 1  | inf
        s1         | 2020-01-01 | 100   | 0  | 0
        """,
        [(0, "score", "100.1"), (1, "score", "-0.5"), (2, "n", "-1"), (3, "spread", "inf")],
    ),
    "future_date": (
        "complaints",
        """
        complaint_id | service_id | event_date | known_date
        c1           | s1         | 2024-05-18 | 2024-05-18
        c2           | s1         | 2024-05-17 | 2024-05-18
        c3           | s1         | 2024-05-17 | 2024-05-17
        """,
        [(0, "event_date", "2024-05-18"), (0, "known_date", "2024-05-18"), (1, "known_date", "2024-05-18")],
    ),
    "too_early": (
        "complaints",
        """
        complaint_id | service_id | event_date | known_date
        c1           | s1         | 1989-12-31 | 1990-01-01
        c2           | s1         | 1990-01-01 | 1990-01-01
        """,
        [(0, "event_date", "1989-12-31")],
    ),
    "known_before_event": (
        "complaints",
        """
        complaint_id | service_id | event_date | known_date
        c1           | s1         | 2020-02-02 | 2020-01-01
        c2           | s1         | 2020-02-02 | 2020-02-02
        """,
        [(0, "known_date", "2020-01-01")],
    ),
    "known_slightly_before_event": (
        "complaints",
        """
        complaint_id | service_id | event_date | known_date
        c1           | s1         | 2020-02-01 | 2020-01-01
        c2           | s1         | 2020-02-01 | 2020-01-31
        c3           | s1         | 2020-02-01 | 2020-02-01
        """,
        [(0, "known_date", "2020-01-01"), (1, "known_date", "2020-01-31")],
    ),
    "duplicate_key": (
        "complaints",
        """
        complaint_id | service_id | event_date | known_date | outcome
        c1           | s1         | 2020-01-01 | 2020-01-01 | pending
        c1           | s2         | 2020-01-01 | 2020-01-01 | upheld
        c1           | s1         | 2020-01-01 | 2020-01-02 | upheld
        """,
        [(1, "complaint_id", "c1")],
    ),
    "unknown_service": (
        "supervisions",
        "service_id | event_date\ns9 | 2020-01-01\ns1 | 2020-01-01",
        [(0, "service_id", "s9")],
    ),
    "unknown_supervision": (
        "findings",
        "supervision_id | known_date\nv9 | 2020-01-01\nv1 | 2020-01-01",
        [(0, "supervision_id", "v9")],
    ),
    "n_exceeds_invited": (
        "experiences",
        """
        service_id | event_date | n | n_invited
        s1         | 2020-01-01 | 9 | 8
        s1         | 2020-01-01 | 9 |
        s1         | 2020-01-01 | 9 | 9
        """,
        [(0, "n", "9")],
    ),
    "no_subject": (
        "experiences",
        """
        service_id | service_type | area  | event_date
                   |              |       | 2020-01-01
                   | clinic       |       | 2020-01-01
                   | clinic       | Molde | 2020-01-01
        """,
        [(0, "service_id", ""), (1, "service_id", "")],
    ),
    "ends_before_it_begins": (
        "services",
        """
        service_id | valid_from | valid_to
        s1         | 2020-01-02 | 2020-01-01
        s2         | 2020-01-02 |
        s3         | 2020-01-02 | 2020-01-02
        """,
        [(0, "valid_to", "2020-01-01")],
    ),
    "last_before_first": (
        "busy_periods",
        """
        known_date | first_day  | last_day   | authority | municipality | visits
        2020-01-01 | 2030-01-02 | 2030-01-01 | x         | Vik          | 1
        2020-01-01 | 2030-01-02 | 2030-01-02 | x         | Vik          | 1
        2020-01-01 | 2030-01-02 | 2030-01-03 | x         | Vik          | 0
        """,
        [(0, "last_day", "2030-01-01")],
    ),
    "nobody_meant": (
        "busy_periods",
        """
        known_date | first_day  | last_day   | authority | visits | service_id | provider_id | municipality
        2020-01-01 | 2020-01-02 | 2020-01-02 | x         | 1      |            |             |
        2020-01-01 | 2020-01-02 | 2020-01-02 | x         | 1      | s1         |             |
        2020-01-01 | 2020-01-02 | 2020-01-02 | x         | 1      |            | P           |
        2020-01-01 | 2020-01-02 | 2020-01-02 | x         | 1      |            |             | Vik
        """,
        [(0, "service_id", "")],
    ),
}  # fmt: skip


def checked(name: str, drawn: str) -> Checked:
    return check(name, table(name, drawn), today=TODAY, known_services={"s1", "s2"}, known_supervisions=["v1"])


def found(faults: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return list(faults[list(columns)].itertuples(index=False, name=None))


def test_every_reason_has_a_case() -> None:
    assert set(CASES) == set(REASONS)


@pytest.mark.parametrize("reason", CASES)
def test_a_fault_is_found_where_it_stands_and_nowhere_else(reason: str) -> None:
    name, drawn, expected = CASES[reason]
    result = checked(name, drawn)
    assert found(result.faults, "row", "column", "value", "reason") == [(*place, reason) for place in expected]
    bad = [] if reason in WARNINGS else [row for row, _, _ in expected]
    whole = table(name, drawn)
    pd.testing.assert_frame_equal(result.good, whole.drop(index=bad))
    assert set(result.faults["severity"]) == {"warning" if reason in WARNINGS else "rejected"}


@pytest.mark.parametrize("reason", CASES)
def test_the_message_says_what_is_wrong_with_nothing_left_to_fill_in(reason: str) -> None:
    faults = checked(*CASES[reason][:2]).faults
    for message in faults["message"]:
        assert message.startswith(REASONS[reason].split("{")[0])
        assert not re.search(r"[{}]|\(\)|nan|None", message)


def test_the_message_names_the_limit() -> None:
    of = {reason: checked(*CASES[reason][:2]).faults.drop_duplicates("column").set_index("column")["message"] for reason in CASES}
    assert of["out_of_range"]["score"] == "outside the allowed range (0 to 100)"
    assert of["out_of_range"]["n"] == "outside the allowed range (0 or more)"
    assert of["too_early"]["event_date"] == "the date lies before 1990-01-01"
    assert "upheld, partly" in of["not_allowed"]["outcome"]


def test_all_faults_of_a_row_and_of_all_rows_are_told_at_once() -> None:
    drawn = """
        complaint_id | service_id | event_date | known_date | n  | outcome | severity
        c1           | s9         | 2025-01-01 | 2020-01-01 | -1 | maybe   | 7
        c2           | s1         | 2020-01-01 | 2020-01-01 | 1  | upheld  | 1
        c2           | s1         | 2020-01-01 | 2020-01-01 |    | upheld  | 1
        c3           | s1         | 2020-01-03 | 2020-01-01 | -1 | upheld  | 1
    """
    result = checked("complaints", drawn)
    assert found(result.faults, "row", "column", "reason", "severity") == [
        (0, "event_date", "future_date", "rejected"),
        (0, "known_date", "known_before_event", "rejected"),
        (0, "n", "out_of_range", "rejected"),
        (0, "outcome", "not_allowed", "rejected"),
        (0, "service_id", "unknown_service", "rejected"),
        (0, "severity", "out_of_range", "rejected"),
        (2, "complaint_id", "duplicate_key", "rejected"),
        (2, "n", "missing_value", "rejected"),
        (3, "known_date", "known_slightly_before_event", "warning"),
        (3, "n", "out_of_range", "rejected"),
    ]
    assert result.good["complaint_id"].tolist() == ["c2"]


def test_a_faulty_row_does_not_push_out_the_good_row_with_the_same_key() -> None:
    drawn = """
        complaint_id | service_id | event_date | n
        c1           | s1         | 2020-01-01 | -1
        c1           | s1         | 2020-01-01 | 2
        c1           | s1         | 2020-01-01 | 3
    """
    result = checked("complaints", drawn)
    assert result.good["n"].tolist() == [2]
    assert found(result.faults, "row", "reason") == [(0, "out_of_range"), (2, "duplicate_key")]


def test_a_warned_row_is_kept_and_holds_its_key() -> None:
    drawn = """
        complaint_id | service_id | event_date | known_date | n
        c1           | s1         | 2020-01-05 | 2020-01-01 | 1
        c1           | s1         | 2020-01-05 | 2020-01-01 | 2
    """
    result = checked("complaints", drawn)
    assert result.good["n"].tolist() == [1]


def test_rows_are_named_by_the_index() -> None:
    frame = table("complaints", CASES["duplicate_key"][1]).set_axis([7, 3, 12])
    result = check("complaints", frame, today=TODAY)
    assert result.faults["row"].tolist() == [3]
    assert result.good.index.tolist() == [7, 12]


@pytest.mark.parametrize("name", CONTRACTS)
def test_an_empty_table_has_no_faults(name: str) -> None:
    result = check(name, CONTRACTS[name].empty(), today=TODAY, known_services=[], known_supervisions=[])
    assert result.faults.empty
    assert result.faults.columns.tolist() == list(FAULT_COLUMNS)
    assert result.good.columns.tolist() == [c.name for c in CONTRACTS[name].columns]


def test_references_are_left_alone_when_nothing_is_known() -> None:
    frame = table("supervisions", CASES["unknown_service"][1])
    assert check("supervisions", frame, today=TODAY).faults.empty
    assert len(check("supervisions", frame, today=TODAY, known_services=[]).faults) == 2


def test_a_service_brings_its_own_id_and_closing_may_lie_ahead() -> None:
    frame = table("services", "service_id | valid_to\nnew | 2030-01-01")
    assert check("services", frame, today=TODAY, known_services=[]).faults.empty


def test_metadata_columns_pass_through() -> None:
    frame = table("services", "service_id | beds\ns1 | 12")
    assert check("services", frame, today=TODAY).good["beds"].tolist() == [12]


def test_a_frame_that_is_not_conformed_is_our_fault_not_the_rows() -> None:
    frame = table("complaints", CASES["duplicate_key"][1])
    with pytest.raises(TypeError, match="not conformed"):
        check("complaints", frame.astype({"n": "float64"}), today=TODAY)
