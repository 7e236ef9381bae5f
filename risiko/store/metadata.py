"""The extra columns of services: which a store may keep, of what kind, and what the database calls them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from risiko.batch import Part
from risiko.contracts import CONTRACTS, metadata_names
from risiko.errors import StoreError
from risiko.store.log import Entry

DTYPES = ("float64", "str", "boolean")
RESERVED_NAMES = frozenset({"part_id", "row_no"})
LONGEST_NAME = 60  # bytes: PostgreSQL cuts column names off after 63, and a number may come behind

Labels = dict[tuple[str, str], str]  # (name, dtype) -> the column of the database


def metadata_of(log: Iterable[Entry]) -> dict[str, str]:
    """The metadata columns that the entries carry between them, with dtypes, in the order they first came.

    A column whose kind was corrected between the entries is "str": text is what both kinds can be shown as.
    """
    found: dict[str, str] = {}
    for entry in log:
        for name, dtype in entry.metadata.items():
            found[name] = dtype if found.get(name, dtype) == dtype else "str"
    return found


def metadata_of_part(part: Part, known: Mapping[str, str]) -> dict[str, str]:
    """The part's extra columns and their dtypes.

    known: the columns of the parts it will stand beside; those it replaces may be corrected.
    Raises StoreError for a column that cannot be kept.
    """
    if part.table != "services":
        return {}
    found = {name: str(part.rows[name].dtype) for name in metadata_names(part.rows)}
    spelt = {name.casefold(): name for name in (*CONTRACTS["services"].by_name, *RESERVED_NAMES, *known)}
    for name, dtype in found.items():
        same = spelt.setdefault(name.casefold(), name)
        if same != name or name in RESERVED_NAMES:
            fault, hint = f"too like the column {same!r}", "give it another name in the mapping"
        elif not name.strip() or len(name.encode()) > LONGEST_NAME:
            fault, hint = f"blank or longer than {LONGEST_NAME} bytes", "give it a shorter name in the mapping"
        elif dtype not in DTYPES:
            fault, hint = f"of type {dtype}", "declare it as number, category or boolean in the mapping"
        elif known.get(name, dtype) != dtype:
            fault = f"now {dtype}, but other imported files hold it as {known[name]}"
            hint = "declare the same kind as before, import all files that carry it together, or use a new name"
        else:
            continue
        what = f"The metadata column {name!r} cannot be stored: it is {fault}."
        raise StoreError(what, where=f"{part.file}, {part.block}", hint=hint)
    return found


def add_labels(labels: Labels, metadata: Mapping[str, str]) -> dict[str, str]:
    """Give each column that is new, by name or by kind, a database column; returns those, with dtypes.

    A column bears its own name. One whose kind or spelling was corrected gets a number behind it, because SQLite can
    neither change a column's type nor tell capitals from small letters, and the old rows stay where they are.
    """
    taken = {label.casefold() for label in labels.values()}
    added = {}
    for column in metadata.items():
        if column in labels:
            continue
        label, number = column[0], 1
        while label.casefold() in taken:
            number += 1
            label = f"{column[0]}#{number}"
        labels[column] = label
        added[label] = column[1]
        taken.add(label.casefold())
    return added


def labels_of(log: Iterable[Entry]) -> Labels:
    """The database columns of every metadata column in the log; the order of the log decides, so it never changes."""
    labels: Labels = {}
    for entry in log:
        add_labels(labels, entry.metadata)
    return labels


def by_name(frame: pd.DataFrame, entries: Sequence[Entry], labels: Labels) -> pd.DataFrame:
    """The frame with its database columns under their own names; the kinds of a corrected one together, as text."""
    carried = {column for entry in entries for column in entry.metadata.items()}
    if all(labels[column] == column[0] for column in carried):
        return frame
    out = frame.drop(columns=[labels[column] for column in carried])
    for name, dtype in metadata_of(entries).items():
        first, *more = [frame[labels[c]].astype(dtype) for c in labels if c in carried and c[0] == name]
        for kind in more:  # a row has a value in the column of its part's kind only
            first = first.where(first.notna(), kind)
        out[name] = first
    return out
