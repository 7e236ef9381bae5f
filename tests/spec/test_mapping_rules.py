"""What each kind of rule gives, drawn as files."""

from pathlib import Path

import pytest

from tests.imports import column, complaints, read_part, rejects, services, write

ROWS = """
    id | service | date
    1  | a       | 2023-01-02
    2  | b       | 2023-01-03
    """


def test_a_plain_block_gives_conformed_rows_numbered_as_a_sheet_shows_them(tmp_path: Path) -> None:
    part = read_part(write(tmp_path, complaints(), complaints_csv=ROWS))
    assert part.rows.index.tolist() == [2, 3]
    assert column(part, "complaint_id") == ["1", "2"]
    assert column(part, "event_date") == ["2023-01-02", "2023-01-03"]
    assert column(part, "n") == [1, 1]
    assert (part.n_read, part.n_left_out, len(part.rejects)) == (2, 0, 0)


def test_values_are_translated_and_the_rest_is_rejected_kept_or_replaced(tmp_path: Path) -> None:
    table = """
    id | service | date       | result
    1  | a       | 2023-01-02 | Ja
    2  | a       | 2023-01-03 | pending
    3  | a       | 2023-01-04 |
    """
    outcome = 'from = "result", values = { Ja = "upheld" }'
    strict = read_part(write(tmp_path, complaints(outcome=f'{{ {outcome}, default = "unknown" }}'), complaints_csv=table))
    assert column(strict, "outcome") == ["upheld", "unknown"]
    assert rejects(strict) == [(3, "outcome", "pending", "untranslated")]
    kept = read_part(write(tmp_path, complaints(outcome=f'{{ {outcome}, keep_others = true, default = "unknown" }}')))
    assert column(kept, "outcome") == ["upheld", "pending", "unknown"]
    other = read_part(write(tmp_path, complaints(outcome=f'{{ {outcome}, other = "not_upheld", default = "unknown" }}')))
    assert column(other, "outcome") == ["upheld", "not_upheld", "unknown"]


@pytest.mark.parametrize("written", ["3", "3.0", " 3 "])
def test_a_number_is_translated_however_it_is_written(tmp_path: Path, written: str) -> None:
    rule = '{ from = "grade", values = { 3 = 1 } }'
    folder = write(tmp_path, complaints(severity=rule), complaints_csv=f"id|service|date|grade\n1|a|2023-01-02|{written}")
    assert column(read_part(folder), "severity") == [1]


def test_scale_offset_and_clip_make_a_scale_of_another(tmp_path: Path) -> None:
    rule = '{ from = "grade", scale = -1, offset = 4, clip = [0, 3] }'
    table = """
    id | service | date       | grade
    1  | a       | 2023-01-02 | 6
    2  | a       | 2023-01-02 | 3
    3  | a       | 2023-01-02 | 1
    4  | a       | 2023-01-02 |
    5  | a       | 2023-01-02 | 2.5
    """
    part = read_part(write(tmp_path, complaints(severity=rule), complaints_csv=table))
    assert column(part, "severity") == [0, 1, 3, None]
    assert rejects(part) == [(6, "severity", "2.5", "wrong_type")]  # what stands in the file


def test_first_takes_the_first_that_has_a_value_and_a_fault_is_no_reason_to_go_on(tmp_path: Path) -> None:
    rule = '{ first = ["graded", { from = "seen", plus_days = 61 }] }'
    table = """
    id | service | date       | graded     | seen
    1  | a       | 2022-01-02 | 2022-02-01 | 2022-01-10
    2  | a       | 2022-01-02 |            | 2022-01-10
    3  | a       | 2022-01-02 | soon       | 2022-01-10
    4  | a       | 2022-01-02 | 2022-02-01 | never
    5  | a       | 2022-01-02 |            | never
    """
    part = read_part(write(tmp_path, complaints(known_date=rule), complaints_csv=table))
    assert column(part, "known_date") == ["2022-02-01", "2022-03-12", "2022-02-01"]
    assert rejects(part) == [(4, "known_date", "soon", "wrong_type"), (6, "known_date", "never", "wrong_type")]


def test_a_list_is_split_translated_and_told_once(tmp_path: Path) -> None:
    table = """
    id | service | date       | about
    1  | a       | 2023-01-02 | mat, stell,mat
    2  | a       | 2023-01-02 | stell
    3  | a       | 2023-01-02 |
    4  | a       | 2023-01-02 | mat, dans
    """
    rule = '{ from = "about", split = ",", values = { mat = "food", stell = "care" } }'
    part = read_part(write(tmp_path, complaints(grounds=rule), complaints_csv=table))
    assert column(part, "grounds") == ["food|care", "care", None]
    assert rejects(part) == [(5, "grounds", "mat, dans", "untranslated")]


