"""The page Tjeneste: one service, whole, run without a browser on a small authority."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.app.display import plain, plain_cells
from risiko.i18n import Translator
from risiko.reports.names import Names
from risiko.reports.what_if_words import what_if_table, without_table
from tests.app.page_text import said

Page = Callable[..., AppTest]


@pytest.fixture
def service(page: Page) -> Page:
    def visit(**params: str) -> AppTest:
        return page(at="views/tjeneste.py", **params)

    return visit


@pytest.fixture(scope="module")
def rich(run: pipeline.Run) -> str:
    """The service about which most sources speak."""
    missing = run.prepared.features.missing().sum(axis=1)
    return str(missing.idxmin())


@pytest.mark.parametrize(("lang", "title"), [("nb", "Tjeneste"), ("nn", "Teneste"), ("en", "Service")])
def test_speaks_three_languages(service: Page, rich: str, lang: str, title: str) -> None:
    app = service(lang=lang, service=rich)
    assert not app.exception
    assert app.title[0].value == title
    found = re.findall(r"\b(?:service|funnel|series|voices|quotes|silence|findings|actions|rule|signal)\.[a-z_]+\b", said(app))
    assert not found, "a text id stands in the page"


def test_without_a_service_it_asks_for_one(service: Page) -> None:
    app = service()
    assert not app.exception
    assert "Velg en tjeneste" in said(app)


def test_an_unknown_service_is_told(service: Page) -> None:
    app = service(service="nobody")
    assert not app.exception
    assert "nobody" in said(app)


def test_every_service_has_a_page(service: Page, run: pipeline.Run) -> None:
    """Rich and thin records alike: every tenth service, in rank order, opens without a fault."""
    for service_id in run.table.scores.sort_values("rank").index[::30]:
        page = pipeline.service_page(run, service_id)
        assert set(page.readings["signal"]) == set(run.prepared.features.readings)
        app = service(service=service_id)
        assert not app.exception, service_id


def test_every_signal_can_be_looked_at_closer(run: pipeline.Run, rich: str) -> None:
    features = run.prepared.features
    for spec in features.signals:
        beside = pipeline.beside(run, spec.name, rich)
        own = features.readings[spec.name].loc[rich]
        dots = int(beside.points["own"].sum())
        assert dots == 0 if pd.notna(own["missing"]) else dots <= 1, spec.name
        if pd.isna(own["missing"]) and beside.kind == "values":
            assert dots == 1, spec.name
        series = pipeline.over_time(run, spec.name, rich)
        if series is not None:
            assert series.points["period_end"].is_monotonic_increasing, spec.name
            assert len(series.points) == series.points["period_end"].nunique(), spec.name


def test_the_funnel_is_that_of_its_own_type(run: pipeline.Run, rich: str) -> None:
    types = run.prepared.cohort.services["service_type"]
    beside = pipeline.beside(run, "complaint_rate_long", rich)
    assert beside.kind == "ratio"
    assert set(types[beside.points["service_id"]]) == {types[rich]}
    reading = run.prepared.features.readings["complaint_rate_long"]
    same = (types == types[rich]) & reading["missing"].isna()
    assert beside.n_peers == int(same.sum())
    assert (beside.limits["low95"] <= beside.limits["high95"]).all()
    assert (beside.limits["low998"] <= beside.limits["low95"]).all()


def test_the_readings_table_names_what_is_missing_and_why(service: Page, run: pipeline.Run) -> None:
    missing = run.prepared.features.missing()
    thin = str(missing.sum(axis=1).idxmax())
    app = service(service=thin)
    t = Translator("nb")
    table = next(f.value for f in app.table if t("service.z_adjusted") in f.value.columns)
    shown = table[t("reasons.value")].tolist()
    readings = run.prepared.features.readings
    whys = [frame.loc[thin, "missing"] for name, frame in readings.items() if missing.loc[thin, name]]
    assert whys
    for why in set(whys):
        assert sum(cell == plain(t.word("missing", why)) for cell in shown) == whys.count(why), why
    assert "Hvor ferske er kildene?" in said(app)


def test_whose_voice_and_what_would_change_it_are_reckoned_when_asked(service: Page, run: pipeline.Run) -> None:
    chosen = pipeline.ranking(run)["service_id"][0]
    app = service(service=chosen)
    assert [b.label for b in app.button if b.key in ("changes.voices", "changes.what_if")] == ["Regn ut"] * 2
    app.button(key="changes.voices").click().run()
    app.button(key="changes.what_if").click().run()
    assert not app.exception
    shown = [table.value.to_numpy().tolist() for table in app.table]
    names = Names.of(Translator("nb"), run.prepared.settings, run.prepared.known["metadata_columns"])
    voices = without_table(pipeline.without_each_source(run, chosen), names)
    others = what_if_table(pipeline.what_if(run, chosen), names)
    assert plain_cells(voices).to_numpy().tolist() in shown
    assert plain_cells(others).to_numpy().tolist() in shown
