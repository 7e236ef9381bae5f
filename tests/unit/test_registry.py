"""Model folders are saved whole or not at all, and put in force with a reason."""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from risiko import settings
from risiko.errors import StoreError
from risiko.registry import (
    ModelFacts,
    in_force,
    library_versions,
    load,
    promote,
    registered,
    retire,
    save,
)
from risiko.scoring.kinds import KINDS, unfitted
from risiko.scoring.learned import LearnedScore
from risiko.store import open_store
from risiko.store.anchors import ModelEntry
from risiko.store.base import Store
from tests.models import LATER, NOW, ROWS, Foreign, facts, fitted, inputs, one_card, refused, saved


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store.db"), wait_seconds=0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_a_saved_model_comes_back_with_its_facts_and_answers_the_same(folder: Path, store: Store) -> None:
    entry = saved(folder, store)
    back = load(entry.model_id, folder, store, expects=list(inputs().columns))
    np.testing.assert_array_equal(back.model.decision_function(inputs()), fitted().decision_function(inputs()))
    pd.testing.assert_frame_equal(back.model.contributions(inputs()), fitted().contributions(inputs()))
    assert back.facts == facts(libraries=library_versions())
    assert back.entry == entry
    assert back.warnings == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_of_every_kind_can_be_kept(folder: Path, store: Store, kind: str) -> None:
    groups = {"complaint_rate": "complaints", "findings": "history", "service_type": "metadata"}
    outcome = (inputs()["findings|standing"] > 0).to_numpy(dtype=float)
    model = unfitted(kind, groups, settings.load(None)).fit(inputs(), outcome).recalibrate(0.9, -0.1)
    entry = saved(folder, store, model=model, kind=kind)
    back = load(entry.model_id, folder, store).model
    np.testing.assert_array_equal(back.decision_function(inputs()), model.decision_function(inputs()))
    pd.testing.assert_frame_equal(back.contributions(inputs()), model.contributions(inputs()))


def test_the_folder_holds_what_the_manifest_says_and_the_store_the_manifests_hash(folder: Path, store: Store) -> None:
    entry = saved(folder, store)
    place = folder / entry.model_id
    content = {path.name: path.read_bytes() for path in place.iterdir()}
    assert set(content) == {"model.skops", "replay.parquet", "card.md", "manifest.json"}
    manifest = json.loads(content.pop("manifest.json"))
    assert manifest["files"] == {n: {"sha256": hashlib.sha256(c).hexdigest(), "bytes": len(c)} for n, c in content.items()}
    assert store.models().to_dict("records") == [{
        "model_id": entry.model_id, "kind": "learned", "as_of": pd.Timestamp("2022-09-30"), "recorded_at": pd.Timestamp(NOW),
        "manifest_sha256": hashlib.sha256((place / "manifest.json").read_bytes()).hexdigest(),
    }]  # fmt: skip
    assert entry.model_id == "learned-2022-09-30-" + hashlib.sha256(content["model.skops"]).hexdigest()[:8]
    assert content["card.md"].decode() == f"# {entry.model_id}, 120 æøå\n"


def test_twenty_rows_are_kept_with_their_answers_and_without_names_of_services(folder: Path, store: Store) -> None:
    entry = saved(folder, store)
    kept = pd.read_parquet(folder / entry.model_id / "replay.parquet")
    assert kept.columns.tolist() == [*inputs().columns, "log_odds"]
    expected = inputs().iloc[np.linspace(0, ROWS - 1, 20).astype(int)]
    np.testing.assert_array_equal(kept["log_odds"], fitted().decision_function(expected))
    assert kept["findings|standing"].isna().sum() == expected["findings|standing"].isna().sum() > 0
    assert kept.index.tolist() == list(range(20))


def test_every_training_has_an_id_of_its_own_and_none_is_overwritten(folder: Path, store: Store) -> None:
    first, second = saved(folder, store), saved(folder, store)
    other = saved(folder, store, model=LearnedScore(penalty=2.0).fit(inputs(), np.arange(ROWS) % 2))
    ids = {entry.model_id for entry in (first, second, other)}
    assert first.model_id not in (second.model_id, other.model_id)
    assert {p.name for p in folder.iterdir()} == set(registered(store)["model_id"]) == ids


def test_a_model_works_from_wherever_its_folder_was_copied(folder: Path, store: Store, tmp_path: Path) -> None:
    entry = saved(folder, store)
    shutil.copytree(folder / entry.model_id, tmp_path / "elsewhere" / entry.model_id)
    assert load(entry.model_id, tmp_path / "elsewhere", store).facts.n_events == 120


# --- nothing half-written


