"""Challengers of the learned score under its own interface: boosting by groups of signals, and additive boosting."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from risiko.asof import FloatArray
from risiko.errors import InputError, ModelError
from risiko.scoring.inputs import SEPARATOR, TYPE
from risiko.scoring.law import IntArray, expit

if TYPE_CHECKING:
    from risiko.settings import Settings

COMPLAINTS, METADATA = "complaints", "metadata"
MOST_LEVELS = 250  # of a category; boosting takes 255, and the rarest have too few rows to say anything
EXACT, CHECKED_ROWS = 1e-9, 500


class Challenger(ClassifierMixin, BaseEstimator, ABC):
    """What the challengers share: which inputs they read and how, and parts that add up to the log-odds.

    Read as in scoring.design: a worse standing never lowers the score; unless `low_complaints_lower`, complaints may
    lift it and never lower it (their standing counts from 0, more of them never counts less, their age not at all).
    Missing stays missing. Inputs that do not vary in training are left out. A type of service that training never saw
    counts as the most common one. Nuisance (cohort, office, team) is adjusted for in training, each on its own, and
    left out in scoring: its training mean stands in the base.
    """

    groups: Mapping[str, str] | None
    low_complaints_lower: bool
    level_: float

    def fit(
        self, X: pd.DataFrame, y: FloatArray, sample_weight: FloatArray | None = None,
        nuisance: pd.DataFrame | None = None,
    ) -> Self:  # fmt: skip
        """Learn from labelled rows, as LearnedScore.fit. Raises InputError for one class, missing labels, bad input."""
        y = np.asarray(y, dtype=float)
        if not np.isin(y, (0.0, 1.0)).all() or len(np.unique(y)) < 2:
            raise InputError(
                "A score learns from outcomes of both kinds, and here there is only one, or one is missing.",
                where="outcome", hint="take more as-of dates, or an outcome that some services have and some have not",
            )  # fmt: skip
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        told = weight > 0  # the library of additive boosting takes no weight of zero
        X, y, weight = X[told], y[told], weight[told] / weight[told].mean()
        others = nuisance[told] if nuisance is not None else pd.DataFrame(index=X.index)
        self.classes_, self.slope_, self.offset_ = np.array([0, 1]), 1.0, 0.0
        self.inputs_ = [str(name) for name in X.columns]
        self.columns_ = [name for name in self.inputs_ if self._is_read(name) and X[name].nunique(dropna=False) > 1]
        self.types_ = _levels(X[TYPE])
        self.nuisance_levels_ = {str(kind): _levels(others[kind]) for kind in others}
        codes = [_coded(others[kind], self.nuisance_levels_[str(kind)]) for kind in others]
        self._learn(self._matrix(X), np.column_stack(codes) if codes else np.empty((len(y), 0)), y, weight)
        return self

    def recalibrate(self, slope: float, offset: float) -> Self:
        """The same score with its log-odds multiplied by slope and shifted by offset, on top of what was set before."""
        check_is_fitted(self, "level_")
        self.slope_, self.offset_ = self.slope_ * slope, self.offset_ * slope + offset
        return self

    @property
    def base_(self) -> float:
        """Log-odds where nothing is added: the mean of the training rows, without complaints."""
        return float(self.slope_ * self.level_ + self.offset_)

    def pulls(self, X: pd.DataFrame) -> FloatArray:
        """No direction: how unsure these fits are of themselves would take many refits, and is not in the intervals."""
        return np.empty((len(X), 0))

    def contributions(self, X: pd.DataFrame, *, read_only: bool = False) -> pd.DataFrame:
        """Services × groups (boosting) or signals (additive boosting); base_ + their sum is the log-odds.

        read_only makes no difference: what a reading adds cannot be told from its age and amount.
        """
        check_is_fitted(self, "level_")
        return (self._parts(self._matrix(X)) * self.slope_).set_axis(X.index)

    def decision_function(self, X: pd.DataFrame) -> FloatArray:
        """Log-odds of the outcome."""
        check_is_fitted(self, "level_")
        return np.asarray(self.slope_ * self._log_odds(self._matrix(X)) + self.offset_)

    def predict_proba(self, X: pd.DataFrame) -> FloatArray:
        """Services × 2: probability of no outcome, and of the outcome."""
        p = expit(self.decision_function(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: pd.DataFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """1 where the outcome is more likely than not. For scikit-learn; a planner ranks, and does not classify."""
        return (self.decision_function(X) > 0).astype(np.int64)

    @abstractmethod
    def _learn(self, matrix: FloatArray, others: FloatArray, y: FloatArray, weight: FloatArray) -> None:
        """Fit to the read inputs, with the nuisance codes beside them, and set level_."""

    @abstractmethod
    def _parts(self, matrix: FloatArray) -> pd.DataFrame:
        """What each group or signal adds, rows in the order of the inputs."""

    @abstractmethod
    def _log_odds(self, matrix: FloatArray) -> FloatArray:
        """The log-odds before recalibration."""

    def _lifts_only(self, name: str) -> bool:
        return (self.groups or {}).get(_signal(name)) == COMPLAINTS and not self.low_complaints_lower

    def _is_read(self, name: str) -> bool:
        return name != TYPE and not (name.endswith("freshness") and self._lifts_only(name))

    def _rising(self) -> list[int]:
        """+1 for every column of the matrix that may only raise the score, else 0."""
        parts = [name.rpartition(SEPARATOR)[2] for name in self.columns_]
        pairs = zip(self.columns_, parts, strict=True)
        return [0] + [int(part == "standing" or (part == "n" and self._lifts_only(name))) for name, part in pairs]

    def _matrix(self, X: pd.DataFrame) -> FloatArray:
        """Rows × (code of the type, columns_); blank where missing."""
        absent = [name for name in self.inputs_ if name not in X]
        if absent:
            raise InputError(
                f"The model was trained with signals that are not here: {', '.join(absent[:5])}.",
                where="inputs of the model", hint="train again with the signals and settings in force",
            )  # fmt: skip
        values = X[self.columns_].to_numpy(dtype=float)
        if np.isinf(values).any():
            raise InputError("A signal has an infinite reading.", where="inputs of the model", hint="risiko check")
        floored = np.array([self._lifts_only(name) for name in self.columns_], dtype=bool)
        values = np.where(floored, np.maximum(values, 0), values)
        return np.column_stack([np.nan_to_num(_coded(X[TYPE], self.types_), nan=0.0), values])

    def _hold(self, matrix: FloatArray, log_odds: FloatArray) -> None:
        """Refuse a model whose parts do not add up to the log-odds that the library gives for the rows."""
        gap = np.abs(self.level_ + self._parts(matrix).to_numpy().sum(axis=1) - log_odds).max()
        if not gap < EXACT:
            raise ModelError(
                f"What the signals add does not sum to the log-odds of the model (by {gap:.1e}).",
                where=type(self).__name__, hint="the library decomposes otherwise than expected; use the learned score",
            )  # fmt: skip


class GroupedBoosting(Challenger):
    """Gradient-boosted trees (scikit-learn's histogram kind) that never mix signals of two groups in one tree.

    log-odds = base + Σ over groups of what each adds. As no tree sees two groups, that is exact: what a group adds is
    the log-odds with the group as it is and everything else at its training median, less the log-odds with everything
    there. Counted from the training mean; complaints from none, so that silence adds nothing.
    """

    def __init__(
        self, groups: Mapping[str, str] | None = None, *, learning_rate: float = 0.04, max_iter: int = 150,
        max_leaf_nodes: int = 15, min_samples_leaf: int = 40, l2_regularization: float = 1.0,
        low_complaints_lower: bool = False, random_state: int = 0,
    ) -> None:  # fmt: skip
        self.groups, self.learning_rate, self.max_iter = groups, learning_rate, max_iter
        self.max_leaf_nodes, self.min_samples_leaf = max_leaf_nodes, min_samples_leaf
        self.l2_regularization, self.low_complaints_lower = l2_regularization, low_complaints_lower
        self.random_state = random_state

    @classmethod
    def from_settings(cls, groups: Mapping[str, str], settings: Settings) -> Self:
        """An unfitted challenger with the settings in force."""
        return cls(groups, low_complaints_lower=settings.score.low_complaints_lower_likelihood)

    def _learn(self, matrix: FloatArray, others: FloatArray, y: FloatArray, weight: FloatArray) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier

        known = {**(self.groups or {}), TYPE: METADATA}
        group = [known.get(_signal(name), _signal(name)) for name in [TYPE, *self.columns_]]
        self.group_ = {name: [i for i, mine in enumerate(group) if mine == name] for name in dict.fromkeys(group)}
        # Categories stand first: the library moves them there, and its constraints do not move along (1.9).
        first = others.shape[1]
        model = HistGradientBoostingClassifier(
            learning_rate=self.learning_rate, max_iter=self.max_iter, max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf, l2_regularization=self.l2_regularization,
            categorical_features=list(range(first + 1)), early_stopping=False, random_state=self.random_state,
            monotonic_cst=[*[0] * first, *self._rising()],
            interaction_cst=[*([i] for i in range(first)), *([first + i for i in g] for g in self.group_.values())],
        )  # fmt: skip
        # Weights that are all alike give the same trees; told of them, the library takes several times as long to bin.
        told = weight if np.ptp(weight) else None
        with _one_thread():
            self.trees_ = model.fit(np.column_stack([others, matrix]), y, sample_weight=told)
        self._centre(matrix, others, weight)
        some = matrix[np.linspace(0, len(matrix) - 1, min(CHECKED_ROWS, len(matrix))).astype(int)]
        self._hold(some, self._log_odds(some))

    def _centre(self, matrix: FloatArray, others: FloatArray, weight: FloatArray) -> None:
        from_none = np.array([self._lifts_only(name) for name in [TYPE, *self.columns_]])
        median = np.nanmedian(matrix, axis=0)
        median[0] = 0.0  # the most common type
        self.reference_ = np.where(from_none, 0.0, median)
        self.nuisance_mean_ = 0.0
        at_reference = self._log_odds(self.reference_[None])
        if others.shape[1]:
            rows = np.column_stack([others, np.tile(self.reference_, (len(others), 1))])
            self.nuisance_mean_ = float(np.average(self._raw(rows) - at_reference, weights=weight))
        self.centre_ = np.zeros(len(self.group_))
        means = np.average(self._parts(matrix).to_numpy(), axis=0, weights=weight)
        silent = [name == COMPLAINTS and not self.low_complaints_lower for name in self.group_]
        self.centre_ = np.where(silent, 0.0, means)
        self.level_ = float(at_reference[0] + self.nuisance_mean_ + self.centre_.sum())

    def _parts(self, matrix: FloatArray) -> pd.DataFrame:
        at_reference = self._log_odds(self.reference_[None])
        added = {}
        for (name, mine), centre in zip(self.group_.items(), self.centre_, strict=True):  # four groups
            rows = np.tile(self.reference_, (len(matrix), 1))
            rows[:, mine] = matrix[:, mine]
            added[name] = self._log_odds(rows) - at_reference - centre
        return pd.DataFrame(added)

    def _log_odds(self, matrix: FloatArray) -> FloatArray:
        others = np.zeros((len(matrix), len(self.nuisance_levels_)))
        return self._raw(np.column_stack([others, matrix])) + self.nuisance_mean_

    def _raw(self, rows: FloatArray) -> FloatArray:
        with _one_thread():
            return np.asarray(self.trees_.decision_function(rows), dtype=float)


class AdditiveBoosting(Challenger):
    """Explainable boosting (interpret-core, extra analyst) without interactions: one learned curve per input.

    What is kept of it are the curves (cuts and heights), so that a trained model is used, stored and read without the
    library. Heights are counted from the training mean; those of complaints from none.
    """

    def __init__(
        self, groups: Mapping[str, str] | None = None, *, learning_rate: float = 0.04, max_rounds: int = 300,
        outer_bags: int = 4, max_bins: int = 64, min_samples_leaf: int = 40, low_complaints_lower: bool = False,
        random_state: int = 0,
    ) -> None:  # fmt: skip
        self.groups, self.learning_rate, self.max_rounds = groups, learning_rate, max_rounds
        self.outer_bags, self.max_bins, self.min_samples_leaf = outer_bags, max_bins, min_samples_leaf
        self.low_complaints_lower, self.random_state = low_complaints_lower, random_state

    @classmethod
    def from_settings(cls, groups: Mapping[str, str], settings: Settings) -> Self:
        """An unfitted challenger with the settings in force. Raises InputError where the library is not installed."""
        _explainable_boosting()
        return cls(groups, low_complaints_lower=settings.score.low_complaints_lower_likelihood)

    def _learn(self, matrix: FloatArray, others: FloatArray, y: FloatArray, weight: FloatArray) -> None:
        first, width = others.shape[1], matrix.shape[1]
        model = _explainable_boosting()(
            feature_types=["nominal"] * (first + 1) + ["continuous"] * (width - 1), interactions=0,
            monotone_constraints=[*[0] * first, *self._rising()], outer_bags=self.outer_bags,
            learning_rate=self.learning_rate, max_rounds=self.max_rounds, max_bins=self.max_bins,
            min_samples_leaf=self.min_samples_leaf, n_jobs=1, random_state=self.random_state,
        )  # fmt: skip
        rows = np.column_stack([others, matrix])
        with warnings.catch_warnings():  # its charts leave out what is missing; here it is kept and told
            warnings.filterwarnings("ignore", message="Missing values detected", category=UserWarning)
            model.fit(rows, y, sample_weight=weight)
        self._keep_curves(model, first)
        told = model.eval_terms(rows)
        left_out = float(np.average(told[:, :first].sum(axis=1), weights=weight))
        raised = sum(self.none_.values())  # what was counted from the mean of complaints is counted from none
        self.level_ = float(model.intercept_[0]) + left_out + raised
        self._hold(matrix, float(model.intercept_[0]) + left_out + told[:, first:].sum(axis=1))

    def _keep_curves(self, model: Any, first: int) -> None:
        """Of every input: where its curve steps, and its heights for missing, each step (or level), and unknown."""
        self.cuts_: dict[str, FloatArray] = {}
        self.heights_: dict[str, FloatArray] = {}
        self.none_: dict[str, float] = {}
        curves = dict(zip((place for (place,) in model.term_features_), model.term_scores_, strict=True))
        for place, name in enumerate([TYPE, *self.columns_], first):
            bins, heights = model.bins_[place][0], np.asarray(curves[place], dtype=float)
            if name == TYPE:
                self.heights_[name] = heights[[bins[str(code)] for code in range(len(self.types_))]]
                continue
            self.cuts_[name] = np.asarray(bins, dtype=float)
            self.none_[name] = float(heights[_step(np.zeros(1), bins)][0]) if self._lifts_only(name) else 0.0
            self.heights_[name] = heights - self.none_[name]

    def _parts(self, matrix: FloatArray) -> pd.DataFrame:
        signals = list(dict.fromkeys(_signal(name) for name in self.inputs_ if name != TYPE)) + [TYPE]
        sums = {signal: np.zeros(len(matrix)) for signal in signals}
        for name, values in zip([TYPE, *self.columns_], matrix.T, strict=True):  # a few hundred inputs
            step = values.astype(np.int64) if name == TYPE else _step(values, self.cuts_[name])
            sums[_signal(name)] += self.heights_[name][step]
        return pd.DataFrame(sums)

    def _log_odds(self, matrix: FloatArray) -> FloatArray:
        return np.asarray(self.level_ + self._parts(matrix).to_numpy().sum(axis=1))


def _step(values: FloatArray, cuts: FloatArray) -> IntArray:
    """Which height of a curve a value stands on; the first is that of a missing one."""
    return np.where(np.isnan(values), 0, np.searchsorted(cuts, values, side="right") + 1)


def _explainable_boosting() -> Any:
    try:
        from interpret.glassbox import ExplainableBoostingClassifier
    except ImportError as error:
        raise InputError(
            "The kind ebm needs a library that is not installed here.", where="model",
            hint="install the extra (pip install 'risiko[analyst]'), or take another kind of model",
        ) from error  # fmt: skip
    return ExplainableBoostingClassifier


def _one_thread() -> Any:
    """Boosting on one thread: several are many times slower on a busy machine, and the sums differ by their order."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="openmp")


def _signal(name: str) -> str:
    return name.partition(SEPARATOR)[0]


def _levels(values: pd.Series) -> list[str]:
    """The levels of a category, the most common first (ties by name), not more than a model takes."""
    counts = values.astype("str").value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return [str(level) for level in counts.index[:MOST_LEVELS]]


def _coded(values: pd.Series, levels: list[str]) -> FloatArray:
    """Each value's place among the levels; blank for one that is missing, unknown or too rare."""
    code = pd.Index(levels, dtype="str").get_indexer(pd.Index(values.astype("str")))
    return np.where(code < 0, np.nan, code)
