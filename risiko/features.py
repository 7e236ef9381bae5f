"""Features: every signal for one cohort at one as-of date, gathered in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True)
class Features:
    """signals: the specs in order. readings: signal name -> frame in the common form, in cohort order.

    context: what they were computed from, for a closer look at one of them. silence: what is not said
    (signals.silence), for the rank interval and the dialogue list; no score rests on it.
    """

    as_of: date
    signals: tuple[SignalSpec, ...]
    readings: dict[str, pd.DataFrame]
    context: Context
    silence: pd.DataFrame

    def matrix(self, column: str) -> FloatArray:
        """One column of every reading side by side: services × signals."""
        return np.column_stack([self.readings[s.name][column].to_numpy(dtype=float) for s in self.signals])

    def missing(self) -> pd.DataFrame:
        """True where a signal has no value for a service: services × signals."""
        return pd.DataFrame({name: reading["missing"].notna() for name, reading in self.readings.items()})

    def frame(self) -> pd.DataFrame:
        """All readings below each other: service_id, signal, and the columns of the common form."""
        return pd.concat(self.readings, names=["signal"]).reset_index()


def assemble(
    known: Tables, cohort: Cohort, as_of: date, settings: Settings, read_texts: ReadTexts | None = None
) -> Features:
    """Compute every signal there is for the cohort at the date.

    `known` must come from asof.known_at: nothing in here looks at the clock or at later rows.
    """
    context = Context(cohort.services, known, as_of, settings, read_texts)
    found = specs(known, settings)
    readings = {spec.name: spec.compute(context) for spec in found}
    return Features(as_of, found, readings, context, silence(context, readings[VOICE]))


def catalogue(known: Tables, settings: Settings) -> pd.DataFrame:
    """Every signal there is: name, group, unit, direction, dimensions, tables, and in a line what it means."""
    rows = [
        (s.name, s.group, s.unit, s.direction, ", ".join(s.dimensions), ", ".join(s.reads), s.meaning)
        for s in specs(known, settings)
    ]
    return pd.DataFrame(rows, columns=["signal", "group", "unit", "direction", "dimensions", "tables", "meaning"])
