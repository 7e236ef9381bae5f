"""Which files a block reads, and their fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

from risiko.errors import InputError
from risiko.ingest.mapping import Mapping, Table

LANGUAGE_VERSION = 2  # raise it when the same mapping and bytes come to give other rows: they are then read anew


def plan(source: Path, mapping: Mapping) -> list[tuple[Table, Path]]:
    """Every block with every file it reads, in the mapping's order.

    A folder must hold at least one file for every block; a single file is read by the blocks whose pattern it fits.
    Raises InputError otherwise, before anything is read.
    """
    if not source.exists():
        raise InputError("There is no such file or folder.", where=str(source), hint="check the path")
    if source.is_dir():
        return [(table, path) for table in mapping.table for path in _in_folder(source, table)]
    found = [(table, source) for table in mapping.table if fnmatch(source.name, Path(table.file).name)]
    if not found:
        patterns = ", ".join(dict.fromkeys(table.file for table in mapping.table))
        raise InputError(
            f"No block of the mapping {mapping.name!r} reads a file of this name.",
            where=str(source),
            hint=f"it reads: {patterns}",
        )
    return found


def _in_folder(folder: Path, table: Table) -> list[Path]:
    found = sorted(
        path for path in folder.glob(table.file) if not path.name.startswith("~$")
    )  # ~$: an open workbook's lock
    if not found:
        there = sorted(path.name for path in folder.iterdir())
        near = get_close_matches(table.file, there, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"the folder holds: {', '.join(there[:20]) or 'nothing'}"
        raise InputError(
            f"No file matches {table.file!r}, which block {table.block!r} of the mapping reads.",
            where=str(folder),
            hint=hint,
        )
    if table.complete_lists and len(found) > 1:
        raise InputError(
            f"Block {table.block!r} has complete_lists, and {len(found)} files match; who is missing can only "
            "be seen within one file.",
            where=str(folder), hint="put the lists into one file, with a date column",
        )  # fmt: skip
    return found


def joined_file(folder: Path, name: str) -> Path:
    """The one file a join reads, beside the source."""
    path = folder / name
    if not path.exists():
        raise InputError(
            f"The file {name!r}, which the mapping joins, is not there.",
            where=str(folder),
            hint="put it beside the others",
        )
    return path


def label(path: Path, folder: Path) -> str:
    """The file as lists name it: relative to the source folder, so that it is the same on every machine."""
    return path.relative_to(folder).as_posix()


def content_hash(table: Table, mapping: Mapping, paths: Sequence[Path], lines: pd.DataFrame) -> str:
    """SHA-256 over the block's mapping, the bytes of every file it reads, and what was rejected.

    The rejects are part of it so that a file refused for want of its services is taken when they have come.
    """
    said = {
        "version": LANGUAGE_VERSION,
        "defaults": mapping.defaults.model_dump(mode="json"),
        "table": table.model_dump(mode="json", exclude_defaults=True, by_alias=True),
    }
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for path in paths:
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    refused = lines.loc[lines["severity"] == "rejected", ["row", "column", "reason"]].sort_values(
        ["row", "column", "reason"]
    )
    digest.update(refused.to_csv(index=False).encode())
    return digest.hexdigest()
