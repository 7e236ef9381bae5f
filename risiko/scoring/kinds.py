"""The kinds of model that can learn, all with one interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, Self

import pandas as pd

from risiko.asof import FloatArray
from risiko.errors import InputError
from risiko.settings import Settings

KINDS = ("learned", "boosting", "ebm")
DEFAULT = KINDS[0]


class LearningModel(Protocol):
    """A scikit-learn estimator that can say what each signal (or group) adds on the log-odds scale."""

    def fit(
        self, X: pd.DataFrame, y: FloatArray, sample_weight: FloatArray | None = None,
        nuisance: pd.DataFrame | None = None,
    ) -> Self:  # fmt: skip
        """Learn from labelled rows; nuisance is adjusted for and left out in scoring."""

    def recalibrate(self, slope: float, offset: float) -> Self:
        """Multiply and shift the log-odds."""

    @property
    def base_(self) -> float:
        """Log-odds where nothing is added."""

    def contributions(self, X: pd.DataFrame, *, read_only: bool = False) -> pd.DataFrame:
        """Services × signals or groups; base_ + their sum is the log-odds.

        read_only: what the standings alone add, where the kind of model can tell; otherwise all.
        """

    def decision_function(self, X: pd.DataFrame) -> FloatArray:
        """Log-odds of the outcome."""

    def pulls(self, X: pd.DataFrame) -> FloatArray:
        """Services × directions: what one standard deviation of the fit's uncertainty moves each log-odds.

        No column where the kind of model cannot say: then nothing of it stands in the intervals.
        """


def check_kinds(kinds: Sequence[str]) -> None:
    """Refuse a kind that does not exist, before anything long is begun. Raises InputError."""
    for kind in kinds:
        if kind not in KINDS:
            hint = f"one of {', '.join(KINDS)}"
            raise InputError(f"There is no kind of model called {kind!r}.", where="model", hint=hint)


def unfitted(kind: str, groups: Mapping[str, str], settings: Settings) -> LearningModel:
    """An unfitted model of the kind with the settings in force. Raises InputError for an unknown or absent kind."""
    check_kinds([kind])
    if kind == "learned":
        from risiko.scoring.learned import LearnedScore

        return LearnedScore.from_settings(groups, settings)
    if kind == "boosting":
        from risiko.scoring.challengers import GroupedBoosting

        return GroupedBoosting.from_settings(groups, settings)
    from risiko.scoring.challengers import AdditiveBoosting

    return AdditiveBoosting.from_settings(groups, settings)
