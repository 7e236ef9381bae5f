"""Which reader reads a file, and what every one of them refuses."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from risiko.errors import InputError
from risiko.ingest.csv_reader import read_csv
from risiko.ingest.excel_reader import read_excel
from risiko.ingest.parquet_reader import read_parquet
from risiko.ingest.raw import Layout, Raw

READERS = {
    ".csv": read_csv, ".tsv": read_csv, ".txt": read_csv, ".xlsx": read_excel, ".xlsm": read_excel,
    ".parquet": read_parquet,
}  # fmt: skip


def read_file(path: Path, layout: Layout, wanted: Collection[str]) -> Raw:
    """The file's rows with those of the wanted columns that it has; the reader is chosen by the file's ending.

    Raises InputError for a file that is missing, empty, broken or of a kind not known here.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"Files of the kind {path.suffix or 'without an ending'} cannot be read.", where=str(path),
            hint="save it as CSV, Excel (.xlsx) or Parquet",
        )  # fmt: skip
    if path.is_dir():
        raise InputError("This is a folder; a file was expected.", where=str(path), hint="name the file inside it")
    try:
        if path.stat().st_size == 0:
            raise InputError("The file is empty (0 bytes).", where=str(path), hint="export it again")
        return reader(path, layout, wanted)
    except FileNotFoundError:
        raise InputError("The file does not exist.", where=str(path), hint="check the name") from None
    except OSError as error:
        raise InputError(
            f"The file cannot be read: {error.strerror}.",
            where=str(path),
            hint="check its permissions, and that no other program holds it",
        ) from None
