"""Parts and batches for store tests: what a test does not care about is filled in."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from risiko.batch import REJECT_COLUMNS, Batch, Part, no_rejects
from tests.drawn import table

NOON = datetime(2024, 5, 17, 12, 0)


def part(name: str, rows: str | pd.DataFrame, *, file: str = "a.csv", version: str = "v1", **more: object) -> Part:
    """A part of one contract table, drawn or given as a frame; the index counts source rows from 2, below the header."""
    frame = table(name, rows) if isinstance(rows, str) else rows
    frame = frame.set_axis(range(2, len(frame) + 2))
    values = {"source": "test", "block": name, "rejects": no_rejects(), "n_read": len(frame), **more}
    return Part(file=file, table=name, content_hash=version, rows=frame, **values)


def batch(*parts: Part, at: datetime = NOON) -> Batch:
    return Batch(parts, at)


def rejects(*lines: tuple[object, ...]) -> pd.DataFrame:
    """Reject lines in the order of REJECT_COLUMNS."""
    return pd.DataFrame(lines, columns=list(REJECT_COLUMNS)).astype(no_rejects().dtypes)
