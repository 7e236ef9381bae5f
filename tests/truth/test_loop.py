"""Learning from one's own selections, in worlds where the truth is known: only what is clearly beyond noise.

benchmarks/loop.py prints the table over more worlds, with what does not improve; here six small ones.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from risiko.evaluate.loop import Practice, World, simulate

SEEDS = range(6)
PRACTICES = {
    "none": Practice(0.0), "fifth": Practice(0.2), "aimed": Practice(0.2, aim=3.0),
    "weighted": Practice(0.1, weighted=True), "chance": Practice(1.0),
}  # fmt: skip


@lru_cache(maxsize=8)
def years(name: str) -> pd.DataFrame:
    """Every year of every world under one practice."""
    return pd.concat({seed: simulate(World(), PRACTICES[name], np.random.default_rng(seed)) for seed in SEEDS})


def change(column: str, name: str) -> pd.Series:
    """Year ten, by world, beside no exploration."""
    return (years(name)[column] - years("none")[column]).xs(10, level="year")


def test_without_chance_in_it_the_share_failing_cannot_be_told_and_the_plain_one_is_far_off() -> None:
    found = years("none")
    assert found[["corrected", "low", "high"]].isna().all(axis=None)
    bias = (found["naive"] - found["failing"]).groupby(level=0).mean()
    assert (bias > 0.15).all(), bias


@pytest.mark.parametrize("name", ["fifth", "aimed"])
def test_with_chance_in_it_the_interval_covers_the_truth(name: str) -> None:
    found = years(name)
    inside = (found["low"] <= found["failing"]) & (found["failing"] <= found["high"])
    assert inside.mean() > 0.87  # 95 % of 60, less three standard errors
    error = found["corrected"] - found["failing"]
    assert abs(error.mean()) < 3 * error.std() / np.sqrt(len(error))
    assert abs(error.mean()) < 0.25 * (found["naive"] - found["failing"]).mean()


def test_chance_alone_needs_no_correction() -> None:
    found = years("chance")
    assert found["corrected"].tolist() == pytest.approx(found["naive"].tolist())
    assert (found["naive"] - found["failing"]).mean() == pytest.approx(0, abs=0.02)


def test_the_poor_among_the_quiet_are_hardly_seen_without_it_and_more_with_it() -> None:
    assert years("none").xs(10, level="year")["unseen_quiet"].mean() > 0.75
    for name in ("fifth", "aimed"):
        assert change("unseen_quiet", name).mean() < -0.08, name
        assert change("covered", name).mean() > 0.04, name


def test_a_draw_aimed_at_the_silent_reaches_the_quiet() -> None:
    world = World(years=5)
    plain, aimed = (
        np.mean([simulate(world, practice, np.random.default_rng(s))["unseen_quiet"].iloc[-1] for s in range(3)])
        for practice in (Practice(1.0), Practice(1.0, aim=50.0))
    )
    assert aimed < plain - 0.1


def test_chance_has_a_price_and_learning_by_weights_costs_more() -> None:
    hits = {name: years(name)["hit_rate"].drop(1, level="year").groupby(level=0).mean() for name in PRACTICES}
    assert (hits["none"] - hits["fifth"]).mean() > 0.01
    assert (hits["none"] - hits["weighted"]).mean() > 0.03
    assert (hits["none"] > hits["chance"]).all()


def test_the_same_seed_gives_the_same_world_to_every_practice_and_the_same_years_again() -> None:
    truth = ["true", "failing"]
    for name in PRACTICES:
        pd.testing.assert_frame_equal(years(name)[truth], years("none")[truth])
    again = simulate(World(), PRACTICES["fifth"], np.random.default_rng(0))
    pd.testing.assert_frame_equal(again, years("fifth").loc[0])


def test_what_was_seen_only_grows() -> None:
    covered = years("fifth")["covered"].groupby(level=0).diff().dropna()
    assert (covered >= 0).all()
    assert years("chance").xs(10, level="year")["covered"].mean() == pytest.approx(1 - 0.9**10, abs=0.02)


@pytest.mark.parametrize(("level", "share"), [(-60.0, 0.0), (60.0, 1.0)])
def test_worlds_where_none_or_all_fail_are_answered(level: float, share: float) -> None:
    found = simulate(World(services=100, years=3, level=level), Practice(0.2), np.random.default_rng(1))
    assert (found[["hit_rate", "failing", "naive", "corrected"]] == share).all(axis=None)
    assert found["auc"].isna().all()
    assert (found["low"] < found["high"]).all()


def test_visiting_everyone_leaves_no_one_unseen() -> None:
    found = simulate(World(services=60, years=2, capacity=1.0, quiet=0.0), Practice(0.0), np.random.default_rng(1))
    assert (found["covered"] == 1).all()
    assert (found["naive"] == found["failing"]).all()
    assert found["unseen_quiet"].isna().all()


@pytest.mark.parametrize("faulty", [
    lambda: World(capacity=1.2), lambda: World(quiet=-0.1), lambda: World(services=3, capacity=0.1),
    lambda: Practice(1.5), lambda: Practice(0.1, aim=0.0),
])  # fmt: skip
def test_impossible_worlds_and_practices_are_refused(faulty) -> None:
    with pytest.raises(ValueError):
        faulty()
