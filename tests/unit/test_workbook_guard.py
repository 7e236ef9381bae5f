"""What a file may not be, found before anything in it is opened."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import openpyxl.chart
import pytest
from openpyxl.drawing.image import Image
from PIL import Image as Picture

from risiko.intake.workbook import read_workbook
from tests.workbooks import KNOWN, LARGEST, focus_group, page_of, read, saved, told

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def with_part(data: bytes, name: str, content: bytes = b"x", *, packed: bool = True) -> bytes:
    """The same archive with one part more."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def replaced(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The same archive with one part's text changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = source.read(part)
            target.writestr(part, content.replace(old, new) if part == name else content)
    return buffer.getvalue()


def test_a_file_of_200_mb_is_refused_at_once_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "film.xlsx"
    with path.open("wb") as file:
        file.truncate(200_000_000)  # sparse: nothing is written
    read_workbook(b"", path.name, KNOWN, largest_mb=LARGEST)  # what is imported and compiled on first use is not meant
    tracemalloc.start()
    with path.open("rb") as stream:
        of_stream = read_workbook(stream, path.name, KNOWN, largest_mb=LARGEST)
    of_path = read_workbook(path, path.name, KNOWN, largest_mb=LARGEST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert of_stream == of_path
    assert told(of_path.faults) == [("", "too_large", True)]
    assert of_path.faults[0].told == {"size": "200", "largest": "20"}
    assert peak < 3_000_000


def test_a_workbook_is_read_the_same_from_bytes_path_and_stream(tmp_path: Path) -> None:
    data, path = saved(focus_group()), tmp_path / "a.xlsx"
    path.write_bytes(data)
    with path.open("rb") as stream:
        stream.read(10)  # wherever it stands
        assert read_workbook(stream, "a.xlsx", KNOWN, largest_mb=LARGEST) == read(data) == read_workbook(
            path, "a.xlsx", KNOWN, largest_mb=LARGEST)  # fmt: skip


@pytest.mark.parametrize(("name", "data", "reason"), [
    ("a.xlsx", b"", "empty_file"),
    ("a.xlsx", b"%PDF-1.7", "not_a_workbook"),
    ("a.xlsx", "Tjeneste;Skår".encode(), "not_a_workbook"),
    ("a.xls", OLE + b"Workbook", "old_format"),
    ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    ("a.docx", with_part(b"", "word/document.xml"), "not_a_workbook"),
    ("a.xlsb", with_part(with_part(b"", "[Content_Types].xml"), "xl/workbook.bin"), "old_format"),
    ("a.xlsx", with_part(with_part(b"", "[Content_Types].xml"), "xl/workbook.xml"), "broken"),
])  # fmt: skip
def test_what_is_no_workbook(name: str, data: bytes, reason: str) -> None:
    found = read(data, name)
    assert found.submission is None
    assert told(found.faults) == [("", reason, True)]


def test_macros_are_refused_whatever_the_file_is_called() -> None:
    data = saved(focus_group())
    assert told(read(data, "svar.xlsm").faults) == [("", "macros", True)]
    assert told(read(with_part(data, "xl/vbaProject.bin")).faults) == [("", "macros", True)]
    typed = replaced(data, "[Content_Types].xml", b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
    assert told(read(typed).faults) == [("", "macros", True)]


def test_a_zip_bomb_is_refused_unopened() -> None:
    bomb = with_part(saved(focus_group()), "xl/media/a.xml", b"\0" * 60_000_000)
    assert len(bomb) < 200_000
    tracemalloc.start()
    found = read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told(found.faults) == [("", "unpacks_too_large", True)]
    assert peak < 3_000_000
    many = saved(focus_group())
    buffer = io.BytesIO(many)
    with zipfile.ZipFile(buffer, "a") as archive:
        for n in range(2001):
            archive.writestr(f"xl/x{n}", b"")
    assert told(read(buffer.getvalue()).faults) == [("", "unpacks_too_large", True)]


def test_declarations_of_entities_are_refused() -> None:
    data = replaced(saved(focus_group()), "xl/workbook.xml", b"<workbook", b'<!DOCTYPE a [<!ENTITY b "c">]><workbook')
    assert told(read(data).faults) == [("", "broken", True)]


def test_a_picture_is_told_with_its_cell_and_the_text_is_taken_in() -> None:
    book = focus_group()
    png = io.BytesIO()
    Picture.new("RGB", (4, 4)).save(png, "PNG")
    content = png.getvalue()
    page_of(book, "said").add_image(Image(png), "G3")
    page_of(book, "quotes").add_image(Image(io.BytesIO(content)), "B7")
    found = read(book)
    assert told(found.faults) == [("Det som ble sagt!G3", "picture", False), ("Sitater!B7", "picture", False)]
    assert found.submission is not None
    assert found.submission.said[0].text == "Få på vakt om natten."
    assert repr(content)[2:-1] not in repr(found)


def test_a_picture_placed_in_a_cell_is_no_value_of_it() -> None:
    data = replaced(saved(focus_group(None, {"score": "#VALUE!"})), "xl/worksheets/sheet3.xml",
                    b'<c r="E3"', b'<c r="E3" vm="1"')  # fmt: skip
    found = read(data)
    assert told(found.faults) == [("Det som ble sagt!E3", "picture", False)]
    assert found.submission is not None
    assert found.submission.said[0].score is None


def test_embedded_files_and_links_are_told_and_left_alone() -> None:
    data = with_part(with_part(saved(focus_group()), "xl/embeddings/a.docx"), "xl/externalLinks/externalLink1.xml", b"<a/>")
    found = read(data)
    assert told(found.faults) == [("", "embedded", False), ("", "external_links", False)]
    assert found.submission is not None


def test_a_chart_on_a_sheet_of_its_own_is_passed_over() -> None:
    book = focus_group()
    book.create_chartsheet("Figur").add_chart(openpyxl.chart.BarChart())
    assert read(book).submission == read(focus_group()).submission


def test_bytes_changed_at_random_never_raise() -> None:
    rng = np.random.default_rng(5)
    data = saved(focus_group())
    outcomes = set()
    for _ in range(60):
        bent = bytearray(data)
        for at in rng.integers(0, len(data), 8):
            bent[at] = int(rng.integers(256))
        cut = bytes(bent[: int(rng.integers(len(bent) // 2, len(bent) + 1))]) if rng.random() < 0.3 else bytes(bent)
        outcomes |= {fault.reason for fault in read(cut).faults} or {"taken in"}
    assert "broken" in outcomes
    assert "not_a_workbook" in outcomes


def test_parts_bent_inside_a_sound_archive_never_raise() -> None:
    rng = np.random.default_rng(6)
    data = saved(focus_group())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(60):
        name = list(parts)[int(rng.integers(len(parts)))]
        content = bytearray(parts[name])
        for at in rng.integers(0, len(content), 3):
            content[at] = int(rng.choice(list(b'<>"/0x9&')))
        found = read(replaced(data, name, parts[name], bytes(content)))
        assert (found.submission is None) == any(fault.rejected for fault in found.faults)
