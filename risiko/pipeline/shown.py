"""Who saw which list: an entry in the log that tells of the list, and names no service."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from risiko.access import Person

if TYPE_CHECKING:
    from risiko.pipeline.runs import Run
    from risiko.store.base import Store

HOW = ("page", "csv", "xlsx")


def list_key(run: Run) -> tuple[str, str, int, str]:
    """What tells one shown list from another: as-of date, model, capacity, version of the records."""
    return f"{run.as_of:%Y-%m-%d}", run.table.model_id, run.table.top, run.prepared.data_version


def note_shown(store: Store, run: Run, how: str, *, who: Person, now: datetime) -> int:
    """Enter that somebody saw the list (how: of HOW) or took it along; its number in the log. Raises StoreError."""
    as_of, model_id, capacity, version = list_key(run)
    body = {"how": how, "as_of": as_of, "model_id": model_id, "capacity": capacity, "data_version": version}
    return store.append("shown", as_of, json.dumps(body, sort_keys=True), now, who.name)
