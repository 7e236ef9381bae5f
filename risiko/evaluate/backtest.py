"""Backtest: a score tried on dates it could not see beyond, beside everything it wants to replace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate import backtest_frames as frames
from risiko.evaluate.comparison import COLUMNS, Cuts, Measured, measured, tabled
from risiko.evaluate.folds import Fold
from risiko.evaluate.resampling import CountArray, cluster_counts
from risiko.evaluate.selection import corrected
from risiko.statistics.inputs import IntArray

CORRECTED = ("last_outcome", "points")  # baselines that are corrected for selection beside the models
ALL, QUIET, RANDOM_ARM = "supervised", "no_complaint", "random_arm"
POPULATIONS = (ALL, QUIET, RANDOM_ARM)


@dataclass(frozen=True)
class Rules:
    """What is measured: shares of the list, the real capacity as a share, resamples, level and seed of the intervals.

    most_weight, minimum_ess and most_clipped rule the numbers corrected for selection (selection.corrected). With fewer
    services with (or without) the outcome than least_events a date measures nothing.
    """

    shares: tuple[float, ...]
    capacity_share: float
    resamples: int
    level: float
    seed: int
    most_weight: float
    minimum_ess: float
    most_clipped: float
    least_events: int = 5


@dataclass(frozen=True)
class Backtest:
    """What a backtest found, as frames; as_of is NaT for the mean over the dates (or, in bands, all dates together).

    comparison: as_of, population, then comparison.COLUMNS. bands: as_of, method, and calibration_bands. groups: method,
    by, and comparison.by_group, all dates together. gain: as_of, method, share, captured. days: as_of, method, days
    earlier. corrected: as_of, method, estimate, and selection.Estimate: hits per place at capacity among all services.
    folds: per date and model what it was trained on. models: the rankings that are models, the first of them
    the default; all others are baselines.
    """

    models: tuple[str, ...]
    comparison: pd.DataFrame
    bands: pd.DataFrame
    groups: pd.DataFrame
    gain: pd.DataFrame
    days: pd.DataFrame
    corrected: pd.DataFrame
    folds: pd.DataFrame

    @property
    def dates(self) -> list[pd.Timestamp]:
        """The as-of dates, oldest first."""
        return sorted(self.folds["as_of"].unique())

    def mean(self, population: str = ALL) -> pd.DataFrame:
        """The comparison's means over the dates, with intervals that draw a provider in all dates or none."""
        mine = self.comparison[(self.comparison["population"] == population) & self.comparison["as_of"].isna()]
        return mine.drop(columns=["as_of", "population"]).reset_index(drop=True)

    def better(self, model: str, baseline: str, metric: str = "auc") -> bool:
        """Whether the mean gain of a model over another ranking has a lower bound above zero."""
        mean = self.mean()
        row = mean[(mean["method"] == model) & (mean["against"] == baseline) & (mean["metric"] == metric)]
        return bool(len(row) and row["low"].iloc[0] > 0)


def evaluate(folds: Sequence[Fold], models: Sequence[str], rules: Rules) -> Backtest:
    """Every measure of every ranking on every date, and its mean over the dates.

    A provider's services are drawn together, and in all dates at once: dates half a year apart hold many of the same
    providers, so the interval of the mean may not take them as independent.
    """
    folds = sorted(folds, key=lambda fold: fold.as_of)  # providers are drawn by number: in one order, whatever is asked
    size, codes = _providers(folds)
    drawn = cluster_counts(np.arange(size), rules.resamples, np.random.default_rng(rules.seed))
    parts: list[pd.DataFrame] = []
    for population in POPULATIONS:
        found = {}
        for fold, code in zip(folds, codes, strict=True):
            part = _measure(fold, code, drawn, population, models, rules)
            if part is not None:
                found[fold.as_of] = part
        parts += [part.frame.assign(as_of=pd.Timestamp(day), population=population) for day, part in found.items()]
        if len(found) > 1:
            parts.append(_mean(list(found.values()), rules).assign(as_of=pd.NaT, population=population))
    columns = ["as_of", "population", *COLUMNS]
    return Backtest(
        models=tuple(models),
        comparison=pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns),
        bands=frames.bands(folds, models),
        groups=frames.groups(folds, models),
        gain=frames.gain(folds),
        days=frames.days(folds),
        corrected=_corrected(folds, [*models, *(name for name in CORRECTED if name in folds[0].scores)], rules),
        folds=pd.concat([fold.facts.assign(as_of=pd.Timestamp(fold.as_of)) for fold in folds], ignore_index=True),
    )


