"""Cells to typed values: what counts as a number, a date or a truth, and what is refused."""

import pandas as pd
import pytest

from risiko.contracts import Type
from risiko.ingest.cells import as_text
from risiko.ingest.convert import Writing, convert, whole


def one(cell: object, type_: Type, writing: Writing | None = None) -> object:
    """The converted cell; "refused" where it will not convert, None where it is missing."""
    values, bad = convert(pd.Series([cell]), type_, writing or Writing())
    if bad.item():
        return "refused"
    value = values.item()
    return None if pd.isna(value) else f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else value


@pytest.mark.parametrize(("written", "point", "comma"), [
    ("12", 12.0, 12.0),
    (" 12 ", 12.0, 12.0),
    ("-3", -3.0, -3.0),
    ("−3", -3.0, -3.0),
    ("+3", 3.0, 3.0),
    ("1.5", 1.5, "refused"),
    ("1,5", "refused", 1.5),
    (".5", 0.5, "refused"),
    ("1 234,5", "refused", 1234.5),
    ("1 234 567", 1234567.0, 1234567.0),
    ("1\u00a0234.5", 1234.5, "refused"),
    ("12 34", "refused", "refused"),
    ("1.234,5", "refused", "refused"),
    ("1,234.5", "refused", "refused"),
    ("1e3", 1000.0, 1000.0),
    ("12 %", "refused", "refused"),
    ("12%", "refused", "refused"),
    ("kr 12", "refused", "refused"),
    ("inf", "refused", "refused"),
    ("nan", "refused", "refused"),
    ("NA", "refused", "refused"),
    ("-", "refused", "refused"),
    ("0x10", "refused", "refused"),
    ("", None, None),
    ("   ", None, None),
])  # fmt: skip
def test_numbers(written: str, point: object, comma: object) -> None:
    assert one(written, "number") == point
    assert one(written, "number", Writing(decimal=",")) == comma


@pytest.mark.parametrize(("written", "dates", "expected"), [
    ("2023-04-05", ("iso",), "2023-04-05"),
    ("2023-04-05T10:30:00", ("iso",), "2023-04-05"),
    ("2023-04-05 10:30:00.123+02:00", ("iso",), "2023-04-05"),
    ("2023-04-05T23:59:00Z", ("iso",), "2023-04-05"),
    ("2023-4-5", ("iso",), "refused"),
    ("2023-02-30", ("iso",), "refused"),
    ("2023-04", ("iso",), "refused"),
    ("20230405", ("iso",), "refused"),
    ("05.04.2023", ("iso",), "refused"),
    ("05.04.2023", ("dmy",), "2023-04-05"),
    ("5.4.2023", ("dmy",), "2023-04-05"),
    ("5/4/2023", ("dmy",), "2023-04-05"),
    ("05-04-2023 10:30", ("dmy",), "2023-04-05"),
    ("05.04.23", ("iso", "dmy"), "refused"),
    ("31.04.2023", ("dmy",), "refused"),
    ("2023-04-05", ("dmy",), "refused"),
    ("2023-04-05", ("iso", "dmy"), "2023-04-05"),
    ("05.04.2023", ("iso", "dmy"), "2023-04-05"),
    ("04/05/2023", ("%m/%d/%Y",), "2023-04-05"),
    ("20230405", ("%Y%m%d",), "2023-04-05"),
    ("9999-12-31", ("iso",), "9999-12-31"),
    ("yesterday", ("iso", "dmy"), "refused"),
])  # fmt: skip
def test_dates(written: str, dates: tuple[str, ...], expected: str) -> None:
    assert one(written, "date", Writing(dates=dates)) == expected


@pytest.mark.parametrize(("written", "expected"), [
    ("true", True), ("TRUE", True), ("1", True), ("yes", True), ("Ja", True), ("j", True),
    ("false", False), ("0", False), ("no", False), ("NEI", False), ("n", False),
    ("maybe", "refused"), ("2", "refused"), ("", None), (True, True), (0, False), (1.0, True),
])  # fmt: skip
def test_booleans(written: object, expected: object) -> None:
    assert one(written, "bool") == expected


def test_what_a_file_holds_as_a_value_is_taken_as_it_is() -> None:
    assert one(2.5, "number", Writing(decimal=",")) == 2.5
    assert one(pd.Timestamp("2023-04-05 12:00"), "date", Writing(dates=("dmy",))) == "2023-04-05"
    assert one(pd.Timestamp("2023-04-05 23:30", tz="Europe/Oslo"), "date") == "2023-04-05"
    assert one(20230405, "date", Writing(dates=("%Y%m%d",))) == "2023-04-05"
    assert one(45000, "date") == "refused"  # a spreadsheet's serial number is no date
    assert one(True, "number") == "refused"
    assert one(pd.Timestamp("2023-04-05"), "number") == "refused"
    assert one(float("inf"), "number") == "refused"


def test_a_column_of_mixed_values_is_converted_kind_by_kind() -> None:
    mixed = pd.Series([1, "2,5", None, 3.5, True, "x", pd.Timestamp("2023-04-05")], dtype=object)
    values, bad = convert(mixed, "number", Writing(decimal=","))
    assert [*values.tolist()[:2], values[3]] == [1.0, 2.5, 3.5]
    assert bad.tolist() == [False, False, False, False, True, True, True]
    assert as_text(mixed).tolist()[4:] == ["true", "x", "2023-04-05"]


def test_whole_numbers_are_whole() -> None:
    values, bad = whole(pd.Series([3.0, 2.5, None, 0.1 * 30, 1e300]))
    assert values[[0, 3]].tolist() == [3, 3]
    assert bad.tolist() == [False, True, False, False, True]


@pytest.mark.parametrize(("cells", "text"), [
    ([1, 2], ["1", "2"]),
    ([1.0, 2.5, None], ["1", "2.5", None]),
    ([True, None], ["true", None]),
    ([" x ", "", None], ["x", None, None]),
    ([pd.Timestamp("2023-04-05"), pd.Timestamp("2023-04-05 10:30")], ["2023-04-05", "2023-04-05 10:30:00"]),
])  # fmt: skip
def test_every_kind_of_cell_has_one_text(cells: list[object], text: list[str | None]) -> None:
    assert [None if pd.isna(v) else v for v in as_text(pd.Series(cells))] == text
