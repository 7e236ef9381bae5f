"""Moments: what a score can be learned from and tried on at one as-of date, kept so that it is computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko import asof, cohorts, features
from risiko.contracts import Tables
from risiko.pipeline.runs import LARGE, Authority, Prepared, data_version, read_tables
from risiko.pipeline.texts import reader
from risiko.scoring.baselines import baselines
from risiko.scoring.inputs import inputs
from risiko.store.kept import Kept, fingerprint

ABOUT = ("provider_id", "office", "county", "sector", "service_type", "users")
Progress = Callable[[str, int, int], None]  # what, done, of how many


@dataclass(frozen=True)
class Moment:
    """One as-of date: frames in cohort order, by what was known then.

    inputs: what a learned score reads. baselines: the rankings it is held against. about: ABOUT, and quiet (no
    complaint in the long window).
    """

    as_of: date
    inputs: pd.DataFrame
    baselines: pd.DataFrame
    about: pd.DataFrame


class Moments:
    """The moments of one authority, each computed when first asked for and kept beside the store.

    The key of what is kept holds the records' version, the settings and the code, so nothing stale is read.
    """

    def __init__(self, authority: Authority, progress: Progress | None = None) -> None:
        self.authority, self.progress = authority, progress or (lambda *_: None)
        self.version = data_version(authority)
        self._kept = Kept.beside(authority.store.address)
        self._made: dict[date, Moment] = {}
        self._tables: Tables | None = None
        self._judged: dict[date | None, cohorts.Judgements] = {}

    @property
    def tables(self) -> Tables:
        """Everything there is, read when first needed."""
        if self._tables is None:
            self._tables = read_tables(self.authority)
        return self._tables

    @property
    def judged(self) -> cohorts.Judgements:
        """Every judged supervision, as the records stand now."""
        return self.judged_by(None)

    def judged_by(self, at: date | None) -> cohorts.Judgements:
        """Every supervision judged by a date, as it was known then: what is corrected or added later is not seen."""
        if at not in self._judged:
            told = {name: self.tables[name] for name in ("supervisions", "findings")}
            known = told if at is None else asof.known_at(told, at)
            self._judged[at] = cohorts.judgements(known, self.authority.settings)
        return self._judged[at]

    @property
    def first(self) -> date:
        """The first date on which anything was known about any service."""
        day: date = self.tables["services"]["known_date"].min().date()
        return day

    def at(self, day: date) -> Moment:
        """The moment at a date. Raises NothingToScore where no service was in operation."""
        if day not in self._made:
            key = f"moment-{day}-{fingerprint(self.version, self.authority.settings.model_dump_json())}"
            whole = self._kept.get(key)
            if whole is None:
                whole = _joined(moment_of(self.prepare(day)))
                self._kept.put(key, whole)
            self._made[day] = _parted(day, whole)
        return self._made[day]

    def prepare(self, day: date) -> Prepared:
        """Cohort and signals at the date (see pipeline.prepare)."""
        known = asof.known_at(self.tables, day)
        if LARGE not in self.tables:
            known[LARGE] = self.authority.store.counted_complaints(day)
        chosen = self.authority.settings
        cohort = cohorts.cohort_at(known, day, chosen)
        found = features.assemble(known, cohort, day, chosen, reader(chosen))
        return Prepared(day, chosen, known, cohort, found, self.version)

    def all(self, days: Sequence[date]) -> None:
        """Have every one of the dates at hand, with progress told."""
        for i, day in enumerate(days):
            self.progress(f"signals as of {day}", i, len(days))
            self.at(day)
        self.progress("signals", len(days), len(days))

    def labels(self, day: date, horizon_days: int | None = None, known_by: date | None = None) -> cohorts.Labels:
        """What the cohort of the date showed afterwards, by what is known now or was known by a date."""
        return cohorts.labels_at(
            self.judged_by(known_by), self.at(day).inputs.index, day, self.authority.settings.outcome,
            horizon_days=horizon_days,
        )  # fmt: skip


def moment_of(prepared: Prepared) -> Moment:
    """What a prepared date gives to learn from and to be held against."""
    found, chosen = prepared.features, prepared.settings
    rng = np.random.default_rng([chosen.evaluation.seed, prepared.as_of.toordinal()])
    quiet = found.readings["complaint_rate_long"]["n"].fillna(0) == 0
    about = prepared.cohort.services[list(ABOUT)].assign(quiet=quiet)
    return Moment(prepared.as_of, inputs(found, chosen), baselines(found, chosen, rng), about)


def _joined(moment: Moment) -> pd.DataFrame:
    parts = {"inputs": moment.inputs, "baselines": moment.baselines, "about": moment.about}
    return pd.concat([frame.add_prefix(f"{name}/") for name, frame in parts.items()], axis=1)


def _parted(day: date, whole: pd.DataFrame) -> Moment:
    def part(name: str) -> pd.DataFrame:
        mine = whole[[column for column in whole if column.startswith(f"{name}/")]]
        return mine.rename(columns=lambda column: column.partition("/")[2])

    return Moment(day, part("inputs"), part("baselines"), part("about"))
