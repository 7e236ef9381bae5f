"""Two lists side by side: by date, by weights and by score, on a small invented authority."""

from __future__ import annotations

import shutil
from datetime import date

import numpy as np
import pytest

from risiko import pipeline
from risiko.errors import InputError, ModelError
from risiko.pipeline import Run, Scenario, Side
from risiko.pipeline.named_weights import remove_weights, save_weights
from risiko.pipeline.redrawn import redrawn_overlap
from risiko.scoring.table import POINTS
from tests.small_authority import END, NOW, opened_in, store_file
from tests.trained import trained

EARLIER, TOP = date(2023, 6, 30), 15
OWN = {"complaint_rate_long": 2.0, "finding_history": 0.0}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> pipeline.Authority:
    place = tmp_path_factory.mktemp("scenario")
    shutil.copy(store_file(), place / "risiko.db")
    return opened_in(place)


@pytest.fixture(scope="module")
def run(opened: pipeline.Authority) -> Run:
    return pipeline.run_of(opened, Side(END), top=TOP)


@pytest.fixture(scope="module")
def dates(opened: pipeline.Authority, run: Run) -> Scenario:
    return pipeline.scenario(pipeline.run_of(opened, Side(EARLIER), top=TOP), run, TOP)


@pytest.fixture(scope="module")
def model_id(opened: pipeline.Authority, run: Run) -> str:
    return trained(opened, run.prepared, END, gain=(0.05, 0.02, 0.08)).entry.model_id


def first(run: Run, top: int) -> set[str]:
    return set(pipeline.ranking(run)["service_id"].head(top))


def test_two_dates_tell_who_came_in_and_who_went_out(dates: Scenario) -> None:
    then, now = first(dates.before, TOP), first(dates.after, TOP)
    assert 0 < len(now - then) < TOP
    assert set(dates.entered["service_id"]) == now - then
    assert set(dates.left["service_id"]) == then - now
    assert dates.entered["rank_after"].is_monotonic_increasing
    assert dates.stability.overlap == len(now & then) / TOP
    told = {state: set(rows) for state, rows in dates.frame.groupby("state")["service_id"]}
    assert (told["stays"], told["enters"], told["leaves"]) == (now & then, now - then, then - now)
    moved = dates.entered[dates.entered["rank_before"].notna()]
    assert moved["why"].notna().all()
    assert not dates.same


def test_every_service_of_either_list_is_there_once_with_its_names_and_places(dates: Scenario) -> None:
    old, new = dates.before.table.scores, dates.after.table.scores
    rows = dates.frame.set_index("service_id")
    assert rows.index.is_unique
    assert set(rows.index) == set(old.index) | set(new.index)
    assert rows.loc[new.index, "rank_after"].tolist() == new["rank"].tolist()
    gone = old.index.difference(new.index)
    assert len(gone) > 0, "some close within a year"
    assert rows.loc[gone, ["rank_after", "p_top_after", "tier_after", "places", "stays"]].isna().all(axis=None)
    assert rows.loc[gone, "name"].notna().all()
    assert rows["p_top_after"].sum() == pytest.approx(TOP, abs=0.5)


def test_chance_is_a_share_of_every_pair_of_redrawn_lists(dates: Scenario) -> None:
    assert len(dates.noise) == 30 * 29 / 2
    assert ((dates.noise > 0) & (dates.noise <= 1)).all()
    assert set(np.round(dates.noise * TOP, 6) % 1) == {0.0}


def test_a_list_beside_itself_is_the_same_and_still_has_chance_and_weights(run: Run) -> None:
    found = pipeline.scenario(run, run, TOP)
    assert found.same
    assert (found.stability.overlap, found.stability.spearman, found.stability.kendall) == pytest.approx((1, 1, 1))
    assert found.entered.empty
    assert found.left.empty
    assert found.noise.mean() < 1
    assert found.weights.mean < 1
    near = found.shaken.set_index("service_id")["stays"]
    assert near.between(0.05, 0.95).all()
    assert (near - 0.5).abs().is_monotonic_increasing


def test_another_capacity_orders_both_lists_for_it(dates: Scenario) -> None:
    found = pipeline.scenario(dates.before, dates.after, 5)
    assert (found.before.table.top, found.after.table.top, found.stability.top) == (5, 5, 5)
    assert found.frame["p_top_before"].sum() == pytest.approx(5, abs=0.3)


def test_weights_are_the_only_difference_of_two_weight_sets(opened: pipeline.Authority, run: Run) -> None:
    other = pipeline.run_of(opened, Side(END, OWN), run.prepared, top=TOP)
    assert other.prepared is run.prepared
    assert other.weights == {**run.weights, **OWN}
    found = pipeline.scenario(run, other, TOP)
    assert len(found.entered) > 0
    assert set(found.entered["why"]) | set(found.left["why"]) <= {*run.weights, "consequence", "others"}


def test_without_what_chance_moves_there_is_no_chance(opened: pipeline.Authority, run: Run) -> None:
    none = dict.fromkeys(run.weights, 0.0)
    flat = pipeline.run_of(opened, Side(END, none), run.prepared, top=TOP)
    found = redrawn_overlap(flat, None, TOP, draws=3, rng=np.random.default_rng(1))
    assert found.tolist() == [1.0, 1.0, 1.0]


def test_a_saved_set_is_found_by_its_name_until_it_is_removed(opened: pipeline.Authority, run: Run) -> None:
    save_weights(opened, "brukerrådets", OWN, now=NOW)
    side = Side(END, weight_set="brukerrådets")
    assert pipeline.run_of(opened, side, run.prepared).weights == {**run.weights, **OWN}
    remove_weights(opened, "brukerrådets", now=NOW)
    with pytest.raises(InputError, match="no weight set 'brukerrådets'"):
        pipeline.run_of(opened, side, run.prepared)


def test_two_scores(opened: pipeline.Authority, run: Run, model_id: str) -> None:
    other = pipeline.run_of(opened, Side(END, score=model_id), run.prepared, top=TOP)
    assert other.table.model_id == model_id
    found = pipeline.scenario(run, other, TOP, pipeline.model_of(opened, other))
    assert 0 < found.stability.overlap < 1
    assert 0 < found.noise.mean() < 1
    assert 0 < found.weights.mean <= 1
    assert pipeline.model_of(opened, run) is None


def test_weights_of_ones_own_are_the_points_scores_whatever_score_is_named(
    opened: pipeline.Authority, run: Run, model_id: str
) -> None:
    assert pipeline.run_of(opened, Side(END, OWN, score=model_id), run.prepared).table.model_id == POINTS
    assert pipeline.run_of(opened, Side(END, score=POINTS), run.prepared).table.model_id == POINTS
    assert pipeline.run_of(opened, Side(END), run.prepared).table.model_id == POINTS, "no model is in force"
    with pytest.raises(ModelError):
        pipeline.run_of(opened, Side(END, score="no-such-model"), run.prepared)


def test_a_model_looks_back_only_in_hindsight(opened: pipeline.Authority, model_id: str) -> None:
    side = Side(EARLIER, score=model_id)
    assert pipeline.run_of(opened, side).table.model_id == POINTS
    assert pipeline.run_of(opened, side, hindsight=True).table.model_id == model_id
