"""The notebook facade: open a store, score it at a date, look at frames."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from risiko import pipeline


@dataclass(frozen=True)
class Result:
    """A scored cohort; every answer is a frame."""

    run: pipeline.Run

    def frame(self) -> pd.DataFrame:
        """Scores, ranks and contributions, one row per service in rank order (see scoring.ScoreTable.frame)."""
        return self.run.table.frame()

    def ranking(self) -> pd.DataFrame:
        """The planner's list with names, reasons and what is missing (see pipeline.ranking)."""
        return pipeline.ranking(self.run)

    def signals(self) -> pd.DataFrame:
        """Every reading of every signal, in the common form."""
        return self.run.prepared.features.frame()

    def why(self, service_id: str) -> pd.DataFrame:
        """One service's contributions, signal by signal."""
        return pipeline.detail(self.run, service_id).contributions

    def moved_to(self, other: Result) -> pd.DataFrame:
        """Who changes place between this result and another."""
        return pipeline.moved(self.run, other.run)


@dataclass(frozen=True)
class Authority:
    """A supervision authority's records."""

    opened: pipeline.Authority

    def tables(self) -> dict[str, pd.DataFrame]:
        """The contract tables as frames, with every version of every row."""
        return self.opened.store.read()

    def rejects(self) -> pd.DataFrame:
        """Rows that were not taken in, or only with a warning, and why."""
        return self.opened.store.rejects()

    def signals(self) -> pd.DataFrame:
        """The catalogue of signals."""
        return pipeline.catalogue(self.opened)

    def score(self, as_of: str | date | None = None, weights: dict[str, float] | None = None) -> Result:
        """Score every service in operation at the date (ISO text or date; default: the newest known)."""
        tables = pipeline.read_tables(self.opened)
        day = pipeline.as_of_date(as_of, tables, self.opened.store)
        return Result(pipeline.rank(pipeline.prepare(self.opened, day, tables), weights))


def open(store: str | Path, settings: str | Path | None = None) -> Authority:
    """Open a store by path or URL; it must exist. Raises StoreError or SettingsError."""
    return Authority(pipeline.open_authority(str(store), Path(settings) if settings else None))
