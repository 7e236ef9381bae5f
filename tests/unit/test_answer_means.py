"""Means of several collections: worked by hand, and intervals that hold what they promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from risiko.statistics.answer_means import pooled_means


def answers(*rows: tuple[str, int, float, float | None, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["about", "n", "mean", "spread", "design_effect", "source"])


def test_one_collection_is_its_own_mean_with_its_own_error() -> None:
    found = pooled_means(answers(("safe", 100, 60.0, 20.0, 1.0, "A")), ["about"], 25.0).iloc[0]
    assert (found["n"], found["mean"], found["se"]) == (100, 60, pytest.approx(2.0))
    assert (found["low"], found["high"]) == (pytest.approx(56.08), pytest.approx(63.92))


def test_design_effect_and_usual_spread() -> None:
    wide = pooled_means(answers(("safe", 100, 60.0, None, 4.0, "A")), ["about"], 25.0).iloc[0]
    assert wide["se"] == pytest.approx(5.0), "sqrt(4 × 25² / 100)"


def test_collections_count_by_their_people_and_their_distance_widens_the_interval() -> None:
    found = pooled_means(answers(("x", 30, 40.0, 10.0, 1.0, "A"), ("x", 10, 80.0, 10.0, 1.0, "B")), ["about"], 25.0).iloc[0]
    assert (found["n"], found["mean"], found["pieces"], found["sources"]) == (40, 50, 2, 2)
    # 2/1 × (0.75² × 10² + 0.25² × 30²) = 225; within alone it would be 0.75² × 100/30 + 0.25² × 100/10 = 2.5
    assert found["se"] == pytest.approx(15.0)


def test_each_question_by_itself_and_none_of_none() -> None:
    found = pooled_means(answers(("a", 5, 0.0, 1.0, 1.0, "A"), ("b", 5, 100.0, 30.0, 1.0, "A")), ["about"], 25.0)
    assert found["about"].tolist() == ["a", "b"]
    assert found["low"].iloc[0] == 0
    assert found["high"].iloc[1] == 100
    assert pooled_means(answers(), ["about"], 25.0).empty


def test_ninety_five_per_cent_cover_the_truth_where_places_differ() -> None:
    rng = np.random.default_rng(7)
    worlds, places = np.divmod(np.arange(400 * 30), 30)
    heard = 60 + rng.normal(0, 6, worlds.size) + rng.normal(0, 20 / np.sqrt(20), worlds.size)
    rows = pd.DataFrame({"world": worlds, "n": 20, "mean": heard, "spread": 20.0, "design_effect": 1.0, "source": places})
    found = pooled_means(rows, ["world"], 25.0)
    assert 0.91 < ((found["low"] <= 60) & (found["high"] >= 60)).mean() < 0.98
