"""The page Oversikt: what is new since last time, run without a browser on a small authority."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from tests.app.page_text import said

Page = Callable[..., AppTest]


@pytest.fixture
def overview(page: Page) -> Page:
    def visit(**params: str) -> AppTest:
        return page(at="views/oversikt.py", **params)

    return visit


@pytest.fixture(scope="module")
def before(opened: pipeline.Authority, run: pipeline.Run) -> pipeline.Run:
    day = (pd.Timestamp(run.as_of) - pd.DateOffset(months=12)).date()
    return pipeline.rank(pipeline.prepare(opened, day))


@pytest.mark.parametrize(("lang", "title"), [("nb", "Oversikt"), ("nn", "Oversikt"), ("en", "Overview")])
def test_speaks_three_languages(overview: Page, lang: str, title: str) -> None:
    app = overview(lang=lang)
    assert not app.exception
    assert app.title[0].value == title
    assert not re.findall(r"\b(?:overview|sources|moved_by|table)\.[a-z_]+\b", said(app)), "a text id stands in the page"


def test_the_numbers_are_those_of_the_comparison(overview: Page, run: pipeline.Run, before: pipeline.Run) -> None:
    app = overview(since=before.as_of.isoformat(), k="20")
    found = pipeline.overview(run, before, 20)
    shown = {m.label: m.value for m in app.metric}
    assert shown == {
        "Nye over kapasitetslinjen": str(len(found.entered)),
        "Klager øker brått": str(len(found.surges)),
        "Uventet stille": str(len(found.quiet)),
        "Aldri hatt tilsyn": str(len(found.never)),
        "Kilder uten nytt": str(int(found.sources["stale"].sum())),
    }
    names = " ".join(app.table[0].value["Tjeneste"])
    assert len(found.entered) > 0
    assert all(name.split(",")[0] in names.replace("\\", "") for name in found.entered["name"].head(10))


def test_who_crossed_the_line_is_who_is_above_now_and_was_not(run: pipeline.Run, before: pipeline.Run) -> None:
    found = pipeline.overview(run, before, 15)
    now, then = (pipeline.with_capacity(one, 15).table.scores["rank"] for one in (run, before))
    above, was = set(now.index[now <= 15]), set(then.index[then <= 15])
    assert set(found.entered["service_id"]) == above - was
    assert set(found.left["service_id"]) == {s for s in was - above if s in now.index}
    assert found.counties["n"].sum() == len(now)
    assert found.counties["above"].sum() == len(above)


def test_against_the_same_day_no_one_has_moved(run: pipeline.Run) -> None:
    found = pipeline.overview(run, run, 15)
    assert (len(found.entered), len(found.left), len(found.movers), found.n_moved) == (0, 0, 0, 0)


def test_a_date_without_a_list_is_told(overview: Page) -> None:
    app = overview(since="1995-01-01")
    assert not app.exception
    assert "Det finnes ingen liste å sammenligne med 01.01.1995" in said(app)


def test_the_capacity_and_the_date_stand_in_the_address(overview: Page) -> None:
    app = overview(k="7")
    assert app.number_input[0].value == 7
    app.number_input[0].set_value(9).run()
    assert app.query_params["k"] == ["9"] or app.query_params["k"] == "9"
    app.date_input[1].set_value(date(2025, 6, 30)).run()
    assert "2025-06-30" in app.query_params["since"]


def test_names_lead_to_the_service(overview: Page, run: pipeline.Run, before: pipeline.Run) -> None:
    app = overview(lang="nn", since=before.as_of.isoformat(), k="20")
    first = pipeline.overview(run, before, 20).entered["service_id"].iloc[0]
    assert f"(tjeneste?lang=nn&since={before.as_of}&k=20&service={first})" in app.table[0].value["Teneste"].iloc[0]
