"""A small invented authority in a real store, and the page running on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from risiko import pipeline, synthetic
from risiko.app.server import MAIN
from risiko.store import open_store

# An unknown text id raises, instead of standing in the page.
os.environ["RISIKO_STRICT_TEXTS"] = "1"
# For every page it tries, Streamlit looks for components in all installed packages, which takes longer than most pages.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with some 150 services and four years of records."""
    path = tmp_path_factory.mktemp("authority") / "small.db"
    store = open_store(str(path), create=True)
    pipeline.store_world(store, synthetic.build(n_services=150, years=4), now=datetime(2026, 7, 1))
    store.close()
    return path


@pytest.fixture(scope="session")
def opened(authority: Path) -> pipeline.Authority:
    """The same authority, open."""
    return pipeline.open_authority(str(authority))


@pytest.fixture(scope="session")
def run(opened: pipeline.Authority) -> pipeline.Run:
    """The authority scored at its newest date, to know what the page should show."""
    newest = pipeline.newest_known(opened.store.read())
    assert newest is not None
    return pipeline.rank(pipeline.prepare(opened, newest))


@pytest.fixture
def page(authority: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """page(lang="nn", q="...") runs the application with these parameters in the address line; at: another page."""

    def visit(store: str | Path = authority, at: str = "", **params: str | list[str]) -> AppTest:
        monkeypatch.setenv("RISIKO_STORE", str(store))
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        for name, value in params.items():
            app.query_params[name] = value
        if at:
            app.switch_page(at)
        return app.run()

    return visit
