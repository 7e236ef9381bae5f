"""Faults of cells and rows while a block is built: one line each, and the sentence for every reason."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from risiko import checks
from risiko.ingest.cells import as_text

FAULT_COLUMNS = ("row", "column", "value", "reason", "message", "severity")
MAX_VALUE_LENGTH = 200

# What reading a file can find, beside what checks.REASONS says of the rows it gives.
READING = {
    "malformed_row": "{found} cells where the header has {expected}",
    "wrong_type": "{wanted}",
    "untranslated": "no translation for this value; add it to values in the mapping, or say other or keep_others",
    "formula_error": "a formula failed in the spreadsheet, or was saved without its value; correct it there and save",
    "incomplete_list": "far fewer rows have this date than a complete list; correct the date, or drop complete_lists",
    "unsure_list": "a row of this list cannot be read, so nobody is taken to have closed by missing from the list",
    "not_recognised": "not a value this column is known to take; left blank",
}
REASONS = {**checks.REASONS, **READING}
WARNINGS = checks.WARNINGS | {"not_recognised", "unsure_list"}


_NONE = pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "str") for name in FAULT_COLUMNS})


def none() -> pd.DataFrame:
    """A fault list without lines."""
    return _NONE.copy()


def at(cells: pd.Series, bad: pd.Series, column: str, reason: str, note: str = "", **filled: object) -> pd.DataFrame:
    """One line for every cell marked bad; the cells' index says which row each is in.

    note is added to the reason's sentence; filled is what the sentence leaves open.
    """
    shown = as_text(cells[bad.to_numpy(dtype=bool)])
    if shown.empty:
        return none()
    values = shown.fillna("").str.slice(0, MAX_VALUE_LENGTH).to_numpy()
    return pd.DataFrame({
        "row": shown.index, "column": column, "value": values, "reason": reason,
        "message": REASONS[reason].format(**filled) + note, "severity": "warning" if reason in WARNINGS else "rejected",
    })  # fmt: skip


def rejected(lines: pd.DataFrame) -> pd.Series:
    """The rows that may not go in."""
    return lines.loc[lines["severity"] == "rejected", "row"]


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Several lists as one."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else none()
