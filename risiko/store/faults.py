"""Turns what a database driver complains about into a sentence a person can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from risiko.errors import StoreError

RESTORE = "restore it from a backup, or import the records into a new store"
# First match wins: what the driver says, what we say, what to try.
_SENTENCES = (
    (
        r"locked|lock timeout",
        "The store is busy: another process is writing to it.",
        "wait until that import is finished and try again, or close the other program",
    ),
    (
        r"append-only: ",
        "What is kept in the record can neither be changed nor removed.",
        "enter a new line that says what holds now",
    ),
    (
        r"readonly|read-only|permission denied for|insufficient privilege",
        "The store cannot be written to.",
        "check who may write to the file and its folder (SQLite writes beside the file even to read it), "
        "or use --store with another place",
    ),
    (
        r"unable to open|operation not permitted",
        "The store cannot be opened.",
        "check that the folder exists and that you may read and write in it",
    ),
    (
        r"file is not a database|file is encrypted",
        "The file is not a risiko store: it is not an SQLite database.",
        "check the path; to import a file use `risiko import`",
    ),
    (
        r"malformed|corrupt|disk i/o error|invalid page|could not decode|can't decode|unsupported file",
        "The store is damaged.",
        RESTORE,
    ),
    (
        r"disk is full|no space left|could not extend file",
        "There is no room left on the disk.",
        "make room on the disk and try again; nothing was written",
    ),
    (
        r"password authentication|no password supplied|authentication failed|role .* does not exist",
        "The database server refused the user name or password.",
        "check user and password in the address, or set PGUSER and PGPASSWORD",
    ),
    (
        r"database .* does not exist",
        "The database does not exist on the server.",
        "create it with `createdb`, or correct the name at the end of the address",
    ),
    (
        r"connection failed|connection refused|could not connect|could not translate|failed to resolve|timeout expired"
        r"|connection timeout|server closed|terminating connection|connection is closed|connection is lost",
        "The database server cannot be reached.",
        "check host and port in the address, and that the server is running",
    ),
    (
        r"no such (table|column): \S+|(relation|column) \S+ does not exist",
        "The store is damaged: a table or column is missing.",
        RESTORE,
    ),
    (
        r"0x00|nul \(",
        "A text holds a NUL character, which the database cannot keep.",
        "remove it from the source file",
    ),
)


class Unreadable(Exception):
    """What lies in the store is not what was once written there; its text says which table or column, and how."""


@contextmanager
def told(address: str, *driver_errors: type[Exception]) -> Iterator[None]:
    """Whatever the database complains about inside, or cannot be read, comes out as a StoreError with the address.

    driver_errors: the driver's own base errors, for what is fetched past SQLAlchemy.
    """
    # SQLite's driver fails to decode its own complaint when that quotes a damaged name.
    complaints: tuple[type[Exception], ...] = (SQLAlchemyError, UnicodeDecodeError, *driver_errors)
    try:
        yield
    except Unreadable as error:
        raise StoreError(f"The store is damaged: {error}.", where=address, hint=RESTORE) from error
    except complaints as error:
        raise as_store_error(error, address) from error


def as_store_error(error: Exception, address: str) -> StoreError:
    """The sentence for one driver error; an unknown one is quoted by its first line."""
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    for pattern, what, hint in _SENTENCES:
        if re.search(pattern, said, re.IGNORECASE):
            return StoreError(what, where=address, hint=hint)
    first = said.strip().splitlines()[0] if said.strip() else type(error).__name__
    hint = "nothing was written; if it happens again, report this message"
    return StoreError(f"The database reported: {first}.", where=address, hint=hint)
