"""Every notebook runs from top to bottom on a small authority."""

from __future__ import annotations

import runpy
from datetime import datetime
from pathlib import Path

import pytest

from risiko import pipeline, synthetic
from risiko.store import open_store

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.py"))


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_runs_and_leaves_a_ranking(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(str(tmp_path / "risiko.db"))
    pipeline.store_world(store, synthetic.build(n_services=200, years=4, seed=5), now=datetime(2026, 7, 1))
    store.close()
    monkeypatch.setenv("RISIKO_STORE", str(tmp_path / "risiko.db"))
    left = runpy.run_path(str(path))
    assert left["ranking"]["rank"].is_monotonic_increasing
    assert len(left["ranking"]) > 100
