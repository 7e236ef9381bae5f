"""Every row is accounted for: what is rejected, why, where, and what the part's hash says; drawn as files."""

import csv
from pathlib import Path

import hypothesis
import pandas as pd
from hypothesis import strategies as st

from risiko.batch import REJECT_COLUMNS
from tests.imports import column, complaints, read_all, read_part, rejects, services, write

DIRT = """
    id | service | date       | known      | n  | outcome | severity
    1  | a       | 2023-01-02 | 2023-01-03 | 1  | upheld  | 1
    1  | b       | 2023-01-02 | 2023-01-03 | 1  | upheld  | 1
    2  | z       | 2023-01-02 | 2023-01-03 | 1  | upheld  | 1
    3  | a       | 2031-01-02 | 2031-01-03 | 1  | upheld  | 1
    4  | a       | 1985-01-02 | 2023-01-03 | 1  | upheld  | 1
    5  | a       | 2023-03-31 | 2023-01-03 | 1  | upheld  | 1
    6  | a       | 2023-01-20 | 2023-01-03 | 1  | upheld  | 1
    7  | a       | 2023-01-02 | 2023-01-03 | -1 | upheld  | 1
    8  | a       | 2023-01-02 | 2023-01-03 | 1  | perhaps | 7
    9  | a       | 02/2023    | 2023-01-03 | 1  | upheld  | two
       | a       | 2023-01-02 | 2023-01-03 | 1  | upheld  | 1
    """
RULES = {"known_date": '"known"', "n": '"n"', "outcome": '"outcome"', "severity": '"severity"'}


def test_every_fault_is_listed_with_row_column_value_and_reason_and_the_rest_goes_in(tmp_path: Path) -> None:
    part = read_part(write(tmp_path, complaints(**RULES), complaints_csv=DIRT))
    assert rejects(part) == [
        (3, "complaint_id", "1", "duplicate_key"),
        (4, "service_id", "z", "unknown_service"),
        (5, "event_date", "2031-01-02", "future_date"),
        (5, "known_date", "2031-01-03", "future_date"),
        (6, "event_date", "1985-01-02", "too_early"),
        (7, "known_date", "2023-01-03", "known_before_event"),
        (8, "known_date", "2023-01-03", "known_slightly_before_event"),
        (9, "n", "-1", "out_of_range"),
        (10, "outcome", "perhaps", "not_allowed"),
        (10, "severity", "7", "out_of_range"),
        (11, "event_date", "02/2023", "wrong_type"),
        (11, "severity", "two", "wrong_type"),
        (12, "complaint_id", "", "missing_value"),
    ]
    assert part.rejects.loc[part.rejects["severity"] == "warning", "row"].tolist() == [8]
    assert column(part, "complaint_id") == ["1", "6"]
    assert (part.n_read, part.n_left_out) == (11, 0)


def test_a_value_is_told_as_it_stands_in_the_file(tmp_path: Path) -> None:
    table = """
    id | service | date       | known      | n     | outcome | severity
    1  | a       | 02.01.2023 | 03.01.2023 | 1,5   | upheld  | 1
    2  | a       | 02.01.2023 | 03.01.2023 | -1    | upheld  | 3,50
    3  | a       | 02.01.2023 | 03.01.2023 | 1e400 | upheld  | 07
    4  | a       | 02.01.2031 | 03.01.2031 | 1     | WON     | 1
    """
    rules = {**RULES, "outcome": '{ from = "outcome", values = { upheld = "upheld", WON = "upheld" } }'}
    part = read_part(write(tmp_path, complaints(**rules), 'decimal = ","', complaints_csv=table))
    assert rejects(part) == [
        (2, "n", "1,5", "wrong_type"),
        (3, "n", "-1", "out_of_range"),
        (3, "severity", "3,50", "wrong_type"),
        (4, "n", "1e400", "wrong_type"),
        (4, "severity", "07", "out_of_range"),
        (5, "event_date", "02.01.2031", "future_date"),
        (5, "known_date", "03.01.2031", "future_date"),
    ]


