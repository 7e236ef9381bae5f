"""The rows of contract tables in SQL, past SQLAlchemy's row objects: read, counted and written in chunks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count, islice, repeat
from typing import Any

import pandas as pd
import sqlalchemy as sa

from risiko.contracts import CONTRACTS
from risiko.store import schema
from risiko.store.admission import Admitted
from risiko.store.columns import loaded, stored
from risiko.store.entries import entry_of
from risiko.store.faults import Unreadable
from risiko.store.log import Entry
from risiko.store.metadata import Labels, add_labels, by_name
from risiko.store.stated import part_row

CHUNK = 20_000  # rows written or fetched at a time: bounds memory, and larger is not faster
PIECE = 10  # chunks copied at a time
NOTHING: Mapping[str, str] = {}


def log_of(connection: sa.Connection) -> list[Entry]:
    """The log of imports: every part ever committed, newest last."""
    rows = connection.execute(sa.select(schema.parts).order_by(schema.parts.c.part_id)).mappings()
    return [entry_of(dict(row)) for row in rows]


def read(
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
    frame = fetch(connection, name, own, {**first, **dtypes})
    return by_name(_counted(frame, name, own), own, labels)


def newest_known(connection: sa.Connection, name: str, entries: Sequence[Entry]) -> date | None:
    """The newest known_date in the entries' rows of the table; None where there are none."""
    if name in absent(connection):
        return None
    known_date, part_id = sa.column("known_date", sa.Text), sa.column("part_id", sa.Integer)
    own = part_id.in_([e.part_id for e in entries if e.table == name])
    newest = connection.scalar(sa.select(sa.func.max(known_date)).select_from(sa.table(name)).where(own))
    return None if newest is None else date.fromisoformat(newest)


def absent(connection: sa.Connection) -> Collection[str]:
    """The tables that are younger than this store, which could not be brought up to date: they read as empty."""
    names: Collection[str] = connection.get_execution_options().get("absent", ())
    return names


def keys(connection: sa.Connection, name: str, entries: Sequence[Entry]) -> pd.DataFrame:
    """The key columns of the entries' rows of the table."""
    dtypes = schema.dtypes_of(name, {})
    keys = fetch(connection, name, entries, {column: dtypes[column] for column in CONTRACTS[name].key})
    return _counted(keys, name, entries)


def _counted(frame: pd.DataFrame, name: str, entries: Sequence[Entry]) -> pd.DataFrame:
    _expect(len(frame), name, entries)
    return frame


def _expect(found: int, name: str, entries: Sequence[Entry]) -> None:
    expected = size(entries, name)
    if found != expected:
        raise Unreadable(f"the table {name} should hold {expected} rows of these imports, but holds {found}")


def size(entries: Sequence[Entry], name: str) -> int:
    """How many rows of the table the entries brought."""
    return sum(e.n_good for e in entries if e.table == name)


def fetch(connection: sa.Connection, name: str, entries: Sequence[Entry], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """The parts' rows by one query."""
    return _loaded(_chunks(connection, name, entries, dtypes), name, dtypes)


def pieces(connection: sa.Connection, name: str, entries: Sequence[Entry]) -> Iterator[pd.DataFrame]:
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
    if name in absent(connection):
        return iter(())
    wanted: list[sa.ColumnClause[Any]] = [sa.column(label) for label in dtypes]
    part_id, row_no = sa.column("part_id", sa.Integer), sa.column("row_no", sa.Integer)
    of_parts = sa.select(*wanted).select_from(sa.table(name)).where(part_id.in_([e.part_id for e in entries]))
    ordered = of_parts.order_by(part_id, row_no).execution_options(stream_results=stream)
    result = connection.execute(ordered)
    source: Any = result if stream else result.cursor
    return iter(lambda: source.fetchmany(CHUNK), [])


def write(connection: sa.Connection, item: Admitted, labels: Labels) -> None:
    """Write one part. labels: the metadata columns that services has; those the part brings are added."""
    entry, parts = item.entry, schema.parts
    schema.add_columns(connection, add_labels(labels, entry.metadata))
    connection.execute(parts.insert(), part_row(entry))
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
