"""Reading delimited text: encoding and delimiter found out, every line accounted for."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from risiko.errors import InputError
from risiko.ingest.faults import READING
from risiko.ingest.raw import Layout, Raw, no_malformed, unique_names

CHUNK = 1 << 20
DELIMITERS = ";,\t|"
MAX_RECORD = 1 << 25  # bytes; a longer record means a quotation mark that was never closed
UNCLOSED = "look for a quotation mark that is opened and never closed, or two records run together"


def read_csv(path: Path, layout: Layout, wanted: Collection[str]) -> Raw:
    """The rows of a delimited text file, every cell as text.

    Row numbers count records as a spreadsheet shows them: the header is row 1 (or its own row), a quoted line break
    does not count. A line with too many or too few cells is listed as malformed and the others are kept.
    """
    encoding, quotes = _encoding(path, layout.encoding)
    delimiter, header = _header(path, encoding, layout)
    names = [name.strip() for name in header]
    unique_names(names, wanted, path)
    take = {raw: name for raw, name in zip(header, names, strict=True) if name in wanted}
    table, bad = _parse(path, encoding, delimiter, layout, sorted(take) or [header[0]])
    if quotes % 2 and _runs_to_the_end(table):
        raise InputError(
            "A quoted text is never closed, so the rest of the file is swallowed.", where=str(path), hint=UNCLOSED
        )
    frame = table.rename(columns=take)
    rows = np.arange(1, len(table) + len(bad) + 1) + layout.header_row
    frame.index = pd.Index(np.setdiff1d(rows, bad["row"].to_numpy(dtype=np.int64)), name="row")
    blank = (frame == "").all(axis=1) if take else pd.Series(False, index=frame.index)
    return Raw(frame.loc[~blank, list(take.values())], bad, tuple(names))


def _parse(
    path: Path, encoding: str, delimiter: str, layout: Layout, columns: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pyarrow as pa
    import pyarrow.csv as pc

    bad: list[dict[str, Any]] = []

    def skip(row: Any) -> str:
        message = READING["malformed_row"].format(found=row.actual_columns, expected=row.expected_columns)
        bad.append({"row": row.number, "value": row.text[:200], "message": message})
        return "skip"

    try:
        table = pc.read_csv(
            path,
            # One thread: only then does pyarrow tell the numbers of malformed rows.
            pc.ReadOptions(
                use_threads=False, encoding=encoding, skip_rows=layout.header_row - 1, block_size=MAX_RECORD
            ),
            pc.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=skip
            ),
            pc.ConvertOptions(
                include_columns=columns, column_types={c: pa.string() for c in columns}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):  # a header and nothing below it, not even a line break
            return pd.DataFrame({c: pd.Series(dtype="str") for c in columns}), no_malformed()
        raise InputError(
            f"The file cannot be read as delimited text: {error}.", where=str(path), hint=UNCLOSED
        ) from None
    return table.to_pandas(), pd.DataFrame(bad) if bad else no_malformed()


def _encoding(path: Path, given: str) -> tuple[str, int]:
    """The encoding, and how many quotation marks there are. Guessed: a mark, UTF-8, else Windows-1252 (Latin-1)."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if given != "auto":
        candidates = [given]
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8", "cp1252"]
    for name in candidates:
        quotes = _decodes(path, name)
        if quotes is not None:
            return name, quotes
    raise InputError(
        f"The file is not text in {' or '.join(candidates)}.", where=str(path),
        hint="save it as UTF-8, or name its encoding under [defaults] in the mapping: encoding = \"...\"",
    )  # fmt: skip


def _decodes(path: Path, encoding: str) -> int | None:
    """The number of quotation marks if the whole file decodes (and is text), else None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    quotes = 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeError:
                return None
            if "\0" in text:  # text never holds it; binary files and unmarked UTF-16 do
                return None
            quotes += text.count('"')
    return quotes


def _header(path: Path, encoding: str, layout: Layout) -> tuple[str, list[str]]:
    """The delimiter and the column names."""
    encoding = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    with path.open(encoding=encoding, newline="") as stream:
        lines = [stream.readline(CHUNK) for _ in range(layout.header_row)]
        bare = re.sub(r'"[^"]*"', "", lines[-1])
        found = max(DELIMITERS, key=bare.count)
        delimiter = layout.delimiter if layout.delimiter != "auto" else found if found in bare else ","
        names = next(csv.reader([lines[-1]], delimiter=delimiter), [])
    if not any(name.strip() for name in names):
        raise InputError(
            "There are no column names.",
            where=f"{path}, row {layout.header_row}",
            hint="the row of names is row 1, or what header_row says",
        )
    return delimiter, names


def _runs_to_the_end(table: pd.DataFrame) -> bool:
    return bool(len(table)) and bool(table.iloc[-1].astype("str").str.contains("\n").any())
