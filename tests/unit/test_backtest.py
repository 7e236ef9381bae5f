"""A score tried on earlier dates: what is measured of it and of everything it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko.evaluate.backtest import ALL, POPULATIONS, QUIET, Backtest, evaluate
from risiko.evaluate.comparison import COLUMNS
from risiko.evaluate.days_earlier import days_earlier
from risiko.evaluate.folds import Fold
from risiko.pipeline.backtesting import rules
from risiko.reports.backtest_files import TABLES
from risiko.scoring.baselines import BASELINES
from tests import small_authority as small

RULES = rules(small.rules())


def visits(*days: int) -> pd.Series:
    return pd.Series(pd.Timestamp("2021-01-01") + pd.to_timedelta(list(days), unit="D"))


@pytest.mark.parametrize(
    ("score", "outcome", "on", "expected"),
    [
        ([1, 2, 3, 4], [1, 0, 0, 1], (0, 10, 20, 30), (0 - 30 + 30 - 0) / 2),  # the first would come last, the last first
        ([4, 3, 2, 1], [1, 0, 0, 1], (0, 10, 20, 30), 0),  # the order they were visited in
        ([1, 1, 1, 1], [0, 0, 0, 1], (0, 10, 20, 30), 30 - 15),  # all tied share the mean day
        ([2, 1, 1, 0], [0, 0, 1, 0], (0, 10, 20, 30), 20 - 15),  # the tied share days 10 and 20
        ([1, np.nan, 2, np.nan], [0, 1, 0, 1], (0, 10, 20, 30), (10 - 25 + 30 - 25) / 2),  # no score is visited last
        ([1, 2, 3, 4], [0, 0, 0, 1], (5, 5, 5, 8), 8 - 5),  # three a day stay three a day
        ([1, 2, 3, 4], [1, 0, 0, 0], (5, 5, 5, 8), 5 - 8),  # later is below 0
        ([1, 2, 3, 4], [0, 0, 0, 0], (0, 1, 2, 3), np.nan),
    ],
)
def test_days_earlier_by_hand(score: list[float], outcome: list[int], on: tuple[int, ...], expected: float) -> None:
    found = days_earlier(np.array(score, dtype=float), np.array(outcome, dtype=float), visits(*on))
    assert found == pytest.approx(expected, nan_ok=True)


def drawn(day: date, seed: int, n: int = 240, **changed: object) -> Fold:
    """A fold with a truth: the model knows some of it, `same` says the same as the model, `coin` nothing."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=n)
    index = pd.Index([f"s{i:03d}" for i in range(n)], name="service_id")
    model = truth + rng.normal(size=n)
    outcome = pd.Series((truth + rng.normal(size=n) > 1).astype(float), index=index)
    outcome[rng.random(n) < 0.3] = np.nan
    seen = outcome.notna().to_numpy()
    about = pd.DataFrame({
        "provider_id": pd.array([f"p{i // 3}" for i in range(n)], dtype="str"), "office": pd.array([f"o{i % 3}" for i in range(n)], dtype="str"),
        "county": "c", "sector": "health", "users": np.arange(n, dtype=float), "quiet": rng.random(n) < 0.6,
    }, index=index)  # fmt: skip
    days = pd.Series(pd.Timestamp(day) + pd.to_timedelta(rng.integers(1, 365, n), unit="D"), index=index).where(seen)
    whole = {
        "as_of": day, "scores": pd.DataFrame({"learned": model, "same": model, "coin": rng.normal(size=n)}, index=index),
        "outcome": outcome, "about": about, "visited": days, "random": pd.Series(rng.random(n) < 0.2, index=index) & seen,
        "chance": pd.Series(0.7, index=index), "facts": pd.DataFrame({"method": ["learned"], "n": [n]}),
    }  # fmt: skip
    return Fold(**{**whole, **changed})


FOLDS = [drawn(day, seed) for seed, day in enumerate(small.DATES)]


def measured(folds: Sequence[Fold] = FOLDS) -> Backtest:
    return evaluate(folds, ["learned"], RULES)


@pytest.fixture(scope="module")
def found() -> Backtest:
    return measured()


def rows(frame: pd.DataFrame, **where: object) -> pd.DataFrame:
    for column, value in where.items():
        frame = frame[frame[column].isna() if value is None else frame[column] == value]
    return frame


def assert_same(one: Backtest, other: Backtest, **how: object) -> None:
    assert one.models == other.models
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name, **how)