def test_users_beyond_every_limit_are_told_as_written_too(tmp_path: Path) -> None:
    table = "id | known | type | users\na | 2020-01-01 | home | -1\nb | 2020-01-01 | home | 1e400\nc | 2020-01-01 | home | -1,50"
    part = read_part(write(tmp_path, services(users='"users"'), 'decimal = ","', services_csv=table))
    assert [(row, value) for row, _, value, _ in rejects(part)] == [(2, "-1"), (3, "1e400"), (4, "-1,50")]


def test_a_value_that_a_version_sets_is_not_the_cells(tmp_path: Path) -> None:
    head = 'versions = [{ known_date = "known", set = { event_date = "1950-01-01" } }]'
    part = read_part(write(tmp_path, complaints(head, known_date=""), complaints_csv=DIRT.split("2  |")[0]))
    assert rejects(part)[0] == (2, "event_date", "1950-01-01", "too_early")


def test_importing_again_beside_what_others_know_gives_the_same_verdict_and_hash(tmp_path: Path) -> None:
    """The ids of parts that this import replaces are left out by the caller (see identities), so nothing changes."""
    files = {
        "services_csv": "id | known | type\nx | 2020-01-01 | home",
        "complaints_csv": "id | service | date\n1 | x | 2023-01-02\n2 | y | 2023-01-02",
    }
    folder = write(tmp_path, complaints() + services(), **files)
    first, again = (read_all(folder, known="a") for _ in range(2))
    assert [p.content_hash for p in first.parts] == [p.content_hash for p in again.parts]
    leaked = read_all(folder, known="a y")  # y stood in an earlier version of services.csv only
    assert leaked.parts[1].content_hash != first.parts[1].content_hash


def test_the_reject_list_has_the_columns_a_store_keeps(tmp_path: Path) -> None:
    part = read_part(write(tmp_path, complaints(**RULES), complaints_csv=DIRT))
    assert tuple(part.rejects.columns) == REJECT_COLUMNS
    assert str(part.rejects["row"].dtype) == "Int64"
    assert set(part.rejects["file"]) == {"complaints.csv"}
    late = part.rejects[part.rejects["reason"] == "unknown_service"]["message"].item()
    assert 'file column "service"' in late


def test_read_is_good_and_rejected_and_left_out(tmp_path: Path) -> None:
    block = complaints('where = { service = { not = "b" } }', **RULES)
    part = read_part(write(tmp_path, block, complaints_csv=DIRT))
    rejected = part.rejects.loc[part.rejects["severity"] == "rejected", "row"].nunique()
    assert part.n_read == part.rows.index.nunique() + rejected + part.n_left_out
    assert (part.n_left_out, rejected) == (1, 8)


def test_a_doubled_key_does_not_fall_with_a_rejected_first_row(tmp_path: Path) -> None:
    table = "id | service | date\n1 | z | 2023-01-02\n1 | a | 2023-01-02"
    part = read_part(write(tmp_path, complaints(), complaints_csv=table))
    assert column(part, "service_id") == ["a"]
    assert rejects(part) == [(2, "service_id", "z", "unknown_service")]


def test_a_line_with_too_many_or_too_few_cells_is_listed_and_the_others_are_kept(tmp_path: Path) -> None:
    text = b'id;service;date\n1;a;2023-01-02\n2;a;2023-01-02;extra\n\n"3\n4";a;2023-01-02\n5;a\n6;b;2023-01-04\n'
    part = read_part(write(tmp_path, complaints(), complaints_csv=text))
    assert column(part, "complaint_id") == ["1", "3\n4", "6"]
    assert part.rows.index.tolist() == [2, 5, 7]
    assert rejects(part) == [(3, "", "2;a;2023-01-02;extra", "malformed_row"), (6, "", "5;a", "malformed_row")]
    assert part.rejects["message"].tolist() == ["4 cells where the header has 3", "2 cells where the header has 3"]
    assert part.n_read == 5


