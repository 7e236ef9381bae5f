"""The import log: one entry per part ever committed, and its frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime

import pandas as pd

from risiko.batch import Part

_DTYPES = {"imported_at": "datetime64[us]", "replaced_by": "Int64"}
_COUNTS = ("part_id", "n_read", "n_good", "n_rejected", "n_warnings", "n_left_out", "n_replaced")


@dataclass(frozen=True)
class Entry:
    """What the log says about one part. replaced_by is the part that took its place; None while it is active.

    metadata: the extra columns of services that its rows carry, with their frame dtypes.
    """

    part_id: int
    source: str
    block: str
    file: str
    table: str
    content_hash: str
    imported_at: datetime
    n_read: int
    n_good: int
    n_rejected: int
    n_warnings: int
    n_left_out: int
    replaced_by: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, str, str]:
        return identity(self)

    @property
    def content(self) -> tuple[str, str]:
        """What makes a part the same as before."""
        return self.content_hash, self.table


def identity(part: Part | Entry) -> tuple[str, str, str]:
    """What makes two parts versions of the same thing."""
    return part.source, part.block, part.file


def active(log: Iterable[Entry]) -> list[Entry]:
    """The entries whose rows count, oldest first."""
    return [entry for entry in log if entry.replaced_by is None]


def after(log: Sequence[Entry], added: Iterable[Entry], replaced: Mapping[int, int]) -> list[Entry]:
    """The log with new entries, and with those marked whose place is taken (old part_id -> new part_id)."""
    marked = [replace(e, replaced_by=replaced.get(e.part_id, e.replaced_by)) for e in log]
    return [*marked, *added]


def naive_utc(moment: datetime) -> datetime:
    """The moment without a time zone: UTC where it had one, unchanged where it had none."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def imports_frame(log: Iterable[Entry]) -> pd.DataFrame:
    """The log as a frame, one row per part, newest last; replaced_by is missing while a part is active.

    n_replaced: how many rows the part took the place of, 0 where it was new.
    """
    log = list(log)
    names = [f.name for f in fields(Entry) if f.name != "metadata"]
    names.insert(names.index("replaced_by"), "n_replaced")
    replaced = {entry.replaced_by: entry.n_good for entry in log}
    lines = [asdict(entry) | {"n_replaced": replaced.get(entry.part_id, 0)} for entry in log]
    frame = pd.DataFrame(lines, columns=names)
    return frame.astype({name: _DTYPES.get(name, "int64" if name in _COUNTS else "str") for name in names})
