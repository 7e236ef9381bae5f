"""A store in an SQL database: SQLite or PostgreSQL through SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import count, repeat
from typing import Any

import pandas as pd
import sqlalchemy as sa

from risiko.batch import Batch, Receipt
from risiko.contracts import CONTRACTS, Tables
from risiko.store import schema
from risiko.store.admission import Admitted, admit, log_after, receipt
from risiko.store.columns import loaded, stored
from risiko.store.engines import WAIT_SECONDS, lock_for_writing
from risiko.store.entries import entry_of, row_of
from risiko.store.faults import Unreadable, told
from risiko.store.log import Entry, active, imports_frame
from risiko.store.metadata import Labels, add_labels, by_name, labels_of, metadata_of
from risiko.store.stacking import stack

CHUNK = 20_000  # rows written or fetched at a time: bounds memory, and larger is not faster
PART_ID = {"part_id": "int64"}
NOTHING: Mapping[str, str] = {}


class SqlStore:
    """The contract tables in a database; open one with `risiko.store.open_store`.

    Every call is one transaction on a connection of its own, so a store may be shared between threads. Readers see
    the last committed import and never wait; a writer waits `wait_seconds` for another writer, then raises.
    """

    def __init__(self, engine: sa.Engine, address: str, *, wait_seconds: float = WAIT_SECONDS) -> None:
        """Raises StoreError when the database is damaged, foreign, or of another version."""
        self._engine, self._address, self._wait = engine, address, wait_seconds
        with self._reading() as connection:
            schema.verify(connection, address)

    @property
    def address(self) -> str:
        """Where the store is, for messages; never with a password."""
        return self._address

    def read(self, names: Sequence[str] | None = None, *, only: Mapping[str, Collection[str]] | None = None) -> Tables:
        """The named contract tables (default: all): the rows of the active parts, in the order they came."""
        wanted = only or {}
        with self._reading() as connection:
            log = _log(connection)
            current, labels = active(log), labels_of(log)
            return {
                name: _rows(connection, name, current, labels, only=wanted.get(name))
                for name in (CONTRACTS if names is None else names)
            }

    def commit(self, batch: Batch) -> Receipt:
        """Take the whole batch in one transaction, or, on any error, nothing."""
        with self._writing() as connection:
            log = _log(connection)
            labels = labels_of(log)
            admitted = []
            for item in admit(batch, log, partial(_keys, connection)):
                if item.status != "unchanged":
                    _write(connection, item, labels)
                admitted.append(item)
        return receipt(admitted)

    def rehearse(self, batch: Batch) -> tuple[Receipt, Tables]:
        """What `commit` would answer and what `read` would then give; nothing is written or locked."""
        with self._reading() as connection:
            log = _log(connection)
            admitted = list(admit(batch, log, partial(_keys, connection)))
            staying = {e.part_id for e in active(log_after(log, admitted))}
            kept = [e for e in log if e.part_id in staying]
            added = [a for a in admitted if a.status != "unchanged"]
            metadata = metadata_of([*kept, *(a.entry for a in added)])
            labels, tables = labels_of(log), {}
            for name in CONTRACTS:
                new = [a.rows for a in added if a.entry.table == name]
                tables[name] = stack(name, [_rows(connection, name, kept, labels), *new], metadata)
        return receipt(admitted), tables

    def imports(self) -> pd.DataFrame:
        """Every part ever committed, newest last."""
        with self._reading() as connection:
            return imports_frame(_log(connection))

    def rejects(self) -> pd.DataFrame:
        """The rejects and warnings of the active parts."""
        with self._reading() as connection:
            return _fetch(connection, "rejects", active(_log(connection)), PART_ID | schema.REJECT_DTYPES)

    def history(self, name: str) -> pd.DataFrame:
        """Every row of one table ever committed, with part_id, replaced ones too."""
        with self._reading() as connection:
            log = _log(connection)
            return _rows(connection, name, log, labels_of(log), first=PART_ID)

    def close(self) -> None:
        """Give back connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        # The log is read first, and rows of a part never change: so several queries agree, whoever writes meanwhile.
        with self._told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._told(), self._engine.execution_options(writing=True).begin() as connection:
            lock_for_writing(connection, self._wait)
            yield connection

    def _told(self) -> AbstractContextManager[None]:
        return told(self._address, self._engine.dialect.loaded_dbapi.Error)


