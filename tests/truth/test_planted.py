"""Plant the truth and ask for it back: does the day-one score find the services that were made poor?

The worlds are synthetic, and one hand wrote them and the score: so each statement is also tried on two worlds whose
making breaks the score's assumptions, and against shuffled truth, where nothing may be found.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline, settings, synthetic

AS_OF = date(2025, 6, 30)


@lru_cache(maxsize=3)
def scored(world: str) -> pd.DataFrame:
    """Likelihood and planted probability of a severe failure in the year that follows, per service."""
    built = synthetic.build(world=world, n_services=2500, end=date(2026, 6, 30), seed=3)
    run = pipeline.rank(pipeline.prepare_tables(built.tables, AS_OF, settings.load()))
    truth = built.truth[built.truth["year"] == AS_OF.year].set_index("service_id")
    shown = pipeline.ranking(run).set_index("service_id")
    return shown.join(truth[["p_severe", "quality", "silent_but_poor"]], how="inner")


def lift(frame: pd.DataFrame, truth: pd.Series, share: float = 0.1) -> float:
    """Mean planted probability among the share with the highest likelihood, against the mean of all."""
    top = frame["likelihood"].nlargest(int(len(frame) * share)).index
    return float(truth[top].mean() / truth.mean())


@pytest.mark.parametrize("world", synthetic.WORLDS)
def test_planted_poor_services_rise(world: str) -> None:
    frame = scored(world)
    assert lift(frame, frame["p_severe"]) > 1.3, world


@pytest.mark.parametrize("world", synthetic.WORLDS)
def test_shuffled_truth_gives_no_lift(world: str) -> None:
    frame, rng = scored(world), np.random.default_rng(9)
    lifts = [lift(frame, pd.Series(rng.permutation(frame["p_severe"]), index=frame.index)) for _ in range(200)]
    assert np.mean(lifts) == pytest.approx(1, abs=0.02)
    assert lift(frame, frame["p_severe"]) > np.quantile(lifts, 0.995)


def test_the_silence_test() -> None:
    """Remove half of the complaints of the most dependent users' services: truly poor ones must not sink out of the top."""
    built = synthetic.build(n_services=2500, end=date(2026, 6, 30), seed=3)
    truth = built.truth[built.truth["year"] == AS_OF.year].set_index("service_id")["p_severe"]

    def top(tables: dict[str, pd.DataFrame]) -> pd.Index:
        shown = pipeline.ranking(pipeline.rank(pipeline.prepare_tables(tables, AS_OF, settings.load())))
        return pd.Index(shown["service_id"].head(250))

    types = {name for name, kind in settings.load().service_types.items() if kind.dependency == 3}
    services, complaints = built.tables["services"], built.tables["complaints"]
    dependent = set(services.loc[services["service_type"].isin(types), "service_id"])
    hushed = complaints["service_id"].isin(dependent) & (np.random.default_rng(4).random(len(complaints)) < 0.5)
    poor = truth.index[(truth > truth.quantile(0.9)) & truth.index.isin(dependent)]
    before = top(built.tables).intersection(poor)
    after = top({**built.tables, "complaints": complaints[~hushed]}).intersection(poor)
    assert len(before) >= 15  # enough for the next line to mean something
    assert len(before.intersection(after)) >= 0.85 * len(before)