def test_every_date_and_their_mean_is_measured_in_every_population(found: Backtest) -> None:
    assert list(found.comparison) == ["as_of", "population", *COLUMNS]
    auc = rows(found.comparison, metric="auc", against="", method="learned")
    for population in POPULATIONS:
        mine = rows(auc, population=population)
        assert list(mine["as_of"].dropna()) == [pd.Timestamp(day) for day in small.DATES]
        assert mine["as_of"].isna().sum() == 1
    counts = rows(auc, as_of=pd.Timestamp(small.DATES[0])).set_index("population")["n"]
    assert counts[ALL] == FOLDS[0].outcome.notna().sum()
    assert counts[QUIET] == (FOLDS[0].outcome.notna() & FOLDS[0].about["quiet"]).sum()
    assert found.dates == [pd.Timestamp(day) for day in small.DATES]


def test_the_mean_over_the_dates_is_the_mean_of_their_values(found: Backtest) -> None:
    mine = rows(found.comparison, population=ALL)
    keys = ["method", "metric", "at", "against"]
    by_date = mine[mine["as_of"].notna()].groupby(keys, dropna=False)["value"].mean()
    mean = found.mean().set_index(keys)
    assert len(mean) == len(by_date)
    assert mean["value"].to_numpy() == pytest.approx(by_date.reindex(mean.index).to_numpy())
    assert mean["n"].unique().tolist() == [sum(int(f.outcome.notna().sum()) for f in FOLDS)]
    assert mean["events"].unique().tolist() == [sum(int(f.outcome.sum()) for f in FOLDS)]
    told = mean.dropna(subset=["low", "high"])
    assert (told["low"] <= told["high"]).all()


def test_a_model_that_says_what_a_baseline_says_gains_nothing_on_it(found: Backtest) -> None:
    ranking = ["auc", "average_precision", "lift", "precision", "capture"]
    gain = rows(found.comparison, method="learned", against="same")
    gain = gain[gain["metric"].isin(ranking)]
    assert len(gain) > 20
    assert gain[["value", "low", "high"]].to_numpy() == pytest.approx(0, abs=1e-12)
    assert not found.better("learned", "same")
    assert found.better("learned", "coin")
    assert not found.better("coin", "learned")
    assert not found.better("learned", "never heard of")


def test_the_order_of_the_dates_is_no_matter(found: Backtest) -> None:
    assert_same(measured(FOLDS[::-1]), found, check_exact=True)


def test_one_date_alone_has_no_mean(found: Backtest) -> None:
    one = measured(FOLDS[:1])
    assert one.comparison["as_of"].notna().all()
    assert one.mean().empty
    auc = {"metric": "auc", "against": "", "method": "learned", "population": ALL, "as_of": pd.Timestamp(small.DATES[0])}
    assert rows(one.comparison, **auc)["value"].iloc[0] == rows(found.comparison, **auc)["value"].iloc[0]


def test_a_date_on_which_nobody_had_the_outcome_measures_nothing_and_stops_nothing() -> None:
    nobody = replace(FOLDS[0], outcome=FOLDS[0].outcome.where(FOLDS[0].outcome.isna(), 0.0))
    some = measured([nobody, *FOLDS[1:]])
    assert pd.Timestamp(small.DATES[0]) not in set(some.comparison["as_of"])
    assert len(some.dates) == 3
    assert np.isnan(rows(some.days, as_of=pd.Timestamp(small.DATES[0]), method="learned")["days"].iloc[0])
    none = measured([nobody])
    assert none.comparison.empty
    assert list(none.comparison) == ["as_of", "population", *COLUMNS]


def test_services_of_one_provider_are_drawn_together() -> None:
    """All services with one provider: every draw is all of them or none, and an interval has no width."""
    alone = [replace(fold, about=fold.about.assign(provider_id="p")) for fold in FOLDS]
    own = [replace(fold, about=fold.about.assign(provider_id=None)) for fold in FOLDS]
    widths = [
        rows(measured(folds).mean(), method="learned", metric="auc", against="").eval("high - low").iloc[0]
        for folds in (alone, own)
    ]
    assert widths[0] == pytest.approx(0)
    assert widths[1] > 0.02


def test_the_backtest_of_an_authority_holds_the_score_against_every_baseline() -> None:
    tried = small.tried()
    assert tried.models == ("learned",)
    auc = rows(tried.mean(), metric="auc", against="")
    assert list(auc["method"]) == ["learned", *BASELINES, "own_score"]
    assert set(tried.comparison["against"]) == {"", "learned", *BASELINES, "own_score"}
    assert list(tried.folds["as_of"]) == [pd.Timestamp(day) for day in small.DATES]
    assert tried.folds["n_events"].is_monotonic_increasing
    assert tried.folds["base_rate"].tolist() == pytest.approx((tried.folds["tested_events"] / tried.folds["tested"]).tolist())
