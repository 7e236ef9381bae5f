"""The page Resultater: the numbers of the plan in three languages, what is empty in plain words, and the form."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect, sync_playwright
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.access import local
from risiko.app import results_words
from risiko.batch import Batch
from risiko.contracts import CONTRACTS
from risiko.evaluate.plan_results import Drawn
from risiko.i18n import Translator
from risiko.pipeline.plans import save_plan
from risiko.pipeline.results import plan_results
from risiko.plan.archive import PlanRecord, conform
from risiko.plan.rules import Override
from tests.app.browser import ARGUMENTS, CHROMIUM, serving
from tests.app.page_text import said
from tests.app.screen import PATIENCE, SIDEWAYS, WIDTHS, breaches, settled
from tests.builders import batch, part
from tests.plans import a_plan

Page = Callable[..., AppTest]
PAGE = "views/resultater.py"
NB = Translator("nb", strict=True)
START, END = date(2025, 7, 1), date(2026, 6, 30)


VISITS, LOT = 60, 20


def carried_out(ids: pd.Series) -> Batch:
    """A supervision of each on one day, findings known for all but the last of each ten; every third a serious one."""
    own = [f"test-{i}" for i in range(len(ids))]
    visits = pd.DataFrame({
        "supervision_id": own, "service_id": ids, "event_date": "2025-10-01", "known_date": "2025-10-05",
        "kind": "inspection", "selection": "unknown",
    })  # fmt: skip
    findings = pd.DataFrame({
        "finding_id": own, "supervision_id": own, "known_date": "2025-12-01",
        "severity": ["none" if i % 3 else "serious_breach" for i in range(len(ids))],
    })  # fmt: skip
    days = {"event_date": "datetime64[us]", "known_date": "datetime64[us]"}
    rows = {"supervisions": visits.astype(days), "findings": findings.astype({"known_date": days["known_date"]})}
    rows["findings"] = rows["findings"][np.arange(len(ids)) % 10 != 9]
    return batch(*(part(name, CONTRACTS[name].conform(frame)) for name, frame in rows.items()))


def never_visited(tables: dict[str, pd.DataFrame]) -> pd.Series:
    """Services without a supervision in the plan's period."""
    done = tables["supervisions"]
    done = done[done["event_date"].between(pd.Timestamp(START), pd.Timestamp(END))]
    ids = tables["services"]["service_id"].drop_duplicates()
    return ids[~ids.isin(done["service_id"])].head(VISITS).reset_index(drop=True)


def record_of(tables: dict[str, pd.DataFrame], ids: pd.Series, lot: int = LOT) -> PlanRecord:
    """A plan of visits to these: the first so many drawn, twelve added by a planner, the others by risk."""
    base = a_plan()
    rows = base.visits.iloc[[-1] * len(ids)].reset_index(drop=True)
    place = np.arange(len(ids))
    ground = np.where(place < lot, "draw", np.where(place < lot + 12, "override", "risk"))
    rows = rows.assign(service_id=ids, ground=ground, grounds=ground, office="Nord", own_office="Nord", likelihood=0.3,
                       value=np.where(place < lot, 0.1, 0.5), kind="inspection")  # fmt: skip
    everyone = tables["services"]["service_id"].drop_duplicates()
    frame = pd.DataFrame({
        "service_id": everyone, "office": "Nord", "stratum": "other", "size": 1.0, "probability": 0.5, "lot": "0",
        "drawn": everyone.isin(ids[:lot]),
    })  # fmt: skip
    rank = np.arange(1, len(everyone) + 1)
    shown = pd.DataFrame({
        "service_id": everyone, "rank": rank, "p_top": 0.1, "likelihood": 0.3, "consequence": 1.0, "priority": 0.3,
        "tier": 1,
    })  # fmt: skip
    chosen = [Override(service=s, action="add", reason="tip", text="Vi fikk et tips.") for s in ids[lot : lot + 12]]
    return replace(
        base, as_of=date(2025, 6, 30), start=START, end=END, title="Året <b>2026</b>", visits=conform("visits", rows),
        frame=conform("frame", frame), shown=conform("shown", shown),
        rules=base.rules.model_copy(update={"override": tuple(chosen)}),
    )  # fmt: skip