def test_services_of_the_same_import_are_known_wherever_their_block_stands(tmp_path: Path) -> None:
    files = {
        "services_csv": "id | known | type\nx | 2020-01-01 | home\ny | 2030-01-01 | home",
        "complaints_csv": "id | service | date\n1 | x | 2023-01-02\n2 | y | 2023-01-02\n3 | a | 2023-01-02",
    }
    batch = read_all(write(tmp_path, complaints() + services(), **files))
    assert [part.table for part in batch.parts] == ["services", "complaints"]
    assert column(batch.parts[1], "service_id") == ["x", "a"]
    assert rejects(batch.parts[1]) == [(3, "service_id", "y", "unknown_service")]


def test_the_hash_follows_the_bytes_the_mapping_the_joined_file_and_the_verdict(tmp_path: Path) -> None:
    head = 'join = [{ file = "more.csv", on = "service", take = ["x"] }]'
    files = {
        "complaints_csv": "id | service | date\n1 | a | 2023-01-02\n2 | z | 2023-01-03",
        "more_csv": "service | x\na | 1",
    }

    def fingerprint(mapping: str = complaints(head), known: str = "a", **changed: str) -> str:
        return read_part(write(tmp_path, mapping, **{**files, **changed}), known=known).content_hash

    first = fingerprint()
    assert fingerprint() == first
    assert len(first) == 64
    others = [
        fingerprint(complaints_csv=files["complaints_csv"].replace("01-03", "01-04")),
        fingerprint(more_csv="service | x\na | 2"),
        fingerprint(complaints(head, stream='{ const = "concern" }')),
        fingerprint(known="a z"),
    ]
    assert len({first, *others}) == 5


def test_progress_tells_each_block_and_the_end(tmp_path: Path) -> None:
    from datetime import datetime

    from risiko.ingest import load_mapping, read
    from tests.imports import TODAY

    folder = write(
        tmp_path, complaints() + services(), services_csv="id | known | type", complaints_csv="id | service | date"
    )
    told: list[tuple[str, int, int]] = []
    batch = read(folder, load_mapping(folder / "mapping.toml"), today=TODAY, imported_at=datetime(2025, 1, 31),
                 known_services=frozenset(), known_supervisions=frozenset(), progress=lambda *step: told.append(step))  # fmt: skip
    assert told == [("services", 0, 2), ("complaints", 1, 2), ("complaints", 2, 2)]
    assert [len(part.rows) for part in batch.parts] == [0, 0]  # a header alone is a file without rows
    assert batch.parts[0].rows["known_date"].dtype == "datetime64[us]"
    assert isinstance(batch.parts[0].rows, pd.DataFrame)


CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "a", "2023-01-02", "31.12.2023", "1", "-1", "1,5", "#N/A", "upheld", "NA", "1e400", "0001-01-01"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
)


@hypothesis.given(rows=st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=25), parquet=st.booleans())
@hypothesis.settings(max_examples=12, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_whatever_the_cells_hold_every_row_is_accounted_for(
    tmp_path: Path, rows: list[list[str]], parquet: bool
) -> None:
    frame = pd.DataFrame(rows, columns=["id", "service", "date", "known", "n", "outcome", "severity"], dtype="str")
    if parquet:
        frame.to_parquet(tmp_path / "complaints.parquet")
    else:
        frame.to_csv(tmp_path / "complaints.csv", index=False, sep=";", quoting=csv.QUOTE_ALL)
    part = read_part(write(tmp_path, complaints(file="complaints.parquet" if parquet else "complaints.csv", **RULES)))
    rejected = part.rejects.loc[part.rejects["severity"] == "rejected", "row"].nunique()
    assert part.n_read == len(part.rows) + rejected
    assert set(part.rows.index).isdisjoint(part.rejects.loc[part.rejects["severity"] == "rejected", "row"])
    assert len(rows) - part.n_read == (frame.fillna("") == "").all(axis=1).sum() * (
        not parquet
    )  # blank lines are no rows
