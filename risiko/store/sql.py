"""A store in an SQL database: SQLite or PostgreSQL through SQLAlchemy Core."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from risiko.batch import Batch, Receipt
from risiko.contracts import CONTRACTS, Tables
from risiko.errors import StoreError
from risiko.store import chain, erasing, large, rows, schema, scrubbing
from risiko.store.admission import admit, log_after, receipt
from risiko.store.drafts import Drafting
from risiko.store.engines import WAIT_SECONDS, lock_for_writing
from risiko.store.faults import told
from risiko.store.log import active, imports_frame
from risiko.store.metadata import labels_of, metadata_of
from risiko.store.pages import SqlPages
from risiko.store.recording import Recording, enter_import
from risiko.store.stacking import stack

PART_ID = {"part_id": "int64"}


class SqlStore(Recording, Drafting):
    """The contract tables in a database; open one with `risiko.store.open_store`.

    Every call is one transaction on a connection of its own, so a store may be shared between threads. Readers see
    the last committed import and never wait; a writer waits `wait_seconds` for another writer, then raises.
    """

    def __init__(self, engine: sa.Engine, address: str, cache: Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        """cache: the folder for a copy of a large table; made when it is needed.

        An older store is brought to this version; one that cannot be written now stays as it is, and still reads.
        Raises StoreError when the database is damaged, foreign, or of a version that cannot be read.
        """
        self._engine, self._address, self._cache, self._wait = engine, address, cache, wait_seconds
        self._version = 0
        with self._reading():
            pass
        if self._version < schema.VERSION:
            with suppress(StoreError), self._writing():
                pass

    @property
    def address(self) -> str:
        """Where the store is, for messages; never with a password."""
        return self._address

    def read(self, names: Sequence[str] | None = None, *, only: Mapping[str, Collection[str]] | None = None) -> Tables:
        """The named contract tables (default: all): the rows of the active parts, in the order they came."""
        wanted = only or {}
        with self._reading() as connection:
            log = rows.log_of(connection)
            current, labels = active(log), labels_of(log)
            return {
                name: rows.read(connection, name, current, labels, only=wanted.get(name))
                for name in (CONTRACTS if names is None else names)
            }

    def commit(self, batch: Batch) -> Receipt:
        """Take the whole batch in one transaction, or, on any error, nothing."""
        with self._writing() as connection:
            log = rows.log_of(connection)
            labels = labels_of(log)
            admitted = []
            for item in admit(batch, log, partial(rows.keys, connection)):
                if item.status != "unchanged":
                    rows.write(connection, item, labels)
                admitted.append(item)
            enter_import(SqlPages(connection), admitted, batch.imported_at)
        return receipt(admitted)

    def rehearse(self, batch: Batch) -> tuple[Receipt, Tables]:
        """What `commit` would answer and what `read` would then give; nothing is written or locked."""
        with self._reading() as connection:
            log = rows.log_of(connection)
            admitted = list(admit(batch, log, partial(rows.keys, connection)))
            staying = {e.part_id for e in active(log_after(log, admitted))}
            kept = [e for e in log if e.part_id in staying]
            added = [a for a in admitted if a.status != "unchanged"]
            metadata = metadata_of([*kept, *(a.entry for a in added)])
            labels, tables = labels_of(log), {}
            for name in CONTRACTS:
                new = [a.rows for a in added if a.entry.table == name]
                tables[name] = stack(name, [rows.read(connection, name, kept, labels), *new], metadata)
        return receipt(admitted), tables

    def imports(self) -> pd.DataFrame:
        """Every part ever committed, newest last."""
        with self._reading() as connection:
            return imports_frame(rows.log_of(connection))

    def rejects(self) -> pd.DataFrame:
        """The rejects and warnings of the active parts."""
        with self._reading() as connection:
            return rows.fetch(connection, "rejects", active(rows.log_of(connection)), PART_ID | schema.REJECT_DTYPES)

    def history(self, name: str) -> pd.DataFrame:
        """Every row of one table ever committed, with part_id, replaced ones too."""
        with self._reading() as connection:
            log = rows.log_of(connection)
            return rows.read(connection, name, log, labels_of(log), first=PART_ID)

    def size(self, name: str) -> int:
        """How many rows of the table `read` would give."""
        with self._reading() as connection:
            return rows.size(active(rows.log_of(connection)), name)

    def newest_known(self, name: str) -> date | None:
        """The newest known_date in the table; None where it has no rows."""
        with self._reading() as connection:
            return rows.newest_known(connection, name, active(rows.log_of(connection)))

    def counted_complaints(self, as_of: date) -> pd.DataFrame:
        """The complaints known at the end of as_of as counted rows, through a Parquet copy of the table."""
        name = "complaints"
        with self._reading() as connection:
            entries = [e for e in active(rows.log_of(connection)) if e.table == name]
            n = rows.size(entries, name)
            if not n:
                return CONTRACTS[name].empty()
            large.need_duckdb(self._address, n)
            copy = large.copy_path(self._cache, entries)
            if not large.is_whole(copy, n):
                large.write_copy(copy, rows.pieces(connection, name, entries), self._address)
        return large.counted(copy, as_of)

    def erase(
        self, erasures: Sequence[erasing.Erasure], drafts: Collection[str], about: str, at: datetime, by: str
    ) -> dict[str, int]:
        """Take texts out of rows that stay, in one transaction with the entry that tells of it; scrub the files."""
        erasing.check(erasures, by, self._address)
        with self._writing() as connection:
            pages, counts = SqlPages(connection), Counter[str]()
            for erasure in erasures:
                counts[erasure.table] += scrubbing.erase_rows(connection, erasure)
                counts["rejects"] += scrubbing.erase_rejects(connection, erasure)
            counts["drafts"] = pages.drop_drafts(drafts)
            if counts.total():
                pages.enter(erasing.entry(counts, about, at, by, pages.newest(), pages.start()))
                scrubbing.mark(connection)
            due = scrubbing.is_due(connection)
        if due:
            with self._told():
                scrubbing.scrub(self._engine, self._address)
        return dict(+counts)

    def verify(self) -> list[chain.Fault]:
        """What is wrong with the log and the lines it tells of; nothing where it is whole."""
        with self._reading() as connection:
            if "log" not in rows.absent(connection):
                return SqlPages(connection).faults()
            # An older store has no log yet. One that has says so to have it passed over.
            there = sa.inspect(connection).has_table("log")
            return [chain.Fault(None, "missing", f"schema {self._version}")] if there else []

    def close(self) -> None:
        """Give back connections."""
        self._engine.dispose()

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A connection that sees the whole store as it was at one moment, whoever writes meanwhile."""
        # SQLite gives every transaction one view; a server must be asked for it.
        one_view = {"isolation_level": "REPEATABLE READ"} if self._engine.dialect.name == "postgresql" else {}
        with self._told(), self._engine.execution_options(**one_view).begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        # The log is read first, and rows of a part never change: so several queries agree, whoever writes meanwhile.
        with self._told(), self._engine.begin() as connection:
            if self._version < schema.VERSION:  # another process may have brought it up to date since
                self._version = schema.verify(connection, self._address)
            absent = {name for name, version in schema.SINCE.items() if version > self._version}
            yield connection.execution_options(absent=absent)

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._told(), self._engine.execution_options(writing=True).begin() as connection:
            lock_for_writing(connection, self._wait)
            schema.upgrade(connection, self._address)
            yield connection
        self._version = schema.VERSION

    @contextmanager
    def _pages(self, *, writing: bool = False) -> Iterator[SqlPages]:
        with self._writing() if writing else self._reading() as connection:
            yield SqlPages(connection)

    def _told(self) -> AbstractContextManager[None]:
        return told(self._address, self._engine.dialect.loaded_dbapi.Error)
