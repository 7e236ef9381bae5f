"""The sections of who is heard from and of comparison: what stands on the page is what the pipeline found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.app.server import MAIN
from risiko.i18n import Translator
from risiko.pipeline.coverage import coverage
from risiko.reports import coverage_words as words
from risiko.reports.names import Names
from risiko.store import open_store
from tests.app.auth_files import KARI, auth_file
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


Visit = Callable[..., AppTest]


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Visit:
    """as_role(store, "council", section="heard") opens the page as somebody with that role alone, of Laget."""
    change = ('tilsyn-les = "reader"', 'tilsyn-les = "reader"\nradet = "council"')
    monkeypatch.setenv("RISIKO_AUTH", str(auth_file(tmp_path, change=change)))
    groups = {"council": "radet", "organisation": "brukerorg", "planner": "tilsyn-plan", "reader": "tilsyn-les"}

    def visit(store: Path, role: str, **params: str) -> AppTest:
        monkeypatch.setenv("RISIKO_STORE", str(store))
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        app.user = KARI | {"groups": [groups[role]], "organisation": "LAGET"}
        app.query_params.update(params)
        app.switch_page(PAGE)
        app.run()
        assert not app.exception
        return app

    return visit


def sections(app: AppTest) -> list[str]:
    return list(next(group for group in app.segmented_control if str(group.key).startswith("voice.section")).options)


@pytest.mark.parametrize(("role", "seen", "numbers"), [("council", True, False), ("reader", True, True), ("organisation", False, False)])
def test_the_council_sees_who_is_heard_without_numbers_and_an_organisation_does_not(
    as_role: Visit, authority: Path, role: str, seen: bool, numbers: bool
) -> None:
    app = as_role(authority, role, section="heard")
    assert ("Hvem hører vi fra?" in sections(app), "Hvem hører vi fra, og hvem hører vi ikke fra?" in said(app)) == (seen, seen)
    assert ("Hvor mange mennesker har vi hørt fra?" in said(app)) is numbers


def test_an_organisation_is_never_beside_one_other_alone(as_role: Visit, surveyed: Path) -> None:
    app = as_role(surveyed, "organisation", section="compare", as_of="2026-03-31")
    what = app.selectbox[0]
    assert Translator("nb").word("compare_what", "organisations") not in what.options
    offered = {option for box in app.selectbox[1:] for option in box.options}
    assert offered == {"Laget, 01.02.2025", "Laget, 01.02.2026"}
    app = what.set_value("others").run()
    tables = " ".join(element.proto.body for element in app.main if element.type == "html")
    assert "Foreningen" not in said(app) + tables
    assert "n = 76" not in tables, "there is one other only, and what it got is its own"
    assert "Ingen spørsmål har minst 5 svar på begge sider" in said(app)


def test_two_submissions_of_one_day_are_two_to_choose_between(page: Page, tmp_path: Path) -> None:
    path, same = tmp_path / "same.db", SUBMISSIONS.replace("2025-02-01", "2026-02-01").replace("2025", "2026")
    records = drawn(services=SERVICES, submissions=same, item_means=ITEMS.replace("2025", "2026"))
    store = open_store(str(path), create=True)
    store.commit(batch(*(part(n, records[n], file=n) for n in ("services", "submissions", "item_means")), at=datetime(2026, 6, 30)))
    store.close()
    app = page(path, at=PAGE, section="compare", as_of="2026-03-31")
    assert sorted(app.selectbox[1].options) == ["Foreningen, 01.02.2026", "Laget, 01.02.2026", "Laget, 01.02.2026 (2)"]
