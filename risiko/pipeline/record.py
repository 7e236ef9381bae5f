"""The append-only log as people read it: what it says, whether it is whole, and its head to be written down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from risiko.errors import StoreError
from risiko.store.base import Store
from risiko.store.chain import Fault, held_against


@dataclass(frozen=True)
class Verdict:
    """Whether a log is whole. count and head: how many entries, and the hash of the newest, blank where there is none.

    Written down or kept elsewhere, they show later that no entry at the end was taken away. faults: none where it is
    whole.
    """

    count: int
    head: str
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        return not self.faults

    def frame(self) -> pd.DataFrame:
        """One row per fault: seq (missing where no entry is to blame), what (chain.FAULTS), detail."""
        frame = pd.DataFrame(
            [[f.seq, f.what, f.detail] for f in self.faults], columns=["seq", "what", "detail"]
        )
        return frame.astype({"seq": "Int64", "what": "str", "detail": "str"})


def verify_log(store: Store, head: str = "", count: int | None = None) -> Verdict:
    """Follow the whole log and hold everything kept against it; head and count: as noted at an earlier verification."""
    faults, hashes = store.verify(), store.log()["sha256"].tolist()
    if head.strip():
        faults = [*faults, *held_against(hashes, head, count)]
    return Verdict(len(hashes), hashes[-1] if hashes else "", tuple(faults))


def bodies(rows: pd.DataFrame, where: str) -> list[dict[str, Any]]:
    """What entries of the log say (rows of Store.log), in order. where: the store's address.

    Raises StoreError that names the first entry whose body is no JSON object: someone has changed it.
    """
    said = []
    for seq, text in zip(rows["seq"], rows["body"], strict=True):
        try:
            body = json.loads(text)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            what = f"Entry {seq} of the log cannot be read: it has been changed."
            raise StoreError(what, where=where, hint="`risiko log verify` tells more")
        said.append(body)
    return said


def log_entries(
    store: Store,
    kinds: Sequence[str] | None = None,
    *,
    by: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
) -> pd.DataFrame:
    """The entries of these kinds, people and days (UTC), newest first: the columns of Store.log. By default all.

    An entry whose moment cannot be read is left in whatever the days asked for: it must not be hidden.
    """
    found = store.log(kinds)
    kept = pd.Series(True, index=found.index)
    if by:
        kept &= found["by"].isin(list(by))
    if since is not None:
        kept &= ~(found["at"] < pd.Timestamp(since))
    if until is not None:
        kept &= ~(found["at"] >= pd.Timestamp(until) + pd.Timedelta(days=1))
    return found[kept].iloc[::-1].reset_index(drop=True)
