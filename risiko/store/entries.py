"""Database rows back to lines of the import log and of the records of models and decisions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from risiko.contracts import CONTRACTS
from risiko.store.anchors import ModelEntry, Promotion
from risiko.store.decisions import DrawLine, WeightSetLine
from risiko.store.drafts import DraftLine
from risiko.store.faults import Unreadable
from risiko.store.log import Entry
from risiko.store.metadata import DTYPES
from risiko.store.schema import COUNTS, TEXTS


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


def model_of(row: Mapping[str, Any]) -> ModelEntry:
    """The entry behind a row of the table models. Raises Unreadable when the row is not one that was written here."""
    try:
        moments = {"as_of": date.fromisoformat(row["as_of"]), "recorded_at": datetime.fromisoformat(row["recorded_at"])}
    except (TypeError, ValueError) as error:
        raise Unreadable(f"the record of models cannot be read at {row['model_id']!r} ({error})") from error
    return ModelEntry(**{**row, **moments})


def promotion_of(row: Mapping[str, Any]) -> Promotion:
    """The line behind a row of the table promotions. Raises Unreadable when it is not one that was written here."""
    try:
        return Promotion(**{**row, "at": datetime.fromisoformat(row["at"])})
    except (TypeError, ValueError) as error:
        raise Unreadable(f"the record of promotions cannot be read at {row['seq']!r} ({error})") from error


def draw_of(row: Mapping[str, Any]) -> DrawLine:
    """The line behind a row of the table draws. Raises Unreadable when it is not one that was written here."""
    try:
        moments = {"as_of": date.fromisoformat(row["as_of"]), "made_at": datetime.fromisoformat(row["made_at"])}
    except (TypeError, ValueError) as error:
        raise Unreadable(f"the record of draws cannot be read at {row['seq']!r} ({error})") from error
    return DrawLine(**{**row, **moments})


def weight_set_of(row: Mapping[str, Any]) -> WeightSetLine:
    """The line behind a row of the table weight_sets. Raises Unreadable when it is not one that was written here."""
    try:
        return WeightSetLine(**{**row, "made_at": datetime.fromisoformat(row["made_at"])})
    except (TypeError, ValueError) as error:
        raise Unreadable(f"the record of weight sets cannot be read at {row['seq']!r} ({error})") from error


def draft_of(row: Mapping[str, Any]) -> DraftLine:
    """The line behind a row of the table drafts. Raises Unreadable when it is not one that was written here."""
    try:
        return DraftLine(**{**row, "saved_at": datetime.fromisoformat(row["saved_at"])})
    except (TypeError, ValueError) as error:
        raise Unreadable(f"the drafts cannot be read at {row['draft_id']!r} ({error})") from error
