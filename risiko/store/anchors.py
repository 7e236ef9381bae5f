"""What a store remembers about fitted models: the hash that anchors each, and which one was put in force and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from risiko.errors import StoreError
from risiko.store.log import naive_utc

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

POINTS = ""  # the model_id of the points score, which needs no model file
_MOMENTS = ("as_of", "recorded_at", "at", "made_at", "saved_at")
_DTYPES = {"seq": "int64", **dict.fromkeys(_MOMENTS, "datetime64[us]")}


@dataclass(frozen=True)
class ModelEntry:
    """One registered model. manifest_sha256 is what its folder is held against before it is read.

    kind: which sort of model. as_of: the date it was trained for. recorded_at: naive UTC.
    """

    model_id: str
    manifest_sha256: str
    kind: str
    as_of: date
    recorded_at: datetime


@dataclass(frozen=True)
class Promotion:
    """One decision about which score is in force from then on. seq counts from 1; model_id POINTS: the points score."""

    seq: int
    model_id: str
    why: str
    at: datetime
    by: str


def new_entry(entry: ModelEntry, known: Sequence[ModelEntry], address: str) -> ModelEntry:
    """The entry as it is kept. Raises StoreError for a second anchor of a model: it would make a changed file pass."""
    if any(e.model_id == entry.model_id for e in known):
        what = f"The model {entry.model_id} is registered already, and its anchor never changes."
        raise StoreError(what, where=address, hint="train again: every training has an id of its own")
    return replace(entry, recorded_at=naive_utc(entry.recorded_at))


def next_promotion(
    model_id: str, why: str, at: datetime, by: str,
    known: Sequence[ModelEntry], earlier: Sequence[Promotion], address: str,
) -> Promotion:  # fmt: skip
    """The next line of the record of promotions. Raises StoreError for a model unknown here or a blank reason."""
    if model_id != POINTS and all(e.model_id != model_id for e in known):
        hint = "choose one of those that `risiko models` lists"
        raise StoreError(f"The model {model_id} is not registered in this store.", where=address, hint=hint)
    if not why.strip():
        what = "A change of the score in force needs a written reason."
        raise StoreError(what, where=address, hint="say in a sentence why, for those who read the record later")
    return Promotion(len(earlier) + 1, model_id, why.strip(), naive_utc(at), by.strip())


def models_frame(entries: Iterable[ModelEntry]) -> pd.DataFrame:
    """One row per registered model, oldest first: the fields of ModelEntry."""
    oldest_first = sorted(entries, key=lambda e: (e.recorded_at, e.model_id))
    return lines_frame(oldest_first, ModelEntry)


def promotions_frame(promotions: Iterable[Promotion]) -> pd.DataFrame:
    """One row per decision, oldest first: the fields of Promotion; the last one holds."""
    return lines_frame(list(promotions), Promotion)


def lines_frame(lines: Sequence[DataclassInstance], kind: type[DataclassInstance]) -> pd.DataFrame:
    """One row per line of a small table: the fields of its kind, with their dtypes where there is no line either."""
    names = [f.name for f in fields(kind)]
    frame = pd.DataFrame([asdict(line) for line in lines], columns=names)
    return frame.astype({name: _DTYPES.get(name, "str") for name in names})
