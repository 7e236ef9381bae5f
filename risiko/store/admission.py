"""Decides what of a batch a store takes in: the rules that every store shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from risiko.batch import REJECT_COLUMNS, Batch, Part, Receipt, no_rejects
from risiko.checks import REASONS
from risiko.contracts import CONTRACTS, metadata_names
from risiko.errors import StoreError
from risiko.store.log import Entry, active, after, identity, metadata_of, naive_utc

# (table, entries) -> the key columns of those parts' rows
KeysOf = Callable[[str, Sequence[Entry]], pd.DataFrame]

METADATA_DTYPES = ("float64", "str", "boolean")
RESERVED_NAMES = frozenset({"part_id", "row_no"})
LONGEST_NAME = 63  # bytes: PostgreSQL cuts longer column names off


@dataclass(frozen=True)
class Admitted:
    """One part as it is taken in: its log entry, rows and rejects, and the part whose place it takes."""

    entry: Entry
    status: Literal["added", "replaced", "unchanged"]
    rows: pd.DataFrame
    rejects: pd.DataFrame
    replaces: int | None = None


def admit(batch: Batch, log: Sequence[Entry], keys_of: KeysOf) -> Iterator[Admitted]:
    """Decide part by part, in the batch's order; nothing is written here.

    A part whose identity and content hash are active is unchanged. A row whose key stands in another part that
    stays active, or earlier in this batch, becomes a reject. Rows that this very batch replaces do not stand in
    the way, so a row may move from one corrected file to another.
    Raises StoreError for a metadata column that cannot be stored, ValueError for a batch that holds a part twice.
    """
    current = {entry.identity: entry for entry in active(log)}
    incoming = {identity(part): part.content_hash for part in batch.parts}
    if len(incoming) < len(batch.parts):
        raise ValueError("a batch holds two parts with the same source, block and file")
    staying = [e for who, e in current.items() if incoming.get(who, e.content_hash) == e.content_hash]
    known_metadata = metadata_of(log)
    seen: dict[str, pd.DataFrame] = {}
    part_id = max((entry.part_id for entry in log), default=0)
    for part in batch.parts:
        old = current.get(identity(part))
        if old is not None and old.content_hash == part.content_hash:
            yield Admitted(old, "unchanged", part.rows.iloc[:0], no_rejects())
            continue
        if part.table not in seen:
            seen[part.table] = keys_of(part.table, [e for e in staying if e.table == part.table])
        keys = part.rows[list(CONTRACTS[part.table].key)]
        stands = pd.concat([seen[part.table], keys]).duplicated().to_numpy()[len(seen[part.table]) :]
        seen[part.table] = pd.concat([seen[part.table], keys[~stands]])
        metadata = _metadata(part, known_metadata)
        known_metadata |= metadata
        part_id += 1
        rows = part.rows[~stands] if stands.any() else part.rows  # most often no copy is needed
        rejects = _rejects(part, part.rows[stands])
        entry = _entry(part_id, part, batch, rows, rejects, metadata)
        yield Admitted(entry, "replaced" if old else "added", rows, rejects, old.part_id if old else None)


def log_after(log: Sequence[Entry], admitted: Sequence[Admitted]) -> list[Entry]:
    """The import log as it stands when the parts have been taken in."""
    taken = [a for a in admitted if a.status != "unchanged"]
    replaced = {a.replaces: a.entry.part_id for a in taken if a.replaces is not None}
    return after(log, [a.entry for a in taken], replaced)


def receipt(admitted: Sequence[Admitted]) -> Receipt:
    """What was done, one line per part; the rejects are those of the parts taken in now.

    An unchanged part shows the counts of the import that brought it.
    """
    names = ("file", "block", "table", "status", "n_read", "n_good", "n_rejected", "n_warnings", "n_left_out")
    lines = [[a.status if n == "status" else getattr(a.entry, n) for n in names] for a in admitted]
    frame = pd.DataFrame(lines, columns=names).astype({n: "int64" if n.startswith("n_") else "str" for n in names})
    return Receipt(frame, pd.concat([no_rejects(), *(a.rejects for a in admitted)], ignore_index=True))


def _entry(
    part_id: int, part: Part, batch: Batch, rows: pd.DataFrame, rejects: pd.DataFrame, metadata: dict[str, str]
) -> Entry:
    # A source row may have several faults, and counts once.
    rows_by_severity = rejects.groupby("severity")["row"].nunique(dropna=False)
    return Entry(
        part_id, part.source, part.block, part.file, part.table, part.content_hash, naive_utc(batch.imported_at),
        part.n_read, len(rows), int(rows_by_severity.get("rejected", 0)), int(rows_by_severity.get("warning", 0)),
        part.n_left_out, metadata=metadata,
    )  # fmt: skip


def _rejects(part: Part, duplicates: pd.DataFrame) -> pd.DataFrame:
    """The part's own rejects and one for each row whose key is taken."""
    dtypes = no_rejects().dtypes
    own = part.rejects.reindex(columns=list(REJECT_COLUMNS)).astype(dtypes)
    column = CONTRACTS[part.table].id_columns[0]
    found = pd.DataFrame({
        "file": part.file, "row": duplicates.index, "column": column, "value": duplicates[column].to_numpy(),
        "reason": "duplicate_key", "message": REASONS["duplicate_key"], "severity": "rejected",
    }).astype(dtypes)  # fmt: skip
    return pd.concat([own, found], ignore_index=True)


def _metadata(part: Part, known: dict[str, str]) -> dict[str, str]:
    """The part's extra columns and their dtypes, or a StoreError for one that cannot be stored."""
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
        elif dtype not in METADATA_DTYPES:
            fault, hint = f"of type {dtype}", "declare it as number, category or boolean in the mapping"
        elif known.get(name, dtype) != dtype:
            fault = f"now {dtype}, but earlier imports stored it as {known[name]}"
            hint = "declare the same kind as before, or use a new name"
        else:
            continue
        what = f"The metadata column {name!r} cannot be stored: it is {fault}."
        raise StoreError(what, where=f"{part.file}, {part.block}", hint=hint)
    return found
