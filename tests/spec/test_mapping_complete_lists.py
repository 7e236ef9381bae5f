"""Complete lists of services: a fault in the file must neither close a service nor keep it open for ever."""

from pathlib import Path

import pytest

from risiko.batch import Part
from tests.imports import column, read_part, rejects, services, write

HEAD = "only_changes = true\ncomplete_lists = true"
YEARS = """
    id | known      | type | users
    S1 | 31.12.2021 | home | 10
    S2 | 31.12.2021 | home | 20
    S3 | 31.12.2021 | home | 30
    S4 | 31.12.2021 | home | 40
    S5 | 31.12.2021 | home | 50
    S1 | 31.12.2022 | home | 10
    S2 | 31.12.2022 | home | 20
    S3 | 31.12.2022 | home | 30
    S4 | 31.12.2022 | home | 40
    S5 | 31.12.2022 | home | 50
    S1 | 31.12.2023 | home | 10
    S2 | 31.12.2023 | home | 20
    S3 | 31.12.2023 | home | 30
    S4 | 31.12.2023 | home | 40
    S5 | 31.12.2023 | home | 50
    """


def reading(folder: Path, table: str, head: str = HEAD, **rules: str) -> Part:
    return read_part(write(folder, services(head, users='"users"', **rules), services_csv=table))


def ended(part: Part) -> list[tuple[object, object]]:
    pairs = zip(column(part, "service_id"), column(part, "valid_to"), strict=True)
    return [(service, day) for service, day in pairs if day is not None]


def warnings(part: Part) -> list[tuple[int, str, str]]:
    lines = part.rejects[part.rejects["severity"] == "warning"]
    return list(lines[["row", "value", "reason"]].itertuples(index=False, name=None))


def test_nobody_ends_where_everybody_is_listed(tmp_path: Path) -> None:
    part = reading(tmp_path, YEARS)
    assert (ended(part), len(part.rejects), len(part.rows)) == ([], 0, 5)


@pytest.mark.parametrize(("good", "bad", "told"), [
    ("S1 | 31.12.2023 | home | 10", "S1 | 31.12.23 | home | 10", (12, "known_date", "31.12.23", "wrong_type")),
    ("S1 | 31.12.2023 | home | 10", "S1 | | home | 10", (12, "known_date", "", "missing_value")),
    ("S1 | 31.12.2023 | home | 10", "S1 | 31.12.2032 | home | 10", (12, "known_date", "31.12.2032", "future_date")),
    ("S1 | 31.12.2023 | home | 10", "S1 | 31.12.2022 | home | 10", (12, "service_id", "S1", "duplicate_key")),
    ("S1 | 31.12.2023 | home | 10", "S1 | 31.12.2023 | home | many", (12, "users", "many", "wrong_type")),
    ("S1 | 31.12.2023 | home | 10", "S1 | 31.12.2023 | | 10", (12, "service_type", "", "missing_value")),
    ("S5 | 31.12.2023 | home | 50", "S5 | 31.12.23 | home | 50", (16, "known_date", "31.12.23", "wrong_type")),
])  # fmt: skip
def test_one_bad_cell_in_the_last_list_does_not_end_its_service(
    tmp_path: Path, good: str, bad: str, told: tuple[int, str, str, str]
) -> None:
    part = reading(tmp_path, YEARS.replace(good, bad))
    assert told in rejects(part)
    assert (ended(part), warnings(part)) == ([], [])


@pytest.mark.parametrize("bad", [
    "S3 | 31.12.2023 | home | 30 | ",  # one ; too many
    "S3 | 31.12.2023 | home",
    " | 31.12.2023 | home | 30",
    " | 31.12.23 | home | 30",
])  # fmt: skip
def test_by_a_list_with_a_row_of_nobody_knows_whom_nobody_ends_and_a_warning_says_so(tmp_path: Path, bad: str) -> None:
    table = YEARS.replace("S3 | 31.12.2023 | home | 30", bad).replace("    S1 | 31.12.2023 | home | 10\n", "")
    part = reading(tmp_path, table)  # S1 is truly missing
    assert ended(part) == []
    assert warnings(part) == [(13, "2023-12-31", "unsure_list")]


def test_a_line_between_two_lists_makes_both_unsure_and_the_next_one_is_sure(tmp_path: Path) -> None:
    table = """
    id | known      | type | users
    S1 | 31.12.2020 | home | 10
    S2 | 31.12.2020 | home | 20
    S3 | 31.12.2020 | home | 30
    S1 | 31.12.2021 | home | 10
    S2 | 31.12.2021 | home | 20
    S? | broken | home | 30 | 40
    S2 | 31.12.2022 | home | 20
    S2 | 31.12.2023 | home | 20
    S4 | 31.12.2023 | home | 20
    """
    part = reading(tmp_path, table)
    assert sorted(ended(part)) == [("S1", "2023-12-31"), ("S3", "2023-12-31")]
    assert warnings(part) == [(7, "2021-12-31", "unsure_list"), (7, "2022-12-31", "unsure_list")]


def test_where_lists_are_not_kept_together_a_slip_may_stand_in_any(tmp_path: Path) -> None:
    table = """
    id | known      | type | users
    S1 | 31.12.2021 | home | 10
    S1 | 31.12.2022 | home | 10
    S1 | 31.12.23   | home | 10
    S2 | 31.12.2021 | home | 20
    S2 | 31.12.2022 | home | 20
    S3 | 31.12.2021 | home | 30
    S3 | 31.12.2022 | home | 30
    S3 | 31.12.2023 | home | 30
    S4 | 31.12.2023 | home | 40
    """
    assert ended(reading(tmp_path, table)) == [("S2", "2023-12-31")]


def test_a_service_whose_last_row_is_rejected_ends_with_its_last_good_version(tmp_path: Path) -> None:
    table = YEARS.replace("S1 | 31.12.2022 | home | 10", "S1 | 31.12.2022 | home | many")
    table = table.replace("    S1 | 31.12.2023 | home | 10\n", "")
    part = reading(tmp_path, table)
    assert ended(part) == [("S1", "2023-12-31")]
    last = part.rows[part.rows["service_id"] == "S1"]
    assert last["known_date"].dt.year.tolist() == [2021, 2023]
    assert last["users"].tolist() == [10, 10]
    assert last.index.tolist() == [2, 2]  # the row of the version it is made from
    assert part.n_read == part.rows.index.nunique() + 1 + part.n_left_out


def test_a_service_that_was_never_read_in_order_has_nothing_to_end(tmp_path: Path) -> None:
    table = YEARS.replace("S1 | 31.12.2021 | home | 10", "S1 | 31.12.2021 | home | many")
    table = table.replace("    S1 | 31.12.2022 | home | 10\n", "").replace("    S1 | 31.12.2023 | home | 10\n", "")
    part = reading(tmp_path, table)
    assert ended(part) == []
    assert "S1" not in column(part, "service_id")


def test_a_plan_given_up_ends_when_it_would_have_begun(tmp_path: Path) -> None:
    table = "id | known | type | users | begins\nS1 | 31.12.2021 | home | 1 | 01.06.2023\nS2 | 31.12.2021 | home | 1 |\nS2 | 31.12.2022 | home | 1 |"
    part = reading(tmp_path, table, valid_from='"begins"')
    assert (ended(part), len(part.rejects)) == ([("S1", "2023-06-01")], 0)
