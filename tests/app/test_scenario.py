"""The page Scenario: two lists side by side, run without a browser on a small authority."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.pipeline.named_weights import list_weights, save_weights
from tests.app.page_text import said

Page = Callable[..., AppTest]
OWN = {"complaint_rate_long": 2.0}


@pytest.fixture
def scenario(page: Page) -> Page:
    def visit(**params: str) -> AppTest:
        app = page(at="views/scenario.py", **params)
        assert not app.exception
        return app

    return visit


@pytest.fixture
def own_store(authority: Path, tmp_path: Path) -> Path:
    """A copy of the store, to write in."""
    return Path(shutil.copy(authority, tmp_path / "own.db"))


@pytest.mark.parametrize(("params", "words"), [
    ({"lang": "nb", "k": "10"}, ["de samme på begge listene", "Tilfeldigheter i opplysningene alene", "Hvor like er de to listene?"]),
    ({"lang": "nn", "k": "10", "v": "weights", "vw": "complaint_rate_long~2"}, ["dei same på begge listene", "Vektene i innstillingane mot Vektene i skjemaet"]),
    ({"lang": "en", "k": "10", "v": "scores"}, ["There is only one score for this date.", "Saved weight sets"]),
])  # fmt: skip
def test_speaks_three_languages(scenario: Page, params: dict[str, str], words: list[str]) -> None:
    app = scenario(**params)
    text = said(app)
    assert app.title[0].value == "Scenario"
    assert [word for word in words if word not in text] == []
    assert not re.findall(r"\bnan\b|\bNone\b|\b(?:scenario|weight_set)[a-z_]*\.[a-z_]+\b", text)


def test_the_numbers_are_those_of_the_comparison(scenario: Page, opened: pipeline.Authority, run: pipeline.Run) -> None:
    day = (pd.Timestamp(run.as_of) - pd.DateOffset(months=12)).date()
    before, after = (pipeline.run_of(opened, pipeline.Side(d), top=20) for d in (day, run.as_of))
    found = pipeline.scenario(before, after, 20)
    app = scenario(k="20", vs=day.isoformat())
    out = len(found.left)
    assert 0 < out < 20
    assert f"Av de 20 første er {20 - out} de samme på begge listene; {out} er byttet ut." in said(app)
    pictured, entered, *rest = [frame.value for frame in app.table]
    assert pictured.columns.tolist()[1:3] == [f"Plass, {d:%d.%m.%Y}" for d in (day, run.as_of)]
    assert len(pictured) == 20 + out
    shown = [f"(tjeneste?lang=nb&k=20&service={s}" in cell for s, cell in zip(found.entered["service_id"], entered["Tjeneste"], strict=False)]
    assert shown == [True] * min(out, 10)
    assert len(rest) >= 3


def test_the_other_list_stands_in_the_address(scenario: Page) -> None:
    app = scenario(k="10")
    app.radio[0].set_value("weights").run()
    assert app.query_params["v"] in ("weights", ["weights"])
    assert "De to listene er helt like." in said(app), "the settings' weights on both sides"
    name = next(w for w in app.number_input if (w.key or "").startswith("scenario.weights.complaint_rate_long"))
    name.set_value(3.0)
    next(b for b in app.button if b.label == "Bruk").click().run()
    assert not app.exception
    assert app.query_params["vw"] in ("complaint_rate_long~3", ["complaint_rate_long~3"])
    assert "helt like" not in said(app)
    assert "w" not in app.query_params, "the reader's own list is as it was"


def test_weights_are_saved_chosen_used_and_removed(page: Page, own_store: Path) -> None:
    app = page(own_store, at="views/scenario.py", k="10", v="weights", vw="complaint_rate_long~2")
    app.button(key="FormSubmitter:weight_sets.save-Lagre").click().run()
    assert "Skriv et navn på vektsettet" in said(app)
    app.text_input(key="weight_sets.name").set_value("Brukerrådets")
    app.button(key="FormSubmitter:weight_sets.save-Lagre").click().run()
    assert "Vektsettet «Brukerrådets» er lagret." in [m.value for m in app.success]
    saved = list_weights(pipeline.open_authority(str(own_store)))["Brukerrådets"].weights
    assert saved["complaint_rate_long"] == 2.0
    assert len(saved) > 1, "whole, so that it stays what it was when the settings change"
    choice = next(box for box in app.selectbox if "Brukerrådets" in box.options and len(box.options) == 2)
    choice.set_value("Brukerrådets").run()
    assert app.query_params["vset"] in ("Brukerrådets", ["Brukerrådets"])
    assert "Vektene i innstillingene mot «Brukerrådets»" in said(app)
    next(b for b in app.button if b.label == "Bruk på listen").click().run()
    assert app.query_params["w"] in ("complaint_rate_long~2", ["complaint_rate_long~2"])
    assert "De to listene er helt like." in said(app)
    next(b for b in app.button if b.label == "Fjern").click().run()
    assert not app.exception
    assert "Ingen vektsett er lagret ennå." in said(app)
    assert "vset" not in app.query_params


def test_a_store_that_cannot_be_written_says_so_and_shows_the_rest(page: Page, own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = pipeline.open_authority(str(own_store))
    save_weights(opened, "Planleggerens", OWN, now=datetime(2026, 7, 2))
    opened.store.close()
    app = page(own_store, at="views/scenario.py", k="10")
    with closing(sqlite3.connect(own_store)) as database:  # the tests may run as one who may write everywhere
        database.execute("CREATE TRIGGER t BEFORE INSERT ON weight_sets BEGIN SELECT RAISE(ABORT, 'readonly'); END")
    app.text_input(key="weight_sets.name").set_value("En annen")
    app.button(key="FormSubmitter:weight_sets.save-Lagre").click().run()
    assert not app.exception
    assert "**Vektsettet ble ikke lagret**" in said(app)
    assert "de samme på begge listene" in said(app)
    assert list(list_weights(pipeline.open_authority(str(own_store)))) == ["Planleggerens"]


def test_a_date_without_records_is_told(scenario: Page) -> None:
    app = scenario(vs="1995-01-01")
    assert "Det finnes ingen liste å sammenligne med 01.01.1995" in said(app)
    assert "Lagrede vektsett" in said(app)


def test_a_set_that_is_not_there_is_left_out(scenario: Page) -> None:
    assert "De to listene er helt like." in said(scenario(k="10", v="weights", vset="Ingens"))
