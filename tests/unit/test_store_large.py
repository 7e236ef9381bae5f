"""Counting a large complaints table in the store: the same rows as in memory, from a copy that is kept fresh and safe."""

from __future__ import annotations

import importlib.util
import os
import stat
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from risiko.aggregate import COMPLAINT_KEYS, as_complaints, condense
from risiko.contracts import CONTRACTS
from risiko.errors import StoreError
from risiko.store import large, open_store, rows
from risiko.store.base import Store
from tests.builders import batch, part
from tests.drawn import table

AS_OF = date(2024, 3, 31)
DRAWN = """
    complaint_id | service_id | event_date | known_date | n | source | severity | outcome    | date_precision
    c1           | s1         | 2024-03-05 | 2024-03-05 | 1 | user   | 0        | pending    | day
    c1           | s1         | 2024-03-05 | 2024-03-20 | 1 | user   | 2        | upheld     | day
    c1           | s1         | 2024-03-05 | 2024-09-20 | 1 | user   | 3        | not_upheld | day
    c2           | s1         | 2024-03-09 | 2024-03-09 | 3 | user   | 2        | upheld     | day
    c3           | s1         | 2023-12-31 | 2024-01-31 | 7 |        |          | unknown    | year
    c4           | s2         | 2024-03-31 | 2024-03-31 | 1 |        |          | unknown    | day
    c5           | s2         | 2024-04-01 | 2024-03-31 | 1 |        |          | unknown    | day
"""


