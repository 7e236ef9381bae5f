"""A store in memory: slow and obvious, the reference that every other store must agree with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from threading import RLock
from typing import Any

import pandas as pd

from risiko.aggregate import as_complaints, condense
from risiko.batch import Batch, Receipt, no_rejects
from risiko.contracts import CONTRACTS, Tables
from risiko.store import chain, erasing, stated
from risiko.store.admission import Admitted, admit, log_after, receipt
from risiko.store.drafts import Drafting, DraftLine
from risiko.store.log import Entry, active, imports_frame
from risiko.store.metadata import metadata_of
from risiko.store.recording import L, Recording, enter_import
from risiko.store.stacking import stack
from risiko.store.stated import Line


class MemoryStore(Recording, Drafting):
    """Keeps every part's rows as a frame for as long as the object lives; for tests and for trying things out."""

    def __init__(self) -> None:
        self._log: list[Entry] = []
        self._rows: dict[int, pd.DataFrame] = {}
        self._rejects: dict[int, pd.DataFrame] = {}
        self._record = _MemoryPages()
        self._one_at_a_time = RLock()

    @property
    def address(self) -> str:
        """The word that opens such a store."""
        return "memory:"

    def read(self, names: Sequence[str] | None = None, *, only: Mapping[str, Collection[str]] | None = None) -> Tables:
        """The named contract tables (default: all): the rows of the active parts, in the order they came."""
        wanted = only or {}
        tables = _tables(self._log, self._rows, names)
        return {name: f[[c for c in f if c in wanted.get(name, f)]] for name, f in tables.items()}

    def commit(self, batch: Batch) -> Receipt:
        """Take the whole batch or, on any error, nothing: the state changes only after everything is decided."""
        with self._one_at_a_time:
            admitted = self._admit(batch)
            self._log, self._rows = self._with(admitted)
            self._rejects |= {a.entry.part_id: a.rejects for a in admitted if a.status != "unchanged"}
            enter_import(self._record, admitted, batch.imported_at)
        return receipt(admitted)

    def rehearse(self, batch: Batch) -> tuple[Receipt, Tables]:
        """What `commit` would answer and what `read` would then give; nothing is kept."""
        admitted = self._admit(batch)
        return receipt(admitted), _tables(*self._with(admitted), names=None)

    def imports(self) -> pd.DataFrame:
        """Every part ever committed, newest last."""
        return imports_frame(self._log)

    def rejects(self) -> pd.DataFrame:
        """The rejects and warnings of the active parts."""
        frames = [_numbered(e.part_id, self._rejects[e.part_id]) for e in active(self._log)]
        return pd.concat([_numbered(0, no_rejects()), *frames], ignore_index=True)

    def history(self, name: str) -> pd.DataFrame:
        """Every row of one table ever committed, with part_id, replaced ones too."""
        entries = [e for e in self._log if e.table == name]
        rows = stack(name, (self._rows[e.part_id] for e in entries), metadata_of(entries))
        part_ids = [e.part_id for e in entries for _ in range(e.n_good)]
        rows.insert(0, "part_id", pd.Series(part_ids, dtype="int64"))
        return rows

    def size(self, name: str) -> int:
        """How many rows of the table `read` would give."""
        return sum(e.n_good for e in active(self._log) if e.table == name)

    def newest_known(self, name: str) -> date | None:
        """The newest known_date in the table; None where it has no rows."""
        newest = self.read([name])[name]["known_date"].max()
        return None if pd.isna(newest) else newest.date()

    def counted_complaints(self, as_of: date) -> pd.DataFrame:
        """The complaints known at the end of as_of as counted rows."""
        return as_complaints(condense(self.read(["complaints"])["complaints"], as_of))

    def erase(
        self, erasures: Sequence[erasing.Erasure], drafts: Collection[str], about: str, at: datetime, by: str
    ) -> dict[str, int]:
        """Take texts out of rows that stay; the entry of the log tells how many."""
        erasing.check(erasures, by, self.address)
        with self._one_at_a_time:
            rows, rejects, counts = dict(self._rows), dict(self._rejects), Counter[str]()
            for erasure in erasures:
                for part_id in (e.part_id for e in self._log if e.table == erasure.table):
                    rows[part_id], n = erasing.erased(rows[part_id], erasure)
                    counts[erasure.table] += n
                for part_id in erasure.parts & rejects.keys():
                    rejects[part_id], n = erasing.erased_rejects(rejects[part_id], erasure)
                    counts["rejects"] += n
            self._rows, self._rejects = rows, rejects
            counts["drafts"] = self._record.drop_drafts(drafts)
            if counts.total():
                newest = self._record.newest()
                self._record.enter(erasing.entry(counts, about, at, by, newest, self._record.start()))
        return dict(+counts)

    def verify(self) -> list[chain.Fault]:
        """What is wrong with the log and the lines it tells of; nothing where it is whole."""
        found = chain.broken(self._record.log, "")
        lines = {kind: list(map(stated.line_row, self._record.held[of])) for of, kind in stated.KINDS.items()}
        parts = map(stated.part_row, self._log)
        return [*found, *stated.disagreeing(self._record.log, lines, parts, "", whole=not found)]

    def close(self) -> None:
        """Nothing to give back."""

    @contextmanager
    def _pages(self, *, writing: bool = False) -> Iterator[_MemoryPages]:
        with self._one_at_a_time:
            yield self._record

    def _admit(self, batch: Batch) -> list[Admitted]:
        return list(admit(batch, self._log, self._keys))

    def _keys(self, name: str, entries: Sequence[Entry]) -> pd.DataFrame:
        return stack(name, (self._rows[e.part_id] for e in entries), {})[list(CONTRACTS[name].key)]

    def _with(self, admitted: Sequence[Admitted]) -> tuple[list[Entry], dict[int, pd.DataFrame]]:
        taken = {a.entry.part_id: a.rows.copy() for a in admitted if a.status != "unchanged"}
        return log_after(self._log, admitted), self._rows | taken


