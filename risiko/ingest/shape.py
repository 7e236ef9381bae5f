"""Shaping the file's rows before the rules: join, keep some, several columns to rows, counts to rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.errors import InputError
from risiko.ingest import faults
from risiko.ingest.cells import as_text, scalar_text
from risiko.ingest.convert import Writing, convert, whole
from risiko.ingest.mapping import Condition, Defaults, Join, Table, Unpivot
from risiko.ingest.raw import Raw

MAX_REPEAT = 10_000  # a count larger than this is a mistake in the file, not so many events
SEPARATOR = "\x1f"  # between the parts of a join key; never in a cell


@dataclass(frozen=True)
class Shaped:
    """frame: index = position. rows: each position's row number in the file. faults: `row` is the row number."""

    frame: pd.DataFrame
    rows: pd.Series
    faults: pd.DataFrame


def shaped(frame: pd.DataFrame, table: Table, defaults: Defaults, fetch: Callable[[Join], Raw]) -> Shaped:
    """The file's rows (index: row number) as the rows the rules work on. fetch reads a joined file."""
    missing = frozenset(defaults.missing)
    for join in table.join:
        frame = joined(frame, fetch(join), join)
    for name, condition in table.where.items():
        frame = frame[kept(frame[name], condition, missing).to_numpy(dtype=bool)]
    if table.unpivot:
        frame = unpivoted(frame, table.unpivot, missing)
    found = faults.none()
    if table.repeat:
        frame, found = repeated(frame, table.repeat, Writing(defaults.decimal, missing=missing))
    rows = pd.Series(frame.index.to_numpy(dtype=np.int64))
    return Shaped(frame.reset_index(drop=True), rows, found)


def joined(frame: pd.DataFrame, other: Raw, join: Join) -> pd.DataFrame:
    """The frame with the taken columns of the other file beside it; rows without a partner get missing.

    Raises InputError when the other file's key is not unique, or a taken name is there already.
    """
    left, right = join.keys
    theirs = _key(other.frame, right)
    source = other.frame[theirs.notna().to_numpy()]
    theirs = theirs.dropna()
    if theirs.duplicated().any():
        first = theirs[theirs.duplicated()].iloc[0].replace(SEPARATOR, ", ")
        raise InputError(
            f"The joined file has more than one row for {first!r}; its key must be unique.",
            where=f"{join.file}, row {theirs.index[theirs.duplicated()][0]}, key {', '.join(right)}",
            hint="remove the extra rows, or join on more columns",
        )
    taken = source[join.take].rename(columns=lambda name: join.prefix + name)
    clash = sorted(set(taken.columns) & set(frame.columns))
    if clash:
        raise InputError(
            f"The joined column {clash[0]!r} is already in the file.", where=join.file, hint="give the join a prefix"
        )
    taken.index = pd.Index(theirs.to_numpy())
    found = taken.reindex(_key(frame, left).to_numpy())
    found.index = frame.index
    return pd.concat([frame, found], axis=1)


def _key(frame: pd.DataFrame, names: list[str]) -> pd.Series:
    key = as_text(frame[names[0]])
    for name in names[1:]:
        key = key + SEPARATOR + as_text(frame[name])
    return key


def kept(cells: pd.Series, condition: Condition, missing: frozenset[str]) -> pd.Series:
    """Which rows fulfil the condition."""
    text = as_text(cells, missing)
    if condition.missing or condition.not_missing:
        return text.isna() if condition.missing else text.notna()
    if condition.one_of is not None:
        return text.isin(condition.one_of)
    return ~text.isin(condition.none_of or [])


def unpivoted(frame: pd.DataFrame, unpivot: Unpivot, missing: frozenset[str]) -> pd.DataFrame:
    """One row for each listed column that holds something, with the pseudo columns value, column and into."""
    parts = []
    for name, word in unpivot.columns.items():  # a handful of columns
        held = as_text(frame[name], missing).notna()
        parts.append(frame[held].assign(value=frame.loc[held, name], column=name, into=scalar_text(word)))
    return pd.concat(parts).sort_index(kind="stable")


def repeated(frame: pd.DataFrame, name: str, writing: Writing) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each row as many times as its count says, numbered from 1 in the pseudo column copy. Faults are by row number."""
    at_position = frame[name].reset_index(drop=True)
    numbers, wrong = convert(at_position, "integer", writing)
    counts, uneven = whole(numbers)
    empty = counts.isna() & ~wrong & ~uneven
    far = (counts < 0) | (counts > MAX_REPEAT)
    found = faults.together([
        faults.at(at_position, wrong | uneven, name, "wrong_type", wanted=writing.wanted("integer")),
        faults.at(at_position, far.fillna(False), name, "out_of_range", limit=f"0 to {MAX_REPEAT}"),
        faults.at(at_position, empty, name, "missing_value"),
    ])  # fmt: skip
    found["row"] = frame.index.to_numpy()[found["row"].to_numpy()]
    times = counts.mask(far.fillna(False)).fillna(0).astype("int64").to_numpy()
    out = frame.iloc[np.repeat(np.arange(len(frame)), times)]
    copies = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times) + 1
    return out.assign(copy=copies), found
