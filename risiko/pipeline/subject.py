"""The subject of the numbered checks: the score in force at a date, its list, and what it has learned from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from risiko.errors import NothingToScore, TooLittleToLearn
from risiko.pipeline.learning import Learner, TrainingRows
from risiko.pipeline.runs import Prepared, Run, rank
from risiko.registry import LoadedModel
from risiko.scoring.inputs import SEPARATOR, inputs
from risiko.scoring.table import POINTS

STANDING = f"{SEPARATOR}standing"


@dataclass(frozen=True)
class Subject:
    """A score at a date.

    chosen: the model in force, or one to check; None: the points score. Only a model that could be trained by then is
    used at a date (runs.rank), else the points score.
    """

    learner: Learner
    as_of: date
    chosen: LoadedModel | None

    @cached_property
    def run(self) -> Run:
        """The list at the date. Raises NothingToScore where no service was in operation."""
        return rank(self.learner.moments.prepare(self.as_of), model=self.chosen)

    @property
    def model(self) -> LoadedModel | None:
        """The model that made the list; None where the points score did."""
        return None if self.run.table.model_id == POINTS else self.chosen

    @property
    def kind(self) -> str:
        """What the score is called in a backtest."""
        return self.model.facts.kind if self.model else POINTS

    @cached_property
    def rows(self) -> TrainingRows | None:
        """What the model learned from, or what one could learn from at the date; None where there is nothing."""
        if self.learner.moments.judged.frame.empty:  # told at once; the learner would first make every cohort
            return None
        try:
            return self.learner.rows(self.model.facts.as_of if self.model else self.as_of)
        except (TooLittleToLearn, NothingToScore):  # no window has ended, or no service was in operation then
            return None

    @property
    def signals(self) -> list[str]:
        """The signals that the list rests on."""
        if self.model is None:
            return [name for name, weight in self.run.weights.items() if weight > 0]
        return [name.removesuffix(STANDING) for name in self.model.facts.features if name.endswith(STANDING)]

    @cached_property
    def inputs_now(self) -> pd.DataFrame:
        """Services × signals: where a service stands, blank where the signal is missing."""
        return standings(self.inputs_of(self.run.prepared), self.signals)

    def inputs_of(self, prepared: Prepared) -> pd.DataFrame:
        """What the score reads at a prepared date: scoring.inputs, for the points score of its own signals only."""
        if self.model is not None:
            return inputs(prepared.features, prepared.settings)
        names = [name for name in self.signals if name in prepared.features.readings]
        missing = prepared.features.missing(names)
        seen = pd.DataFrame(prepared.features.matrix("standing", names), index=missing.index, columns=names)
        return seen.mask(missing).add_suffix(STANDING)


def standings(X: pd.DataFrame, signals: list[str]) -> pd.DataFrame:
    """The standings among a score's inputs, by the signals' own names."""
    found = [name for name in signals if name + STANDING in X]
    return X[[name + STANDING for name in found]].set_axis(found, axis=1)