def test_ctrl_c_in_the_middle_of_saving_leaves_nothing(folder: Path, store: Store) -> None:
    seen: list[str] = []

    def interrupted(told: ModelFacts, entry: ModelEntry) -> Mapping[str, str]:
        seen.extend(path.name for path in folder.glob("*/*"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(fitted(), facts(), inputs(), folder, store, now=NOW, write_cards=interrupted)
    assert "model.skops" in seen, "it was half-written when it was interrupted"
    assert list(folder.iterdir()) == []
    assert store.models().empty


def test_a_disk_without_room_leaves_nothing(folder: Path, store: Store) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, limits[1]))  # no file may grow beyond this
    try:
        told = refused(lambda: saved(folder, store), "cannot be saved: File too large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert told.where == str(folder)
    assert list(folder.iterdir()) == []
    assert store.models().empty


def test_a_store_that_cannot_take_the_anchor_leaves_no_folder(folder: Path, store: Store, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="busy"):
            saved(folder, store)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(store: Store, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    refused(lambda: saved(tmp_path / "models", store), "cannot be saved")


# --- not saved at all


def numbers() -> pd.DataFrame:
    return inputs().assign(service_type=0.0).fillna(0.0)


@pytest.mark.parametrize(("make", "match"), [
    (Foreign, r"types that risiko does not open.*Foreign"),
    (lambda: LogisticRegression().fit(numbers(), np.arange(ROWS) % 2), "not what a model of the kind learned is"),
    (lambda: LearnedScore({("a", "b"): "history"}).fit(inputs(), np.arange(ROWS) % 2), "cannot keep"),
])  # fmt: skip
def test_a_model_that_could_not_be_opened_again_is_not_saved(
    folder: Path, store: Store, make: Callable[[], object], match: str
) -> None:
    model = make()
    rows = numbers() if isinstance(model, LogisticRegression) else inputs()
    refused(lambda: save(model, facts(), rows, folder, store, now=NOW, write_cards=one_card), match)
    assert not folder.exists()


def test_a_model_without_finite_answers_is_not_saved(folder: Path, store: Store) -> None:
    broken = LearnedScore().fit(inputs(), np.arange(ROWS) % 2).recalibrate(float("nan"), 0.0)
    refused(lambda: saved(folder, store, model=broken), "no finite log-odds")


@pytest.mark.parametrize(("rows", "match"), [
    (lambda x: x.iloc[:19], "with 20 rows"),
    (lambda x: x[x.columns[::-1]], "in their order"),
    (lambda x: x.iloc[:, 1:], "in their order"),
])  # fmt: skip
def test_rows_that_cannot_check_the_model_are_refused(
    folder: Path, store: Store, rows: Callable[[pd.DataFrame], pd.DataFrame], match: str
) -> None:
    refused(lambda: save(fitted(), facts(), rows(inputs()), folder, store, now=NOW, write_cards=one_card), match)


# --- in force


def test_the_points_score_is_in_force_until_a_model_is_promoted(folder: Path, store: Store) -> None:
    assert in_force(store) is None
    first, second = saved(folder, store), saved(folder, store)
    promote(first.model_id, "Gain .03 (.01 to .05) on six later dates.", store, now=NOW, by="analyst")
    assert in_force(store) == first.model_id
    promote(second.model_id, "New year of outcomes.", store, now=LATER)
    assert in_force(store) == second.model_id
    assert registered(store).set_index("model_id")["in_force"].to_dict() == {first.model_id: False, second.model_id: True}
    retire("Calibration off since the new rules.", store, now=LATER, by="lead")
    assert in_force(store) is None
    assert not registered(store)["in_force"].any()
    assert store.promotions()[["model_id", "why", "by"]].to_numpy().tolist() == [
        [first.model_id, "Gain .03 (.01 to .05) on six later dates.", "analyst"],
        [second.model_id, "New year of outcomes.", ""],
        ["", "Calibration off since the new rules.", "lead"],
    ]  # fmt: skip


def test_nothing_changes_without_a_reason_or_twice(folder: Path, store: Store) -> None:
    entry = saved(folder, store)
    refused(lambda: promote(entry.model_id, " \t", store, now=NOW), "written reason")
    refused(lambda: retire("no need", store, now=NOW), "The points score is in force already")
    promote(entry.model_id, "better", store, now=NOW)
    refused(lambda: retire("", store, now=NOW), "written reason")
    refused(lambda: promote(entry.model_id, "again", store, now=NOW), "is in force already")
    assert len(store.promotions()) == 1


def test_no_model_is_registered_in_a_new_store(store: Store) -> None:
    assert registered(store).columns.tolist() == ["model_id", "manifest_sha256", "kind", "as_of", "recorded_at", "in_force"]
    assert registered(store).empty