class _MemoryPages:
    """The small tables as lists; an entry and its line are put down together, when both are made."""

    def __init__(self) -> None:
        self.log: list[chain.LogEntry] = []
        self.held: dict[type[Line], list[Any]] = {of: [] for of in stated.KINDS}
        self.begun: dict[str, DraftLine] = {}

    def lines(self, of: type[L]) -> list[L]:
        """Every line of one kind, in the order in which they came."""
        return list(self.held[of])

    def newest(self, kind: str | None = None) -> chain.LogEntry | None:
        """The newest entry of the log, or of one kind."""
        return next((entry for entry in reversed(self.log) if kind in (None, entry.kind)), None)

    def entries(self, kinds: Sequence[str] | None = None) -> list[chain.LogEntry]:
        """The log, oldest first."""
        return [entry for entry in self.log if kinds is None or entry.kind in kinds]

    def start(self) -> str:
        """Blank: it begins with nothing."""
        return ""

    def enter(self, entry: chain.LogEntry, line: Line | None = None) -> None:
        """Keep an entry, and the line that it tells of."""
        self.log.append(entry)
        if line is not None:
            self.held[type(line)].append(line)

    def drafts(self) -> list[DraftLine]:
        """Every draft, the one saved last at the end."""
        return sorted(self.begun.values(), key=lambda line: (line.saved_at, line.draft_id))

    def put_draft(self, line: DraftLine) -> None:
        """Keep a draft, in the place of an earlier one of the same id."""
        self.begun[line.draft_id] = line

    def drop_drafts(self, draft_ids: Collection[str]) -> int:
        """Remove drafts; how many there were."""
        return sum(self.begun.pop(draft_id, None) is not None for draft_id in draft_ids)


def _tables(log: Sequence[Entry], rows: dict[int, pd.DataFrame], names: Sequence[str] | None) -> Tables:
    current = active(log)
    return {
        name: stack(name, (rows[e.part_id] for e in current if e.table == name), metadata_of(current))
        for name in (CONTRACTS if names is None else names)
    }


def _numbered(part_id: int, rejects: pd.DataFrame) -> pd.DataFrame:
    numbered = rejects.copy()
    numbered.insert(0, "part_id", pd.Series(part_id, index=rejects.index, dtype="int64"))
    return numbered
