"""A scored cohort, and the readings behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from risiko import pipeline
from risiko.api import pictures
from risiko.api.groups import Groups
from risiko.api.result import Result
from risiko.errors import InputError
from risiko.reports.chart_rows import interval_rows
from risiko.reports.names import Names
from risiko.scoring.table import POINTS

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart
    from risiko.registry import LoadedModel

BRIEF = ["rank", "rank_low", "rank_high", "name", "service_id", "likelihood", "consequence", "evidence_dots", "raising"]
MOST_DRAWN = 60  # as on the page
READING = ["service_id", "signal", "value", "n", "expected", "standing", "standing_sd", "freshness", "missing"]


def names_of(run: pipeline.Run, result: Result) -> Names:
    """What signals and types are called in the result's language."""
    return Names.of(result.t, run.prepared.settings, run.prepared.known["metadata_columns"])


@dataclass(frozen=True, repr=False)
class Readings(Result):
    """Every reading of every signal for the services at a date; a service without one says why.

    Example: `authority.signals("2025-06-30").frame().query("missing.isna()")`
    """

    prepared: pipeline.Prepared
    language: str = "en"

    def frame(self) -> pd.DataFrame:
        """service_id, signal and the reading in the common form (signals.common_form), one row per service and signal.

        value: what was read, in the signal's own unit. n: what it rests on. expected: similar services. standing: 0 as
        they are, above 0 worse. missing: why there is no value; missing is not zero.
        """
        return self.prepared.features.frame()

    def brief(self) -> pd.DataFrame:
        """The first service's own readings, in a few columns."""
        first = self.prepared.cohort.services.index[:1]
        rows = self.frame()
        return rows.loc[rows["service_id"].isin(first), READING]

    @property
    def caption(self) -> str:
        """How many signals, services, and the date."""
        t, found = self.t, self.prepared
        return t("notebook.readings", signals=t.number(len(found.features.signals)),
                 n=t.number(len(found.cohort.services)), date=t.date(found.as_of))  # fmt: skip


@dataclass(frozen=True, repr=False)
class Scored(Result):
    """A scored cohort, in rank order. model: the one that made it; None for the points score.

    Example: `result = authority.score("2025-06-30"); result.ranking().head(20)`
    """

    run: pipeline.Run
    weights: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    language: str = "en"
    model: LoadedModel | None = None

    def frame(self) -> pd.DataFrame:
        """Scores, ranks, group_* and contribution_* in log-odds, one row per service (scoring.ScoreTable.frame)."""
        return self.run.table.frame()

    def ranking(self) -> pd.DataFrame:
        """The planner's list with names, reasons and what is missing (pipeline.ranking)."""
        return pipeline.ranking(self.run)

    def signals(self) -> pd.DataFrame:
        """Every reading of every signal, in the common form (see Readings.frame)."""
        return self.run.prepared.features.frame()

    def brief(self) -> pd.DataFrame:
        """The list's first columns."""
        return self.ranking()[BRIEF]

    @property
    def caption(self) -> str:
        """How many services, the date, and which score."""
        t = self.t
        n, day = t.number(len(self.run.table.scores)), t.date(self.run.as_of)
        said = t("notebook.scored", n=n, date=day, model=self.method)
        return " ".join(filter(None, (said, self.note, t("ranking.caveat"))))

    @property
    def method(self) -> str:
        """Which score it is: the points score, with weights of one's own where there are, or a model's id."""
        model = self.run.table.model_id
        name = self.t.word("trial_method", POINTS) if model == POINTS else model
        own = ", ".join(f"{signal} {weight:g}" for signal, weight in self.weights.items())
        return f"{name} ({own})" if own else name

    def by_group(self, by: str = "", capacity: int | None = None) -> Groups:
        """How the list falls on groups: office, county, sector, service_type, size, dependency, or a declared column.

        by: blank for the first there is. capacity: how many can be visited (default: settings.overview).
        """
        return Groups(self.run, by, capacity, self.language)

    def plot_intervals(self, first: int = MOST_DRAWN) -> AnyChart:
        """The first services with their 90 % rank intervals and the line where capacity ends.

        Where bars overlap, the order is not settled. Raises InputError where `first` is below 1.
        """
        if first < 1:
            raise InputError(f"{first} services cannot be drawn.", where="first", hint="a whole number from 1")
        rows = interval_rows(self.ranking().head(first), names_of(self.run, self))
        return pictures.intervals(rows, self.run.table.top, self.t)
