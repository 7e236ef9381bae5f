"""Writing a frame to a CSV, Parquet or Excel file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from risiko.errors import InputError

Writer = Callable[[pd.DataFrame, Path], None]


def _excel(frame: pd.DataFrame, path: Path) -> None:
    # Ids and names from a register must never run as formulas.
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs=options) as book:
        frame.to_excel(book, index=False, sheet_name="risiko", freeze_panes=(1, 1))
        book.sheets["risiko"].autofit()


def _csv(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv

    # UTF-8, commas, a blank for missing; many times as fast as writing cell by cell.
    pyarrow.csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), path)


WRITERS: dict[str, Writer] = {
    ".csv": _csv,
    ".parquet": lambda frame, path: frame.to_parquet(path, index=False),
    ".xlsx": _excel,
}


def check_target(path: Path) -> None:
    """Say before the long work starts that a file of this kind or place cannot be written. Raises InputError."""
    if path.suffix.lower() not in WRITERS:
        raise InputError(
            "The kind of file is not known.", where=str(path), hint=f"end its name in {', '.join(WRITERS)}"
        )
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(
            "The file cannot be written there.", where=str(path), hint="name a file in a folder that exists"
        )


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write by the file name's ending (.csv, .parquet, .xlsx); an earlier file stays until the new one is whole.

    Raises InputError for another ending, or where the folder does not let itself be written to.
    """
    check_target(path)
    put_whole(path, lambda unfinished: WRITERS[path.suffix.lower()](frame, unfinished))


def put_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written beside its place and moved there when it is whole. Raises InputError where that fails."""
    unfinished: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
        os.close(handle)
        unfinished = Path(name)
        write(unfinished)
        unfinished.chmod(0o644)
        unfinished.replace(path)
    except OSError as error:
        raise InputError(
            f"The file could not be written: {error.strerror or error}.",
            where=str(path),
            hint="choose a folder you may write to",
        ) from None
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)
