"""A store in an SQL database: SQLite or PostgreSQL through SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date, datetime
from functools import partial
from itertools import count, islice, repeat
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from risiko.batch import Batch, Receipt
from risiko.contracts import CONTRACTS, Tables
from risiko.errors import StoreError
from risiko.store import anchors, decisions, large, schema
from risiko.store.admission import Admitted, admit, log_after, receipt
from risiko.store.columns import loaded, stored
from risiko.store.engines import WAIT_SECONDS, lock_for_writing
from risiko.store.entries import draw_of, entry_of, line_row, model_of, promotion_of, row_of, weight_set_of
from risiko.store.faults import Unreadable, told
from risiko.store.log import Entry, active, imports_frame
from risiko.store.metadata import Labels, add_labels, by_name, labels_of, metadata_of
from risiko.store.stacking import stack

CHUNK = 20_000  # rows written or fetched at a time: bounds memory, and larger is not faster
PIECE = 10  # chunks copied at a time
PART_ID = {"part_id": "int64"}
NOTHING: Mapping[str, str] = {}


class SqlStore:
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
        with self._reading() as connection:
            version = schema.verify(connection, address)
        if version < schema.VERSION:
            with suppress(StoreError), self._writing() as connection:
                schema.upgrade(connection, address)

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

    def size(self, name: str) -> int:
        """How many rows of the table `read` would give."""
        with self._reading() as connection:
            return _size(active(_log(connection)), name)

    def newest_known(self, name: str) -> date | None:
        """The newest known_date in the table; None where it has no rows."""
        known_date, part_id = sa.column("known_date", sa.Text), sa.column("part_id", sa.Integer)
        with self._reading() as connection:
            own = part_id.in_([e.part_id for e in active(_log(connection)) if e.table == name])
            newest = connection.scalar(sa.select(sa.func.max(known_date)).select_from(sa.table(name)).where(own))
        return None if newest is None else date.fromisoformat(newest)

    def counted_complaints(self, as_of: date) -> pd.DataFrame:
        """The complaints known at the end of as_of as counted rows, through a Parquet copy of the table."""
        name = "complaints"
        with self._reading() as connection:
            entries = [e for e in active(_log(connection)) if e.table == name]
            rows = _size(entries, name)
            if not rows:
                return CONTRACTS[name].empty()
            large.need_duckdb(self._address, rows)
            copy = large.copy_path(self._cache, entries)
            if not large.is_whole(copy, rows):
                large.write_copy(copy, _pieces(connection, name, entries), self._address)
        return large.counted(copy, as_of)

    def record_model(self, entry: anchors.ModelEntry) -> None:
        """Anchor a fitted model. Raises StoreError where the model_id is registered already."""
        with self._writing() as connection:
            schema.upgrade(connection, self._address)
            new = anchors.new_entry(entry, self._models(connection), self._address)
            connection.execute(schema.models.insert(), line_row(new))

    def models(self) -> pd.DataFrame:
        """Every registered model, oldest first."""
        with self._reading() as connection:
            return anchors.models_frame(self._models(connection))

    def record_promotion(self, model_id: str, why: str, at: datetime, by: str) -> None:
        """Append a decision about which score is in force; model_id "" is the points score."""
        with self._writing() as connection:
            schema.upgrade(connection, self._address)
            known, earlier = self._models(connection), self._promotions(connection)
            line = anchors.next_promotion(model_id, why, at, by, known, earlier, self._address)
            connection.execute(schema.promotions.insert(), line_row(line))

    def promotions(self) -> pd.DataFrame:
        """Every such decision, oldest first."""
        with self._reading() as connection:
            return anchors.promotions_frame(self._promotions(connection))

    def record_draw(self, record: str, as_of: date, why: str, made_at: datetime, by: str) -> int:
        """Append a draw, chained to the one before; its number."""
        with self._writing() as connection:
            schema.upgrade(connection, self._address)
            line = decisions.next_draw(record, as_of, why, made_at, by, self._draws(connection), self._address)
            connection.execute(schema.draws.insert(), line_row(line))
        return line.seq

    def draws(self) -> pd.DataFrame:
        """Every draw, oldest first."""
        with self._reading() as connection:
            return decisions.draws_frame(self._draws(connection))

    def record_weight_set(
        self, name: str, weights: Mapping[str, float] | None, note: str, made_at: datetime, by: str
    ) -> None:
        """Append a weight set under a name; weights None takes the name away."""
        with self._writing() as connection:
            schema.upgrade(connection, self._address)
            earlier = self._weight_sets(connection)
            line = decisions.next_weight_set(name, weights, note, made_at, by, earlier, self._address)
            connection.execute(schema.weight_sets.insert(), line_row(line))

    def weight_sets(self) -> pd.DataFrame:
        """Every line about weight sets, oldest first."""
        with self._reading() as connection:
            return decisions.weight_sets_frame(self._weight_sets(connection))

    def close(self) -> None:
        """Give back connections."""
        self._engine.dispose()

    def _models(self, connection: sa.Connection) -> list[anchors.ModelEntry]:
        return [model_of(row) for row in self._lines(connection, schema.models)]

    def _promotions(self, connection: sa.Connection) -> list[anchors.Promotion]:
        return [promotion_of(row) for row in self._lines(connection, schema.promotions)]

    def _draws(self, connection: sa.Connection) -> list[decisions.DrawLine]:
        return [draw_of(row) for row in self._lines(connection, schema.draws)]

    def _weight_sets(self, connection: sa.Connection) -> list[decisions.WeightSetLine]:
        return [weight_set_of(row) for row in self._lines(connection, schema.weight_sets)]

    def _lines(self, connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
        """A whole small table in the order of its key; nothing where the store is older than the table."""
        if schema.verify(connection, self._address) < schema.since(table):
            return []
        rows = connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
        return [dict(row) for row in rows]

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
    _expect(len(frame), name, entries)
    return frame


def _expect(found: int, name: str, entries: Sequence[Entry]) -> None:
    expected = _size(entries, name)
    if found != expected:
        raise Unreadable(f"the table {name} should hold {expected} rows of these imports, but holds {found}")


def _size(entries: Sequence[Entry], name: str) -> int:
    return sum(e.n_good for e in entries if e.table == name)


def _fetch(connection: sa.Connection, name: str, entries: Sequence[Entry], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """The parts' rows by one query."""
    return _loaded(_chunks(connection, name, entries, dtypes), name, dtypes)


