"""What is known about a fitted model beside the model itself: the facts its manifest and card are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from risiko.errors import ModelError
from risiko.registry.environment import library_versions
from risiko.scoring.kinds import KINDS

POPULATIONS = ("inspected", "all")
Record = Mapping[str, Any]  # one row of a frame; a missing value is None


@dataclass(frozen=True)
class ModelFacts:
    """Everything about a training that a reader of the model must be able to look up.

    kind: one of KINDS. as_of: the date the model was trained for; no label in it became known later. trained_through:
    the as-of dates of the cohorts it learned from. population: "inspected" (risk if we go there) or "all". outcome and
    settings: the sections in force. data_version, data_hash: which records. features: the model's inputs, in order.
    n_rows, n_events: labelled rows and outcomes it learned from.

    evaluation: how the metrics came about, in a sentence. cohorts: as_of, n, events per training date. metrics: the
    rows of evaluate.comparison.compare, with the test date as_of (None: all dates together); the method called as the
    model's kind is the model. calibration: the rows of evaluate.comparison.calibration_bands. equal_treatment: the rows
    of evaluate.equity.by_group, with `by` (office, sector, …). checks: code, severity, state, reason and `says`, a
    sentence. What could not be measured is None, and stays in. warnings: limits of this very model, in sentences.
    """

    kind: str
    as_of: date
    trained_through: tuple[date, ...]
    population: str
    outcome: Mapping[str, Any]
    settings: Mapping[str, Any]
    data_version: str
    data_hash: str
    features: tuple[str, ...]
    n_rows: int
    n_events: int
    git_revision: str = ""
    libraries: Mapping[str, str] = field(default_factory=library_versions)
    evaluation: str = ""
    cohorts: Sequence[Record] = ()
    metrics: Sequence[Record] = ()
    calibration: Sequence[Record] = ()
    equal_treatment: Sequence[Record] = ()
    checks: Sequence[Record] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.population not in POPULATIONS:
            raise ValueError(f"kind is one of {KINDS}, population of {POPULATIONS}; not {self.kind}, {self.population}")
        if not 0 < self.n_events < self.n_rows:
            raise ValueError(f"{self.n_events} outcomes in {self.n_rows} rows: a model learns from both kinds")


def records(frame: pd.DataFrame) -> tuple[Record, ...]:
    """The rows of a frame as facts keep them: plain values, a missing one None. The index is left out."""
    return tuple(plain(frame.to_dict("records")))


def as_json(facts: ModelFacts) -> dict[str, Any]:
    """The facts as plain values for the manifest: dates as ISO text, a missing number as null."""
    return {f.name: plain(getattr(facts, f.name)) for f in fields(facts)}


def from_json(told: Mapping[str, Any], where: str) -> ModelFacts:
    """The facts out of a manifest. Raises ModelError where they are not those of this version of risiko."""
    try:
        tuples = {f.name: tuple(told[f.name]) for f in fields(ModelFacts) if isinstance(told[f.name], list)}
        dates = {
            "as_of": date.fromisoformat(told["as_of"]),
            "trained_through": tuple(date.fromisoformat(day) for day in told["trained_through"]),
        }
        return ModelFacts(**{**told, **tuples, **dates})
    except (KeyError, TypeError, ValueError) as error:
        what = f"The model's manifest was written by another version of risiko ({type(error).__name__}: {error})."
        raise ModelError(what, where=where, hint="train it again (risiko train)") from error


def plain(value: Any) -> Any:
    """Values that JSON holds, for dates, numpy and pandas values, tuples and mappings of them.

    NaN, NaT and NA become None. Raises ValueError for an infinite number and TypeError for anything else.
    """
    match value:
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case None | bool() | int() | str():
            return value
        case np.generic():
            return plain(value.item())
        case np.ndarray():
            return plain(value.tolist())
        case _ if pd.isna(value):
            return None
        case float() if np.isfinite(value):
            return value
        case float():
            raise ValueError("an infinite number is no fact about a model")
        case datetime() if value.time() == datetime.min.time():  # a date as pandas holds it
            return value.date().isoformat()
        case date():
            return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be kept in a manifest")
