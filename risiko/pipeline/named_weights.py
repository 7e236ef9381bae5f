"""Named weight sets: a planner's, a user council's; saved, listed and taken away, with nothing ever lost."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from risiko.access import Person, require
from risiko.errors import InputError, StoreError
from risiko.pipeline.runs import Authority, catalogue

LONGEST_NAME = 60


@dataclass(frozen=True)
class WeightSet:
    """Weights of the points score under a name. A signal that is not in it counts as in the settings."""

    name: str
    weights: Mapping[str, float]
    note: str
    made_at: datetime
    by: str


def save_weights(
    authority: Authority, name: str, weights: Mapping[str, float], *, now: datetime, by: str = "", note: str = "",
    who: Person | None = None,
) -> WeightSet:  # fmt: skip
    """Keep the weights under the name; one that has it already is replaced, and stays in the store's record.

    who: whoever has logged in, if they may (None: whoever can open the store file). Raises InputError for a name of no
    or more than 60 characters or an unknown signal, SettingsError for a faulty weight, and NotAllowed.
    """
    if who is not None:
        require(who, "weights")
    called = " ".join(name.split())
    if not 1 <= len(called) <= LONGEST_NAME:
        what = f"A weight set's name has 1 to {LONGEST_NAME} characters."
        raise InputError(what, where="name", hint="say whose weights they are")
    if not weights:
        raise InputError("The weight set is empty.", where="weights", hint="give at least one signal a weight")
    authority.settings.with_weights(weights)
    unknown = sorted(set(weights) - set(catalogue(authority)["signal"]))
    if unknown:
        what = f"There is no signal {', '.join(unknown)} in these records."
        raise InputError(what, where="weights", hint="`risiko signals` lists every signal")
    authority.store.record_weight_set(called, {s: float(w) for s, w in weights.items()}, note, now, by)
    return list_weights(authority)[called]


def list_weights(authority: Authority) -> dict[str, WeightSet]:
    """The weight sets that hold, by name in the order of the alphabet. Raises StoreError where one cannot be read."""
    lines = authority.store.weight_sets()
    newest = lines.groupby("name").tail(1).dropna(subset=["weights"]).sort_values("name")
    return {row["name"]: _weight_set(row, authority.store.address) for row in newest.to_dict("records")}


def remove_weights(
    authority: Authority, name: str, *, now: datetime, by: str = "", note: str = "", who: Person | None = None
) -> None:
    """Take a name away; its weights stay in the store's record. Raises InputError where there is no such name.

    who: as in `save_weights`, with NotAllowed.
    """
    if who is not None:
        require(who, "weights")
    name = " ".join(name.split())
    if name not in list_weights(authority):
        raise InputError(f"There is no weight set {name!r}.", where="name", hint="see the list of weight sets")
    authority.store.record_weight_set(name, None, note, now, by)


def _weight_set(row: Mapping[Hashable, Any], address: str) -> WeightSet:
    try:
        weights = {str(signal): float(weight) for signal, weight in json.loads(row["weights"]).items()}
    except (AttributeError, TypeError, ValueError) as error:
        what = f"The weight set {row['name']!r} cannot be read ({error})."
        raise StoreError(what, where=address, hint="save it again under the same name") from error
    return WeightSet(row["name"], weights, row["note"], row["made_at"], row["by"])