@pytest.fixture(autouse=True)
def _caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An SQLite store with the drawn complaints."""
    found = tmp_path / "risiko.db"
    store = open_store(str(found))
    store.commit(batch(part("complaints", DRAWN)))
    store.close()
    return found


def copies(path: Path) -> list[Path]:
    return sorted(large.beside(path).iterdir())


def test_complaints_are_counted_as_known_at_the_date(store: Store) -> None:
    store.commit(batch(part("complaints", DRAWN)))
    found = store.counted_complaints(AS_OF)
    shown = found[["service_id", "event_date", "known_date", "n", "outcome", "date_precision"]].astype("str").to_numpy().tolist()
    assert shown == [
        ["s1", "2024-03-09", "2024-03-20", "4", "upheld", "day"],
        ["s1", "2023-12-31", "2024-01-31", "7", "unknown", "year"],
        ["s2", "2024-03-31", "2024-03-31", "1", "unknown", "day"],
    ]
    assert_frame_equal(found, CONTRACTS["complaints"].conform(found))
    assert found["complaint_id"].is_unique


def test_every_store_counts_as_the_table_in_memory_would(store: Store) -> None:
    store.commit(batch(part("complaints", DRAWN), part("services", "service_id\ns1")))
    for day in (date(2023, 12, 31), date(2024, 2, 29), AS_OF, date(2025, 1, 1)):
        assert_frame_equal(store.counted_complaints(day), as_complaints(condense(table("complaints", DRAWN), day)))


def test_an_empty_table_is_counted_as_empty(store: Store) -> None:
    assert_frame_equal(store.counted_complaints(AS_OF), CONTRACTS["complaints"].empty())
    assert store.size("complaints") == 0
    assert store.newest_known("complaints") is None


def test_size_and_newest_date_follow_the_parts_that_count(store: Store) -> None:
    store.commit(batch(part("complaints", DRAWN), part("services", "service_id\ns1")))
    assert (store.size("complaints"), store.size("services"), store.size("findings")) == (7, 1, 0)
    assert store.newest_known("complaints") == date(2024, 9, 20)
    store.commit(batch(part("complaints", "service_id | event_date\ns1 | 2020-01-05", version="v2")))
    assert (store.size("complaints"), store.newest_known("complaints")) == (1, date(2020, 1, 5))


def test_an_import_makes_the_copy_anew(store: Store) -> None:
    store.commit(batch(part("complaints", DRAWN)))
    assert store.counted_complaints(AS_OF)["n"].sum() == 12
    store.commit(batch(part("complaints", "service_id | event_date | n\ns1 | 2024-03-05 | 5", version="v2")))
    assert store.counted_complaints(AS_OF)["n"].tolist() == [5]
    store.commit(batch(part("complaints", DRAWN, version="v3")))
    assert store.counted_complaints(AS_OF)["n"].sum() == 12


def test_counting_counted_rows_again_changes_nothing(store: Store) -> None:
    store.commit(batch(part("complaints", DRAWN)))
    found = store.counted_complaints(AS_OF)
    assert_frame_equal(as_complaints(condense(found, AS_OF)), found)


def test_the_copy_is_made_once_and_an_older_one_is_dropped(path: Path) -> None:
    store = open_store(str(path))
    store.counted_complaints(AS_OF)
    [first] = copies(path)
    made = first.stat().st_mtime_ns
    store.counted_complaints(date(2024, 1, 31))
    assert [(p, p.stat().st_mtime_ns) for p in copies(path)] == [(first, made)]
    store.commit(batch(part("services", "service_id\ns1")))
    store.counted_complaints(AS_OF)
    assert copies(path) == [first]  # complaints are as they were
    store.commit(batch(part("complaints", "service_id | event_date\ns1 | 2024-03-05", version="v2")))
    store.counted_complaints(AS_OF)
    [second] = copies(path)
    assert second != first


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions; the folder's own rights hold there")
def test_only_the_owner_may_read_the_copy(path: Path) -> None:
    before = os.umask(0)
    try:
        open_store(str(path)).counted_complaints(AS_OF)
    finally:
        os.umask(before)
    [copy] = copies(path)
    assert [stat.S_IMODE(p.stat().st_mode) for p in (copy.parent, copy)] == [0o700, 0o600]


def test_a_damaged_copy_is_made_anew(path: Path) -> None:
    store = open_store(str(path))
    expected = store.counted_complaints(AS_OF)
    [copy] = copies(path)
    copy.write_bytes(copy.read_bytes()[:100])
    assert_frame_equal(store.counted_complaints(AS_OF), expected)


def test_a_copy_damaged_inside_is_told_and_named(path: Path) -> None:
    store = open_store(str(path))
    store.counted_complaints(AS_OF)
    [copy] = copies(path)
    whole = copy.read_bytes()
    copy.write_bytes(whole[:4] + b"\xff" * 400 + whole[404:])  # its closing lines are still right
    with pytest.raises(StoreError, match="could not be counted") as told:
        store.counted_complaints(AS_OF)
    assert told.value.where == str(copy)
    assert "delete this file" in told.value.hint


def test_a_folder_that_cannot_be_written_is_told(path: Path) -> None:
    large.beside(path).write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be written") as told:
        open_store(str(path)).counted_complaints(AS_OF)
    assert str(large.beside(path)) in told.value.where


def test_a_table_that_lost_rows_is_told_and_leaves_no_copy(path: Path) -> None:
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM complaints WHERE complaint_id = 'c2'")
    connection.close()
    with pytest.raises(StoreError, match="should hold 7 rows of these imports, but holds 6"):
        open_store(str(path)).counted_complaints(AS_OF)
    assert copies(path) == []


def test_without_duckdb_it_is_said_what_to_install(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    present = importlib.util.find_spec
    monkeypatch.setattr(large, "find_spec", lambda name: None if name == "duckdb" else present(name))
    with pytest.raises(StoreError, match="7 rows of complaints, and DuckDB") as told:
        open_store(str(path)).counted_complaints(AS_OF)
    assert "risiko[big]" in told.value.hint


def test_a_table_of_several_pieces_is_copied_whole_and_in_order(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHUNK", 2)
    monkeypatch.setattr(rows, "PIECE", 2)
    ids = [f"c{i}" for i in range(11)]
    frame = CONTRACTS["complaints"].conform(pd.DataFrame({
        "complaint_id": ids, "service_id": [f"s{i % 3}" for i in range(11)], "event_date": pd.Timestamp("2024-03-05"),
        "known_date": pd.Timestamp("2024-03-05"), "n": range(11), "stream": "case", "outcome": "unknown",
        "date_precision": "day", "severity": [None] * 9 + [1, 2],
    }))  # fmt: skip
    store.commit(batch(part("complaints", frame)))
    found = store.counted_complaints(AS_OF)
    assert_frame_equal(found, as_complaints(condense(frame, AS_OF)))
    assert found["n"].sum() == sum(range(11))
    assert len(found.groupby(list(COMPLAINT_KEYS), dropna=False)) == 5
