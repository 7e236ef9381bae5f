"""What one import hands to a store: parts with their rows, rejects and content hash."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

# One line per row that was not taken in, or was taken in with a warning.
REJECT_COLUMNS = ("file", "row", "column", "value", "reason", "message", "severity")


def no_rejects() -> pd.DataFrame:
    """A reject list without rows."""
    return pd.DataFrame({name: pd.Series(dtype="Int64" if name == "row" else "str") for name in REJECT_COLUMNS})


@dataclass(frozen=True)
class Part:
    """The rows one file gives to one contract table.

    source + block + file identify the part: the same identity with another content hash replaces it.
    rows: conformed to the contract and checked, with the source row number as index; several rows may
    come from one source row, and a store takes in all of them or none. rejects: REJECT_COLUMNS;
    severity is "rejected" (the row is not in rows) or "warning" (it is). n_read: source records looked at.
    """

    source: str
    block: str
    file: str
    table: str
    content_hash: str
    rows: pd.DataFrame
    rejects: pd.DataFrame
    n_read: int
    n_left_out: int = 0  # rows the mapping's own `where` leaves out: neither good nor bad


@dataclass(frozen=True)
class Batch:
    """All parts of one import; a store takes the whole batch or nothing."""

    parts: tuple[Part, ...]
    imported_at: datetime


@dataclass(frozen=True)
class Receipt:
    """What a store did with a batch: one line per part.

    lines: file, block, table, status (added, replaced, unchanged), n_read, n_good, n_rejected, n_warnings, n_left_out,
    n_replaced (rows of the part that this one takes the place of; 0 unless "replaced"). n_rejected and n_warnings
    count source rows, n_good and n_replaced count rows of the table.
    """

    lines: pd.DataFrame
    rejects: pd.DataFrame = field(default_factory=no_rejects)

    @property
    def changed(self) -> bool:
        return bool((self.lines["status"] != "unchanged").any())
