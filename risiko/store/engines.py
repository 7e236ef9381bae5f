"""From an address to a database engine: SQLite files and PostgreSQL servers, opened, created or refused."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from risiko.errors import NoStoreYet, StoreError
from risiko.store import schema
from risiko.store.faults import told

WAIT_SECONDS = 10.0  # how long a writer waits for another one
CONNECT_SECONDS = 10
NO_ACCESS = "check that the folder exists and that you may write in it, or use --store with another place"
# Any number will do, as long as every risiko process takes the same advisory lock before it writes.
_WRITE_LOCK = 7_215_346


def sqlite_engine(path: Path, *, create: bool, wait_seconds: float = WAIT_SECONDS) -> sa.Engine:
    """An engine on an SQLite file in WAL mode, which is made when it is absent and `create` is set.

    Raises StoreError for a folder, an empty or foreign file, a missing file without `create`, or an unusable folder.
    """
    address = str(path)
    try:
        if path.is_dir():
            hint = f"name a file in it, such as {path / 'risiko.db'}"
            raise StoreError("The store is a folder, not a file.", where=address, hint=hint)
        if not path.exists():
            if not create:
                raise _absent(address)
            _create_file(path, wait_seconds)
        if path.stat().st_size == 0:
            hint = "restore it from a backup, or delete the file to start a new store"
            raise StoreError("The store file is empty (0 bytes), so it is not a store.", where=address, hint=hint)
    except OSError as error:
        what = f"The store cannot be opened: {error.strerror or error}."
        raise StoreError(what, where=address, hint=NO_ACCESS) from error
    return _sqlite(path, wait_seconds)


def postgres_engine(url: sa.URL, *, create: bool, address: str, wait_seconds: float = WAIT_SECONDS) -> sa.Engine:
    """An engine on a PostgreSQL database; its tables are made when it has none and `create` is set.

    Raises StoreError when the driver is not installed, the server cannot be reached, or there is no store.
    """
    try:
        url = url.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})
    except ModuleNotFoundError:
        hint = "pip install 'risiko[postgres]'"
        raise StoreError("The driver for PostgreSQL is not installed.", where=address, hint=hint) from None
    with told(address), engine.begin() as connection:
        empty = schema.is_empty(connection)
        if empty and create:
            lock_for_writing(connection, wait_seconds)
            if schema.is_empty(connection):  # no one else was first
                schema.create(connection)
    if empty and not create:
        raise _absent(address)
    return engine


def lock_for_writing(connection: sa.Connection, wait_seconds: float) -> None:
    """Wait until no one else writes. SQLite has done so already, with BEGIN IMMEDIATE."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(wait_seconds * 1000)}")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITE_LOCK)))


def _absent(address: str) -> NoStoreYet:
    return NoStoreYet("There is no store here yet.", where=address, hint="import records first, or check the path")


def _sqlite(path: Path, wait_seconds: float, mode: str = "rw") -> sa.Engine:
    # mode rw: opening never makes a file. isolation_level None: we say BEGIN ourselves, below.
    address = f"{path.resolve().as_uri()}?mode={mode}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=wait_seconds, isolation_level=None, check_same_thread=False)

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A writer takes its place at once; otherwise two readers that both go on to write would deadlock.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _create_file(path: Path, wait_seconds: float) -> None:
    """Make the file whole beside its place and link it there, so that no one ever meets half a store."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{uuid4().hex}.new")
    try:
        with told(str(path)):
            engine = _sqlite(new, wait_seconds, mode="rwc")
            with engine.connect() as connection:
                # Past SQLAlchemy, which would open a transaction: in one the mode cannot change.
                driver = connection.connection.driver_connection
                assert driver is not None  # the connection is open
                driver.execute("PRAGMA journal_mode=WAL")
            with engine.execution_options(writing=True).begin() as connection:
                schema.create(connection)
        os.link(new, path)
    except FileExistsError:
        pass  # another process was first; its store is as good
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        new.replace(path)  # a disk without hard links
    finally:
        new.unlink(missing_ok=True)
