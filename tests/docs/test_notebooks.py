"""Every notebook runs from top to bottom on a small authority, and shows what it says it shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

import risiko
from risiko import pipeline, synthetic
from risiko.api import Result
from risiko.store import open_store

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.py"))
CELL = re.compile(r"^# %%.*$", re.MULTILINE)
# As few services as let something be learned; what is found in them is noise, and the notebooks must say so.
SETTINGS = """
[learning]
minimum_events = 40
signals = ["last_finding", "finding_history", "complaint_rate_long", "experience_mean", "provider_history"]
[evaluation]
resamples = 100
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of 500 services, settings, and room for what notebooks leave behind."""
    folder = tmp_path_factory.mktemp("notebooks")
    store = open_store(str(folder / "risiko.db"))
    pipeline.store_world(store, synthetic.build(n_services=500, years=5, seed=5), now=datetime(2026, 7, 1))
    store.close()
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    # Kept beside the store, so that the notebooks need not each do it again.
    risiko.open(folder / "risiko.db", folder / "settings.toml").backtest()
    return folder


def cells(source: str) -> Iterator[tuple[CodeType, CodeType | None]]:
    """Each code cell as its statements and its last expression, which a notebook would show."""
    heads, bodies = CELL.findall(source), CELL.split(source)[1:]
    for head, body in zip(heads, bodies, strict=True):
        if "[markdown]" in head:
            continue
        tree = ast.parse(body)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        shown = compile(ast.Expression(last.value), "cell", "eval") if isinstance(last, ast.Expr) else None
        yield compile(tree, "cell", "exec"), shown


def run(path: Path) -> tuple[dict[str, Any], list[Any]]:
    """The notebook's names after its last cell, and what its cells show, drawn as a notebook would."""
    names: dict[str, Any] = {"__name__": "notebook"}
    shown = []
    for statements, expression in cells(path.read_text(encoding="utf-8")):
        exec(statements, names)
        if expression is not None and (value := eval(expression, names)) is not None:
            drawn = value.to_dict() if hasattr(value, "mark_bar") or hasattr(value, "layer") else value
            shown.append(drawn._repr_html_() if isinstance(drawn, Result) else drawn)
    return names, shown


def test_there_are_five_notebooks_and_each_says_that_its_records_are_invented() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05"]
    for path in NOTEBOOKS:
        assert "**The demo's services are invented" in (text := path.read_text(encoding="utf-8")) or "**Its services are" in text


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_runs_and_shows_tables_and_pictures(path: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(pipeline.open_authority(str(small / "risiko.db")).store.models()["model_id"])
    monkeypatch.setenv("RISIKO_STORE", str(small / "risiko.db"))
    monkeypatch.setenv("RISIKO_SETTINGS", str(small / "settings.toml"))
    monkeypatch.setenv("RISIKO_MODELS", str(small / "models"))
    names, shown = run(path)
    assert len(names["ranking"]) > 5
    assert sum(isinstance(value, str) and "<table" in value for value in shown) >= 1
    assert sum(isinstance(value, dict) and "layer" in value for value in shown) >= 1
    assert sorted(pipeline.open_authority(str(small / "risiko.db")).store.models()["model_id"]) == before == []
