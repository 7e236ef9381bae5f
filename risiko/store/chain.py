"""The append-only log as a chain: how an entry is linked to the one before, and where a chain is broken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import pandas as pd

from risiko.errors import Stale, StoreError
from risiko.store.log import naive_utc
from risiko.vocabulary import LOG_KINDS

# What the store enters of itself: nobody else may say that it has happened.
OWN_KINDS = ("import", "model", "promotion", "draw", "weight_set", "purge")
# What can be wrong. changed: an entry does not fit its hash and the entry before. missing: entries are gone.
# head_…: the log is not the one whose head was noted. row_…, before: a kept line is not what its entry says.
# unguarded: a trigger is gone.
FAULTS = (
    "changed", "missing", "head_missing", "head_other", "row_changed", "row_missing", "row_unknown", "before",
    "unguarded",
)  # fmt: skip


@dataclass(frozen=True)
class LogEntry:
    """One entry. seq counts from 1. at: naive UTC as ISO text. body: JSON. sha256: of the one before and all this."""

    seq: int
    at: str
    by: str
    kind: str
    about: str
    body: str
    sha256: str


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. seq: the entry it is found at; None where no entry is to blame. what: of FAULTS.

    detail: which row, trigger or numbers, in a word or two.
    """

    seq: int | None
    what: str
    detail: str = ""


def link(before: str, seq: int, at: str, by: str, kind: str, about: str, body: str) -> str:
    """The hash of an entry: SHA-256 over the JSON list of the hash before and every field, without blanks, in ASCII.

    before: of the entry before; for the first what the store held when its log began, blank where it held nothing.
    """
    return digest([before, seq, at, by, kind, about, body])


def digest(values: Sequence[Any]) -> str:
    """SHA-256 over values as one line of JSON, so that no two lists of values give the same text."""
    return hashlib.sha256(json.dumps(list(values), separators=(",", ":"), default=repr).encode()).hexdigest()


def next_entry(kind: str, about: str, body: str, at: datetime, by: str, last: LogEntry | None, start: str) -> LogEntry:
    """The entry that follows the last one (None: the first). start: what the first is chained to."""
    seq, before = (last.seq + 1, last.sha256) if last else (1, start)
    moment = naive_utc(at).isoformat()
    return LogEntry(seq, moment, by, kind, about, body, link(before, seq, moment, by, kind, about, body))


def check(kind: str, about: str, body: str, by: str, address: str) -> None:
    """Nothing where someone may enter this. Raises StoreError otherwise: see Store.append."""
    if kind not in LOG_KINDS or kind in OWN_KINDS:
        own = ", which the store enters itself" if kind in OWN_KINDS else ""
        hint = f"use one of {', '.join(k for k in LOG_KINDS if k not in OWN_KINDS)}"
        raise StoreError(f"An entry of the log cannot be of the kind {kind!r}{own}.", where=address, hint=hint)
    if not by.strip():
        raise StoreError("An entry of the log needs the name of who wrote it.", where=address, hint="give a name")
    try:
        json.loads(body, parse_constant=_no_number)
        unfit = "\x00" in about + by
        (about + by + body).encode()
    except ValueError:
        unfit = True
    if unfit:
        what = "The body of an entry of the log must be JSON, and its texts must be such that a database can keep them."
        raise StoreError(what, where=f"{address}, {kind} {about!r}", hint="leave out NaN, NUL and half characters")


def check_fresh(kind: str, after: int | None, newest: LogEntry | None) -> None:
    """Nothing where the writer has seen the newest entry of the kind. Raises Stale otherwise."""
    seen = newest.seq if newest else 0
    if after is None or after == seen:
        return
    where = f"log no. {newest.seq}: {newest.by}, {newest.kind} {newest.about}, {newest.at} UTC" if newest else "log"
    what = f"Someone else has written a {kind} since you looked, so yours was not kept."
    raise Stale(what, where=where, hint="look at it, then save again")


def broken(entries: Sequence[LogEntry], start: str) -> list[Fault]:
    """Where the chain does not hold: entries that were changed, and numbers that are missing.

    An entry is held against its own content and the hash that the one before bears; after a gap nothing can be said of
    the next one but that something is gone.
    """
    found, seq, before = [], 0, start
    for entry in entries:  # a chain is followed link by link
        if entry.seq != seq + 1:
            last = entry.seq - 1
            found.append(Fault(seq + 1, "missing", f"{seq + 1}–{last}" if last > seq + 1 else str(seq + 1)))
        elif entry.sha256 != link(before, entry.seq, entry.at, entry.by, entry.kind, entry.about, entry.body):
            found.append(Fault(entry.seq, "changed", f"{entry.kind} {entry.about}".strip()))
        seq, before = entry.seq, entry.sha256
    return found


def held_against(hashes: Sequence[str], head: str, count: int | None = None) -> list[Fault]:
    """The log against a head that was noted earlier: entry number `count` must be there still and bear that hash.

    hashes: of all entries, oldest first. count None: the hash must stand somewhere. Entries may have come since.
    """
    wanted = head.strip().lower()
    if count is None:
        return [] if wanted in hashes else [Fault(None, "head_missing", wanted[:12])]
    if count > len(hashes):
        return [Fault(len(hashes) + 1, "head_missing", f"{len(hashes)} < {count}")]
    same = hashes[count - 1] == wanted if count else not wanted
    return [] if same else [Fault(count, "head_other", wanted[:12])]


def log_frame(entries: Iterable[LogEntry]) -> pd.DataFrame:
    """One row per entry, oldest first: the fields of LogEntry; a moment that cannot be read is missing."""
    names = [f.name for f in fields(LogEntry)]
    lines = list(entries)
    frame = pd.DataFrame({name: [getattr(entry, name) for entry in lines] for name in names})
    moments = pd.to_datetime(frame["at"].astype("str"), format="ISO8601", errors="coerce").astype("datetime64[us]")
    dtypes = {name: "int64" if name == "seq" else "str" for name in names if name != "at"}
    return frame.assign(at=moments).astype(dtypes)


def _no_number(said: str) -> None:
    raise ValueError(said)
