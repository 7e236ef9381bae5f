"""Excel and Parquet: their own types, their own faults."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import openpyxl.chart
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from risiko.errors import InputError
from risiko.ingest.raw import Layout
from risiko.ingest.readers import read_file
from tests.imports import column, complaints, read_part, rejects, services, write

HEADER = ["id", "service", "date", "grade"]


def workbook(path: Path, rows: list[list[object]], sheet: str = "Data", above: int = 0) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    page = book.create_sheet(sheet)
    for row in [[]] * above + [HEADER, *rows]:
        page.append(row)
    book.save(path)
    return path


def test_real_dates_text_dates_and_numbers_of_a_sheet(tmp_path: Path) -> None:
    write(tmp_path, complaints('sheet = "Data"', "c.xlsx", severity='"grade"'), defaults='decimal = ","')
    workbook(tmp_path / "c.xlsx", [
        [1, "a", datetime(2023, 1, 2), 1],
        ["2", "a", "03.01.2023", "2,0"],
        [3.0, "a", date(2023, 1, 4), 3.0],
        [None, None, None, None],
        [4, "a", "2023-01-05", None],
        [5, "a", datetime(2023, 1, 6), "#N/A"],
        [6, "a", 44927, 1],
        [7, "#REF!", datetime(2023, 1, 6), 1],
        [8, "a", datetime(2023, 1, 6), True],
    ])  # fmt: skip
    part = read_part(tmp_path)
    assert column(part, "complaint_id") == ["1", "2", "3", "4"]
    assert column(part, "event_date") == ["2023-01-02", "2023-01-03", "2023-01-04", "2023-01-05"]
    assert column(part, "severity") == [1, 2, 3, None]
    assert part.rows.index.tolist() == [2, 3, 4, 6]
    assert rejects(part) == [
        (7, "severity", "#N/A", "formula_error"),
        (8, "event_date", "44927", "wrong_type"),
        (8, "known_date", "44927", "wrong_type"),
        (9, "service_id", "#REF!", "formula_error"),
        (10, "severity", "true", "wrong_type"),
    ]


def test_the_first_sheet_is_read_where_none_is_named_and_a_header_may_stand_lower(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", [[1, "a", "2023-01-02", 1]], above=2)
    raw = read_file(path, Layout(sheet="Data", header_row=3), {"id"})
    assert raw.frame.index.tolist() == [4]
    with pytest.raises(InputError, match="no column names"):
        read_file(path, Layout(), {"id"})


def test_a_formula_saved_without_its_value_is_rejected_and_not_taken_for_blank(tmp_path: Path) -> None:
    write(tmp_path, complaints(file="c.xlsx", severity='"grade"'))
    book = openpyxl.Workbook()
    for row in (HEADER, [1, "a", "2023-01-02", "=1+1"], [2, "a", "2023-01-02", None], ["=B2", "a", "2023-01-02", 1]):
        book.active.append(row)
    book.save(tmp_path / "c.xlsx")  # openpyxl calculates nothing, so no value is saved
    part = read_part(tmp_path)
    assert column(part, "complaint_id") == ["2"]
    assert [(row, name, reason) for row, name, _, reason in rejects(part)] == [
        (2, "severity", "formula_error"), (4, "complaint_id", "formula_error"),
    ]  # fmt: skip
    assert "saved without its value" in part.rejects["message"].iloc[0]


def test_a_formula_saved_with_its_value_is_its_value(tmp_path: Path) -> None:
    write(tmp_path, complaints(file="c.xlsx", severity='"grade"'))
    book = xlsxwriter.Workbook(tmp_path / "c.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, HEADER)
    page.write_row(1, 0, [1, "a", "2023-01-02"])
    page.write_formula(1, 3, "=1+1", value=2)
    book.close()
    assert column(read_part(tmp_path), "severity") == [2]


def test_a_chart_on_a_sheet_of_its_own_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, complaints(file="c.xlsx"))
    book = openpyxl.Workbook()
    for row in (HEADER, [1, "a", "2023-01-02", 1]):
        book.active.append(row)
    book.create_chartsheet("Chart", 0).add_chart(openpyxl.chart.BarChart())
    book.save(tmp_path / "c.xlsx")
    assert column(read_part(tmp_path), "complaint_id") == ["1"]
    with pytest.raises(InputError, match="no sheet 'Chart'"):
        read_file(tmp_path / "c.xlsx", Layout(sheet="Chart"), {"id"})


def test_a_name_with_a_line_break_in_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "Number\nof places"])
    book.active.append([1, 2])
    book.save(tmp_path / "c.xlsx")
    assert read_file(tmp_path / "c.xlsx", Layout(), {"Number of places"}).frame["Number of places"].tolist() == [2]


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", [])
    with pytest.raises(InputError, match="no sheet 'Klager'") as told:
        read_file(path, Layout(sheet="Klager"), {"id"})
    assert "Read me, Data" in told.value.hint


def broken_zip(path: Path) -> None:
    path.write_bytes(b"this is no workbook")


def zip_without_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")


def cut_short(path: Path) -> None:
    workbook(path, [[i, "a", "2023-01-02", 1] for i in range(100)])
    path.write_bytes(path.read_bytes()[:3000])


def locked(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


@pytest.mark.parametrize(("spoil", "says"), [
    (broken_zip, "broken"), (zip_without_workbook, "broken"), (cut_short, "broken"), (locked, "password-protected"),
])  # fmt: skip
def test_a_workbook_that_cannot_be_opened(tmp_path: Path, spoil: object, says: str) -> None:
    path = tmp_path / "c.xlsx"
    spoil(path)
    with pytest.raises(InputError, match=says) as told:
        read_file(path, Layout(), {"id"})
    assert str(path) in told.value.where
    assert told.value.hint


def test_parquet_of_any_types(tmp_path: Path) -> None:
    table = pa.table({
        "id": pa.array([1, 2, None], pa.int64()),
        "known": pa.array([date(2020, 1, 1)] * 3, pa.date32()),
        "type": pa.array(["home", "day", "home"]).dictionary_encode(),
        "users": pa.array([Decimal("10.50"), None, Decimal("1.00")], pa.decimal128(10, 2)),
        "began": pa.array([datetime(2019, 5, 1, 22), None, None], pa.timestamp("ns", tz="UTC")),
        "solo": pa.array([True, None, False]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "services.parquet")
    rules = {"users": '"users"', "valid_from": '"began"', "natural_person": '{ from = "solo", default = false }'}
    part = read_part(write(tmp_path, services(file="services.parquet", **rules)))
    assert column(part, "service_id") == ["1", "2"]
    assert column(part, "users") == [10.5, None]
    assert column(part, "service_type") == ["home", "day"]
    assert column(part, "valid_from") == ["2019-05-01", None]
    assert column(part, "natural_person") == [True, False]
    assert rejects(part) == [(4, "service_id", "", "missing_value")]


def test_a_list_column_of_parquet_is_a_list(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"id": ["1"], "service": ["a"], "date": [pd.Timestamp("2023-01-02")], "about": [["food", "care"]]}
    )
    frame.to_parquet(tmp_path / "c.parquet")
    rule = '{ from = "about", split = "|", values = { food = "mat", care = "stell" } }'
    part = read_part(write(tmp_path, complaints(file="c.parquet", grounds=rule)))
    assert column(part, "grounds") == ["mat|stell"]


def test_large_whole_numbers_keep_every_digit(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": pa.array([9007199254740993, None], pa.int64())}), tmp_path / "x.parquet")
    from risiko.ingest.cells import as_text

    assert as_text(read_file(tmp_path / "x.parquet", Layout(), {"id"}).frame["id"]).iloc[0] == "9007199254740993"


def test_a_broken_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 but not really PAR1")
    with pytest.raises(InputError, match="Parquet file is broken"):
        read_file(path, Layout(), {"id"})
