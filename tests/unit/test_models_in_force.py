"""From training to the score in force: what is registered, what may be promoted, and what a list by a model says."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko import pipeline, reasons, registry
from risiko.errors import InputError, ModelError, TooLittleToLearn
from risiko.pipeline.runs import Run
from risiko.registry import LoadedModel
from tests import small_authority as small
from tests.models import one_card

LATER = small.NOW.replace(month=6)
REPLAY_ROWS = 20


@pytest.fixture
def opened(tmp_path: Path) -> pipeline.Authority:
    """The small authority with one trained model, for this test alone."""
    shutil.copytree(small.trained_folder(), tmp_path / "a")
    return small.opened_in(tmp_path / "a")


@pytest.fixture
def only(opened: pipeline.Authority) -> LoadedModel:
    return registry.load(registry.registered(opened.store)["model_id"].iloc[0], opened.models, opened.store)


def with_gains(opened: pipeline.Authority, only: LoadedModel, *gains: tuple[str, float, float, float]) -> str:
    """The same model registered anew with these mean gains over points: metric, value, low, high."""
    rows = [{"method": "learned", "metric": metric, "at": None, "as_of": None, "against": "points", "value": value,
             "low": low, "high": high, "n": 92, "events": 56, "base_rate": 0.6} for metric, value, low, high in gains]  # fmt: skip
    facts = replace(only.facts, metrics=tuple(rows), as_of=only.facts.as_of.replace(day=29))
    replay = small.learner().moments.at(small.END).inputs[list(facts.features)].head(REPLAY_ROWS)
    return registry.save(only.model, facts, replay, opened.models, opened.store, now=LATER, write_cards=one_card).model_id


def test_training_registers_a_model_that_is_not_yet_in_force(opened: pipeline.Authority, only: LoadedModel) -> None:
    facts = only.facts
    rows = small.learner().rows(small.END)
    assert (facts.kind, facts.as_of, facts.n_rows, facts.n_events) == ("learned", small.END, len(rows.y), rows.events)
    assert facts.trained_through == tuple(rows.cohorts["as_of"])
    assert facts.outcome["severity"] == "breach"
    assert facts.data_version == pipeline.data_version(opened)
    assert "3 as-of dates from 2021-05-31 to 2023-05-31" in facts.evaluation
    assert pipeline.in_force(opened) is None
    assert not registry.registered(opened.store)["in_force"].any()
    held = (opened.models / only.entry.model_id).iterdir()
    assert {"manifest.json", "card.md", "card.html"} <= {path.name for path in held}


def test_what_is_registered_says_what_the_fitted_score_says(only: LoadedModel) -> None:
    moment, fitted = small.learner().moments.at(small.END), small.learner().fit(small.END)
    assert only.model.decision_function(moment.inputs) == pytest.approx(fitted.model.decision_function(moment.inputs), abs=1e-12)


def test_its_gains_are_those_of_the_backtest(only: LoadedModel) -> None:
    mean = small.tried().mean().query("method == 'learned' and against == 'points' and metric == 'auc'").iloc[0]
    mine = pipeline.gains(only.facts, "points").query("metric == 'auc'").iloc[0]
    assert mine[["value", "low", "high"]].tolist() == pytest.approx(mean[["value", "low", "high"]].tolist())
    assert pipeline.gains(only.facts, "never heard of").empty


def test_the_same_training_again_is_a_model_of_its_own_that_says_the_same(
    opened: pipeline.Authority, only: LoadedModel
) -> None:
    again = pipeline.train(opened, small.END, now=LATER, learner=small.learner())
    assert again.entry.model_id != only.entry.model_id
    inputs = small.learner().moments.at(small.END).inputs
    assert again.model.decision_function(inputs) == pytest.approx(only.model.decision_function(inputs), abs=1e-12)
    assert list(registry.registered(opened.store)["model_id"]) == [only.entry.model_id, again.entry.model_id]


def test_a_model_not_shown_better_is_not_put_in_force(opened: pipeline.Authority, only: LoadedModel) -> None:
    gain = pipeline.gains(only.facts, "points").query("metric == 'auc'")
    assert (gain["low"] <= 0).all()  # little data: the truth of this small world
    with pytest.raises(ModelError, match="not shown better than the score in force \\(points\\)") as told:
        pipeline.promote(opened, only.entry.model_id, "it learns", now=LATER)
    assert f"auc {gain['value'].iloc[0]:+.3f}" in told.value.what
    assert registry.in_force(opened.store) is None


@pytest.mark.parametrize(
    ("gains", "allowed"),
    [
        ([("auc", 0.05, 0.01, 0.09)], True),
        ([("auc", 0.05, 0.01, 0.09), ("average_precision", 0.02, -0.01, 0.05)], True),
        ([("auc", 0.05, 0.01, 0.09), ("average_precision", -0.05, -0.09, -0.01)], False),  # a loss on the other
        ([("auc", 0.05, 0.0, 0.09)], False),  # the interval must lie above zero
        ([("brier", 0.05, 0.01, 0.09)], False),  # another measure decides nothing
        ([("auc", 0.05, None, None)], False),  # without an interval nothing is shown
        ([], False),
    ],
)
def test_what_is_shown_better_may_be_promoted_and_nothing_else(
    opened: pipeline.Authority, only: LoadedModel, gains: list[tuple[str, float, float, float]], *, allowed: bool
) -> None:
    model_id = with_gains(opened, only, *gains)
    if not allowed:
        with pytest.raises(ModelError, match="not shown better"):
            pipeline.promote(opened, model_id, "tried", now=LATER)
        assert registry.in_force(opened.store) is None
        return
    pipeline.promote(opened, model_id, "shown better in the spring", now=LATER, by="board")
    in_force = pipeline.in_force(opened)
    assert in_force is not None
    assert in_force.entry.model_id == model_id
    assert opened.store.promotions()[["why", "by"]].to_numpy().tolist() == [["shown better in the spring", "board"]]


def test_a_newer_model_of_the_kind_in_force_takes_its_place_without_a_new_proof(
    opened: pipeline.Authority, only: LoadedModel
) -> None:
    better = with_gains(opened, only, ("auc", 0.05, 0.01, 0.09))
    pipeline.promote(opened, better, "shown better", now=LATER)
    pipeline.promote(opened, only.entry.model_id, "retrained on newer labels", now=LATER)
    assert registry.in_force(opened.store) == only.entry.model_id
    registry.retire("back to points", opened.store, now=LATER)
    assert pipeline.in_force(opened) is None


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_model_whose_files_are_not_sound_is_neither_promoted_nor_used(
    opened: pipeline.Authority, only: LoadedModel, damage: str
) -> None:
    model_id = with_gains(opened, only, ("auc", 0.05, 0.01, 0.09))
    pipeline.promote(opened, model_id, "shown better", now=LATER)
    place = opened.models / model_id
    if damage == "gone":
        shutil.rmtree(place)
    else:
        (place / "card.md").write_text("a better card", encoding="utf-8")
    for use in (lambda: pipeline.in_force(opened), lambda: pipeline.promote(opened, model_id, "again", now=LATER)):
        with pytest.raises(ModelError):
            use()


def test_too_little_to_learn_trains_nothing(opened: pipeline.Authority) -> None:
    poor = replace(opened, settings=small.rules(minimum_events=10_000))
    with pytest.raises(TooLittleToLearn, match="is learned"):
        pipeline.train(poor, small.DATES[0], now=LATER)
    assert len(registry.registered(opened.store)) == 1


@pytest.fixture(scope="module")
def scored() -> Callable[[date], Run]:
    """The list of a date with the trained model offered."""
    opened = small.opened_in(small.trained_folder())
    known = registry.registered(opened.store)["model_id"].iloc[0]
    model = registry.load(known, opened.models, opened.store)
    return lambda day, **more: pipeline.rank(pipeline.prepare(opened, day), model=model, **more)


@pytest.fixture(scope="module")
def run(scored: Callable[[date], Run]) -> Run:
    return scored(small.END)


def test_the_parts_of_a_models_score_add_up_to_its_log_odds(run: Run) -> None:
    frame = run.table.frame().set_index("service_id")
    odds = np.log(frame["likelihood"] / (1 - frame["likelihood"]))
    whole = run.table.base + run.table.contributions.sum(axis=1)
    assert whole.reindex(frame.index).to_numpy() == pytest.approx(odds.to_numpy(), abs=1e-9)
    fitted = small.learner().fit(small.END).model
    inputs = small.learner().moments.at(small.END).inputs
    assert whole.reindex(inputs.index).to_numpy() == pytest.approx(fitted.decision_function(inputs), abs=1e-9)


def test_every_rank_lies_in_its_interval_and_every_list_names_the_model(run: Run) -> None:
    frame = run.table.frame()
    assert sorted(frame["rank"]) == list(range(1, len(frame) + 1))
    assert (frame["rank_low"] <= frame["rank"]).all()
    assert (frame["rank"] <= frame["rank_high"]).all()
    assert set(frame["model_id"]) == {run.table.model_id}
    assert run.table.model_id.startswith("learned-2024-06-30-")
    assert frame["evidence"].between(0, 1).all()


def test_few_complaints_never_lower_a_learned_score(run: Run) -> None:
    complaints = [name for name, group in run.table.group_of.items() if group == "complaints"]
    assert complaints
    standing = run.prepared.features.readings["complaint_rate_long"]["standing"]
    told = run.table.contributions.loc[(standing < 0).to_numpy(), "complaint_rate_long"]
    assert len(told) > 20
    assert (told >= -1e-12).all()


def test_a_model_of_a_later_date_is_not_used_on_an_earlier_list(scored: Callable[[date], Run]) -> None:
    before, points = scored(date(2024, 6, 29)), pipeline.rank(pipeline.prepare(small.authority(), date(2024, 6, 29)))
    assert before.table.model_id == points.table.model_id
    pd.testing.assert_frame_equal(before.table.frame(), points.table.frame())


def test_a_planners_own_weights_are_tried_on_the_points_score(scored: Callable[[date], Run]) -> None:
    assert scored(small.END, weights={"last_finding": 1.0}).table.model_id != scored(small.END).table.model_id


def test_a_model_that_learned_from_other_signals_is_refused(only: LoadedModel, opened: pipeline.Authority) -> None:
    fewer = replace(opened, settings=small.rules(signals=("last_finding",)))
    with pytest.raises(InputError) as told:
        pipeline.rank(pipeline.prepare(fewer, small.END), model=only)
    assert told.value.hint


def test_a_reason_is_a_reading_worse_than_usual_or_missing_not_how_old_or_many_it_is(run: Run) -> None:
    features, whole = run.prepared.features, run.table.contributions
    reading = features.readings["finding_history"]
    worse = (reading["standing"] > 0) | reading["missing"].notna()
    assert 0 < worse.sum() < len(worse)
    added = (whole * 0).assign(finding_history=0.5, service_type=0.2)
    drawn = replace(run.table, contributions=added, read=added)
    named = reasons.main_reasons(drawn, features)
    assert named[worse].map(tuple).unique().tolist() == [("finding_history", "service_type")]
    assert named[~worse].map(tuple).unique().tolist() == [("service_type",)]
