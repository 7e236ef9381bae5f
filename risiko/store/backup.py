"""Takes a store along as one file, and makes a store of such a file again: whole, verified, or not at all."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from risiko.errors import StoreError
from risiko.store import open_store, schema
from risiko.store.contents import Sum, copy, sums
from risiko.store.engines import (
    WAIT_SECONDS,
    file_engine,
    lock_for_writing,
    put_in_place,
    server_engine,
    server_url,
    sqlite_driver,
)  # fmt: skip
from risiko.store.faults import told
from risiko.store.sql import SqlStore

TARGET = "name a file that does not exist, in a folder you may write to"


def back_up(address: str, target: Path, *, force: bool = False) -> Mapping[str, Sum]:
    """Write all that a store holds to one SQLite file, which is itself a store; what it holds, table by table.

    The store may be written to meanwhile: the file holds it as it was at one moment. It appears whole, readable by its
    owner only, and after it has been read again and found the same. force: put it in the place of an earlier file.
    Raises StoreError where the file is there already or cannot be written, and where there is no store.
    """
    _check_free(target, force)
    with closing(_opened(address)) as store, _beside(target) as new:
        with store.snapshot() as connection:
            _check_other(connection, target)
            taken = sums(connection)
            if connection.dialect.name == "sqlite":
                with told(str(target), sqlite3.Error):  # what fails is the copy, not the store
                    _copy_pages(connection, new)
            else:
                _copy_rows(connection, new)
        _finish(new, taken, "DELETE")
        _place(new, target, force=force)
    return taken


def restore(file: Path, address: str) -> Mapping[str, Sum]:
    """Make a store of a backup where there is none; what it holds, table by table.

    address: a path where no file is, or the URL of an empty PostgreSQL database. The backup itself is not written to.
    One of an earlier version becomes a store of that version in a file, which is brought up to date when it is opened,
    and of the newest in PostgreSQL. Raises StoreError where the file is no backup, or something is there already.
    """
    if address == "memory:":
        raise StoreError("A store in memory is gone when the command ends.", where="--store", hint="name a file")
    if "://" not in address:
        return _restore_file(file, Path(address).expanduser())
    url, shown = server_url(address)
    if url.get_backend_name() == "sqlite":
        return _restore_file(file, Path(str(url.database)))
    return _restore_server(file, url, shown)


def _restore_file(file: Path, target: Path) -> Mapping[str, Sum]:
    _check_free(target, force=False)
    with _beside(target, parents=True) as new:
        with _read_only(file) as connection:
            taken = sums(connection)
            with told(str(target), sqlite3.Error):
                _copy_pages(connection, new)
        _finish(new, taken, "WAL")
        _place(new, target, force=False)
    return taken


def _restore_server(file: Path, url: sa.URL, shown: str) -> Mapping[str, Sum]:
    engine = server_engine(url, shown)
    with tempfile.TemporaryDirectory() as folder, told(shown), engine.begin() as connection:
        lock_for_writing(connection, WAIT_SECONDS)
        if not schema.is_empty(connection):
            hint = "name an empty database, or a schema of its own: a store is never written over"
            raise StoreError("There are tables in the database already.", where=shown, hint=hint)
        unpacked = Path(folder) / "backup.db"  # it is brought up to date here, not in the backup
        with _read_only(file) as source:
            _copy_pages(source, unpacked)
        with closing(_opened(str(unpacked))) as store, store.snapshot() as source:
            copy(source, connection, shown)
            taken = sums(source)
            _check_same(taken, sums(connection), shown)
    engine.dispose()
    return taken


def _opened(address: str) -> SqlStore:
    store = open_store(address, create=False)
    if not isinstance(store, SqlStore):
        raise StoreError("A store in memory is gone when the command ends.", where="--store", hint="name a file")
    return store


@contextmanager
def _read_only(file: Path) -> Iterator[sa.Connection]:
    """A connection to a backup that leaves it as it is. Raises StoreError where it is none."""
    if not file.is_file():
        raise StoreError("There is no backup here.", where=str(file), hint="check the path")
    engine = file_engine(file, WAIT_SECONDS, "ro")
    with told(str(file), sqlite3.Error), engine.begin() as connection:
        schema.verify(connection, str(file))
        yield connection


def _copy_pages(connection: sa.Connection, new: Path) -> None:
    """SQLite's own backup, page by page, of what the connection sees now."""
    with closing(sqlite3.connect(new)) as target:
        sqlite_driver(connection).backup(target)


def _copy_rows(connection: sa.Connection, new: Path) -> None:
    with file_engine(new, WAIT_SECONDS, "rwc").execution_options(writing=True).begin() as target:
        copy(connection, target, str(new))


def _finish(new: Path, taken: Mapping[str, Sum], mode: str) -> None:
    """Read the copy again and compare. mode: DELETE for a file that is complete without others beside it, or WAL."""
    with told(str(new), sqlite3.Error):
        with closing(sqlite3.connect(new)) as driver:
            driver.execute(f"PRAGMA journal_mode={mode}")
        with file_engine(new, WAIT_SECONDS).begin() as connection:
            _check_same(taken, sums(connection), str(new))


def _check_same(taken: Mapping[str, Sum], found: Mapping[str, Sum], address: str) -> None:
    other = sorted(name for name in {*taken, *found} if taken.get(name) != found.get(name))
    if other:
        what = f"The copy is not what was copied: {', '.join(other)} differ. Nothing was kept."
        raise StoreError(what, where=address, hint="try again, and look at the disk; the store itself is untouched")


def _check_free(target: Path, force: bool) -> None:
    if target.is_dir():
        raise StoreError("This is a folder, not a file.", where=str(target), hint="name a file in it")
    if target.exists() and not force:
        raise StoreError("There is a file here already.", where=str(target), hint=TARGET)
    if Path(f"{target}-wal").exists():  # a new file would be read together with what lies beside the old one
        what = "A store that is in use has this name, or was left by a program that did not end well."
        raise StoreError(what, where=str(target), hint="choose another name")


def _check_other(connection: sa.Connection, target: Path) -> None:
    """A store in the place of which its own copy comes would lose what others are about to write to it."""
    if connection.dialect.name != "sqlite" or not target.exists():
        return
    own = connection.exec_driver_sql("PRAGMA database_list").all()[0][2]
    if target.samefile(own):
        raise StoreError("This is the store itself, not a place for its backup.", where=str(target), hint=TARGET)


@contextmanager
def _beside(target: Path, *, parents: bool = False) -> Iterator[Path]:
    """Where to make the new file: in the same folder, so that it can be given its name at one stroke."""
    new = target.with_name(f".{target.name}.{uuid4().hex}.new")
    try:
        if parents:
            target.parent.mkdir(parents=True, exist_ok=True)
        with open(new, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)):
            pass
        yield new
    except OSError as error:
        what = f"The file cannot be written: {error.strerror or error}."
        raise StoreError(what, where=str(target), hint=TARGET) from error
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            left = Path(f"{new}{ending}")
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _place(new: Path, target: Path, *, force: bool) -> None:
    if force:
        new.replace(target)
        return
    try:
        put_in_place(new, target)
    except FileExistsError:
        raise StoreError("There is a file here already.", where=str(target), hint=TARGET) from None
