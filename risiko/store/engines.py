"""From an address to a database engine: SQLite files and PostgreSQL servers, opened, created or refused."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import suppress
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
    return file_engine(path, wait_seconds)


def server_url(address: str) -> tuple[sa.URL, str]:
    """The URL and how it may be shown, without secrets. Raises StoreError where no store can be kept there."""
    scheme = address.split("://")[0]
    place = f"{scheme}://…"
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):  # its message may hold the password
        hint = "write postgresql://user@host:5432/database"
        raise StoreError("The store's address is not a valid URL.", where=place, hint=hint) from None
    kind = scheme.lower().split("+")[0]
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite"), str(url.database)
    if kind not in ("postgresql", "postgres"):
        hint = "use a file path, a postgresql:// URL, or memory:"
        raise StoreError(f"A store cannot be kept at a {scheme}:// address.", where=place, hint=hint)
    # The password becomes ***; of the options only where the server is may be shown, since some are secrets too.
    harmless = {key: value for key, value in url.query.items() if key in ("host", "port")}
    return url.set(drivername="postgresql+psycopg"), url.set(query=harmless).render_as_string(hide_password=True)


def server_engine(url: sa.URL, address: str) -> sa.Engine:
    """An engine on a PostgreSQL database, whatever it holds. Raises StoreError when the driver is not installed."""
    try:
        return sa.create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})
    except ModuleNotFoundError:
        hint = "pip install 'risiko[postgres]'"
        raise StoreError("The driver for PostgreSQL is not installed.", where=address, hint=hint) from None


def postgres_engine(url: sa.URL, *, create: bool, address: str, wait_seconds: float = WAIT_SECONDS) -> sa.Engine:
    """An engine on a PostgreSQL database; its tables are made when it has none and `create` is set.

    Raises StoreError when the driver is not installed, the server cannot be reached, or there is no store.
    """
    engine = server_engine(url, address)
    with told(address), engine.begin() as connection:
        empty = schema.is_empty(connection)
        if empty and create:
            lock_for_writing(connection, wait_seconds)
            if schema.is_empty(connection):  # no one else was first
                schema.create(connection, address)
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


def file_engine(path: Path, wait_seconds: float, mode: str = "rw") -> sa.Engine:
    """An engine on an SQLite file. mode: rw, ro to leave it as it is, or rwc to make it."""
    # mode rw: opening never makes a file. isolation_level None: we say BEGIN ourselves, below.
    address = f"{path.resolve().as_uri()}?mode={mode}"

    def connect() -> sqlite3.Connection:
        opened = sqlite3.connect(
            address, uri=True, timeout=wait_seconds, isolation_level=None, check_same_thread=False
        )  # fmt: skip
        opened.execute("PRAGMA secure_delete=ON")  # what is erased, or a draft removed, leaves no bytes in free pages
        return opened

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A writer takes its place at once; otherwise two readers that both go on to write would deadlock.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def sqlite_driver(connection: sa.Connection) -> sqlite3.Connection:
    """The driver's own connection, past SQLAlchemy, which would open a transaction: in one the mode cannot change."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # it is open, and on a file
    return driver


def _create_file(path: Path, wait_seconds: float) -> None:
    """Make the file whole beside its place and link it there, so that no one ever meets half a store."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{uuid4().hex}.new")
    try:
        with told(str(path)):
            engine = file_engine(new, wait_seconds, mode="rwc")
            with engine.connect() as connection:
                sqlite_driver(connection).execute("PRAGMA journal_mode=WAL")
            with engine.execution_options(writing=True).begin() as connection:
                schema.create(connection, str(path))
        with suppress(FileExistsError):  # another process was first; its store is as good
            put_in_place(new, path)
    finally:
        new.unlink(missing_ok=True)


def put_in_place(new: Path, path: Path) -> None:
    """Give a whole file its name. Raises FileExistsError where the name is taken, OSError where it cannot be given."""
    try:
        os.link(new, path)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        new.replace(path)  # a disk without hard links
