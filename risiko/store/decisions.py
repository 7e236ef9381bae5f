"""What a store remembers of people's decisions: draws that were made, and weight sets that were given a name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from risiko.errors import StoreError
from risiko.store.anchors import lines_frame
from risiko.store.log import naive_utc


@dataclass(frozen=True)
class DrawLine:
    """One draw. record: all about it as JSON (plan.record). sha256: of the line before and of this record.

    seq counts from 1. made_at: naive UTC. A record that is changed later, or a line taken from among them, breaks the
    chain of hashes from there on.
    """

    seq: int
    made_at: datetime
    by: str
    why: str
    as_of: date
    record: str
    sha256: str


@dataclass(frozen=True)
class WeightSetLine:
    """One line about a named weight set: the newest of a name holds. weights: JSON; None takes the name away."""

    seq: int
    name: str
    weights: str | None
    note: str
    made_at: datetime
    by: str


def next_draw(
    record: str, as_of: date, why: str, made_at: datetime, by: str, earlier: Sequence[DrawLine], address: str
) -> DrawLine:
    """The next line of the record of draws. Raises StoreError for a blank reason or name."""
    if not why.strip() or not by.strip():
        what = "A draw needs a written reason and the name of who made it."
        raise StoreError(what, where=address, hint="say in a sentence why, for those who read the record later")
    chained = link(earlier[-1].sha256 if earlier else "", record)
    return DrawLine(len(earlier) + 1, naive_utc(made_at), by.strip(), why.strip(), as_of, record, chained)


def link(before: str, record: str) -> str:
    """The hash of a line: SHA-256 over the hash of the line before (blank for the first), a line break, the record."""
    return hashlib.sha256(f"{before}\n{record}".encode()).hexdigest()


def next_weight_set(
    name: str, weights: Mapping[str, float] | None, note: str, made_at: datetime, by: str,
    earlier: Sequence[WeightSetLine], address: str,
) -> WeightSetLine:  # fmt: skip
    """The next line about weight sets. Raises StoreError for a blank name, or where there is nothing to take away."""
    if not name.strip():
        raise StoreError("A weight set needs a name.", where=address, hint="say whose weights they are")
    if weights is None and not any(line.weights for line in earlier if line.name == name.strip()):
        raise StoreError(f"There is no weight set {name!r}.", where=address, hint="see the list of weight sets")
    text = None if weights is None else json.dumps(dict(weights), ensure_ascii=False, sort_keys=True)
    return WeightSetLine(len(earlier) + 1, name.strip(), text, note.strip(), naive_utc(made_at), by.strip())


def draws_frame(lines: Iterable[DrawLine]) -> pd.DataFrame:
    """One row per draw, oldest first: the fields of DrawLine."""
    return lines_frame(list(lines), DrawLine)


def weight_sets_frame(lines: Iterable[WeightSetLine]) -> pd.DataFrame:
    """One row per line, oldest first: the fields of WeightSetLine; weights are missing where a name was taken away."""
    return lines_frame(list(lines), WeightSetLine)
