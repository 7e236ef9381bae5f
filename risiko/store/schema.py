"""What a store's SQL tables are called and made of, for those who ask them; `migrations` makes and changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from risiko.batch import REJECT_COLUMNS
from risiko.contracts import CONTRACTS, DTYPES
from risiko.errors import StoreError

VERSION = 5
OLDEST = 1
APPLICATION = "risiko"
START = "log_start"  # the key in meta: what the log's first entry is chained to

# frame dtype -> what is stored: dates as ISO text, yes and no as 1 and 0
STORED: Mapping[str, type[sa.types.TypeEngine[Any]]] = {
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
log = sa.Table(
    "log", _fixed, sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "by", "kind", "about", "body", "sha256")),
    sa.Index("log_kind", "kind", "seq"),
)  # fmt: skip
drafts = sa.Table(
    "drafts", _fixed, sa.Column("draft_id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("by", "saved_at", "body")),
)  # fmt: skip
FIXED: Mapping[str, sa.Table] = _fixed.tables
GUARDED = ("models", "promotions", "draws", "weight_sets", "log")  # their rows can neither be changed nor removed
# Table -> the version of the store that it came with; all others came with the first.
SINCE: Mapping[str, int] = {
    "models": 2, "promotions": 2, "draws": 3, "weight_sets": 3, "log": 4, "busy_periods": 4, "submissions": 5,
    "quotes": 5, "item_means": 5, "drafts": 5,
}  # fmt: skip


def dtypes_of(name: str, metadata: Mapping[str, str]) -> dict[str, str]:
    """The frame dtypes of a contract table's columns, in order."""
    own = {c.name: DTYPES[c.type] for c in CONTRACTS[name].columns}
    return own | dict(metadata) if name == "services" else own


def add_columns(connection: sa.Connection, metadata: Mapping[str, str]) -> None:
    """Give the services table further metadata columns."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    for name, dtype in metadata.items():
        kind = STORED[dtype]().compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE services ADD COLUMN {quote(name)} {kind}")


def insert_statement(connection: sa.Connection, name: str, columns: Sequence[str]) -> str:
    """INSERT in the driver's own words, for rows handed over as tuples: a third of the time of named parameters."""
    postgres = connection.dialect.name == "postgresql"
    identifiers = connection.dialect.identifier_preparer
    quoted = ", ".join(identifiers.quote_identifier(column) for column in columns)
    places = ", ".join(["%s" if postgres else "?"] * len(columns))
    return f"INSERT INTO {identifiers.quote_identifier(name)} ({quoted}) VALUES ({places})"


def create(connection: sa.Connection, address: str) -> None:
    """Make every table of an empty store."""
    from risiko.store.migrations import migrate  # alembic, which few runs need

    migrate(connection, 0, address)


def upgrade(connection: sa.Connection, address: str) -> int:
    """Bring an older store to this version, within the writer's transaction; which version it was."""
    found = verify(connection, address)
    if found < VERSION:
        from risiko.store.migrations import migrate

        migrate(connection, found, address)
    return found


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
    if version not in map(str, range(OLDEST, VERSION + 1)):
        age = "newer" if version.isdigit() and int(version) > VERSION else "different"
        raise StoreError(
            f"The store was made by a {age} version of risiko (schema {version or '?'}; this one reads {VERSION}).",
            where=address, hint="use the version that made it, or import the records into a new store",
        )  # fmt: skip
    return int(version)


def _has_columns(connection: sa.Connection, table: str, names: tuple[str, ...]) -> bool:
    return set(names) <= {c["name"] for c in sa.inspect(connection).get_columns(table)}
