"""The common form of a signal, and the register that pages, tests and docs walk through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.contracts import Tables
from risiko.settings import Settings

# value: the plain reading, in the signal's unit. n: pieces of evidence behind it. expected: what similar services
# show. estimate, sd: the reading shrunk towards the expected, and how sure. z: the estimate on a common scale,
# higher is worse, one unit = one standard deviation between similar services; z_sd: how sure (1 = knows nothing).
# missing: why there is no value; then value is NaN, z is 0 and z_sd is 1. Missing is not zero.
COLUMNS = ("value", "n", "expected", "estimate", "sd", "z", "z_sd", "missing")


@dataclass(frozen=True)
class Context:
    """What a signal may look at: the cohort (indexed by service_id) and the tables as known at the as-of date."""

    services: pd.DataFrame
    known: Tables
    as_of: date
    settings: Settings

    def events(self, table: str) -> pd.DataFrame:
        """The known rows of a table that concern the cohort, with `position`: the service's place in it."""
        frame = self.known[table]
        position = self.services.index.get_indexer(frame["service_id"])
        return frame.assign(position=position)[position >= 0]

    def total(self, position: pd.Series, values: FloatArray | None = None) -> FloatArray:
        """Sum of values (or a count) per service in cohort order; 0 where there is none."""
        return np.bincount(position, weights=values, minlength=len(self.services)).astype(float)


Compute = Callable[[Context], pd.DataFrame]


@dataclass(frozen=True)
class SignalSpec:
    """A signal's name, what it is about and how to compute it; the sentences stand in the catalogues.

    reads: table -> the columns it uses beside ids and dates; no others are given to it.
    """

    name: str
    group: Literal["complaints", "experience", "metadata", "history"]
    unit: str
    reads: Mapping[str, tuple[str, ...]]
    compute: Compute
    direction: Literal["higher_is_worse", "higher_is_better"] = "higher_is_worse"


_REGISTER: dict[str, SignalSpec] = {}


def signal(
    name: str,
    *,
    group: Literal["complaints", "experience", "metadata", "history"],
    unit: str,
    reads: Mapping[str, tuple[str, ...]],
    direction: Literal["higher_is_worse", "higher_is_better"] = "higher_is_worse",
) -> Callable[[Compute], Compute]:
    """Register a function of a Context as a signal. It returns a frame in the common form, in cohort order."""

    def register(compute: Compute) -> Compute:
        if name in _REGISTER:
            raise ValueError(f"two signals are called {name!r}")
        _REGISTER[name] = SignalSpec(name, group, unit, reads, compute, direction)
        return compute

    return register


def registered() -> tuple[SignalSpec, ...]:
    """Every registered signal in the order of registration."""
    return tuple(_REGISTER.values())


def common_form(services: pd.DataFrame, *, missing: pd.Series, **columns: FloatArray) -> pd.DataFrame:
    """A frame in the common form; where `missing` names a reason the reading is blanked and z is (0, 1)."""
    frame = pd.DataFrame(columns, index=services.index).reindex(columns=list(COLUMNS[:-1])).astype(float)
    frame["missing"] = missing.to_numpy()
    gone = frame["missing"].notna()
    frame.loc[gone, ["value", "estimate", "sd"]] = np.nan
    frame.loc[gone, "z"] = 0.0
    frame.loc[gone, "z_sd"] = 1.0
    return frame


def reasons(services: pd.DataFrame) -> pd.Series:
    """A blank column of missing reasons, to be filled in."""
    return pd.Series(pd.NA, index=services.index, dtype="str")
