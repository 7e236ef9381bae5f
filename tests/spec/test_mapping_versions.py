"""One source row with several dates, and snapshots, as versions; drawn as files."""

from pathlib import Path

import pytest

from risiko.errors import InputError
from tests.imports import column, complaints, read_part, rejects, services, write

VERSIONS = """
versions = [
    { known_date = "received", blank = ["severity"], set = { outcome = "pending" } },
    { known_date = "decided" },
]
"""


def versions(part: object) -> list[tuple[object, ...]]:
    names = ("complaint_id", "known_date", "outcome", "severity")
    return list(zip(*(column(part, name) for name in names), strict=True))


def test_a_row_with_two_dates_becomes_what_was_known_at_each(tmp_path: Path) -> None:
    table = """
    id | service | date       | received   | decided    | outcome | severity
    1  | a       | 2022-01-02 | 2022-01-03 | 2022-06-01 | upheld  | 2
    2  | a       | 2022-01-02 | 2022-01-03 |            | upheld  | 2
    3  | a       | 2022-01-02 | 2022-01-03 | 2022-01-03 | upheld  | 2
    4  | a       | 2022-01-02 | 2022-07-01 | 2022-06-01 | upheld  | 2
    5  | a       | 2022-01-02 |            |            | upheld  | 2
    """
    block = complaints(VERSIONS, known_date="", outcome='"outcome"', severity='"severity"')
    part = read_part(write(tmp_path, block, complaints_csv=table))
    assert versions(part) == [
        ("1", "2022-01-03", "pending", None),
        ("1", "2022-06-01", "upheld", 2),
        ("2", "2022-01-03", "pending", None),
        ("3", "2022-01-03", "upheld", 2),  # the same day: the later one in the list
        ("4", "2022-06-01", "upheld", 2),  # a later version with less in it would take knowledge away
    ]
    assert rejects(part) == [(6, "known_date", "", "missing_value")]


def test_a_fault_in_one_version_rejects_the_row(tmp_path: Path) -> None:
    table = "id | service | date | received | decided\n1 | a | 2022-01-02 | 2022-01-03 | soon\n2 | a | 2022-01-02 | 2022-01-03 | 2030-01-01"
    part = read_part(write(tmp_path, complaints(VERSIONS, known_date=""), complaints_csv=table))
    assert len(part.rows) == 0
    assert rejects(part) == [(2, "known_date", "soon", "wrong_type"), (3, "known_date", "2030-01-01", "future_date")]


LISTS = """
    id | known      | type | users
    a  | 2022-03-31 | home | 10
    b  | 2022-03-31 | home | 20
    c  | 2022-03-31 | home | 30
    a  | 2022-06-30 | home | 10
    b  | 2022-06-30 | home | 25
    a  | 2022-09-30 | home | 10
    b  | 2022-09-30 | home | 25
    c  | 2022-09-30 | home | 30
    """


def rows(part: object) -> list[tuple[object, ...]]:
    names = ("service_id", "known_date", "users", "valid_to")
    return list(zip(*(column(part, name) for name in names), strict=True))


def test_only_changes_turns_snapshots_into_versions(tmp_path: Path) -> None:
    part = read_part(write(tmp_path, services("only_changes = true", users='"users"'), services_csv=LISTS))
    assert rows(part) == [
        ("a", "2022-03-31", 10, None),
        ("b", "2022-03-31", 20, None),
        ("c", "2022-03-31", 30, None),
        ("b", "2022-06-30", 25, None),
    ]
    assert (part.n_read, part.n_left_out) == (8, 4)


def test_a_service_missing_from_the_next_complete_list_ends_and_may_return(tmp_path: Path) -> None:
    head = "only_changes = true\ncomplete_lists = true"
    part = read_part(write(tmp_path, services(head, users='"users"'), services_csv=LISTS))
    assert sorted(rows(part)) == [
        ("a", "2022-03-31", 10, None),
        ("b", "2022-03-31", 20, None),
        ("b", "2022-06-30", 25, None),
        ("c", "2022-03-31", 30, None),
        ("c", "2022-06-30", 30, "2022-06-30"),
        ("c", "2022-09-30", 30, None),
    ]


def test_a_row_that_is_rejected_is_still_listed_so_its_service_does_not_end(tmp_path: Path) -> None:
    table = LISTS.replace("b  | 2022-06-30 | home | 25", "b  | 2022-06-30 | home | many")
    part = read_part(write(tmp_path, services("complete_lists = true", users='"users"'), services_csv=table))
    assert [row for row in rows(part) if row[0] == "b"] == [("b", "2022-03-31", 20, None), ("b", "2022-09-30", 25, None)]
    assert rejects(part) == [(6, "users", "many", "wrong_type")]


def test_a_slip_in_one_date_does_not_end_every_service(tmp_path: Path) -> None:
    table = """
    id | known      | type
    a  | 2022-03-31 | home
    b  | 2022-03-31 | home
    c  | 2022-03-31 | home
    a  | 2022-06-03 | home
    b  | 2022-06-30 | home
    c  | 2022-06-30 | home
    a  | 2022-09-30 | home
    b  | 2022-09-30 | home
    c  | 2022-09-30 | home
    """
    part = read_part(write(tmp_path, services("complete_lists = true", users=""), services_csv=table))
    assert rejects(part) == [(5, "known_date", "2022-06-03", "incomplete_list")]
    ended = part.rows[part.rows["valid_to"].notna()]
    assert len(ended) == 0  # not even a: its row stands among those of 2022-06-30, with a slip in the date


def test_complete_lists_in_several_files_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, services("complete_lists = true", file="s*.csv"), s1_csv=LISTS, s2_csv=LISTS)
    with pytest.raises(InputError, match="complete_lists") as told:
        read_part(folder)
    assert "one file" in told.value.hint


def test_only_changes_compares_metadata_too(tmp_path: Path) -> None:
    meta = '[table.metadata.users_said]\nfrom = "users"\nkind = "number"\nsentence = "As said."'
    part = read_part(write(tmp_path, services("only_changes = true", tail=meta), services_csv=LISTS))
    assert [r[:2] for r in rows_of(part)] == [("a", "2022-03-31"), ("b", "2022-03-31"), ("c", "2022-03-31"), ("b", "2022-06-30")]


def rows_of(part: object) -> list[tuple[object, ...]]:
    return list(zip(column(part, "service_id"), column(part, "known_date"), strict=True))
