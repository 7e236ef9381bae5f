"""Faults of cells and rows while a block is built: one line each, and the sentence for every reason."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from risiko import checks
from risiko.ingest.cells import as_text
from risiko.masking import mask

FAULT_COLUMNS = ("row", "column", "value", "reason", "message", "severity")
MAX_VALUE_LENGTH = 200
LONGEST_TEXT = 20_000  # longer than anyone writes in a comment: most likely a whole document in a cell

# What reading a file can find, beside what checks.REASONS says of the rows it gives.
READING = {
    "malformed_row": "{found} cells where the header has {expected}",
    "wrong_type": "{wanted}",
    "untranslated": "no translation for this value; add it to values in the mapping, or say other or keep_others",
    "formula_error": "a formula failed in the spreadsheet, or was saved without its value; correct it there and save",
    "incomplete_list": "far fewer rows have this date than a complete list; correct the date, or drop complete_lists",
    "unsure_list": "a row of this list cannot be read, so nobody is taken to have closed by missing from the list",
    "not_recognised": "not a value this column is known to take; left blank",
    "survey_without_n": "a survey that does not say how many answered; kept, but not scored",
    "same_survey": "the same survey (day, dimension, n and score) stands in an earlier row; kept, and counted once",
    "spelled_otherwise": "this organisation stands in an earlier row in another spelling; both count as one",
    "narrow_scale": "no score of the file is above 10; if its scale is 1 to 5, say scale = [1, 5] in the mapping",
    "text_cut": f"longer than {LONGEST_TEXT:,} characters; the rest is left out",
}
REASONS = {**checks.REASONS, **READING}
WARNINGS = checks.WARNINGS | {
    "not_recognised", "unsure_list", "text_cut", "survey_without_n", "same_survey", "spelled_otherwise", "narrow_scale",
}  # fmt: skip


_NONE = pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "str") for name in FAULT_COLUMNS})


def none() -> pd.DataFrame:
    """A fault list without lines."""
    return _NONE.copy()


def at(cells: pd.Series, bad: pd.Series, column: str, reason: str, note: str = "", **filled: object) -> pd.DataFrame:
    """One line for every cell marked bad; the cells' index says which row each is in.

    note is added to the reason's sentence; filled is what the sentence leaves open. Identifiers are masked.
    """
    shown = as_text(cells[bad.to_numpy(dtype=bool)])
    if shown.empty:
        return none()
    values = told(shown).to_numpy()
    return pd.DataFrame({
        "row": shown.index, "column": column, "value": values, "reason": reason,
        "message": REASONS[reason].format(**filled) + note, "severity": "warning" if reason in WARNINGS else "rejected",
    })  # fmt: skip


def told(cells: pd.Series) -> pd.Series:
    """Cells as a reject list may keep them: identifiers masked, and then cut, so that none is cut in two."""
    return mask(cells.fillna("")).str.slice(0, MAX_VALUE_LENGTH)


def rejected(lines: pd.DataFrame) -> pd.Series:
    """The rows that may not go in."""
    return lines.loc[lines["severity"] == "rejected", "row"]


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Several lists as one."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else none()
