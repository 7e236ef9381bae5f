"""Counts a complaints table too large for memory: a Parquet copy of it, condensed by DuckDB."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from uuid import uuid4

import pandas as pd

from risiko.aggregate import as_complaints, condense
from risiko.errors import StoreError
from risiko.store.log import Entry

ROW = "row"  # numbers the rows of the copy in the order in which they came
# DuckDB takes what it is given; beyond this it works on disk, so that a small machine can count a large table.
MEMORY_LIMIT = "2GB"


def need_duckdb(address: str, rows: int) -> None:
    """Raises StoreError where DuckDB is not installed: better no list than a machine that runs out of memory."""
    if find_spec("duckdb") is None:
        what = f"The store holds {rows:,} rows of complaints, and DuckDB, which counts so many, is not installed."
        hint = "pip install 'risiko[big]', or raise large_rows under [store] in the settings if memory allows"
        raise StoreError(what, where=address, hint=hint)


def beside(store: Path) -> Path:
    """The folder for the copy of a store that is a file."""
    return store.with_name(f"{store.name}-cache")


def of_user(address: str) -> Path:
    """The folder for the copy of a store on a server: among the caches of whoever runs this."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "risiko" / hashlib.sha256(address.encode()).hexdigest()[:16]


def copy_path(folder: Path, entries: Sequence[Entry]) -> Path:
    """Where the copy of these parts lies; another import gives another name, so that a stale copy is never read."""
    said = [[e.part_id, e.content_hash, e.imported_at.isoformat(), e.n_good] for e in entries]
    return folder / f"complaints-{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]}.parquet"


def is_whole(path: Path, rows: int) -> bool:
    """Whether a readable copy with this many rows lies there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return bool(pq.read_metadata(path).num_rows == rows)
    except (OSError, pa.ArrowException):
        return False


def write_copy(path: Path, chunks: Iterable[pd.DataFrame], address: str) -> None:
    """Write the chunks as one Parquet file that only its owner can read, whole or not at all, and drop older copies.

    Raises StoreError where the folder cannot be written.
    """
    new = path.with_name(f".{path.name}.{uuid4().hex}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(new, "xb", opener=_owner_only) as file:
            _write(file, chunks)
        new.replace(path)
    except OSError as error:
        what = f"The copy of the complaints from which they are counted cannot be written: {error.strerror or error}."
        hint = "check that the folder can be written and the disk has room, or raise large_rows under [store]"
        raise StoreError(what, where=f"{address}, {path.parent}", hint=hint) from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)
    for old in set(path.parent.glob("complaints-*.parquet")) - {path}:
        with suppress(OSError):  # in use by another process, which then drops it itself at the next import
            old.unlink()


def counted(path: Path, as_of: date) -> pd.DataFrame:
    """The copy condensed at the date, as complaints. Raises StoreError where DuckDB cannot."""
    import duckdb

    try:
        # What does not fit into memory is spilt beside the copy, for its owner only, and removed.
        with (
            tempfile.TemporaryDirectory(prefix=".spill-", dir=path.parent) as spill,
            duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": spill}) as connection,
        ):
            return as_complaints(condense(connection.read_parquet(str(path)), as_of, order=ROW))
    except (duckdb.Error, OSError) as error:
        what = f"The complaints could not be counted: {str(error).strip().splitlines()[0]}."
        hint = "check that the disk has room; if it has, delete this file, which is only a copy, and try again"
        raise StoreError(what, where=str(path), hint=hint) from error


def _write(file: IO[bytes], chunks: Iterable[pd.DataFrame]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    start = 0
    with ExitStack() as stack:
        writer = None
        for chunk in chunks:
            numbered = chunk.assign(**{ROW: range(start, start + len(chunk))})
            table = pa.Table.from_pandas(numbered, preserve_index=False)
            writer = writer or stack.enter_context(pq.ParquetWriter(file, table.schema, compression="zstd"))
            writer.write_table(table)
            start += len(chunk)


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
