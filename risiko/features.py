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
from risiko.signals import Context, SignalSpec, metadata_specs, registered


@dataclass(frozen=True)
class Features:
    """signals: the specs in order. readings: signal name -> frame in the common form, in cohort order."""

    as_of: date
    signals: tuple[SignalSpec, ...]
    readings: dict[str, pd.DataFrame]

    def matrix(self, column: str) -> FloatArray:
        """One column of every reading side by side: services × signals."""
        return np.column_stack([self.readings[s.name][column].to_numpy(dtype=float) for s in self.signals])

    def missing(self) -> pd.DataFrame:
        """True where a signal has no value for a service: services × signals."""
        return pd.DataFrame({name: reading["missing"].notna() for name, reading in self.readings.items()})

    def frame(self) -> pd.DataFrame:
        """All readings below each other: service_id, signal, and the columns of the common form."""
        return pd.concat(self.readings, names=["signal"]).reset_index()


def assemble(known: Tables, cohort: Cohort, as_of: date, settings: Settings) -> Features:
    """Compute every registered signal, and one per declared metadata column, for the cohort at the date.

    `known` must come from asof.known_at: nothing in here looks at the clock or at later rows.
    """
    context = Context(cohort.services, known, as_of, settings)
    specs = (*registered(), *metadata_specs(known))
    return Features(as_of, specs, {spec.name: spec.compute(context) for spec in specs})


def catalogue(known: Tables) -> pd.DataFrame:
    """Every signal there is: name, group, unit, direction, tables, and the first line of what it means."""
    rows = [
        (
            s.name,
            s.group,
            s.unit,
            s.direction,
            ", ".join(s.reads),
            _first_line(s),
        )
        for s in (*registered(), *metadata_specs(known))
    ]
    return pd.DataFrame(rows, columns=["signal", "group", "unit", "direction", "tables", "meaning"])


def _first_line(spec: SignalSpec) -> str:
    return (getattr(spec.compute, "func", spec.compute).__doc__ or "").split("\n")[0]
