"""Files and folders that cannot be used: one clear sentence, where, and what to try."""

from pathlib import Path

import pytest

from risiko.errors import InputError
from risiko.ingest.raw import Layout
from risiko.ingest.readers import read_file
from tests.imports import complaints, read_all, read_part, services, write

ONE = "id | service | date\n1 | a | 2023-01-02"


def refused(folder: Path, source: Path | None = None) -> InputError:
    with pytest.raises(InputError) as told:
        read_all(folder, source)
    assert told.value.what
    assert told.value.where
    assert told.value.hint
    return told.value


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    folder = write(tmp_path, complaints())
    assert "no such file or folder" in refused(folder, tmp_path / "elsewhere").what


def test_a_folder_without_the_file_tells_what_is_there(tmp_path: Path) -> None:
    folder = write(tmp_path, complaints(), complaint_csv=ONE)
    told = refused(folder)
    assert "'complaints.csv'" in told.what
    assert "did you mean 'complaint.csv'" in told.hint


def test_a_file_that_no_block_reads(tmp_path: Path) -> None:
    folder = write(tmp_path, complaints() + services(), visits_csv=ONE)
    assert "it reads: complaints.csv, services.csv" in refused(folder, folder / "visits.csv").hint


def test_one_file_is_read_by_the_blocks_that_know_it(tmp_path: Path) -> None:
    folder = write(tmp_path, complaints() + services(), complaints_csv=ONE)
    parts = read_all(folder, folder / "complaints.csv").parts
    assert [(part.table, part.file, len(part.rows)) for part in parts] == [("complaints", "complaints.csv", 1)]
    assert read_all(write(folder, complaints()), folder).parts[0].file == "complaints.csv"


def test_a_pattern_gives_a_part_for_each_file(tmp_path: Path) -> None:
    (tmp_path / "years").mkdir()
    folder = write(tmp_path, complaints(file="years/c*.csv"))
    for year in (2022, 2023):
        (tmp_path / "years" / f"c{year}.csv").write_text(f"id;service;date\n{year};a;{year}-01-02\n")
    (tmp_path / "years" / "~$c2023.csv").write_text("an open workbook's lock")
    assert [(p.file, len(p.rows)) for p in read_all(folder).parts] == [("years/c2022.csv", 1), ("years/c2023.csv", 1)]


def test_a_needed_column_that_is_absent_tells_the_nearest_and_all(tmp_path: Path) -> None:
    told = refused(write(tmp_path, complaints(severity='"grade"'), complaints_csv="id | service | dato\n1 | a | 2023-01-02"))
    assert "no column 'date', 'grade'" in told.what
    assert "block 'complaints'" in told.where
    assert "did you mean 'dato'" in told.hint
    assert "id, service, dato" in told.hint


def test_a_column_only_a_format_names_is_needed_too(tmp_path: Path) -> None:
    rule = '{ format = "{service}-{year}" }'
    assert "'year'" in refused(write(tmp_path, complaints(complaint_id=rule), complaints_csv=ONE)).what


def test_a_file_of_no_bytes(tmp_path: Path) -> None:
    assert "0 bytes" in refused(write(tmp_path, complaints(), complaints_csv=b"")).what


def test_a_header_alone_is_no_fault(tmp_path: Path) -> None:
    part = read_part(write(tmp_path, complaints(), complaints_csv="id | service | date"))
    assert (len(part.rows), part.n_read, len(part.rejects)) == (0, 0, 0)


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv").mkdir()
    assert "folder" in refused(write(tmp_path, complaints())).what


def test_a_kind_of_file_nobody_reads(tmp_path: Path) -> None:
    folder = write(tmp_path, complaints(file="complaints.docx"))
    (tmp_path / "complaints.docx").write_text("x")
    assert "CSV, Excel (.xlsx) or Parquet" in refused(folder).hint


def test_a_joined_file_that_is_not_there_or_holds_an_unreadable_line(tmp_path: Path) -> None:
    head = 'join = [{ file = "more.csv", on = "service", take = ["x"] }]'
    assert "'more.csv'" in refused(write(tmp_path, complaints(head), complaints_csv=ONE)).what
    told = refused(write(tmp_path, complaints(head), complaints_csv=ONE, more_csv=b"service;x\na;1;2\n"))
    assert "row 2" in told.where


def test_a_file_the_system_does_not_give(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    with pytest.raises(InputError, match="cannot be read") as told:
        read_file(tmp_path / "a.csv", Layout(), {"id"})
    assert "permissions" in told.value.hint
