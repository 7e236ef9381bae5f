"""The loop: what years of retraining on one's own selections do to what a list finds, and to what it never sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.selection import places
from risiko.statistics.inputs import BoolArray, refuse
from risiko.statistics.intervals import wilson

Rng = np.random.Generator
MEMORY = 0.8  # of what was found, this much counts a year later
FIRST_WEIGHTS = np.array([0.3, 0.3, 0.3, 0.3, 0.6, 0.0, 0.0])  # points before anything is learned, by column of signals


@dataclass(frozen=True)
class World:
    """An invented authority. Risk is a log-odds, normal between services, that drifts slowly (AR 1).

    Two streams of complaints rise with risk; a share of quiet services sends none, whatever the risk. Two registered
    numbers say a little about every service. quiet_shift: how much worse (log-odds) the quiet are. A visit changes
    no one.
    """

    services: int = 1000
    years: int = 10
    capacity: float = 0.10
    level: float = -1.6
    spread: float = 1.2
    drift: float = 0.9
    quiet: float = 0.3
    quiet_shift: float = 0.0
    complaints: float = 0.7
    noise: float = 2.0

    def __post_init__(self) -> None:
        shares = np.array([self.capacity, self.quiet])
        refuse((shares < 0) | (shares > 1), "capacity and quiet must be from 0 to 1")
        refuse(np.bool_(round(self.services * self.capacity) < 1), "capacity must be a visit a year or more")


@dataclass(frozen=True)
class Practice:
    """How the authority chooses and learns.

    explore: share of the visits drawn by chance from services outside the top of the list. aim: how many times likelier
    the draw takes a service nobody complained of this year. weighted: learn with 1 / chance of the visit, cut at
    most_weight.
    """

    explore: float
    aim: float = 1.0
    weighted: bool = False
    most_weight: float = 100

    def __post_init__(self) -> None:
        refuse(np.bool_(not 0 <= self.explore <= 1), f"the exploration share must be from 0 to 1, not {self.explore}")
        refuse(np.bool_(not 0 < self.aim < np.inf), f"the aim must be above 0, not {self.aim}")


class Year(NamedTuple):
    """What one year of planning left behind: what was known of all, who was visited, and with which chance."""

    signals: FloatArray
    top: BoolArray
    drawn: BoolArray
    chance: FloatArray
    failed: FloatArray

    @property
    def visited(self) -> BoolArray:
        """Chosen or drawn."""
        return self.top | self.drawn


class State(NamedTuple):
    """What is remembered of each service: decayed visits and findings, and whether it was ever seen."""

    visits: FloatArray
    findings: FloatArray
    seen: BoolArray


def simulate(world: World, practice: Practice, rng: Rng) -> pd.DataFrame:
    """One invented authority run for years, each year learning from what it visited in all earlier ones.

    The world and the lottery draw from streams of their own, so the same seed gives the same world to every practice.
    One row per year:
    hit_rate of all visits; predicted and true: mean prediction and mean chance of failing over ALL services, gap their
    difference; auc of the score against what would have been found everywhere; covered: share of services ever
    visited; unseen, unseen_quiet: of the tenth with the highest risk this year (and its quiet ones) the share never
    visited; failing: share of all that would have been found failing; naive: the hit rate taken for that;
    corrected, low, high: from both arms with 95 % interval, NaN without a drawn arm.
    """
    n = world.services
    rng, lottery = rng.spawn(2)
    quiet = rng.random(n) < world.quiet
    risk = rng.normal(0, world.spread, n)
    registered = rng.normal(0, world.noise * world.spread, (n, 2))
    state = State(np.zeros(n), np.zeros(n), np.zeros(n, dtype=bool))
    past: list[Year] = []
    rows: list[dict[str, float]] = []
    for _ in range(world.years):
        risk = world.drift * risk + rng.normal(0, world.spread * np.sqrt(1 - world.drift**2), n)
        chance_of_failing = _share(world.level + world.quiet_shift * quiet + risk)
        signals = np.column_stack([_signals(world, risk, registered, quiet, rng), _history(state)])
        predicted = _learned(signals, past, practice)
        failed = (rng.random(n) < chance_of_failing).astype(float)
        year = _visits(practice, round(n * world.capacity), signals, predicted, failed, lottery)
        past.append(year)
        state = _remembered(state, year)
        rows.append(_measured(year, predicted, chance_of_failing, quiet, state.seen))
    return pd.DataFrame(rows, index=pd.RangeIndex(1, world.years + 1, name="year"))


def _signals(world: World, risk: FloatArray, registered: FloatArray, quiet: BoolArray, rng: Rng) -> FloatArray:
    mean = world.complaints * np.exp(0.6 * risk)
    heard = np.where(quiet[:, None], 0, rng.poisson(mean[:, None], (len(risk), 2)))
    return np.column_stack([np.log1p(heard), (risk[:, None] + registered) / world.noise])


def _history(state: State) -> FloatArray:
    """Share of findings at past visits beside the mean of the visited, on how many visits it rests, never visited."""
    share = state.findings.sum() / max(state.visits.sum(), 1e-9)
    excess = (state.findings - share * state.visits) / (state.visits + 1)
    return np.column_stack([excess, np.log1p(state.visits), ~state.seen])


def _learned(signals: FloatArray, past: list[Year], practice: Practice) -> FloatArray:
    """Predicted chance of failing for every service; points through a logistic curve before both classes were seen."""
    seen = [(y.signals[y.visited], y.failed[y.visited], y.chance[y.visited]) for y in past]
    failed = np.concatenate([f for _, f, _ in seen]) if seen else np.empty(0)
    if len(np.unique(failed)) < 2:
        return _share(signals @ FIRST_WEIGHTS - 1.5)
    from sklearn.linear_model import LogisticRegression

    chance = np.concatenate([c for *_, c in seen])
    weight = np.minimum(1 / chance, practice.most_weight) if practice.weighted else np.ones(len(chance))
    model = LogisticRegression(C=1.0, solver="newton-cholesky")
    model.fit(np.concatenate([s for s, *_ in seen]), failed, sample_weight=weight / weight.mean())
    predicted: FloatArray = model.predict_proba(signals)[:, 1]
    return predicted


def _visits(
    practice: Practice, capacity: int, signals: FloatArray, predicted: FloatArray, failed: FloatArray, rng: Rng
) -> Year:
    """The year's visits: the top of the list (equal scores in random order), and a draw from the rest in two groups."""
    n, to_draw = len(predicted), round(capacity * practice.explore)
    top, drawn, chance = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool), np.ones(n)
    top[np.lexsort((rng.random(n), -predicted))[: capacity - to_draw]] = True
    silent = (signals[:, :2] == 0).all(axis=1)
    groups = [np.flatnonzero(~top & silent), np.flatnonzero(~top & ~silent)]
    sought = practice.aim * len(groups[0])
    mean = np.clip(to_draw * sought / max(sought + len(groups[1]), 1), to_draw - len(groups[1]), len(groups[0]))
    first = int(np.floor(mean + rng.random()))  # the mean is kept, so that the chances below are the true ones
    for group, m, expected in zip(groups, (first, to_draw - first), (mean, to_draw - mean), strict=True):
        drawn[rng.choice(group, m, replace=False)] = True
        chance[group] = expected / max(len(group), 1)
    return Year(signals, top, drawn, chance, failed)


