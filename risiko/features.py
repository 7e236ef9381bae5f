"""Features: every signal for one cohort at one as-of date, gathered in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.cohorts import Cohort
from risiko.contracts import Tables
from risiko.settings import Settings
from risiko.signals import Context, SignalSpec, specs
from risiko.signals.registry import ReadTexts
from risiko.signals.silence import silence

VOICE = "complaint_rate_long"  # the reading that silence is heard in: the window wide enough to expect anything


class Readings(Mapping[str, pd.DataFrame]):
    """Signal name -> its frame in the common form, computed when it is first asked for.

    A score asks for the signals that have a weight; a page for those it shows. All are there for whoever walks it.
    """

    def __init__(self, found: tuple[SignalSpec, ...], context: Context) -> None:
        self._specs, self._context = {spec.name: spec for spec in found}, context
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = self._specs[name].compute(self._context)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)


@dataclass(frozen=True)
class Features:
    """signals: the specs in order. readings: signal name -> frame in the common form, in cohort order.

    context: what they were computed from, for a closer look at one of them.
    """

    as_of: date
    signals: tuple[SignalSpec, ...]
    readings: Mapping[str, pd.DataFrame]
    context: Context

    @cached_property
    def silence(self) -> pd.DataFrame:
        """What is not said (signals.silence), for the rank interval and the dialogue list; no score rests on it."""
        return silence(self.context, self.readings[VOICE])

    def matrix(self, column: str, names: Iterable[str] | None = None) -> FloatArray:
        """One column of the readings side by side: services × the signals named, or all."""
        asked = list(self.readings if names is None else names)
        sides = [self.readings[name][column].to_numpy(dtype=float) for name in asked]
        return np.column_stack(sides) if sides else np.empty((len(self.context.services), 0))

    def missing(self, names: Iterable[str] | None = None) -> pd.DataFrame:
        """True where a signal has no value for a service: services × the signals named, or all."""
        asked = self.readings if names is None else names
        return pd.DataFrame(
            {name: self.readings[name]["missing"].notna() for name in asked}, index=self.context.services.index
        )

    def frame(self) -> pd.DataFrame:
        """All readings below each other: service_id, signal, and the columns of the common form."""
        return pd.concat(dict(self.readings), names=["signal"]).reset_index()


def assemble(
    known: Tables, cohort: Cohort, as_of: date, settings: Settings, read_texts: ReadTexts | None = None
) -> Features:
    """Every signal there is for the cohort at the date, each computed when it is first asked for.

    `known` must come from asof.known_at: nothing in here looks at the clock or at later rows.
    """
    context = Context(cohort.services, known, as_of, settings, read_texts)
    found = specs(known, settings)
    return Features(as_of, found, Readings(found, context), context)


def catalogue(known: Tables, settings: Settings) -> pd.DataFrame:
    """Every signal there is: name, group, unit, direction, dimensions, tables, and in a line what it means."""
    rows = [
        (s.name, s.group, s.unit, s.direction, ", ".join(s.dimensions), ", ".join(s.reads), s.meaning)
        for s in specs(known, settings)
    ]
    return pd.DataFrame(rows, columns=["signal", "group", "unit", "direction", "dimensions", "tables", "meaning"])
