"""Above the size setting complaints are counted in the store: every answer stays what it was, and no caller notices."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from risiko import pipeline, settings, synthetic
from risiko.api import open as open_records
from risiko.store import open_store
from tests.builders import batch, part

END = date(2026, 6, 30)
# Counts and ranks are the same to the last one. A year's count is shared out over months in fractions; such sums, added
# in another order, differ in their last digit, of which a fitted spread makes up to 1e-10 (measured: 8e-11).
NEAR = {"rtol": 1e-9, "atol": 1e-9}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small invented authority in an SQLite store."""
    path = tmp_path_factory.mktemp("world") / "risiko.db"
    store = open_store(str(path))
    tables = synthetic.build(n_services=150, years=4, end=END, seed=7).tables
    store.commit(batch(*(part(name, frame, file=f"{name}.csv") for name, frame in tables.items() if len(frame))))
    store.close()
    return path


def authority(path: Path, folder: Path, rows: int | None = None) -> pipeline.Authority:
    """The store, opened with another size setting; None: the shipped one."""
    own = folder / f"rows-{rows}.toml"
    own.write_text("" if rows is None else f"[store]\nlarge_rows = {rows}\n", encoding="utf-8")
    return pipeline.open_authority(str(path), own)


@pytest.mark.parametrize("as_of", [END, date(2025, 3, 30)])
def test_scores_and_pages_are_the_same_by_both_ways(world: Path, tmp_path: Path, as_of: date) -> None:
    ordinary, large = (pipeline.prepare(authority(world, tmp_path, rows), as_of) for rows in (None, 0))
    assert len(large.known["complaints"]) < len(ordinary.known["complaints"])
    assert large.known["complaints"]["n"].sum() == ordinary.known["complaints"]["n"].sum() > 100
    small, big = pipeline.rank(ordinary), pipeline.rank(large)
    for name, reading in ordinary.features.readings.items():
        exact = ["n", "missing"]
        assert_frame_equal(large.features.readings[name][exact], reading[exact], obj=name, rtol=1e-12, atol=1e-12)
        assert_frame_equal(large.features.readings[name], reading, **NEAR, obj=name)
    assert_frame_equal(big.table.frame(), small.table.frame(), **NEAR)
    assert big.table.scores["rank"].tolist() == small.table.scores["rank"].tolist()
    assert_frame_equal(pipeline.ranking(big), pipeline.ranking(small), **NEAR)


def test_the_columns_of_a_score_are_enough(world: Path, tmp_path: Path) -> None:
    opened = authority(world, tmp_path, 0)
    tables = pipeline.read_scored(opened)
    assert "complaints" not in tables
    some, whole = (pipeline.rank(pipeline.prepare(opened, END, given)) for given in (tables, None))
    assert_frame_equal(some.table.frame(), whole.table.frame())


def test_the_setting_is_the_most_that_is_read(world: Path, tmp_path: Path) -> None:
    rows = authority(world, tmp_path).store.size("complaints")
    assert "complaints" in pipeline.read_tables(authority(world, tmp_path, rows))
    assert "complaints" not in pipeline.read_tables(authority(world, tmp_path, rows - 1))


def test_the_newest_date_is_the_same_by_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "risiko.db"
    store = open_store(str(path))
    drawn = "service_id | event_date | known_date\ns1 | 2024-01-05 | 2024-03-09"
    store.commit(batch(part("services", "service_id\ns1"), part("complaints", drawn)))
    for rows in (None, 0):
        opened = authority(path, tmp_path, rows)
        tables = pipeline.read_tables(opened)
        assert pipeline.newest_known(tables, opened.store) == date(2024, 3, 9)
        assert pipeline.as_of_date(None, tables, opened.store) == date(2024, 3, 9)


def test_a_notebook_gets_the_same_list(world: Path, tmp_path: Path) -> None:
    authority(world, tmp_path, 0)
    large = open_records(world, tmp_path / "rows-0.toml").score(END)
    assert_frame_equal(large.frame(), open_records(world).score(END).frame(), **NEAR)


def test_two_million_rows_is_what_is_shipped(world: Path) -> None:
    described = settings.StoreSettings.model_fields["large_rows"].description or ""
    assert settings.load().store.large_rows == 2_000_000
    assert re.search("memory", described)
    assert isinstance(pipeline.read_tables(pipeline.open_authority(str(world)))["complaints"], pd.DataFrame)
