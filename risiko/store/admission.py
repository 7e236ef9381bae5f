"""Decides what of a batch a store takes in: the rules that every store shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from risiko.batch import REJECT_COLUMNS, Batch, Part, Receipt, no_rejects
from risiko.checks import REASONS
from risiko.contracts import CONTRACTS
from risiko.store.log import Entry, active, after, identity, naive_utc
from risiko.store.metadata import metadata_of, metadata_of_part

# (table, entries) -> the key columns of those parts' rows
KeysOf = Callable[[str, Sequence[Entry]], pd.DataFrame]


@dataclass(frozen=True)
class Admitted:
    """One part as it is taken in: its log entry, rows and rejects, and the entry whose place it takes.

    place: where the part stands in the batch.
    """

    entry: Entry
    status: Literal["added", "replaced", "unchanged"]
    rows: pd.DataFrame
    rejects: pd.DataFrame
    place: int
    replaces: Entry | None = None


def admit(batch: Batch, log: Sequence[Entry], keys_of: KeysOf) -> Iterator[Admitted]:
    """Decide part by part, in the order of their part_ids; nothing is written here.

    A part whose identity and content hash are active is unchanged, unless rows of it were refused for keys that are
    free by now: then it replaces itself. Such parts come last, so that they take only what the others leave free.
    A row whose key stands in another part that stays active, or earlier in this batch, becomes a reject, and takes
    all rows of its source row with it. Rows that this very batch replaces do not stand in the way, so a row may move
    from one corrected file to another. What other parts say about a refused row (the findings of a supervision) is
    not followed up.
    Raises StoreError for a metadata column that cannot be stored, ValueError for a batch that holds a part twice.
    """
    current = {entry.identity: entry for entry in active(log)}
    incoming = {identity(part): (part.content_hash, part.table) for part in batch.parts}
    if len(incoming) < len(batch.parts):
        raise ValueError("a batch holds two parts with the same source, block and file")
    staying = [e for e in current.values() if incoming.get(e.identity, e.content) == e.content]
    same = {e.identity for e in staying}
    standing, metadata = _Standing(staying, keys_of), metadata_of(staying)
    part_id = max((entry.part_id for entry in log), default=0)
    for place, part in sorted(enumerate(batch.parts), key=lambda placed: identity(placed[1]) in same):
        old = current.get(identity(part))
        itself = old if identity(part) in same else None
        taken = standing.tried(part, itself)
        if itself is not None and len(taken.rows) <= itself.n_good:
            yield Admitted(itself, "unchanged", part.rows.iloc[:0], no_rejects(), place)
            continue
        standing.take(part, taken)
        own_metadata = metadata_of_part(part, metadata)
        metadata |= own_metadata
        part_id += 1
        entry = _entry(part_id, part, batch, taken, own_metadata)
        yield Admitted(entry, "replaced" if old else "added", taken.rows, taken.rejects, place, old)


@dataclass(frozen=True)
class _Tried:
    """What of a part would go in beside the keys of others, and what would not."""

    rows: pd.DataFrame
    rejects: pd.DataFrame
    others: pd.DataFrame


class _Standing:
    """The keys that stand, fetched once for each table and added to as parts are taken in."""

    def __init__(self, staying: Sequence[Entry], keys_of: KeysOf) -> None:
        self._staying, self._keys_of = staying, keys_of
        self._keys: dict[str, pd.DataFrame] = {}

    def tried(self, part: Part, itself: Entry | None) -> _Tried:
        """The part held against the keys of all others. itself: its entry, where the same content is active already."""
        name, whole = part.table, part.rows
        if itself is not None and len(whole) <= itself.n_good:  # it went in whole: no more can come of it
            return _Tried(whole, part.rejects, whole.iloc[:0])
        if name not in self._keys:
            self._keys[name] = self._keys_of(name, [e for e in self._staying if e.table == name])
        others = self._keys[name]
        if itself is not None:
            own = self._keys_of(name, [itself])
            others = pd.concat([others, own]).drop_duplicates(keep=False)  # keys stand once, so these are its own
        double = pd.concat([others, _keys(whole, name)]).duplicated().to_numpy()[len(others) :]
        if not double.any():  # most often: no copy is needed
            return _Tried(whole, _rejects(part, double, whole.index[:0]), others)
        refused = whole.index.isin(whole.index[double])
        return _Tried(whole[~refused], _rejects(part, double, whole.index[refused]), others)

    def take(self, part: Part, tried: _Tried) -> None:
        """From now on the keys of these rows stand."""
        self._keys[part.table] = pd.concat([tried.others, _keys(tried.rows, part.table)])


def _keys(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    return rows[list(CONTRACTS[table].key)]


def log_after(log: Sequence[Entry], admitted: Sequence[Admitted]) -> list[Entry]:
    """The import log as it stands when the parts have been taken in."""
    taken = [a for a in admitted if a.status != "unchanged"]
    replaced = {a.replaces.part_id: a.entry.part_id for a in taken if a.replaces is not None}
    return after(log, [a.entry for a in taken], replaced)


def receipt(admitted: Sequence[Admitted]) -> Receipt:
    """What was done, one line per part in the batch's order; the rejects are those of the parts taken in now.

    An unchanged part shows the counts of the import that brought it.
    """
    counts = ("n_read", "n_good", "n_rejected", "n_warnings", "n_left_out")
    ordered = sorted(admitted, key=lambda a: a.place)
    lines = [
        [a.entry.file, a.entry.block, a.entry.table, a.status, *(getattr(a.entry, name) for name in counts),
         a.replaces.n_good if a.replaces else 0]
        for a in ordered
    ]  # fmt: skip
    names = ["file", "block", "table", "status", *counts, "n_replaced"]
    frame = pd.DataFrame(lines, columns=names).astype({n: "int64" if n.startswith("n_") else "str" for n in names})
    return Receipt(frame, pd.concat([no_rejects(), *(a.rejects for a in ordered)], ignore_index=True))


def _entry(part_id: int, part: Part, batch: Batch, taken: _Tried, metadata: dict[str, str]) -> Entry:
    # A source row may have several faults, and counts once.
    rows_by_severity = taken.rejects.groupby("severity")["row"].nunique(dropna=False)
    return Entry(
        part_id, part.source, part.block, part.file, part.table, part.content_hash, naive_utc(batch.imported_at),
        part.n_read, len(taken.rows), int(rows_by_severity.get("rejected", 0)),
        int(rows_by_severity.get("warning", 0)), part.n_left_out, metadata=metadata,
    )  # fmt: skip


def _rejects(part: Part, double: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], refused: pd.Index) -> pd.DataFrame:
    """The part's own rejects and one for each row whose key is taken.

    refused: the source rows that do not go in; a warning would say that they did.
    """
    dtypes = no_rejects().dtypes
    own = part.rejects.reindex(columns=list(REJECT_COLUMNS)).astype(dtypes)
    own = own[~((own["severity"] == "warning") & own["row"].isin(refused))]
    column, duplicates = CONTRACTS[part.table].id_columns[0], part.rows[double]
    found = pd.DataFrame({
        "file": part.file, "row": duplicates.index, "column": column, "value": duplicates[column].to_numpy(),
        "reason": "duplicate_key", "message": REASONS["duplicate_key"], "severity": "rejected",
    }).astype(dtypes)  # fmt: skip
    return pd.concat([own, found], ignore_index=True)
