"""Drafts: what somebody has begun to write and not handed in; outside the log, and gone when they say so."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import pandas as pd

from risiko.errors import StoreError
from risiko.store.anchors import lines_frame
from risiko.store.log import naive_utc


@dataclass(frozen=True)
class DraftLine:
    """One draft. by: whose it is. saved_at: naive UTC. body: JSON."""

    draft_id: str
    by: str
    saved_at: datetime
    body: str


class DraftPages(Protocol):
    """The drafts of a store within one transaction."""

    def drafts(self) -> list[DraftLine]:
        """Every draft, the one saved last at the end; none where the store is older than their table."""

    def put_draft(self, line: DraftLine) -> None:
        """Write a draft, in the place of an earlier one of the same id."""

    def drop_drafts(self, draft_ids: Collection[str]) -> int:
        """Remove drafts; how many there were."""


class Drafting(ABC):
    """The drafts' part of a store. Each call is one transaction."""

    @property
    @abstractmethod
    def address(self) -> str:
        """Where the store is, for messages."""

    @abstractmethod
    def _pages(self, *, writing: bool = False) -> AbstractContextManager[DraftPages]: ...

    def save_draft(self, draft_id: str, by: str, body: str, at: datetime) -> None:
        """Keep a draft, in the place of the same person's earlier one of that id. Raises StoreError otherwise."""
        line = DraftLine(draft_id, by.strip(), naive_utc(at), body)
        with self._pages(writing=True) as pages:
            pages.put_draft(checked(line, pages.drafts(), self.address))

    def drafts(self, by: str | None = None) -> pd.DataFrame:
        """Every draft, or one person's, the one saved last at the end."""
        with self._pages() as pages:
            return lines_frame([line for line in pages.drafts() if by in (None, line.by)], DraftLine)

    def remove_draft(self, draft_id: str) -> None:
        """Remove a draft; nothing where there is none."""
        with self._pages(writing=True) as pages:
            pages.drop_drafts([draft_id])


def checked(line: DraftLine, earlier: Sequence[DraftLine], address: str) -> DraftLine:
    """The line, where it may be kept: of somebody, readable again, and not in the place of somebody else's draft."""
    where = f"{address}, draft {line.draft_id!r}"
    if any(e.draft_id == line.draft_id and e.by != line.by for e in earlier):
        raise StoreError("This draft is somebody else's.", where=where, hint="save yours under an id of its own")
    try:
        json.loads(line.body)
        unfit = "\x00" in line.draft_id + line.by or not line.draft_id.strip() or not line.by
        f"{line.draft_id}{line.by}{line.body}".encode()
    except ValueError:
        unfit = True
    if unfit:
        what = "A draft needs an id, the name of whose it is, and a body of JSON that a database can keep."
        raise StoreError(what, where=where, hint="give all three; leave out NUL and half characters")
    return line