def _pieces(connection: sa.Connection, name: str, entries: Sequence[Entry]) -> Iterator[pd.DataFrame]:
    """The parts' rows, by one query, a piece at a time: there is never more than one in memory."""
    dtypes = schema.dtypes_of(name, {})
    chunks, found = _chunks(connection, name, entries, dtypes, stream=True), 0
    while len(piece := _loaded(islice(chunks, PIECE), name, dtypes)):
        found += len(piece)
        yield piece
    _expect(found, name, entries)


def _loaded(chunks: Iterable[Sequence[tuple[Any, ...]]], name: str, dtypes: Mapping[str, str]) -> pd.DataFrame:
    try:
        return loaded(chunks, dtypes)
    except Unreadable as error:
        raise Unreadable(f"in the table {name}, {error}") from error


def _chunks(
    connection: sa.Connection,
    name: str,
    entries: Sequence[Entry],
    dtypes: Mapping[str, str],
    *,
    stream: bool = False,
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Stored rows in chunks. They are fetched past SQLAlchemy's row objects, which would double the time.

    stream: leave the rest on a server until it is fetched; then SQLAlchemy itself has read ahead, and must be asked.
    """
    wanted: list[sa.ColumnClause[Any]] = [sa.column(label) for label in dtypes]
    part_id, row_no = sa.column("part_id", sa.Integer), sa.column("row_no", sa.Integer)
    of_parts = sa.select(*wanted).select_from(sa.table(name)).where(part_id.in_([e.part_id for e in entries]))
    ordered = of_parts.order_by(part_id, row_no).execution_options(stream_results=stream)
    result = connection.execute(ordered)
    source: Any = result if stream else result.cursor
    return iter(lambda: source.fetchmany(CHUNK), [])


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