def _remembered(state: State, year: Year) -> State:
    return State(
        MEMORY * state.visits + year.visited,
        MEMORY * state.findings + year.visited * year.failed,
        state.seen | year.visited,
    )


def _measured(
    year: Year, predicted: FloatArray, truth: FloatArray, quiet: BoolArray, seen: BoolArray
) -> dict[str, float]:
    worst = places(truth, max(1, len(truth) // 10)) > 0
    corrected, low, high = _corrected(year)
    return {
        "hit_rate": float(year.failed[year.visited].mean()),
        "predicted": float(predicted.mean()), "true": float(truth.mean()),
        "gap": float(predicted.mean() - truth.mean()),
        "auc": _auc(predicted, year.failed),
        "covered": float(seen.mean()), "unseen": float((~seen[worst]).mean()),
        "unseen_quiet": float((~seen[worst & quiet]).mean()) if (worst & quiet).any() else np.nan,
        "failing": float(year.failed.mean()), "naive": float(year.failed[year.visited].mean()),
        "corrected": corrected, "low": low, "high": high,
    }  # fmt: skip


def _corrected(year: Year) -> tuple[float, float, float]:
    """Share failing in all: the chosen counted, the rest from the draw, weighted; Wilson at its effective number."""
    if not year.drawn.any():
        return np.nan, np.nan, np.nan
    weight, failed = 1 / year.chance[year.drawn], year.failed[year.drawn]
    share, ess = float(weight @ failed / weight.sum()), float(weight.sum() ** 2 / (weight**2).sum())
    low, high = wilson(np.array([share * ess]), np.array([ess]))
    known, rest, n = float(year.failed[year.top].sum()), int((~year.top).sum()), len(year.top)
    return (known + rest * share) / n, (known + rest * float(low[0])) / n, (known + rest * float(high[0])) / n


def _auc(score: FloatArray, failed: FloatArray) -> float:
    """The chance that a failing service stands above a sound one, ties half; NaN with one class only."""
    from scipy.stats import rankdata

    bad = failed > 0
    n_bad, n_good = int(bad.sum()), int((~bad).sum())
    if not n_bad * n_good:
        return np.nan
    return float((rankdata(score)[bad].sum() - n_bad * (n_bad + 1) / 2) / (n_bad * n_good))


def _share(log_odds: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-log_odds)))
