"""The SQL tables of a store, generated from the contracts, and the version that guards them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from risiko.batch import REJECT_COLUMNS
from risiko.contracts import CONTRACTS, DTYPES
from risiko.errors import StoreError

VERSION = 3
APPLICATION = "risiko"

# frame dtype -> what is stored: dates as ISO text, yes and no as 1 and 0
_STORED: Mapping[str, type[sa.types.TypeEngine[Any]]] = {
    "str": sa.Text, "Int64": sa.BigInteger, "int64": sa.BigInteger, "float64": sa.Double,
    "datetime64[us]": sa.Text, "boolean": sa.SmallInteger,
}  # fmt: skip

REJECT_DTYPES = {name: "Int64" if name == "row" else "str" for name in REJECT_COLUMNS}

TEXTS = ("source", "block", "file", "table", "content_hash", "imported_at")
COUNTS = ("n_read", "n_good", "n_rejected", "n_warnings", "n_left_out")
_fixed = sa.MetaData()
meta = sa.Table(
    "meta", _fixed, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)  # fmt: skip
parts = sa.Table(
    "parts", _fixed,
    sa.Column("part_id", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
    *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTS),
    sa.Column("replaced_by", sa.Integer),
    sa.Column("metadata", sa.Text, nullable=False),  # JSON: the part's extra columns and their dtypes
)  # fmt: skip
models = sa.Table(  # moments and dates as ISO text, here as everywhere
    "models", _fixed, sa.Column("model_id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("manifest_sha256", "kind", "as_of", "recorded_at")),
)  # fmt: skip
promotions = sa.Table(
    "promotions", _fixed, sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("model_id", "why", "at", "by")),
)  # fmt: skip

draws = sa.Table(
    "draws", _fixed, sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("made_at", "by", "why", "as_of", "record", "sha256")),
)  # fmt: skip
weight_sets = sa.Table(
    "weight_sets", _fixed, sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False), sa.Column("weights", sa.Text),  # JSON; none: the name was taken away
    *(sa.Column(name, sa.Text, nullable=False) for name in ("note", "made_at", "by")),
)  # fmt: skip
# Version of the store -> the tables that came with it.
ADDED: Mapping[int, tuple[sa.Table, ...]] = {2: (models, promotions), 3: (draws, weight_sets)}


def dtypes_of(name: str, metadata: Mapping[str, str]) -> dict[str, str]:
    """The frame dtypes of a contract table's columns, in order."""
    own = {c.name: DTYPES[c.type] for c in CONTRACTS[name].columns}
    return own | dict(metadata) if name == "services" else own


def rows_table(name: str, dtypes: Mapping[str, str]) -> sa.Table:
    """The SQL table behind a contract table or the reject list: part_id and row_no, then its columns.

    Every column may be empty: what is required is the contract's business, and is checked before rows come here.

    Rows lie sorted by part and by place in the part: one order for reading, and replaced parts are passed over.
    """
    keys = [sa.Column(key, sa.Integer, primary_key=True, autoincrement=False) for key in ("part_id", "row_no")]
    columns = [sa.Column(label, _STORED[dtype]()) for label, dtype in dtypes.items()]
    return sa.Table(name, sa.MetaData(), *keys, *columns, sqlite_with_rowid=False)


def add_columns(connection: sa.Connection, metadata: Mapping[str, str]) -> None:
    """Give the services table further metadata columns."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    for name, dtype in metadata.items():
        kind = _STORED[dtype]().compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE services ADD COLUMN {quote(name)} {kind}")


def insert_statement(connection: sa.Connection, name: str, columns: Sequence[str]) -> str:
    """INSERT in the driver's own words, for rows handed over as tuples: a third of the time of named parameters."""
    postgres = connection.dialect.name == "postgresql"
    quoted = ", ".join(connection.dialect.identifier_preparer.quote_identifier(column) for column in columns)
    return f"INSERT INTO {name} ({quoted}) VALUES ({', '.join(['%s' if postgres else '?'] * len(columns))})"


def create(connection: sa.Connection) -> None:
    """Make every table of an empty store."""
    _fixed.create_all(connection, checkfirst=False)
    for name in CONTRACTS:
        rows_table(name, dtypes_of(name, {})).create(connection)
    rows_table("rejects", REJECT_DTYPES).create(connection)
    facts = {"application": APPLICATION, "schema": str(VERSION)}
    connection.execute(meta.insert(), [{"key": key, "value": value} for key, value in facts.items()])


def since(table: sa.Table) -> int:
    """The version of the store that a table came with."""
    return next((version for version, added in ADDED.items() if table in added), 1)


def _add(version: int) -> Callable[[sa.Connection], None]:
    def step(connection: sa.Connection) -> None:
        for table in ADDED[version]:
            table.create(connection, checkfirst=False)

    return step


# What brings a store of that version to the next. Steps only add, so that a store that cannot be written still reads.
_STEPS: Mapping[int, Callable[[sa.Connection], None]] = {1: _add(2), 2: _add(3)}


def upgrade(connection: sa.Connection, address: str) -> None:
    """Bring an older store to this version, within the writer's transaction; one that is up to date stays as it is."""
    found = verify(connection, address)
    for version in range(found, VERSION):
        _STEPS[version](connection)
    if found < VERSION:
        connection.execute(meta.update().where(meta.c.key == "schema").values(value=str(VERSION)))


def is_empty(connection: sa.Connection) -> bool:
    """Whether the database holds no table at all."""
    return not sa.inspect(connection).get_table_names()


def verify(connection: sa.Connection, address: str) -> int:
    """The version of the store: this one or an older one that can be brought to it. Raises StoreError for any other."""
    known: dict[str, str] = {}
    if sa.inspect(connection).has_table("meta") and _has_columns(connection, "meta", ("key", "value")):
        known = {row.key: row.value for row in connection.execute(sa.select(meta))}
    if known.get("application") != APPLICATION:
        raise StoreError(
            "The database is not a risiko store.", where=address,
            hint="check the path; a new store needs a path of its own, or a PostgreSQL database or schema of its own",
        )  # fmt: skip
    version = str(known.get("schema", ""))
    if version not in map(str, (*_STEPS, VERSION)):
        age = "newer" if version.isdigit() and int(version) > VERSION else "different"
        raise StoreError(
            f"The store was made by a {age} version of risiko (schema {version or '?'}; this one reads {VERSION}).",
            where=address, hint="use the version that made it, or import the records into a new store",
        )  # fmt: skip
    return int(version)


def _has_columns(connection: sa.Connection, table: str, names: tuple[str, ...]) -> bool:
    return set(names) <= {c["name"] for c in sa.inspect(connection).get_columns(table)}
