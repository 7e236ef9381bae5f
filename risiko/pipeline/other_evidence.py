"""A date with other evidence than there is: some tables exchanged, only the signals that read them computed anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from risiko import cohorts
from risiko.asof import FloatArray
from risiko.contracts import Tables
from risiko.errors import ModelError
from risiko.features import VOICE, Features, Readings
from risiko.pipeline.runs import Prepared, Run
from risiko.scoring.consequence import consequence_of
from risiko.scoring.inputs import inputs
from risiko.scoring.law import PriorityLaw, expit
from risiko.scoring.points import point_law, point_terms
from risiko.scoring.table import POINTS
from risiko.settings import Settings
from risiko.signals import Context
from risiko.statistics.inputs import IntArray

if TYPE_CHECKING:
    from risiko.registry import LoadedModel



class _Mixed(Mapping[str, pd.DataFrame]):
    """Readings computed anew for the signals that are touched; the others as they were, in the same order."""

    def __init__(self, before: Mapping[str, pd.DataFrame], anew: Readings) -> None:
        self._before, self._anew = before, anew

    def __getitem__(self, name: str) -> pd.DataFrame:
        return (self._anew if name in self._anew else self._before)[name]

    def __contains__(self, name: object) -> bool:
        return name in self._before  # asking must not compute

    def __iter__(self) -> Iterator[str]:
        return iter(self._before)

    def __len__(self) -> int:
        return len(self._before)


@dataclass(frozen=True)
class OtherFeatures(Features):
    """Features of which only some are computed anew. before: the real ones."""

    before: Features

    @cached_property
    def silence(self) -> pd.DataFrame:
        """As it was, unless the reading it is heard in is another."""
        same = self.readings[VOICE] is self.before.readings[VOICE]
        return self.before.silence if same else Features.silence.__get__(self)


def with_evidence(prepared: Prepared, changed: Tables, groups: Collection[str] = ()) -> Prepared:
    """The prepared date as if these tables were what was known; what was prepared stays as it is.

    changed: table (or asof.SERVICE_VERSIONS) -> all its rows. groups: signals of these groups are computed anew too:
    services are read by every signal, and only whoever changes them knows which columns are others.
    """
    known = {**prepared.known, **changed}
    before, cohort = prepared.features, prepared.cohort
    if "services" in changed:
        cohort = cohorts.cohort_at(known, prepared.as_of, prepared.settings)
    touched = tuple(s for s in before.signals if s.group in groups or not changed.keys().isdisjoint(s.reads))
    context = Context(cohort.services, known, prepared.as_of, prepared.settings, before.context.read_texts)
    mixed = _Mixed(before.readings, Readings(touched, context))
    features = OtherFeatures(before.as_of, before.signals, mixed, context, before)
    return replace(prepared, known=known, cohort=cohort, features=features)


@dataclass(frozen=True)
class SameScore:
    """The score that made a run, to be asked what it says of other evidence. Raises ModelError for another model."""

    run: Run
    model: LoadedModel | None = None

    def __post_init__(self) -> None:
        made_by = self.run.table.model_id
        if made_by != POINTS and (self.model is None or self.model.entry.model_id != made_by):
            raise ModelError("The list was made by a model that is not at hand.", where=made_by, hint="open that model")

    @property
    def settings(self) -> Settings:
        """With the run's own weights."""
        chosen = self.run.prepared.settings
        return chosen.with_weights(self.run.weights) if self.run.weights else chosen

    def log_odds(self, prepared: Prepared) -> FloatArray:
        """Of the likelihood as scored, in cohort order."""
        if self.model is None or self.run.table.model_id == POINTS:
            return point_terms(prepared.features, self.settings).log_odds
        return self.model.model.decision_function(inputs(prepared.features, self.settings))

    def stands(self, prepared: Prepared) -> tuple[IntArray, FloatArray]:
        """Place by priority as scored (ties share the better) and likelihood, in cohort order."""
        likelihood = expit(self.log_odds(prepared))
        priority: FloatArray = likelihood * consequence_of(prepared.cohort.services, prepared.settings)
        better = len(priority) - np.searchsorted(np.sort(priority), priority, side="right")
        return 1 + better, likelihood

    def law(self, prepared: Prepared) -> PriorityLaw:
        """What the priority of every service could be."""
        settings = self.settings
        if self.model is None or self.run.table.model_id == POINTS:
            return point_law(point_terms(prepared.features, settings), prepared.features, prepared.cohort, settings)
        from risiko.scoring.by_model import model_law

        return model_law(self.model.model, prepared.features, prepared.cohort, settings)
