"""What every store remembers about models; each test runs in memory, on SQLite and on PostgreSQL, and upgrades keep it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

from risiko.errors import StoreError
from risiko.store import open_store, schema
from risiko.store.anchors import ModelEntry
from risiko.store.base import Store
from tests.builders import batch, part
from tests.old_stores import as_version, tamper, version_of
from tests.unit.test_store_faults import open_folder, ordinary_user

__all__ = ["open_folder"]  # a fixture

MAY, JUNE = datetime(2026, 5, 1, 9, 30, 15, 250), datetime(2026, 6, 1, 12)
FIRST = ModelEntry("learned-2022-09-30-aaaaaaaa", "a1" * 32, "learned", date(2022, 9, 30), MAY)
SECOND = ModelEntry("boosting-2023-03-31-bbbbbbbb", "b2" * 32, "boosting", date(2023, 3, 31), JUNE)
SERVICES = "service_id | users\ns1 | 40"
OLD = pytest.mark.parametrize("old_version", [1, 2, 3])


def test_a_new_store_has_no_models_and_no_promotions_but_their_columns(store: Store) -> None:
    models, promotions = store.models(), store.promotions()
    assert (len(models), len(promotions)) == (0, 0)
    assert {c: str(t) for c, t in models.dtypes.items()} == {
        "model_id": "str", "manifest_sha256": "str", "kind": "str", "as_of": "datetime64[us]", "recorded_at": "datetime64[us]",
    }  # fmt: skip
    assert {c: str(t) for c, t in promotions.dtypes.items()} == {
        "seq": "int64", "model_id": "str", "why": "str", "at": "datetime64[us]", "by": "str",
    }  # fmt: skip


def test_models_come_back_as_recorded_oldest_first(store: Store) -> None:
    store.record_model(SECOND)
    store.record_model(FIRST)
    assert store.models().to_dict("records") == [
        {"model_id": entry.model_id, "manifest_sha256": entry.manifest_sha256, "kind": entry.kind,
         "as_of": pd.Timestamp(entry.as_of), "recorded_at": pd.Timestamp(entry.recorded_at)}
        for entry in (FIRST, SECOND)
    ]  # fmt: skip
    assert {c: str(t) for c, t in store.models().dtypes.items()}["as_of"] == "datetime64[us]"


def test_moments_are_kept_in_utc(store: Store) -> None:
    oslo = datetime(2026, 6, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    store.record_model(ModelEntry(FIRST.model_id, FIRST.manifest_sha256, "learned", FIRST.as_of, oslo))
    store.record_promotion(FIRST.model_id, "better on later dates", oslo, "")
    assert store.models()["recorded_at"].tolist() == store.promotions()["at"].tolist() == [pd.Timestamp(2026, 6, 1, 12)]


def test_an_anchor_is_never_changed(store: Store) -> None:
    store.record_model(FIRST)
    for again in (FIRST, ModelEntry(FIRST.model_id, "ff" * 32, "learned", FIRST.as_of, JUNE)):
        with pytest.raises(StoreError, match="registered already") as told:
            store.record_model(again)
        assert (told.value.where, bool(told.value.hint)) == (store.address, True)
    assert store.models()["manifest_sha256"].tolist() == [FIRST.manifest_sha256]


def test_promotions_are_appended_in_the_order_they_came(store: Store) -> None:
    store.record_model(FIRST)
    store.record_promotion(FIRST.model_id, "  better on six later dates ", JUNE, " the analyst ")
    store.record_promotion("", "found wanting; 'quoted' æøå", MAY, "")
    assert store.promotions().to_dict("records") == [
        {"seq": 1, "model_id": FIRST.model_id, "why": "better on six later dates", "at": pd.Timestamp(JUNE), "by": "the analyst"},
        {"seq": 2, "model_id": "", "why": "found wanting; 'quoted' æøå", "at": pd.Timestamp(MAY), "by": ""},
    ]  # fmt: skip


@pytest.mark.parametrize(("model_id", "why", "match"), [(SECOND.model_id, "good", "not registered"), (FIRST.model_id, " \n", "written reason")])
def test_a_promotion_needs_a_registered_model_and_a_reason(store: Store, model_id: str, why: str, match: str) -> None:
    store.record_model(FIRST)
    with pytest.raises(StoreError, match=match):
        store.record_promotion(model_id, why, JUNE, "")
    assert store.promotions().empty


def test_models_outlive_the_process_and_do_not_touch_the_records(kept_address: str) -> None:
    first = open_store(kept_address)
    first.commit(batch(part("services", SERVICES)))
    first.record_model(FIRST)
    first.record_promotion(FIRST.model_id, "better", datetime(2026, 6, 1, tzinfo=UTC), "")
    first.close()
    again = open_store(kept_address, create=False)
    assert again.models()["model_id"].tolist() == again.promotions()["model_id"].tolist() == [FIRST.model_id]
    assert len(again.imports()) == len(again.read(["services"])["services"]) == 1


@OLD
def test_an_older_store_is_brought_up_to_date_when_it_is_opened(kept_address: str, old_version: int) -> None:
    old = open_store(kept_address)
    old.commit(batch(part("services", SERVICES)))
    old.close()
    as_version(old_version, kept_address)
    store = open_store(kept_address, create=False)
    assert version_of(kept_address) == str(schema.VERSION) == "5"
    assert store.read(["services"])["services"]["service_id"].tolist() == ["s1"]
    store.record_model(FIRST)
    store.record_draw("{}", MAY.date(), "too wide a tier", JUNE, "KN")
    store.record_weight_set("council", {"a": 1.0}, "", JUNE, "KN")
    again = open_store(kept_address)
    assert again.models()["model_id"].tolist() == [FIRST.model_id]
    assert (len(again.draws()), len(again.weight_sets())) == (1, 1)


def test_a_store_of_version_2_keeps_its_models(kept_address: str) -> None:
    old = open_store(kept_address)
    old.record_model(FIRST)
    old.record_promotion(FIRST.model_id, "better", JUNE, "")
    old.close()
    as_version(2, kept_address)
    store = open_store(kept_address, create=False)
    assert store.models()["model_id"].tolist() == store.promotions()["model_id"].tolist() == [FIRST.model_id]
    assert store.draws().empty


@pytest.mark.parametrize(("old_version", "taken", "made_before"), [(1, "promotions", "models"), (1, "weight_sets", "models"), (2, "weight_sets", "draws"), (3, "log", "busy_periods")])
def test_a_step_that_fails_leaves_the_old_store_as_it_was(tmp_path: Path, old_version: int, taken: str, made_before: str) -> None:
    path = str(tmp_path / "store.db")
    open_store(path).commit(batch(part("services", SERVICES)))
    as_version(old_version, path)
    with closing(sqlite3.connect(path)) as other:  # a later table cannot be made: its name is taken
        other.execute(f"CREATE VIEW {taken} AS SELECT 1")
        other.commit()
    store = open_store(path)
    assert version_of(path) == str(old_version)
    with closing(sqlite3.connect(path)) as other:
        made = {name for (name,) in other.execute("SELECT name FROM sqlite_master")}
    assert made_before not in made, "the first step of the upgrade was taken back"
    assert len(store.read(["services"])["services"]) == 1
    with pytest.raises(StoreError):
        store.record_model(FIRST)


@OLD
def test_an_older_store_that_cannot_be_written_still_reads(open_folder: Path, old_version: int) -> None:
    place = open_folder / "store.db"
    open_store(str(place)).commit(batch(part("services", SERVICES)))
    as_version(old_version, str(place))
    place.chmod(0o444)
    before = place.read_bytes()
    with ordinary_user():
        store = open_store(str(place))
        assert len(store.read()["services"]) == 1
        assert store.models().empty
        assert store.promotions().empty
        assert store.draws().columns.tolist() == ["seq", "made_at", "by", "why", "as_of", "record", "sha256"]
        assert (len(store.draws()), len(store.weight_sets()), len(store.log()), store.verify()) == (0, 0, 0, [])
        assert (len(store.history("busy_periods")), store.newest_known("busy_periods")) == (0, None)
        assert store.rehearse(batch(part("services", "service_id\ns2", file="b.csv")))[0].changed
        with pytest.raises(StoreError, match="cannot be written"):
            store.record_model(FIRST)
        with pytest.raises(StoreError, match="cannot be written"):
            store.record_draw("{}", MAY.date(), "why", JUNE, "KN")
    assert place.read_bytes() == before


def by_model(store: Store) -> None:
    store.record_model(FIRST)


def by_draw(store: Store) -> None:
    store.record_draw("{}", MAY.date(), "too wide a tier", JUNE, "KN")


def by_weights(store: Store) -> None:
    store.record_weight_set("council", {"a": 1.0}, "", JUNE, "KN")


@OLD
@pytest.mark.parametrize("write", [by_model, by_draw, by_weights])
def test_a_busy_older_store_is_read_now_and_brought_up_to_date_later(tmp_path: Path, old_version: int, write: Callable[[Store], None]) -> None:
    path = str(tmp_path / "store.db")
    open_store(path).commit(batch(part("services", SERVICES)))
    as_version(old_version, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store = open_store(path, wait_seconds=0.1)
        assert len(store.read(["services"])["services"]) == 1
    assert version_of(path) == str(old_version)
    write(store)
    assert (version_of(path), len(store.models()) + len(store.draws()) + len(store.weight_sets())) == ("5", 1)


def test_lost_anchors_are_told_and_not_taken_for_none(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    store = open_store(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE promotions")
        other.commit()
    with pytest.raises(StoreError, match="table or column is missing"):
        store.promotions()


@pytest.mark.parametrize(("change", "match"), [
    ("UPDATE models SET as_of = 'soon'", "record of models cannot be read at 'learned"),
    ("UPDATE promotions SET at = 'then'", "record of promotions cannot be read at 1"),
])  # fmt: skip
def test_a_damaged_line_is_told(tmp_path: Path, change: str, match: str) -> None:
    path = str(tmp_path / "store.db")
    store = open_store(path)
    store.record_model(FIRST)
    store.record_promotion(FIRST.model_id, "better", JUNE, "")
    tamper(path, change)
    with pytest.raises(StoreError, match=match):
        _ = store.models(), store.promotions()