def _log(connection: sa.Connection) -> list[Entry]:
    rows = connection.execute(sa.select(schema.parts).order_by(schema.parts.c.part_id)).mappings()
    return [entry_of(dict(row)) for row in rows]


def _rows(
    connection: sa.Connection,
    name: str,
    entries: Sequence[Entry],
    labels: Labels,
    *,
    first: Mapping[str, str] = NOTHING,
    only: Collection[str] | None = None,
) -> pd.DataFrame:
    """The rows of those of the entries that belong to the table, with the metadata columns they carry behind.

    first: columns to put ahead. only: the columns wanted; default all.
    """
    own = [e for e in entries if e.table == name]
    carried = {labels[column]: column[1] for e in own for column in e.metadata.items()}
    dtypes = {c: d for c, d in schema.dtypes_of(name, carried).items() if only is None or c in only}
    frame = _fetch(connection, name, own, {**first, **dtypes})
    return by_name(_counted(frame, name, own), own, labels)


def _keys(connection: sa.Connection, name: str, entries: Sequence[Entry]) -> pd.DataFrame:
    dtypes = schema.dtypes_of(name, {})
    keys = _fetch(connection, name, entries, {column: dtypes[column] for column in CONTRACTS[name].key})
    return _counted(keys, name, entries)


def _counted(frame: pd.DataFrame, name: str, entries: Sequence[Entry]) -> pd.DataFrame:
    expected = sum(e.n_good for e in entries)
    if len(frame) != expected:
        raise Unreadable(f"the table {name} should hold {expected} rows of these imports, but holds {len(frame)}")
    return frame


def _fetch(connection: sa.Connection, name: str, entries: Sequence[Entry], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """The parts' rows by one query. They are fetched past SQLAlchemy's row objects, which would double the time."""
    wanted: list[sa.ColumnClause[Any]] = [sa.column(label) for label in dtypes]
    part_id, row_no = sa.column("part_id", sa.Integer), sa.column("row_no", sa.Integer)
    of_parts = sa.select(*wanted).select_from(sa.table(name)).where(part_id.in_([e.part_id for e in entries]))
    cursor = connection.execute(of_parts.order_by(part_id, row_no)).cursor
    try:
        return loaded(iter(lambda: cursor.fetchmany(CHUNK), []), dtypes)
    except Unreadable as error:
        raise Unreadable(f"in the table {name}, {error}") from error


def _write(connection: sa.Connection, item: Admitted, labels: Labels) -> None:
    """Write one part. labels: the metadata columns that services has; those the part brings are added."""
    entry, parts = item.entry, schema.parts
    schema.add_columns(connection, add_labels(labels, entry.metadata))
    connection.execute(parts.insert(), row_of(entry))
    if item.replaces is not None:
        taken = parts.c.part_id == item.replaces.part_id
        connection.execute(parts.update().where(taken).values(replaced_by=entry.part_id))
    rows = item.rows.rename(columns={column[0]: labels[column] for column in entry.metadata.items()})
    carried = {labels[column]: column[1] for column in entry.metadata.items()}
    _insert(connection, entry.table, entry.part_id, rows, schema.dtypes_of(entry.table, carried))
    _insert(connection, "rejects", entry.part_id, item.rejects, schema.REJECT_DTYPES)


def _insert(connection: sa.Connection, name: str, part_id: int, frame: pd.DataFrame, dtypes: Mapping[str, str]) -> None:
    statement = schema.insert_statement(connection, name, ["part_id", "row_no", *dtypes])
    for start in range(0, len(frame), CHUNK):
        columns = stored(frame.iloc[start : start + CHUNK], dtypes)
        connection.exec_driver_sql(statement, list(zip(repeat(part_id), count(start), *columns)))
