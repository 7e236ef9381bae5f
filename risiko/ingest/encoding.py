"""Is a file text, and in which encoding? And if it is none: what it is instead."""

from __future__ import annotations

import codecs
from pathlib import Path

from risiko.errors import InputError

CHUNK = 1 << 20
SAVE_AS_CSV = "open it in the program it comes from and save it as CSV (UTF-8)"
# How files of other kinds begin -> what to call them, and what to try.
MAGIC = {
    b"PK\x03\x04": ("an Excel (.xlsx) or zip file", "give it its own ending (.xlsx), or unpack it"),
    b"\xd0\xcf\x11\xe0": ("an old Excel file (.xls)", "save it as .xlsx or CSV"),
    b"PAR1": ("a Parquet file", "give it the ending .parquet"),
    b"%PDF": ("a PDF file", "ask for the table itself, as CSV or Excel"),
    b"\x1f\x8b": ("a gzip file", "unpack it"),
}


def text_encoding(path: Path, given: str) -> tuple[str, bool]:
    """The encoding, and whether there is any quotation mark. Guessed: a mark, UTF-8, else Windows-1252 (Latin-1).

    Raises InputError for a file that is no text, or none in the encoding given.
    """
    with path.open("rb") as stream:
        start = stream.read(4096)
    wide = given == "auto" or given.lower().replace("_", "-").startswith("utf-16")
    if wide and start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif given != "auto":
        candidates = [given]
    else:
        candidates = ["utf-8", "cp1252"]
    kind, hint = next((said for magic, said in MAGIC.items() if start.startswith(magic)), ("", ""))
    if kind:
        raise InputError(f"The file is not text but {kind}.", where=str(path), hint=hint)
    for name in candidates:
        quoted = _decodes(path, name)
        if quoted is not None:
            return name, quoted
    raise _no_text(path, start, " or ".join(candidates))


def marked(encoding: str) -> str:
    """The same encoding, which passes over a byte order mark where there may be one."""
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


def _no_text(path: Path, start: bytes, tried: str) -> InputError:
    unmarked = _unmarked(start)
    if unmarked:
        return InputError(
            f"The file looks like {unmarked.upper()} without its mark.", where=str(path),
            hint=f'save it as UTF-8, or say encoding = "{unmarked}" under [defaults] in the mapping',
        )  # fmt: skip
    if b"\0" in start:
        return InputError(f"The file is not text in {tried}: it holds binary data.", where=str(path), hint=SAVE_AS_CSV)
    return InputError(
        f"The file is not text in {tried}.", where=str(path),
        hint="save it as UTF-8, or name its encoding under [defaults] in the mapping: encoding = \"...\"",
    )  # fmt: skip


def _unmarked(start: bytes) -> str:
    """utf-16-le or utf-16-be where every other byte is mostly zero, as it is in western text; else nothing."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    most = 0.6 * len(start) / 2
    return "utf-16-le" if odd > most and not even else "utf-16-be" if even > most and not odd else ""


def _decodes(path: Path, encoding: str) -> bool | None:
    """Whether there is a quotation mark if the whole file decodes (and is text), else None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    quoted = False
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeError:
                return None
            if "\0" in text:  # text never holds it; binary files and unmarked UTF-16 do
                return None
            quoted |= '"' in text
    return quoted
