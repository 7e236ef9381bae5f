"""Reading delimited text: encoding and delimiter found out, every line accounted for."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from risiko.errors import InputError
from risiko.ingest.encoding import CHUNK, marked, text_encoding
from risiko.ingest.faults import READING
from risiko.ingest.quotes import MAX_RECORD, UNCLOSED, refuse_unclosed
from risiko.ingest.raw import Layout, Raw, no_malformed, plain_names, unique_names

DELIMITERS = ";,\t|"
MOST_HEADER_LINES = 100


def read_csv(path: Path, layout: Layout, wanted: Collection[str]) -> Raw:
    """The rows of a delimited text file, every cell as text.

    Row numbers count records as a spreadsheet shows them: the header is row 1 (or its own row), a quoted line break
    does not count. A line with too many or too few cells is listed as malformed and the others are kept.
    """
    encoding, quoted = text_encoding(path, layout.encoding)
    delimiter, header = _header(path, encoding, layout)
    if quoted:
        refuse_unclosed(path, marked(encoding), delimiter, layout.header_row)
    names = plain_names(header, wanted)
    unique_names(names, wanted, path)
    take = {raw: name for raw, name in zip(header, names, strict=True) if name in wanted}
    table, bad = _parse(path, encoding, delimiter, layout, sorted(take) or [header[0]])
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
        lines = len(row.text.rstrip().splitlines())
        message += f"; quotation marks join {lines} lines of the file into this row" if lines > 1 else ""
        bad.append({"row": row.number, "value": row.text, "message": message})
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


def _header(path: Path, encoding: str, layout: Layout) -> tuple[str, list[str]]:
    """The delimiter and the column names, as the file writes them (a quoted name may hold a line break)."""
    encoding = marked(encoding)
    with path.open(encoding=encoding, newline="") as stream:
        for _ in range(layout.header_row - 1):
            stream.readline(CHUNK)
        lines = [stream.readline(CHUNK)]
        while "".join(lines).count('"') % 2 and len(lines) < MOST_HEADER_LINES and (line := stream.readline(CHUNK)):
            lines.append(line)
    bare = re.sub(r'"[^"]*"', "", "".join(lines))
    found = max(DELIMITERS, key=bare.count)
    delimiter = layout.delimiter if layout.delimiter != "auto" else found if found in bare else ","
    names = next(csv.reader(lines, delimiter=delimiter), [])
    if not any(name.strip() for name in names):
        raise InputError(
            "There are no column names.",
            where=f"{path}, row {layout.header_row}",
            hint="the row of names is row 1, or what header_row says",
        )
    return delimiter, names