def test_flags_become_a_list(tmp_path: Path) -> None:
    table = """
    id | service | date       | food  | staff
    1  | a       | 2023-01-02 | yes   | 1
    2  | a       | 2023-01-02 | nei   | ja
    3  | a       | 2023-01-02 |       | false
    4  | a       | 2023-01-02 | maybe | no
    """
    rule = '{ flags = { food = "food", staff = "staffing" } }'
    part = read_part(write(tmp_path, complaints(grounds=rule), complaints_csv=table))
    assert column(part, "grounds") == ["food|staffing", "staffing", None]
    assert rejects(part) == [(5, "grounds", "maybe", "wrong_type")]


def test_a_format_uses_file_columns_and_contract_columns_and_is_missing_where_one_is(tmp_path: Path) -> None:
    table = "year | service | date\n2223 | a | 05.01.2023\n | b | 06.01.2023"
    rule = '{ format = "{service}-{year}-{event_date}" }'
    part = read_part(write(tmp_path, complaints(complaint_id=rule), complaints_csv=table))
    assert column(part, "complaint_id") == ["a-2223-2023-01-05"]
    assert rejects(part) == [(3, "complaint_id", "", "missing_value")]


def test_words_for_missing_are_only_those_the_mapping_names(tmp_path: Path) -> None:
    table = "id | service | date | source | grade\n1 | a | 2023-01-02 | NA | 1\n2 | a | 2023-01-02 | x | NA"
    plain = read_part(write(tmp_path, services(file="complaints.csv", known_date='"date"', service_type='"source"', users='"grade"'), complaints_csv=table))
    assert column(plain, "service_type") == ["NA"]
    assert rejects(plain) == [(3, "users", "NA", "wrong_type")]
    rule = '{ from = "grade", missing = ["NA"] }'
    own = read_part(write(tmp_path, services(file="complaints.csv", known_date='"date"', service_type='"source"', users=rule)))
    assert (column(own, "service_type"), column(own, "users")) == (["NA", "x"], [1.0, None])
    everywhere = read_part(write(tmp_path, services(file="complaints.csv", known_date='"date"', service_type='"source"', users='"grade"'), defaults='missing = ["NA"]'))
    assert rejects(everywhere) == [(2, "service_type", "NA", "missing_value")]


def test_a_value_outside_the_allowed_ones_is_blanked_and_the_row_kept_with_a_warning(tmp_path: Path) -> None:
    table = "id | known | type | board\na | 2020-01-01 | home | North\nb | 2020-01-01 | home | 0\nc | 2020-01-01 | home |"
    meta = '[table.metadata.board]\nfrom = "board"\nkind = "category"\nallowed = ["North", "South"]\nsentence = "Where."'
    part = read_part(write(tmp_path, services(tail=meta), services_csv=table))
    assert column(part, "board") == ["North", None, None]
    assert rejects(part) == [(3, "board", "0", "not_recognised")]
    assert part.rejects["severity"].tolist() == ["warning"]


def test_metadata_become_typed_columns_and_a_part_that_tells_their_meaning(tmp_path: Path) -> None:
    from tests.imports import read_all

    meta = """
[table.metadata.turnover]
from = "turnover"
kind = "number"
unit = "%"
direction = "higher_is_worse"
sentence = "Staff who left in the year."
[table.metadata.own]
from = "own"
kind = "boolean"
audit_only = true
sentence = "Run by the municipality."
"""
    table = "id | known | type | turnover | own\na | 2020-01-01 | home | 12,5 | ja\nb | 2020-01-01 | home | | nei"
    batch = read_all(write(tmp_path, services(tail=meta), defaults='decimal = ","', services_csv=table))
    assert column(batch.parts[0], "turnover") == [12.5, None]
    assert column(batch.parts[0], "own") == [True, False]
    declared = batch.parts[1]
    assert (declared.table, declared.block) == ("metadata_columns", "metadata_columns")
    assert declared.rows[["name", "kind", "direction", "audit_only"]].to_numpy().tolist() == [
        ["turnover", "number", "higher_is_worse", False], ["own", "boolean", "none", True],
    ]  # fmt: skip
