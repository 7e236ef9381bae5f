"""Files and folders that cannot be used: one clear sentence, where, and what to try."""

from pathlib import Path

import pytest

from risiko.errors import InputError
from risiko.ingest import identities, load_mapping
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
    told = refused(
        write(tmp_path, complaints(severity='"grade"'), complaints_csv="id | service | dato\n1 | a | 2023-01-02")
    )
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


@pytest.mark.parametrize(("content", "says", "hint"), [
    (b"PK\x03\x04 and so on", "an Excel (.xlsx) or zip file", ".xlsx"),
    (b"%PDF-1.7 and so on", "a PDF file", "CSV or Excel"),
    (b"\xd0\xcf\x11\xe0 and so on", "an old Excel file", "save it as .xlsx"),
    (b"PAR1 and so on", "a Parquet file", ".parquet"),
    (b"\x1f\x8b and so on", "a gzip file", "unpack"),
    (b"id;service\x00\x01\x02;date\n", "holds binary data", "save it as CSV"),
    ("id;service;date\n1;a;2023-01-02\n".encode("utf-16-le"), "UTF-16-LE without its mark", 'encoding = "utf-16-le"'),
    ("id;service;date\n1;å;2023-01-02\n".encode("utf-16-be"), "UTF-16-BE without its mark", 'encoding = "utf-16-be"'),
])  # fmt: skip
def test_a_file_that_is_no_text_is_called_what_it_is(tmp_path: Path, content: bytes, says: str, hint: str) -> None:
    told = refused(write(tmp_path, complaints(), complaints_csv=content))
    assert says in told.what
    assert hint in told.hint


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf_16_that_is_named_is_read_with_its_mark_or_without(tmp_path: Path, encoding: str, mark: str) -> None:
    content = f"{mark}id;service;date\n1;a;2023-01-02\n".encode(encoding)
    part = read_part(write(tmp_path, complaints(), f'encoding = "{encoding}"', complaints_csv=content))
    assert part.rows["complaint_id"].tolist() == ["1"]


def test_the_identities_are_those_of_the_parts_that_come(tmp_path: Path) -> None:
    meta = '[table.metadata.beds]\nfrom = "beds"\nkind = "number"\nsentence = "Beds."'
    files = {"services_csv": "id | known | type | beds\na | 2020-01-01 | home | 3", "complaints_csv": ONE}
    folder = write(tmp_path, complaints() + services(tail=meta), **files)
    (tmp_path / "c2.csv").write_text("id;service;date\n2;a;2023-01-02\n")
    for mapping, source in [(complaints() + services(tail=meta), folder), (complaints() + services(tail=meta), folder / "complaints.csv"),
                            (complaints(file="c*.csv"), folder), (services(), folder)]:  # fmt: skip
        write(folder, mapping)
        made = {(p.source, p.block, p.file) for p in read_all(folder, source).parts}
        assert identities(source, load_mapping(folder / "mapping.toml")) == made
    assert made == {("drawn", "services", "services.csv")}


def test_a_file_the_system_does_not_give(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    with pytest.raises(InputError, match="cannot be read") as told:
        read_file(tmp_path / "a.csv", Layout(), {"id"})
    assert "permissions" in told.value.hint