@dataclass(frozen=True)
class _Part:
    """One population at one date: its measures under every draw, and as a table."""

    found: Measured
    frame: pd.DataFrame
    n: int
    events: int


def _corrected(folds: Sequence[Fold], methods: Sequence[str], rules: Rules) -> pd.DataFrame:
    """Hits per place at capacity in the whole cohort, corrected for who was visited: as_of, method, estimate, …"""
    parts = []
    for fold in folds:
        k = max(1, round(rules.capacity_share * len(fold.scores)))
        for method in methods:
            score = fold.scores[method].fillna(-np.inf)
            expected = frames.probability(fold.scores[method]) if method in set(fold.facts["method"]) else None
            found = corrected(
                score, fold.outcome, fold.chance, k, expected, fold.random, most_weight=rules.most_weight,
                minimum_ess=rules.minimum_ess, most_clipped=rules.most_clipped,
            )  # fmt: skip
            found = found.rename_axis("estimate").reset_index()
            parts.append(found.assign(as_of=pd.Timestamp(fold.as_of), method=method, k=k))
    return pd.concat(parts, ignore_index=True)


def _providers(folds: Sequence[Fold]) -> tuple[int, list[IntArray]]:
    """How many providers there are over all dates, and each service's code; a service without one is its own."""
    names = [fold.about["provider_id"].fillna("\x1f" + fold.about.index.to_series()).to_numpy() for fold in folds]
    whole = pd.Index(pd.unique(np.concatenate(names)))
    return len(whole), [whole.get_indexer(part).astype(np.int64) for part in names]


def _measure(
    fold: Fold, code: IntArray, drawn: CountArray, population: str, models: Sequence[str], rules: Rules
) -> _Part | None:
    inside = fold.outcome.notna().to_numpy()
    if population == QUIET:
        inside = inside & fold.about["quiet"].to_numpy(dtype=bool)
    elif population == RANDOM_ARM:
        inside = inside & fold.random.to_numpy(dtype=bool)
    outcome: FloatArray = fold.outcome.to_numpy(dtype=float)[inside]
    if min(outcome.sum(), (1 - outcome).sum()) < rules.least_events:
        return None
    counts = np.vstack([np.ones((1, len(outcome)), dtype=np.int32), drawn[:, code[inside]]])
    scores = fold.scores[inside]
    scores = scores.assign(**{name: frames.probability(scores[name]) for name in models})
    within = {"office": fold.about["office"][inside]}
    cuts = Cuts.of(rules.shares, rules.capacity_share)
    found = measured(scores, outcome, counts, cuts, groups=within, probability=models)
    n, events = len(outcome), int(outcome.sum())
    return _Part(found, tabled(found, _against(list(scores), models), n, events, rules.level), n, events)


def _against(methods: Sequence[str], models: Sequence[str]) -> list[str]:
    """What every ranking is held against: the baselines, and the default model, which a challenger must beat."""
    return [name for name in methods if name not in models[1:]]


def _mean(parts: Sequence[_Part], rules: Rules) -> pd.DataFrame:
    """The mean over the dates of every measure that stands at all of them, draw by draw."""
    mean: dict[str, dict[tuple[str, float], FloatArray]] = {}
    for method, keys in parts[0].found.items():
        whole = [part.found.get(method, {}) for part in parts]
        mean[method] = {
            key: np.mean([found[key] for found in whole], axis=0) for key in keys if all(key in f for f in whole)
        }
    against = [name for name in parts[0].frame["against"].unique() if mean.get(name)]
    return tabled(mean, against, sum(p.n for p in parts), sum(p.events for p in parts), rules.level)