@pytest.fixture(scope="module")
def planned(authority: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small authority in which a plan is kept."""
    path = tmp_path_factory.mktemp("planned") / "small.db"
    shutil.copy(authority, path)
    opened = pipeline.open_authority(str(path))
    tables = opened.store.read()
    ids = never_visited(tables)
    opened.store.commit(carried_out(ids))
    save_plan(opened, record_of(tables, ids), local("test"), at=datetime(2025, 7, 2))
    opened.store.close()
    return path


@pytest.fixture
def results(page: Page, planned: Path) -> Page:
    def visit(store: Path = planned, **params: str) -> AppTest:
        return page(store, at=PAGE, **params)

    return visit


@pytest.mark.parametrize(("lang", "title"), [("nb", "Resultater"), ("nn", "Resultat"), ("en", "Results")])
def test_speaks_three_languages(results: Page, lang: str, title: str) -> None:
    app = results(lang=lang)
    assert not app.exception
    assert app.title[0].value == title
    text = said(app)
    assert not re.findall(r"\bresults[._][a-z_]+\b|\b[nN]an\b|\bNone\b|not_yet|too_few", text), "a code stands in the page"
    assert "<b>" not in re.sub(r"\\<b\\>", "", text), "a title of the records is shown letter by letter"
    assert len(app.header) == 6
    assert not app.subheader, "under the title of the page a level of headings would be skipped"


def test_without_a_known_outcome_no_rate_is_set_beside_the_draw() -> None:
    nothing = Drawn(40, 0, 5, 0, *[math.nan] * 8, 0.0, 1.0, "no_outcomes")
    told = ["Funnene fra de trukne tilsynene er ikke kjent ennå.", "0 av 5 trukne tilsyn har kjent utfall."]
    assert results_words.prevalence(nothing, NB) == told
    some = results_words.prevalence(nothing._replace(naive=0.25, naive_low=0.1, naive_high=0.5), NB)
    assert some[:2] == told
    assert NB.percent(0.25) in some[2]


def test_the_table_has_the_numbers_of_the_plan(results: Page, planned: Path) -> None:
    found = plan_results(pipeline.open_authority(str(planned)))
    assert found is not None
    assert (found.grounds["known"] > 0).sum() == 4, "the input must hold known outcomes"
    table = results().table[0].value
    whole = found.grounds.set_index("ground").loc["all"]
    row = table[table["Grunn"] == "Alle tilsyn"].iloc[0]
    assert (row["Planlagt"], row["Gjennomført"], row["Funn kjent"]) == ("60", "60", "54")
    assert row["Andel med funn"].startswith(NB.percent(whole["rate"]))
    assert "prosentpoeng" in said(results())
    assert found.prevalence.refused_because is None


def test_other_lists_show_a_share_or_why_there_is_none(results: Page) -> None:
    table = next(table.value for table in results().table if "Liste" in table.value)
    assert table["Liste"].tolist()[0] == "Listen planen er laget av"
    assert table["Som det er, uten retting"].str.contains("%").all()
    assert table["Veid, vektene satt til 100 %"].str.contains("%|mangler|sjanse|få").all()


def test_an_authority_without_plans_is_told_so_in_plain_words(page: Page, authority: Path) -> None:
    app = page(authority, at=PAGE)
    assert not app.exception
    assert app.info[0].value.startswith("Ingen plan er lagret ennå.")
    assert "Etter tilsynet" in said(app), "the effect of supervision needs no plan"


def test_an_outcome_is_kept_and_told_and_not_doubled(results: Page, planned: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.db"
    shutil.copy(planned, own)
    app = results(own)
    service = app.selectbox(key="results.form.service").options[0]
    for expected in ("Utfallet er lagret.", "Dette tilsynet står der allerede."):
        app.selectbox(key="results.form.service").set_value(_id(service))
        app.date_input(key="results.form.day").set_value(date(2026, 6, 29))
        app.selectbox(key="results.form.severity.1").set_value("serious_breach")
        app.text_input(key="results.form.text.1").set_value("Ring Kari Nordmann på 998 87 766")
        app.button[-1].click().run()
        assert not app.exception
        assert app.success[0].value.startswith(expected)
    opened = pipeline.open_authority(str(own))
    kept = opened.store.read(["findings"])["findings"]
    kept = kept[kept["supervision_id"].str.startswith("app-")]
    assert len(kept) == 1
    assert "998" not in kept["text"].iloc[0]
    assert len(opened.store.log(["outcome"])) == 1


def test_an_outcome_that_cannot_be_is_refused_in_words(results: Page) -> None:
    app = results()
    assert opened(app) == [False]
    app.button[-1].click().run()
    assert app.warning[0].value == "Velg tjeneste og dag først."
    assert opened(app) == [True], "the fields would be folded away with what was typed in them"
    app.selectbox(key="results.form.service").set_value(_id(app.selectbox(key="results.form.service").options[0]))
    app.date_input(key="results.form.day").set_value(date(2020, 1, 1))
    app.button[-1].click().run()
    assert not app.exception
    assert "outside the period of plan 1" in app.warning[0].value
    assert opened(app) == [True]


def opened(app: AppTest) -> list[bool]:
    return [box.proto.expanded for box in app.expander if box.label == "Nytt utfall"]


def _id(option: str) -> str:
    return option.rpartition("(")[2].rstrip(")")


def test_no_breach_of_wcag_in_a_real_browser(planned: Path, tmp_path: Path) -> None:
    with serving(planned, tmp_path / "server.log") as address, sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}resultater")
        page.get_by_role("heading", name="Registrer hva et tilsyn fant").wait_for()
        settled(page)
        page.get_by_test_id("stVegaLiteChart").first.locator("svg").wait_for()
        for width in WIDTHS:
            assert breaches(page, width) == ""
            assert page.get_by_test_id("stMain").evaluate(SIDEWAYS) == 0, "the page itself must not scroll sideways"
        browser.close()
