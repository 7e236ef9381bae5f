"""A store in an SQL database: SQLite or PostgreSQL through SQLAlchemy Core."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
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
from risiko.store.faults import told
from risiko.store.log import Entry, active, imports_frame, metadata_of
from risiko.store.stacking import stack

CHUNK = 20_000  # rows written or fetched at a time: bounds memory, and larger is not faster
PART_ID = {"part_id": "int64"}


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

    def read(self, names: Sequence[str] | None = None) -> Tables:
        """The named contract tables (default: all): the rows of the active parts, in the order they came."""
        with self._reading() as connection:
            current = active(_log(connection))
            return {name: _active_rows(connection, current, name) for name in (CONTRACTS if names is None else names)}

    def commit(self, batch: Batch) -> Receipt:
        """Take the whole batch in one transaction, or, on any error, nothing."""
        with self._writing() as connection:
            log = _log(connection)
            columns = metadata_of(log)
            admitted = []
            for item in admit(batch, log, partial(_keys, connection)):
                if item.status != "unchanged":
                    _write(connection, item, columns)
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
            tables = {}
            for name in CONTRACTS:
                new = [a.rows for a in added if a.entry.table == name]
                tables[name] = stack(name, [_active_rows(connection, kept, name), *new], metadata)
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
            entries = [e for e in _log(connection) if e.table == name]
            return _fetch(connection, name, entries, PART_ID | schema.dtypes_of(name, metadata_of(entries)))

    def close(self) -> None:
        """Give back connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        # The log is read first, and rows of a part never change: so several queries agree, whoever writes meanwhile.
        with told(self._address, self._engine.dialect.loaded_dbapi.Error), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with told(self._address), self._engine.execution_options(writing=True).begin() as connection:
            lock_for_writing(connection, self._wait)
            yield connection


def _log(connection: sa.Connection) -> list[Entry]:
    rows = connection.execute(sa.select(schema.parts).order_by(schema.parts.c.part_id)).mappings()
    return [Entry(**(dict(row) | {
        "imported_at": datetime.fromisoformat(row["imported_at"]), "metadata": json.loads(row["metadata"]),
    })) for row in rows]  # fmt: skip


def _active_rows(connection: sa.Connection, current: Sequence[Entry], name: str) -> pd.DataFrame:
    entries = [e for e in current if e.table == name]
    return _fetch(connection, name, entries, schema.dtypes_of(name, metadata_of(entries)))


def _keys(connection: sa.Connection, name: str, entries: Sequence[Entry]) -> pd.DataFrame:
    dtypes = schema.dtypes_of(name, {})
    return _fetch(connection, name, entries, {column: dtypes[column] for column in CONTRACTS[name].key})


def _fetch(connection: sa.Connection, name: str, entries: Sequence[Entry], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """The parts' rows by one query. They are fetched past SQLAlchemy's row objects, which would double the time."""
    wanted: list[sa.ColumnClause[Any]] = [sa.column(label) for label in dtypes]
    part_id, row_no = sa.column("part_id", sa.Integer), sa.column("row_no", sa.Integer)
    of_parts = sa.select(*wanted).select_from(sa.table(name)).where(part_id.in_([e.part_id for e in entries]))
    cursor = connection.execute(of_parts.order_by(part_id, row_no)).cursor
    return loaded(iter(lambda: cursor.fetchmany(CHUNK), []), dtypes)


def _write(connection: sa.Connection, item: Admitted, columns: dict[str, str]) -> None:
    """Write one part. columns: the metadata columns that services has; those the part brings are added."""
    entry, parts = item.entry, schema.parts
    schema.add_columns(connection, {name: dtype for name, dtype in entry.metadata.items() if name not in columns})
    columns |= entry.metadata
    values = {**asdict(entry), "imported_at": entry.imported_at.isoformat(), "metadata": json.dumps(entry.metadata)}
    connection.execute(parts.insert(), values)
    if item.replaces is not None:
        connection.execute(parts.update().where(parts.c.part_id == item.replaces).values(replaced_by=entry.part_id))
    _insert(connection, entry.table, entry.part_id, item.rows, schema.dtypes_of(entry.table, entry.metadata))
    _insert(connection, "rejects", entry.part_id, item.rejects, schema.REJECT_DTYPES)


def _insert(connection: sa.Connection, name: str, part_id: int, frame: pd.DataFrame, dtypes: Mapping[str, str]) -> None:
    statement = schema.insert_statement(connection, name, ["part_id", "row_no", *dtypes])
    for start in range(0, len(frame), CHUNK):
        columns = stored(frame.iloc[start : start + CHUNK], dtypes)
        connection.exec_driver_sql(statement, list(zip(repeat(part_id), count(start), *columns)))
