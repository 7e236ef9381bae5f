"""What a file handed in may not be, asked of its size and its zip directory before anything in it is opened."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from xml.etree import ElementTree

from risiko.intake.masked import shown
from risiko.intake.submission import Fault

Source = bytes | Path | BinaryIO
MB = 1_000_000
UNPACKED = 15  # a filled template unpacks to about five times its size; fifteen times the largest file is too much
MOST_RATIO = 200  # no sheet of words and numbers packs so well
MOST_PARTS = 2_000
OLD = b"\xd0\xcf\x11\xe0"  # the container of .xls files, and of .xlsx files with a password
LOCKED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError,
    NotImplementedError, RuntimeError,  # zipfile's own words for a packing it does not know, and for a locked file
    TypeError, AttributeError, IndexError, SyntaxError, OverflowError,
)  # fmt: skip
_ANCHORS = ("twoCellAnchor", "oneCellAnchor")


class Unreadable(ValueError):
    """The workbook's parts do not fit together, so that its cells cannot be read."""


@contextmanager
def opening() -> Iterator[None]:
    """Turn every fault that a broken archive, or openpyxl on a broken workbook, comes to into Unreadable."""
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        yield
    except (*_BROKEN, InvalidFileException) as error:
        raise Unreadable(type(error).__name__) from None


def refusal(reason: str, name: str, **told: str) -> Fault:
    """The fault of a whole file: it is not opened. reason: of workbook.WORKBOOK_REASONS."""
    return Fault("file", reason, shown(PurePosixPath(name).name), "", told)


def bytes_of(source: Source, name: str, *, largest_mb: float) -> tuple[bytes, tuple[Fault, ...]]:
    """The file's bytes, or nothing and the fault too_large: a file above largest_mb is never read into memory.

    source: bytes, a path, or an open stream, which is asked for its size. Raises OSError for a path that is not there.
    """
    if isinstance(source, bytes):
        size = len(source)
    elif isinstance(source, Path):
        size = source.stat().st_size
    else:
        size = source.seek(0, io.SEEK_END)
        source.seek(0)
    if size > largest_mb * MB:
        return b"", (refusal("too_large", name, size=f"{size / MB:.0f}", largest=f"{largest_mb:g}"),)
    if isinstance(source, bytes):
        return source, ()
    return (source.read_bytes() if isinstance(source, Path) else source.read()), ()


def refusals(data: bytes, name: str, *, largest_mb: float) -> tuple[Fault, ...]:
    """Why the bytes cannot be opened as a workbook; empty: they can. Only the first bytes of each part are unpacked."""
    ending = PurePosixPath(name.lower()).suffix
    if data.startswith(OLD):
        return (refusal("password" if LOCKED in data else "old_format", name),)
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return (refusal("not_a_workbook" if data else "empty_file", name),)
    try:
        with opening(), zipfile.ZipFile(io.BytesIO(data)) as archive:
            reason = _of_directory(archive.infolist(), ending, largest_mb) or _of_types(archive)
    except Unreadable:
        reason = "broken"
    return (refusal(reason, name),) if reason else ()


def _of_directory(parts: list[zipfile.ZipInfo], ending: str, largest_mb: float) -> str:
    names = {part.filename for part in parts}
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        return "password"
    most = min(UNPACKED * largest_mb * MB, MOST_RATIO * max(packed, MB / 10))
    if len(parts) > MOST_PARTS or unpacked > most:
        return "unpacks_too_large"
    if ending in (".xlsm", ".xltm", ".xlam") or any(n.lower().endswith("vbaproject.bin") for n in names):
        return "macros"
    if ending == ".xlsb" or "xl/workbook.bin" in names:
        return "old_format"
    return "" if {"xl/workbook.xml", "[Content_Types].xml"} <= names else "not_a_workbook"


def _of_types(archive: zipfile.ZipFile) -> str:
    """A workbook that declares macros has them; one with declarations of its own could grow without end when read."""
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        return "macros"
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if b"<!DOCTYPE" in stream.read(1024).upper():
                    return "broken"
    return ""


def beside(data: bytes) -> tuple[Fault, ...]:
    """Doubts about what a workbook carries beside its cells: embedded files and links to other workbooks. Not read."""
    with opening(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    found = {
        "embedded": any(n.startswith(("xl/embeddings/", "xl/activeX/")) for n in names),
        "external_links": any(n.startswith("xl/externalLinks/") for n in names),
    }
    return tuple(Fault("file", reason, rejected=False) for reason, there in found.items() if there)


def pictures(data: bytes) -> dict[str, tuple[str, ...]]:
    """Which cells a picture lies on (its upper left corner): name of the sheet -> cells such as "C7"."""
    with opening(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        return {title: tuple(_anchored(archive, part, names)) for title, part in sheet_parts(archive).items()}


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet with cells -> its part in the archive."""
    targets = dict(_targets(archive, "xl/workbook.xml"))
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
    found = {
        s.get("name", ""): targets.get(next((v for k, v in s.attrib.items() if k.endswith("}id")), ""), "")
        for s in sheets if _tag(s) == "sheet"
    }  # fmt: skip
    return {title: part for title, part in found.items() if part.startswith("xl/worksheets/")}


def _anchored(archive: zipfile.ZipFile, part: str, names: set[str]) -> Iterator[str]:
    from openpyxl.utils import get_column_letter

    for _, drawing in _targets(archive, part):
        if not drawing.startswith("xl/drawings/drawing") or drawing not in names:
            continue
        for anchor in ElementTree.fromstring(archive.read(drawing)):
            if _tag(anchor) in _ANCHORS and any(_tag(e) == "pic" for e in anchor.iter()):
                corner = next((e for e in anchor if _tag(e) == "from"), None)
                at = {_tag(e): int(e.text or 0) for e in corner} if corner is not None else {}
                yield f"{get_column_letter(at.get('col', 0) + 1)}{at.get('row', 0) + 1}"


def _targets(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """(relation id, part it leads to) of everything inside the workbook that this part points to."""
    place = PurePosixPath(part)
    rels = str(place.parent / "_rels" / f"{place.name}.rels")
    if rels not in archive.namelist():
        return
    for relation in ElementTree.fromstring(archive.read(rels)):
        if relation.get("TargetMode") != "External":
            yield relation.get("Id", ""), _joined(place.parent, relation.get("Target", ""))


def _joined(folder: PurePosixPath, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    parts = list(folder.parts)
    for step in PurePosixPath(target).parts:
        parts = parts[:-1] if step == ".." else [*parts, step]
    return "/".join(parts)


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
