"""A small invented authority in a real store, and the page running on it, without a browser and in one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, sync_playwright
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from risiko import pipeline, synthetic
from risiko.app.server import MAIN
from risiko.store import open_store
from tests.app.browser import ARGUMENTS, CHROMIUM, serving
from tests.app.screen import PATIENCE, WINDOW, Visit, visits

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


@pytest.fixture(scope="session")
def served(authority: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the authority for all tests with a browser: what one writes into its log, the next may see."""
    return Path(shutil.copy(authority, tmp_path_factory.mktemp("served") / "small.db"))


@pytest.fixture(scope="session")
def address(served: Path) -> Iterator[str]:
    """Where that authority is served; one server for all files, as its first pages take it the longest."""
    with serving(served, served.with_name("server.log")) as url:
        yield url


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """One browser for all tests of a file; not for all files, as one that is open forbids other loops in its thread."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = started.new_context(viewport=WINDOW)
        made.set_default_timeout(PATIENCE)
        yield made
        started.close()


@pytest.fixture
def visit(context: BrowserContext, address: str) -> Iterator[Visit]:
    """visit("?lang=nn") opens a page and waits until it is ready; at the end the console must have stayed clean."""
    yield from visits(context, address)
