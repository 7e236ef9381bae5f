"""Everything a store's database holds, table by table: summed up to be compared, and copied to another database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from risiko.contracts import CONTRACTS
from risiko.store import schema
from risiko.store.metadata import labels_of
from risiko.store.rows import CHUNK, log_of

ALEMBIC = "alembic_version"  # made with the tables, never copied


@dataclass(frozen=True)
class Sum:
    """One table: how many rows, and SHA-256 over all of them in the order of their key."""

    rows: int
    sha256: str


def sums(connection: sa.Connection) -> dict[str, Sum]:
    """Every table of the store by name; the same rows give the same sums in SQLite and in PostgreSQL.

    A row is the JSON list of its values in the order of its columns. 0.0 and −0.0 are the same, since SQLite keeps no
    sign of zero.
    """
    return {name: _sum(connection, name) for name in tables(connection)}


def tables(connection: sa.Connection) -> list[str]:
    """The names of the store's tables that are there, sorted; what others keep in the same database is left out."""
    known = {*schema.FIXED, *CONTRACTS, "rejects", ALEMBIC}
    return sorted(known & set(sa.inspect(connection).get_table_names()))


def copy(source: sa.Connection, target: sa.Connection, address: str) -> None:
    """Make the tables in an empty database and bring every row over. Both are of the newest version afterwards.

    source: a store of the newest version. address: where the target is, for messages.
    """
    schema.create(target, address)
    metadata = {label: column[1] for column, label in labels_of(log_of(source)).items()}
    schema.add_columns(target, metadata)
    target.execute(schema.meta.delete())
    for name in tables(source):
        if name == ALEMBIC:
            continue
        columns = [column["name"] for column in sa.inspect(source).get_columns(name)]
        statement = schema.insert_statement(target, name, columns)
        for chunk in _chunks(source, name, [sa.column(column) for column in columns]):
            target.exec_driver_sql(statement, [tuple(row) for row in chunk])


def _sum(connection: sa.Connection, name: str) -> Sum:
    postgres = connection.dialect.name == "postgresql"
    columns: list[sa.ColumnElement[Any]] = [
        sa.column(c["name"], sa.Double) + sa.literal_column("0::float8")
        if postgres and isinstance(c["type"], sa.Float)
        else sa.column(c["name"])
        for c in sa.inspect(connection).get_columns(name)
    ]
    rows, whole = 0, hashlib.sha256()
    for chunk in _chunks(connection, name, columns):
        # Without the outer brackets, so that it does not matter where a chunk ends.
        whole.update(json.dumps([tuple(row) for row in chunk], default=repr)[1:-1].encode() + b", ")
        rows += len(chunk)
    return Sum(rows, whole.hexdigest())


def _chunks(
    connection: sa.Connection, name: str, columns: Sequence[sa.ColumnElement[Any]]
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The rows in the order of their key, the same in every database: texts by their code points."""
    postgres = connection.dialect.name == "postgresql"
    key = sa.inspect(connection).get_pk_constraint(name)["constrained_columns"]
    types: Mapping[str, Any] = {c["name"]: c["type"] for c in sa.inspect(connection).get_columns(name)}
    order = [
        sa.collate(sa.column(k, sa.Text), "C") if postgres and isinstance(types[k], sa.Text) else sa.column(k)
        for k in key
    ]
    asked = sa.select(*columns).select_from(sa.table(name)).order_by(*order)
    result = connection.execute(asked, execution_options={"stream_results": postgres})
    source: Any = result if postgres else result.cursor  # past SQLAlchemy's row objects, where nothing is read ahead
    return iter(lambda: source.fetchmany(CHUNK), [])

