"""Entries of the import log to database rows and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from risiko.contracts import CONTRACTS
from risiko.store.faults import Unreadable
from risiko.store.log import Entry
from risiko.store.metadata import DTYPES
from risiko.store.schema import COUNTS, TEXTS


def row_of(entry: Entry) -> dict[str, Any]:
    """The entry as a row of the table parts: the moment as ISO text, the metadata as JSON."""
    texts = {"imported_at": entry.imported_at.isoformat(), "metadata": json.dumps(dict(entry.metadata))}
    return {**asdict(entry), **texts}


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The entry behind a row of the table parts. Raises Unreadable when the row is not one that was written here."""
    try:
        metadata = json.loads(row["metadata"])
        entry = Entry(**{**row, "imported_at": datetime.fromisoformat(row["imported_at"]), "metadata": metadata})
    except (TypeError, ValueError) as error:
        raise Unreadable(f"the log of imports cannot be read at part {row['part_id']} ({error})") from error
    sound = (
        entry.table in CONTRACTS
        and all(isinstance(row[name], str) for name in TEXTS)
        and all(isinstance(row[name], int) for name in ("part_id", *COUNTS))
        and isinstance(row["replaced_by"], int | None)
        and isinstance(metadata, dict)
        and all(dtype in DTYPES for dtype in metadata.values())
    )
    if not sound:
        raise Unreadable(f"the log of imports makes no sense at part {row['part_id']}")
    return entry
