"""A whole import: every block and file in the order in which rows refer to each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from risiko.batch import Batch, Part, no_rejects
from risiko.contracts import CONTRACTS
from risiko.ingest import files
from risiko.ingest.block import Known, read_block
from risiko.ingest.mapping import Mapping, Metadata, Table

Progress = Callable[[str, int, int], None]
# Others refer to these; they are read first, so that ids in the same import are known.
STAGES = {"services": 0, "supervisions": 1}
METADATA = "metadata_columns"


def read(
    source: Path,
    mapping: Mapping,
    *,
    today: date,
    imported_at: datetime,
    known_services: frozenset[str],
    known_supervisions: frozenset[str],
    progress: Progress | None = None,
) -> Batch:
    """Everything the mapping takes from a folder or file, as a batch a store can commit.

    known_services and known_supervisions are the ids already in the store; good rows of this import are added to them.
    Leave out the ids of parts that this import will replace (see `identities`): what only the earlier version of the
    same file knew is not known, and importing the same folder twice must come to the same verdict on every row.
    progress is told the block, how many files are done, and how many there are. Nothing is written. Raises InputError
    for a file that cannot be used as a whole; faulty rows are listed in their part's rejects instead.
    """
    folder = source if source.is_dir() else source.parent
    work = _work(source, mapping)
    services, supervisions = set(known_services), set(known_supervisions)
    parts: list[Part] = []
    for done, (table, path) in enumerate(work):
        if progress:
            progress(table.block, done, len(work))
        heard = [part.rows for part in parts if part.table == "experiences"]
        part = read_block(table, path, folder, mapping, Known(today, services, supervisions, heard))
        parts.append(part)
        if part.table == "services":
            services |= set(part.rows["service_id"])
        if part.table == "supervisions":
            supervisions |= set(part.rows["supervision_id"])
    if progress and work:
        progress(work[-1][0].block, len(work), len(work))
    return Batch((*parts, *_declared(mapping, [table for table, _ in work])), imported_at)


def identities(source: Path, mapping: Mapping) -> frozenset[tuple[str, str, str]]:
    """The (source, block, file) of every part that `read` will make of this folder or file; nothing is read.

    Raises InputError where there is no such file, as `read` does.
    """
    folder, work = source if source.is_dir() else source.parent, _work(source, mapping)
    made = [(mapping.name, table.block, files.label(path, folder)) for table, path in work]
    if _meanings(mapping, [table for table, _ in work]):
        made.append((mapping.name, METADATA, _declared_file(mapping)))
    return frozenset(made)


def _work(source: Path, mapping: Mapping) -> list[tuple[Table, Path]]:
    return sorted(files.plan(source, mapping), key=lambda job: STAGES.get(job[0].table, 2))


def _declared_file(mapping: Mapping) -> str:
    return f"{mapping.name}.toml"


def _meanings(mapping: Mapping, tables: Sequence[Table]) -> dict[str, Metadata]:
    """The extra columns to declare: all that the mapping knows, where services are read at all."""
    if all(table.table != "services" for table in tables):
        return {}
    return {name: meta for table in mapping.table for name, meta in table.metadata.items()}


def _declared(mapping: Mapping, tables: Sequence[Table]) -> list[Part]:
    """The meaning of the extra services columns, as rows of a contract table of their own."""
    said = _meanings(mapping, tables)
    if not said:
        return []
    meaning = [
        {
            "name": name,
            "kind": m.kind,
            "unit": m.unit,
            "direction": m.direction,
            "audit_only": m.audit_only,
            "sentence": m.sentence,
        }
        for name, m in said.items()
    ]
    rows = CONTRACTS[METADATA].conform(pd.DataFrame(meaning, index=pd.RangeIndex(1, len(meaning) + 1, name="row")))
    digest = hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()
    return [
        Part(mapping.name, METADATA, _declared_file(mapping), METADATA, digest, rows, no_rejects(), n_read=len(rows))
    ]
