"""Delimited text in the shapes it comes in."""

from pathlib import Path

import pytest

from risiko.errors import InputError
from risiko.ingest.raw import Layout, Raw
from risiko.ingest.readers import read_file

TEXT = "id;navn;år\n1;Åse;1,5\n2;Bjørn;2\n"


def reading(tmp_path: Path, content: bytes, wanted: str = "id navn år", name: str = "f.csv", **layout: object) -> Raw:
    path = tmp_path / name
    path.write_bytes(content)
    return read_file(path, Layout(**layout), set(wanted.split()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    raw = reading(tmp_path, TEXT.encode(encoding))
    assert raw.frame["navn"].tolist() == ["Åse", "Bjørn"]
    assert raw.names == ("id", "navn", "år")
    assert raw.frame.index.tolist() == [2, 3]


def test_a_named_encoding_is_held_to(tmp_path: Path) -> None:
    assert reading(tmp_path, TEXT.encode("latin-1"), encoding="latin-1").frame["navn"].tolist() == ["Åse", "Bjørn"]
    with pytest.raises(InputError, match="not text in utf-8") as told:
        reading(tmp_path, TEXT.encode("latin-1"), encoding="utf-8")
    assert "encoding =" in told.value.hint


@pytest.mark.parametrize("content", [b"\x00\x01\x02id;x\n", b"id;x\n\x81\x8d;1\n"])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="not text in utf-8 or cp1252"):
        reading(tmp_path, content)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    content = f'id{delimiter}"a;b,c"{delimiter}x\n1{delimiter}2{delimiter}"3\n{delimiter}4"\n'.encode()
    raw = reading(tmp_path, content, "id x")
    assert raw.frame.to_dict("records") == [{"id": "1", "x": f"3\n{delimiter}4"}]


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    raw = reading(tmp_path, b"id\n1\n\n2\n")
    assert (raw.frame["id"].tolist(), raw.frame.index.tolist()) == (["1", "2"], [2, 4])


def test_windows_line_ends_and_spaces_around_names(tmp_path: Path) -> None:
    raw = reading(tmp_path, b" id ; x \r\n1;2\r\n", "id x")
    assert raw.frame.to_dict("records") == [{"id": "1", "x": "2"}]


@pytest.mark.parametrize("content", [b"id;x\n", b"id;x", b"\xef\xbb\xbfid;x\r\n"])
def test_a_header_alone_is_a_file_without_rows(tmp_path: Path, content: bytes) -> None:
    raw = reading(tmp_path, content, "id x")
    assert (len(raw.frame), raw.names, raw.n_records) == (0, ("id", "x"), 0)


def test_a_title_above_the_header_is_passed_over_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    raw = reading(tmp_path, b"Complaints 2023\n\nid;x\n1;2\n3;4;5\n6;7\n", "id x", header_row=3)
    assert raw.frame.index.tolist() == [4, 6]
    assert raw.malformed["row"].tolist() == [5]


def test_row_numbers_hold_over_many_blocks_of_the_file(tmp_path: Path) -> None:
    lines = [f"{i};{'x' * 1000}" for i in range(60_000)]
    lines[50_000] += ";too many"
    raw = reading(tmp_path, ("id;x\n" + "\n".join(lines)).encode(), "id")
    assert raw.malformed["row"].tolist() == [50_002]
    assert (raw.frame.index.to_numpy() - 2 == raw.frame["id"].astype(int)).all()


@pytest.mark.parametrize("content", [b'id;x\n1;"2\n3;4\n5;6\n', b'id;x\n1;2\n3;"4\n'])
def test_a_quotation_mark_that_is_never_closed_swallows_nothing_in_silence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="never closed") as told:
        reading(tmp_path, content, "id x")
    assert "quotation mark" in told.value.hint


def test_an_inch_mark_is_no_quotation(tmp_path: Path) -> None:
    assert reading(tmp_path, b'id;x\n1;5" pipe\n2;3\n', "id x").frame["x"].tolist() == ['5" pipe', "3"]


def test_a_wanted_column_that_stands_twice_is_refused_and_another_is_not(tmp_path: Path) -> None:
    assert reading(tmp_path, b"id;x;x\n1;2;3\n", "id").frame["id"].tolist() == ["1"]
    with pytest.raises(InputError, match="'x' stands more than once"):
        reading(tmp_path, b"id;x;x\n1;2;3\n", "id x")


def test_a_file_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column names"):
        reading(tmp_path, b"\n\n")
