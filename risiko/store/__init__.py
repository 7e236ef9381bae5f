"""Where records are kept: open a store by its address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from risiko.errors import StoreError

if TYPE_CHECKING:
    from risiko.store.base import Store

__all__ = ["open_store"]


def open_store(address: str, *, create: bool = True, wait_seconds: float = 10.0) -> Store:
    """The store at a file path, a `sqlite:///` or `postgresql://` URL, or `memory:` for one that is not kept.

    create: make the store (and its folder) where there is none. wait_seconds: how long a writer waits for another.
    Raises StoreError when the address is not understood or what lies there cannot be used.
    """
    if address == "memory:":
        from risiko.store.memory import MemoryStore

        return MemoryStore()
    if not address.strip():
        raise StoreError("The store's address is empty.", hint="name a file, such as data/risiko.db")
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", address):
        return _open_file(Path(address), create, wait_seconds)
    return _open_url(address, create, wait_seconds)


def _open_file(path: Path, create: bool, wait_seconds: float) -> Store:
    from risiko.store import large
    from risiko.store.engines import sqlite_engine
    from risiko.store.sql import SqlStore

    try:
        path = path.expanduser()
    except RuntimeError as error:
        what = "The store's address begins with the home folder of a user who is not known here."
        hint = "write the path in full, or ./ in front of a file whose name begins with ~"
        raise StoreError(what, where=str(path), hint=hint) from error
    engine = sqlite_engine(path, create=create, wait_seconds=wait_seconds)
    return SqlStore(engine, str(path), large.beside(path), wait_seconds=wait_seconds)


def _open_url(address: str, create: bool, wait_seconds: float) -> Store:
    from risiko.store import large
    from risiko.store.engines import postgres_engine, server_url
    from risiko.store.sql import SqlStore

    url, shown = server_url(address)
    if url.get_backend_name() == "sqlite":
        return _open_file(Path(str(url.database)), create, wait_seconds)
    engine = postgres_engine(url, create=create, address=shown, wait_seconds=wait_seconds)
    return SqlStore(engine, shown, large.of_user(shown), wait_seconds=wait_seconds)
