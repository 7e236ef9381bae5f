"""Backtests drawn for the tests of the page: services, outcomes by a known chance, and lists that know more or less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from risiko import settings
from risiko.evaluate.backtest import Backtest, evaluate
from risiko.evaluate.folds import Fold
from risiko.pipeline import Authority
from risiko.pipeline.backtesting import rules
from risiko.pipeline.validation import default_folder, key_of
from risiko.reports.backtest_files import write_backtest

DATES = (date(2022, 12, 31), date(2023, 6, 30), date(2023, 12, 31))
Lists = Callable[[np.ndarray, np.random.Generator], dict[str, np.ndarray]]
COUNTIES = np.array(["Oslo", "Agder", "Troms"])


def knowing(truth: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The learned score knows the chance; points nearly; time since last nothing."""
    return {"learned": truth, "random": rng.random(len(truth)), "time_since_last": rng.random(len(truth)),
            "points": truth + rng.normal(0, 0.3, len(truth))}  # fmt: skip


def ignorant(truth: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The learned score knows nothing; the last outcome knows the chance."""
    return {"learned": rng.normal(-1.5, 1, len(truth)), "random": rng.random(len(truth)), "last_outcome": truth}


def fold(day: date, lists: Lists = knowing, *, n: int = 400, by_lot: float = 0.0, level: float = -1.5) -> Fold:
    """One date: n services of n / 4 owners in three counties, a fifth of them not supervised."""
    rng = np.random.default_rng(day.toordinal())
    index = pd.Index([f"s{i:03}" for i in range(n)], name="service_id")
    truth = rng.normal(level, 1.3, n)
    outcome = pd.Series((rng.random(n) < 1 / (1 + np.exp(-truth))).astype(float), index)
    outcome[rng.random(n) < 0.2] = np.nan
    about = pd.DataFrame({
        "provider_id": [f"p{i // 4}" for i in range(n)], "office": COUNTIES[np.arange(n) % 3],
        "county": COUNTIES[np.arange(n) % 3], "sector": "health", "users": rng.integers(1, 90, n).astype(float),
        "quiet": rng.random(n) < 0.5,
    }, index=index)  # fmt: skip
    days = pd.Timestamp(day) + pd.to_timedelta(rng.integers(1, 365, n), unit="D")
    scores = pd.DataFrame(lists(truth, rng), index=index)
    return Fold(
        as_of=day, scores=scores, outcome=outcome, about=about,
        visited=pd.Series(days, index).where(outcome.notna()), random=pd.Series(rng.random(n) < by_lot, index),
        chance=pd.Series(0.8, index),
        facts=pd.DataFrame([_facts(name, outcome) for name in scores if name in ("learned", "boosting")]),
    )  # fmt: skip


def backtest(folds: Sequence[Fold], models: Sequence[str] = ("learned",)) -> Backtest:
    """The folds evaluated by the shipped rules, with fewer resamples."""
    return evaluate(folds, models, replace(rules(settings.load()), resamples=200))


def kept(found: Backtest, authority: Authority, key: str = "") -> Path:
    """The backtest laid beside the authority's store, as a run leaves it; another key makes it an earlier one's."""
    folder = default_folder(authority)
    assert folder is not None
    folder.mkdir(exist_ok=True)
    write_backtest(found, folder, key or key_of(authority))
    return folder


def _facts(name: str, outcome: pd.Series) -> dict[str, object]:
    return {
        "method": name, "n": 1200, "n_events": 180, "cohorts": 4, "slope": 0.9, "offset": 0.1,
        "recalibrated_on": pd.Timestamp("2021-12-31"), "recalibrated_events": 40, "tested": int(outcome.notna().sum()),
        "tested_events": int(outcome.sum()), "base_rate": float(outcome.mean()), "warnings": "",
    }  # fmt: skip
