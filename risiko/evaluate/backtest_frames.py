"""The pictures' frames of a backtest: calibration, observed over expected, gain, and days earlier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import pandas as pd

from risiko.evaluate.comparison import by_group, calibration_bands
from risiko.evaluate.days_earlier import days_earlier
from risiko.evaluate.folds import Fold
from risiko.evaluate.metrics import gain_curve

GAIN_SHARES = np.round(np.linspace(0, 1, 41), 3)
BANDS_OF_A_DATE, BANDS_OF_ALL = 5, 10  # a date has some hundred outcomes: ten bands of it would be noise
SIZES = ("smallest", "second", "third", "largest")


def probability(log_odds: pd.Series) -> pd.Series:
    """The probability of log-odds."""
    return 1 / (1 + np.exp(-log_odds))


def bands(folds: Sequence[Fold], models: Sequence[str]) -> pd.DataFrame:
    """Promised and seen per date, and over all dates together (as_of NaT): as_of, method, calibration_bands."""
    parts = []
    for model in models:
        whole = _labelled(folds, model)
        for as_of, own in whole.groupby("as_of"):
            cut = calibration_bands(own["p"], own["y"], bands=BANDS_OF_A_DATE)
            parts.append(cut.assign(as_of=as_of, method=model))
        together = calibration_bands(whole["p"], whole["y"], bands=BANDS_OF_ALL)
        parts.append(together.assign(as_of=pd.NaT, method=model))
    return _stacked(parts)


def groups(folds: Sequence[Fold], models: Sequence[str]) -> pd.DataFrame:
    """Observed over expected by county, sector and size, all dates together: method, by, comparison.by_group."""
    parts = []
    for model in models:
        whole = _labelled(folds, model)
        share = whole.groupby("as_of")["users"].rank(pct=True)
        whole["size"] = pd.cut(share, [0, 0.25, 0.5, 0.75, 1], labels=SIZES).astype("str")
        for by in ("county", "sector", "size"):
            parts.append(by_group(whole["p"], whole["y"], whole[by]).assign(by=by, method=model))
    return _stacked(parts)


def gain(folds: Sequence[Fold]) -> pd.DataFrame:
    """Share of the outcomes in the first share of the list, per date and as mean over the dates (as_of NaT)."""
    parts = [
        pd.DataFrame({
            "as_of": pd.Timestamp(as_of), "method": method, "share": GAIN_SHARES,
            "captured": gain_curve(score.fillna(-np.inf).to_numpy(dtype=float), outcome, GAIN_SHARES),
        })
        for as_of, method, score, outcome, _ in _rankings(folds) if outcome.sum()
    ]  # fmt: skip
    whole = _stacked(parts)
    if whole.empty:
        return pd.DataFrame(columns=["as_of", "method", "share", "captured"])
    mean = whole.groupby(["method", "share"], as_index=False)["captured"].mean().assign(as_of=pd.NaT)
    return pd.concat([whole, mean], ignore_index=True)


def days(folds: Sequence[Fold]) -> pd.DataFrame:
    """Days by which services with the outcome would have been visited sooner: as_of, method, days."""
    rows = []
    for as_of, method, score, outcome, visited in _rankings(folds):
        told = visited.notna().to_numpy()
        sooner = days_earlier(score.to_numpy(dtype=float)[told], outcome[told], visited[told])
        rows.append((pd.Timestamp(as_of), method, sooner))
    return pd.DataFrame(rows, columns=["as_of", "method", "days"])


def _rankings(
    folds: Sequence[Fold],
) -> Iterator[tuple[date, str, pd.Series, np.ndarray[tuple[int, ...], np.dtype[np.float64]], pd.Series]]:
    """Every ranking of every date among its labelled services: date, method, score, outcome, day visited."""
    for fold in folds:
        inside = fold.outcome.notna().to_numpy()
        outcome = fold.outcome.to_numpy(dtype=float)[inside]
        for method, score in fold.scores[inside].items():
            yield fold.as_of, str(method), score, outcome, fold.visited[inside]


def _labelled(folds: Sequence[Fold], model: str) -> pd.DataFrame:
    """The supervised services of all dates below each other: as_of, p, y, county, sector, users."""
    parts = [
        fold.about[["county", "sector", "users"]].assign(
            as_of=pd.Timestamp(fold.as_of), p=probability(fold.scores[model]), y=fold.outcome
        )[fold.outcome.notna().to_numpy()]
        for fold in folds
    ]
    return pd.concat(parts, ignore_index=True)


def _stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
