"""Texts that are past their time, taken out of rows that stay: what may be erased, and the entry that tells of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from risiko.contracts import CONTRACTS
from risiko.errors import StoreError
from risiko.store.chain import LogEntry, next_entry

KIND = "purge"
WHOLE_LINE = ""  # the column of a reject that could not be read at all: its value may hold any text of the record


@dataclass(frozen=True)
class Erasure:
    """What to take out of one contract table: these columns of every row ever committed whose id is among ids.

    ids: of the table's first id column. parts: the imports whose rejects lose their value where they could hold such a
    text: those of these columns, and of lines that could not be read at all.
    """

    table: str
    ids: frozenset[str]
    columns: tuple[str, ...]
    parts: frozenset[int] = frozenset()

    @property
    def key(self) -> str:
        """The column that ids are of."""
        return CONTRACTS[self.table].id_columns[0]

    @property
    def reject_columns(self) -> tuple[str, ...]:
        """The columns of rejects that could hold such a text."""
        return (*self.columns, WHOLE_LINE)


def check(erasures: Sequence[Erasure], by: str, address: str) -> None:
    """Nothing where these may be erased. Raises StoreError for a column that must be there, and for a blank name."""
    for erasure in erasures:
        known = CONTRACTS[erasure.table].by_name if erasure.table in CONTRACTS else {}
        fixed = [name for name in erasure.columns if name not in known or not known[name].nullable]
        if erasure.table not in CONTRACTS or fixed:
            what = f"{erasure.table}.{', '.join(fixed)} cannot be erased: without it the row would say something else."
            raise StoreError(what, where=address, hint="only columns that may be missing can be erased")
    if not by.strip():
        raise StoreError("Who has texts erased stands in the log.", where=address, hint="give a name")


def entry(counts: Mapping[str, int], about: str, at: datetime, by: str, last: LogEntry | None, start: str) -> LogEntry:
    """The entry of the log that tells how many rows lost something, by table; never what it was."""
    body = json.dumps({"rows": {name: n for name, n in counts.items() if n}}, sort_keys=True)
    return next_entry(KIND, about, body, at, by.strip(), last, start)


def erased(rows: pd.DataFrame, erasure: Erasure) -> tuple[pd.DataFrame, int]:
    """A frame of the table without these texts, and how many rows lost something."""
    due = rows[erasure.key].isin(erasure.ids) & rows[list(erasure.columns)].notna().any(axis=1)
    return _without(rows, due, erasure.columns)


def erased_rejects(rejects: pd.DataFrame, erasure: Erasure) -> tuple[pd.DataFrame, int]:
    """The rejects of a part whose rejects are to lose their value, and how many did."""
    due = rejects["column"].isin(erasure.reject_columns) & rejects["value"].notna()
    return _without(rejects, due, ("value",))


def _without(rows: pd.DataFrame, due: pd.Series, columns: Sequence[str]) -> tuple[pd.DataFrame, int]:
    left: pd.DataFrame = rows.assign(**{name: rows[name].mask(due) for name in columns})
    return left, int(due.sum())
