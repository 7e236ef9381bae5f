"""A quotation mark that is never closed is told with its line; a line break inside a text in order is no fault."""

from pathlib import Path

import pytest

from risiko.errors import InputError
from risiko.ingest.raw import Layout, Raw
from risiko.ingest.readers import read_file


def reading(folder: Path, text: str, wanted: str = "id", **layout: object) -> Raw:
    path = folder / "f.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return read_file(path, Layout(**layout), set(wanted.split()))


def lines(n: int, **changed: str) -> str:
    """id;x;note with n rows, some (r500=...) replaced; row r stands on line r of the file."""
    return "id;x;note\n" + "".join(changed.get(f"r{i}", f"{i};a;fine") + "\n" for i in range(2, n + 2))


@pytest.mark.parametrize("row", ['"500;a;fine', '500;"a;fine', '500;a;"fine'])
@pytest.mark.parametrize("elsewhere", ["300;a;fine", '300;a;5" pipe'])  # an odd or even number of marks in all
def test_a_mark_that_is_never_closed_is_refused_with_its_line(tmp_path: Path, row: str, elsewhere: str) -> None:
    with pytest.raises(InputError, match="the rest of the file") as told:
        reading(tmp_path, lines(1000, r500=row, r300=elsewhere))
    assert told.value.where.endswith("f.csv, line 500")
    assert "doubled" in told.value.hint


@pytest.mark.parametrize("row", ['"{};a;fine', '{};"a;fine', '{};a;"fine'])
def test_two_such_marks_do_not_hide_the_lines_between_them(tmp_path: Path, row: str) -> None:
    with pytest.raises(InputError, match="the 100 lines that follow") as told:
        reading(tmp_path, lines(1000, r500=row.format(500), r600=row.format(600)))
    assert told.value.where.endswith("line 500")


def test_a_title_above_the_header_counts_as_a_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        reading(tmp_path, 'The "best\n' + lines(10, r5='5;a;"fine'), header_row=2)
    assert told.value.where.endswith("line 6")


def test_texts_in_order_may_hold_line_breaks_and_doubled_marks(tmp_path: Path) -> None:
    raw = reading(
        tmp_path, lines(6, r3='3;a;"one\ntwo ""three""\n"', r5='"5";"a\r\nb";"x"', r7='7;a;"last"'), "id note"
    )
    assert raw.frame["id"].tolist() == ["2", "3", "4", "5", "6", "7"]
    assert raw.frame["note"].iloc[1] == 'one\ntwo "three"\n'


@pytest.mark.parametrize("row", ['3;a;"Bob" Smith', '3;a;5" pipe', '3;"a" b;"c\nd"', '3;a;""', '3;a;"""quoted"" text"'])
def test_marks_that_swallow_nothing_are_taken_as_they_are(tmp_path: Path, row: str) -> None:
    raw = reading(tmp_path, lines(4, r3=row))
    assert (raw.frame["id"].tolist(), len(raw.malformed)) == (["2", "3", "4", "5"], 0)


def test_a_malformed_row_of_several_lines_says_how_many_it_joins(tmp_path: Path) -> None:
    raw = reading(tmp_path, lines(9, r4='4;"a;fine', r7='7;a;fine"'))
    assert raw.malformed["row"].tolist() == [4]
    assert "join 4 lines of the file into this row" in raw.malformed["message"].item()
    assert raw.frame["id"].tolist() == ["2", "3", "8", "9", "10"]


def test_a_name_with_a_line_break_simply_works(tmp_path: Path) -> None:
    text = '\ufeffid;"Number\r\nof places";"x;\ny"\r\n1;2;3\r\n4;5;6\r\n'
    raw = reading(tmp_path, text)
    assert raw.names == ("id", "Number of places", "x; y")
    named = read_file(tmp_path / "f.csv", Layout(), {"Number of places", "x;\ny"}).frame
    assert named.to_dict("list") == {"Number of places": ["2", "5"], "x;\ny": ["3", "6"]}
    assert named.index.tolist() == [2, 3]
