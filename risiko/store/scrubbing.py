"""Erases texts in SQL, and sees to it that their bytes leave the database's files too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import sqlalchemy as sa

from risiko.contracts import CONTRACTS
from risiko.errors import StoreError
from risiko.store import schema
from risiko.store.engines import sqlite_driver
from risiko.store.erasing import Erasure
from risiko.store.rows import CHUNK

DUE = "scrub"  # the key in meta that stands from the erasing until the files are clean: a crash between is made good
_PART, _ROW = sa.column("part_id", sa.Integer), sa.column("row_no", sa.Integer)


def erase_rows(connection: sa.Connection, erasure: Erasure) -> int:
    """Take the texts out of the rows, those of replaced parts too; how many lost something."""
    key, texts = sa.column(erasure.key, sa.Text), [sa.column(name, sa.Text) for name in erasure.columns]
    held = sa.select(_PART, _ROW, key).select_from(sa.table(erasure.table))
    held = held.where(sa.or_(*(text.is_not(None) for text in texts)))
    due = [(part, row) for part, row, of in connection.execute(held) if of in erasure.ids]
    _blank(connection, erasure.table, erasure.columns, due)
    return len(due)


def erase_rejects(connection: sa.Connection, erasure: Erasure) -> int:
    """Take away the values of those rejects that could hold such a text; how many there were."""
    column, value = sa.column("column", sa.Text), sa.column("value", sa.Text)
    held = sa.select(_PART, _ROW).select_from(sa.table("rejects"))
    held = held.where(column.in_(erasure.reject_columns), value.is_not(None))
    due = [(part, row) for part, row in connection.execute(held) if part in erasure.parts]
    _blank(connection, "rejects", ("value",), due)
    return len(due)


def _blank(connection: sa.Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[int, int]]) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    sets = ", ".join(f"{quote(name)} = NULL" for name in columns)
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    statement = f"UPDATE {quote(table)} SET {sets} WHERE part_id = {mark} AND row_no = {mark}"
    left = iter(rows)
    while chunk := list(islice(left, CHUNK)):
        connection.exec_driver_sql(statement, chunk)


def mark(connection: sa.Connection) -> None:
    """Note, in the transaction that erases, that the files are still to be cleaned."""
    if not is_due(connection):
        connection.execute(schema.meta.insert(), {"key": DUE, "value": "1"})


def is_due(connection: sa.Connection) -> bool:
    """Whether texts have been erased whose bytes may still lie in the files."""
    return connection.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.key == DUE)) is not None


def scrub(engine: sa.Engine, address: str) -> None:
    """Write the database anew without what was erased, and then take the note away.

    SQLite: VACUUM, and the log of writes beside the file is emptied; both need room on the disk for a second copy.
    PostgreSQL: VACUUM FULL of the tables that can hold texts. Its own archive of writes (WAL), and every backup made
    before, still hold them. Raises StoreError where someone reads so long that it cannot be done now.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            _vacuum_server(connection.execution_options(isolation_level="AUTOCOMMIT"))
        else:
            driver = sqlite_driver(connection)
            driver.execute("VACUUM")
            _empty_wal(driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0], address)
    with engine.execution_options(writing=True).begin() as connection:
        connection.execute(schema.meta.delete().where(schema.meta.c.key == DUE))


def _vacuum_server(connection: sa.Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    wordy = [name for name, contract in CONTRACTS.items() if any(c.free_text for c in contract.columns)]
    connection.exec_driver_sql(f"VACUUM (FULL) {', '.join(map(quote, (*wordy, 'rejects', 'drafts')))}")


def _empty_wal(busy: int, address: str) -> None:
    if busy:
        what = "The texts are erased, but others read the store, so their bytes still lie in the file beside it."
        raise StoreError(what, where=address, hint="run the same again when nobody else uses the store")
