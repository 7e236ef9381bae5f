"""The learned score: a penalised, monotone, additive logistic regression whose every part can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from risiko.asof import FloatArray
from risiko.cohorts.labels import BoolArray
from risiko.errors import InputError
from risiko.scoring.design import Design
from risiko.scoring.law import expit
from risiko.scoring.penalised import fit_penalised

if TYPE_CHECKING:
    from risiko.settings import Settings

NUISANCE_PULL = 5.0  # a nuisance level is held back 25 times less than a standardised term: it is to be taken out


class LearnedScore(ClassifierMixin, BaseEstimator):
    """log-odds = base + Σ over signals of what each adds (scoring.design), learned from what supervisions found.

    groups: signal -> complaints, experience, metadata or history. penalty: ridge on every standardised term, with
    weights that average 1. Nuisance (which cohort, office and team a label comes from) is adjusted for in training and
    left out in scoring: base is the level of an average one of each. slope and offset of `recalibrate` multiply and
    shift the log-odds, so that the parts still add up exactly.
    """

    def __init__(
        self, groups: Mapping[str, str] | None = None, *, penalty: float = 1000.0, clip: float = 4.0, knots: int = 2,
        low_complaints_lower: bool = False,
    ) -> None:  # fmt: skip
        self.groups, self.penalty, self.clip, self.knots = groups, penalty, clip, knots
        self.low_complaints_lower = low_complaints_lower

    @classmethod
    def from_settings(cls, groups: Mapping[str, str], settings: Settings) -> LearnedScore:
        """An unfitted score with the settings in force."""
        rule = settings.learning
        return cls(
            groups, penalty=rule.penalty, clip=rule.clip, knots=rule.knots,
            low_complaints_lower=settings.score.low_complaints_lower_likelihood,
        )  # fmt: skip

    def fit(
        self, X: pd.DataFrame, y: FloatArray, sample_weight: FloatArray | None = None,
        nuisance: pd.DataFrame | None = None,
    ) -> LearnedScore:  # fmt: skip
        """Learn from labelled rows. Raises InputError where there is only one class or a label is missing.

        X: as made by scoring.inputs, cohorts below each other. nuisance: categories of each row (cohort, office, team);
        a missing one has no level of its own.
        """
        y = np.asarray(y, dtype=float)
        if not np.isin(y, (0.0, 1.0)).all() or len(np.unique(y)) < 2:
            raise InputError(
                "A score learns from outcomes of both kinds, and here there is only one, or one is missing.",
                where="outcome", hint="take more as-of dates, or an outcome that some services have and some have not",
            )  # fmt: skip
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        weight = weight / weight.mean()
        self.classes_ = np.array([0, 1])
        self.design_ = Design(
            self.groups or {}, clip=self.clip, knots=self.knots, low_complaints_lower=self.low_complaints_lower
        ).fit(X)
        terms = self.design_.transform(X)
        others, self.nuisance_levels_ = _levels(nuisance, len(y))
        whole = np.column_stack([np.ones(len(y)), terms, others * NUISANCE_PULL])
        ridge = np.full(whole.shape[1], float(self.penalty))
        ridge[0] = 0.0
        bounded = np.zeros(whole.shape[1], dtype=bool)
        bounded[1 : 1 + terms.shape[1]] = self.design_.bounded_
        found = fit_penalised(whole, y, weight, ridge, bounded)
        self.coef_ = found[1 : 1 + terms.shape[1]]
        self.root_ = _root(whole, found, weight, ridge, bounded)[1 : 1 + terms.shape[1]].astype(np.float32)
        effects = found[1 + terms.shape[1] :] * NUISANCE_PULL
        self.nuisance_effects_ = effects
        self.intercept_ = float(found[0] + np.average(others @ effects, weights=weight)) if len(effects) else found[0]
        self.slope_, self.offset_ = 1.0, 0.0
        return self

    def recalibrate(self, slope: float, offset: float) -> LearnedScore:
        """The same score with its log-odds multiplied by slope and shifted by offset, on top of what was set before."""
        check_is_fitted(self, "coef_")
        self.slope_, self.offset_ = self.slope_ * slope, self.offset_ * slope + offset
        return self

    @property
    def base_(self) -> float:
        """Log-odds of a service about which the signals say nothing, of an average type."""
        return float(self.slope_ * self.intercept_ + self.offset_)

    def contributions(self, X: pd.DataFrame, *, read_only: bool = False) -> pd.DataFrame:
        """Services × signals (and service_type), in log-odds; base_ + their sum is the log-odds.

        read_only: only what each reading's standing adds, without its age, amount and that it is missing.
        """
        check_is_fitted(self, "coef_")
        terms = self.design_.transform(X) * (self.coef_ * self.slope_)
        return self.design_.by_signal(terms, read_only=read_only).set_axis(X.index)

    def pulls(self, X: pd.DataFrame) -> FloatArray:
        """Services × directions: what one standard deviation of the coefficients' uncertainty moves each log-odds.

        Laplace's approximation: the curvature of the penalised fit where it stopped. A coefficient that its bound holds
        at zero stays there. Rows of one service in several cohorts count as if they were new: the spread is too narrow
        by as much as they repeat each other. Raises InputError for a model fitted before this was kept.
        """
        if not hasattr(self, "root_"):
            what = "The model was trained before its own uncertainty was kept."
            raise InputError(what, where="model", hint="train again: `risiko train`")
        return np.asarray(self.design_.transform(X) @ (self.root_ * self.slope_))

    def decision_function(self, X: pd.DataFrame) -> FloatArray:
        """Log-odds of the outcome."""
        check_is_fitted(self, "coef_")
        return np.asarray(self.base_ + self.design_.transform(X) @ (self.coef_ * self.slope_))

    def predict_proba(self, X: pd.DataFrame) -> FloatArray:
        """Services × 2: probability of no outcome, and of the outcome."""
        p = expit(self.decision_function(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: pd.DataFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """1 where the outcome is more likely than not. For scikit-learn; a planner ranks, and does not classify."""
        return (self.decision_function(X) > 0).astype(np.int64)

    def nuisance_frame(self) -> pd.DataFrame:
        """What cohort, office and team added in training and is left out in scoring: kind, level, log-odds."""
        rows = [(kind, level) for kind, level in self.nuisance_levels_]
        return pd.DataFrame(rows, columns=["kind", "level"]).assign(effect=self.nuisance_effects_)


def _root(
    design: FloatArray, found: FloatArray, weight: FloatArray, ridge: FloatArray, bounded: BoolArray
) -> FloatArray:
    """A root R of the coefficients' covariance (R Rᵀ): the inverse curvature of the fit, 0 for those held at zero."""
    p = expit(design @ found)
    half = design * np.sqrt(weight * p * (1 - p))[:, None]
    free = np.flatnonzero(~(bounded & (found <= 0)))
    curvature = half[:, free].T @ half[:, free] + np.diag(ridge[free])
    root = np.zeros((len(found), len(free)))
    root[free] = np.linalg.inv(np.linalg.cholesky(curvature + 1e-9 * np.eye(len(free)))).T
    return root


def _levels(nuisance: pd.DataFrame | None, rows: int) -> tuple[FloatArray, list[tuple[str, str]]]:
    """One column of 0 and 1 per level of every nuisance, and which it is."""
    if nuisance is None:
        return np.empty((rows, 0)), []
    columns, names = [], []
    for kind in nuisance.columns:
        code, levels = pd.factorize(nuisance[kind].astype("str"), sort=True)
        columns.append((code[:, None] == np.arange(len(levels))).astype(float))
        names += [(str(kind), str(level)) for level in levels]
    return np.column_stack(columns), names
