"""A quotation mark that is never closed: found before it swallows the lines below it in silence."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from risiko.errors import InputError

MAX_RECORD = 1 << 25  # characters; a longer record means a quotation mark that was never closed
UNCLOSED = 'close the quotation mark, or remove it, and see that every " inside a quoted text is doubled'
_END = "\x03end of file\x03"  # control characters that no text holds


def refuse_unclosed(path: Path, encoding: str, delimiter: str, header_row: int) -> None:
    """Raise InputError, with the line, where a quoted text runs over lines and is not closed as it should be.

    That is: it runs to the end of the file, or the quotation mark that ends it stands amid the text of a later line.
    A line break in a text that is closed in order is no fault.
    """
    with path.open(encoding=encoding, newline="") as stream:
        for _ in range(header_row - 1):
            stream.readline()
        found = next(_unclosed(stream, delimiter), None)
    if found:
        line, swallowed = found
        raise InputError(
            f"A quoted text is never closed and would swallow {swallowed}.",
            where=f"{path}, line {line + header_row - 1}",
            hint=UNCLOSED,
        )


def _unclosed(stream: Iterable[str], delimiter: str) -> Iterator[tuple[int, str]]:
    """The line where each faulty record begins, and what it swallows."""
    held: list[str] = []

    def lines() -> Iterator[str]:
        for line in stream:
            held.append(line)
            yield line
        yield _END

    csv.field_size_limit(MAX_RECORD)
    reader, first = csv.reader(lines(), delimiter=delimiter), 1
    try:
        for record in reader:  # over the lines of a file that has quotation marks, not over what they mean
            if record and record[-1].rstrip().endswith(_END) and held:
                yield first, "the rest of the file"
            elif len(held) > 1 and not _in_order(held, delimiter):
                yield first, f"the {len(held) - 1} lines that follow"
            first = reader.line_num + 1
            held.clear()
    except csv.Error:
        yield first, "more than a cell can hold"


def _in_order(lines: list[str], delimiter: str) -> bool:
    """Does the quoted text that runs over these lines end where a cell ends?"""
    strict = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        next(strict)
    except csv.Error:
        return strict.line_num == 1  # sloppy, but on its first line: nothing is swallowed by that
    return True
