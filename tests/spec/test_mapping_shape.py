"""Which rows a block uses and makes: where, join, unpivot, repeat; drawn as files."""

from pathlib import Path

import pytest

from risiko.errors import InputError
from tests.imports import block, column, complaints, read_part, rejects, write

FINDINGS = {"finding_id": '{ format = "{visit}-{column}" }', "supervision_id": '"visit"', "known_date": '"known"',
            "severity": '{ from = "value", values = { 1 = "serious_breach", 4 = "remark", 5 = "none" } }'}  # fmt: skip


@pytest.mark.parametrize(("where", "kept"), [
    ('status = "open"', ["1"]),
    ('status = ["open", "shut"]', ["1", "2"]),
    ('status = { not = "open" }', ["2", "3"]),
    ("status = { missing = true }", ["3"]),
    ('status = { not_missing = true }, id = ["2", "3"]', ["2"]),
])  # fmt: skip
def test_where_leaves_rows_out_and_counts_them_without_rejecting(tmp_path: Path, where: str, kept: list[str]) -> None:
    table = """
    id | service | date       | status
    1  | a       | 2023-01-02 | open
    2  | a       | 2023-01-02 | shut
    3  | a       | 2023-01-02 |
    """
    part = read_part(write(tmp_path, complaints(f"where = {{ {where} }}"), complaints_csv=table))
    assert column(part, "complaint_id") == kept
    assert (part.n_read, part.n_left_out, len(part.rejects)) == (3, 3 - len(kept), 0)


def test_a_join_fetches_columns_and_leaves_missing_what_has_no_partner(tmp_path: Path) -> None:
    files = {
        "complaints_csv": "id | service | visit\n1 | a | v1\n2 | a | v9\n3 | a |",
        "visits_csv": "no | when\nv1 | 2023-01-02\nv2 | 2023-01-03",
    }
    head = 'join = [{ file = "visits.csv", left_on = "visit", right_on = "no", take = ["when"], prefix = "visit_" }]'
    folder = write(tmp_path, complaints(head, event_date='"visit_when"', known_date='"visit_when"'), **files)
    part = read_part(folder)
    assert column(part, "event_date") == ["2023-01-02"]
    assert [r[:2] for r in rejects(part)] == [(3, "event_date"), (3, "known_date"), (4, "event_date"), (4, "known_date")]
    assert part.n_read == 3


def test_a_join_on_two_columns_and_a_number_written_in_two_ways(tmp_path: Path) -> None:
    files = {
        "complaints_csv": "id | service | year\n1 | a | 2022\n2 | b | 2022",
        "years_csv": "service | year | date\na | 2022 | 2022-05-01\nb | 2022 | 2022-06-01",
    }
    head = 'join = [{ file = "years.csv", on = ["service", "year"], take = ["date"] }]'
    assert column(read_part(write(tmp_path, complaints(head), **files)), "event_date") == ["2022-05-01", "2022-06-01"]


@pytest.mark.parametrize(("visits", "says", "where"), [
    ("no | when\nv1 | 2023-01-02\nv1 | 2023-01-03", "more than one row for 'v1'", "row 3"),
    ("no | date\nv1 | 2023-01-02", "no column 'when'", "visits.csv"),
    ("no | when | date\nv1 | 2023-01-02 | x", "already in the file", "visits.csv"),
])  # fmt: skip
def test_a_join_that_cannot_be_meant_is_told(tmp_path: Path, visits: str, says: str, where: str) -> None:
    take = '["when", "date"]' if "already" in says else '["when"]'
    head = f'join = [{{ file = "visits.csv", left_on = "visit", right_on = "no", take = {take} }}]'
    table = "id | service | date | visit\n1 | a | 2023-01-02 | v1"
    with pytest.raises(InputError, match=says) as told:
        read_part(write(tmp_path, complaints(head), complaints_csv=table, visits_csv=visits))
    assert where in told.value.where
    assert told.value.hint


def test_unpivot_makes_a_row_of_each_column_that_holds_something(tmp_path: Path) -> None:
    table = """
    visit | known      | care | safety | food
    v1    | 2023-01-02 | 5    | 1      | 4
    v2    | 2023-01-02 |      | 4      |
    v3    | 2023-01-02 |      |        |
    """
    head = '[table.unpivot]\ninto = "dimension"\ncolumns = { care = "effective", safety = "safe", food = "" }\n'
    folder = write(tmp_path, block("findings", "visits.csv", FINDINGS, head), visits_csv=table)
    part = read_part(folder, supervisions="v1 v2 v3")
    assert column(part, "finding_id") == ["v1-care", "v1-safety", "v1-food", "v2-safety"]
    assert column(part, "dimension") == ["effective", "safe", None, "safe"]
    assert column(part, "severity") == ["none", "serious_breach", "remark", "remark"]
    assert part.rows.index.tolist() == [2, 2, 2, 3]
    assert (part.n_read, part.n_left_out) == (3, 1)


def test_a_row_goes_in_whole_or_not_at_all(tmp_path: Path) -> None:
    table = "visit | known | care | safety\nv1 | 2023-01-02 | 5 | 9\nv2 | 2023-01-02 | 5 | 1"
    head = '[table.unpivot]\ncolumns = ["care", "safety"]\n'
    folder = write(tmp_path, block("findings", "visits.csv", FINDINGS, head), visits_csv=table)
    part = read_part(folder, supervisions="v1 v2")
    assert column(part, "finding_id") == ["v2-care", "v2-safety"]
    assert rejects(part) == [(2, "severity", "9", "untranslated")]


def test_a_count_becomes_rows(tmp_path: Path) -> None:
    table = """
    service | date       | n
    a       | 2023-01-02 | 2
    a       | 2023-01-03 | 0
    b       | 2023-01-02 | 1
    b       | 2023-01-04 | two
    b       | 2023-01-05 | -1
    b       | 2023-01-06 | 1000000
    b       | 2023-01-07 |
    """
    block_ = complaints('repeat = "n"', complaint_id='{ format = "{service}-{date}-{copy}" }')
    part = read_part(write(tmp_path, block_, complaints_csv=table))
    assert column(part, "complaint_id") == ["a-2023-01-02-1", "a-2023-01-02-2", "b-2023-01-02-1"]
    assert [(row, reason) for row, _, _, reason in rejects(part)] == [
        (5, "wrong_type"), (6, "out_of_range"), (7, "out_of_range"), (8, "missing_value"),
    ]  # fmt: skip
    assert (part.n_read, part.n_left_out) == (7, 1)


def test_a_file_name_can_carry_the_date(tmp_path: Path) -> None:
    text = b"id;service\n1;a\n"
    rules = {"event_date": '{ from = "file_name", date_format = "complaints_%Y-%m.csv" }', "known_date": '{ from = "file_name", date_format = "complaints_%Y-%m.csv" }'}
    folder = write(tmp_path, complaints(file="complaints_*.csv", **rules))
    (folder / "complaints_2023-04.csv").write_bytes(text)
    assert column(read_part(folder), "event_date") == ["2023-04-01"]
