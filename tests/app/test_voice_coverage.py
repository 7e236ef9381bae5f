"""The sections of who is heard from and of comparison: what stands on the page is what the pipeline found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.i18n import Translator
from risiko.pipeline.coverage import coverage
from risiko.reports import coverage_words as words
from risiko.reports.names import Names
from risiko.store import open_store
from tests.app.page_text import said
from tests.builders import batch, part
from tests.drawn import tables as drawn
from tests.unit.test_survey_comparison import ITEMS, SERVICES, SUBMISSIONS

Page = Callable[..., AppTest]
PAGE = "views/brukererfaring.py"


def test_the_page_tells_gaps_and_cautions_as_found(page: Page, opened: pipeline.Authority) -> None:
    app = page(at=PAGE, section="heard")
    assert not app.exception
    tables = pipeline.read_tables(opened)
    newest = pipeline.newest_known(tables)
    assert newest is not None
    found, names = coverage(opened, tables, newest), Names(Translator("nb", strict=True), opened.settings)
    assert len(found.gaps), "or nothing is tried"
    text = said(app)
    assert words.gap_sentence(found.gaps.iloc[0], names).split(" (")[0].split(". ")[0] in text.replace("\\", "")
    assert "antall brukere mangler" in text or str(round(found.gaps["users"].iloc[0]))[-3:] in text
    assert words.caution_sentences(found.cautions, names)[-1][:40] in text.replace("\\", "")


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three surveys and nothing else."""
    path = tmp_path_factory.mktemp("surveyed") / "voices.db"
    records = drawn(services=SERVICES, submissions=SUBMISSIONS, item_means=ITEMS)
    store = open_store(str(path), create=True)
    names = ("services", "submissions", "item_means")
    store.commit(batch(*(part(n, records[n], file=n) for n in names), at=datetime(2026, 6, 30)))
    store.close()
    return path


@pytest.mark.parametrize("lang", ["nb", "nn", "en"])
def test_two_waves_are_compared_by_choice(page: Page, surveyed: Path, lang: str) -> None:
    app, t = page(surveyed, at=PAGE, section="compare", lang=lang, as_of="2026-03-31"), Translator(lang, strict=True)
    assert not app.exception
    what, first, second = app.selectbox[0], app.selectbox[1], app.selectbox[2]
    assert what.label == t("compare.what")
    app = first.select_index(0).run()
    app = app.selectbox[2].select_index(len(second.options) - 2).run()
    assert not app.exception
    assert t.plural("compare.of_questions", 2) in said(app) or t.plural("compare.of_questions", 1) in said(app)


def test_where_nothing_can_be_compared_it_is_said(page: Page) -> None:
    app = page(at=PAGE, section="compare")
    assert not app.exception
    assert Translator("nb")("compare.nothing", few=5) in said(app)
