"""The page Validering: does the score work, told by intervals, nulls as large as successes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline, settings
from risiko.app import validation_tables as tables
from risiko.app import validation_words as words
from risiko.app.validation_numbers import AUC, Measure, Results
from risiko.evaluate.backtest import Backtest
from risiko.i18n import Translator
from risiko.reports.names import Names
from tests.app import backtests as drawn
from tests.app.page_text import said
from tests.small_authority import settings_file

Page = Callable[..., AppTest]
NB = Names(Translator("nb", strict=True), settings.load())


@pytest.fixture(scope="module")
def known() -> Backtest:
    return drawn.backtest([drawn.fold(day) for day in drawn.DATES])


@pytest.fixture
def store(authority: Path, tmp_path: Path) -> pipeline.Authority:
    """A store of its own, without a backtest."""
    return pipeline.open_authority(str(shutil.copy(authority, tmp_path / "own.db")))


@pytest.fixture
def visit(page: Page, store: pipeline.Authority) -> Page:
    """visit(found) shows the page with this backtest kept beside the store; None: with none."""

    def go(found: Backtest | None, key: str = "", **params: str) -> AppTest:
        if found is not None:
            drawn.kept(found, store, key)
        app = page(store.store.address, at="views/validering.py", **params)
        assert not app.exception
        return app

    return go


@pytest.mark.parametrize(("lang", "title"), [("nb", "Validering"), ("nn", "Validering"), ("en", "Validation")])
def test_speaks_three_languages(visit: Page, known: Backtest, lang: str, title: str) -> None:
    app = visit(known, lang=lang)
    assert app.title[0].value == title
    assert not re.findall(r"\b(?:validation|trial_[a-z]+)\.[a-z_]+\b", said(app)), "a text id stands in the page"
    assert "nan" not in said(app).lower().split()


def test_the_lead_says_on_what_and_among_whom(visit: Page, known: Backtest) -> None:
    folds = known.folds
    text = str(visit(known).markdown[0].value).replace("\\", "")
    assert "prøvd på 3 datoer: 31.12.2022, 30.06.2023, 31.12.2023" in text
    n, events = f"{folds['tested'].sum()}", f"{folds['tested_events'].sum()}"
    assert f"bare tjenester som fikk tilsyn. Om de andre vet vi ikke hva tilsyn ville ha funnet: {n} talt" in text
    assert f"{events} av dem" in text
    assert "«alvorlig lovbrudd»" in text


def test_the_numbers_are_those_of_the_backtest(visit: Page, known: Backtest) -> None:
    mean = known.mean()
    lift = mean[(mean["method"] == "learned") & (mean["metric"] == "lift") & (mean["at"] == 0.1) & (mean["against"] == "")]
    expected = f"{lift['value'].iloc[0]:.1f}".replace(".", ",")
    shown = {m.label: m.value for m in visit(known).metric}
    assert shown["Løft i øverste 10\u00a0%"] == expected
    assert list(shown) == [
        "Løft i øverste 10\u00a0%", "Treff blant øverste 10\u00a0%", "Andel av alle treff i øverste 10\u00a0%",
        "AUC over hele listen",
    ]  # fmt: skip


def test_a_null_stands_in_the_same_line_as_a_success(visit: Page, known: Backtest) -> None:
    lines = [line for m in visit(known).markdown for line in str(m.value).splitlines() if line.startswith("- ")]
    whole = next(line for line in lines if line.startswith("- Hele listen"))
    assert "▲ **bedre enn** tilfeldig valg, tid siden siste tilsyn" in whole
    assert "○ **ikke vist bedre enn** poengskår" in whole
    assert {line.split(" av ")[0] for line in lines} >= {"- Øverste 5\u00a0%", "- Øverste 10\u00a0%"}


def test_a_score_that_knows_nothing_is_told_so(visit: Page) -> None:
    app = visit(drawn.backtest([drawn.fold(day, drawn.ignorant) for day in drawn.DATES]))
    text = said(app)
    assert "Det er ikke vist at de øverste 10\u00a0% på listen gir flere treff enn tilfeldig valg" in text
    assert "▼ **dårligere enn** siste tilsynsresultat" in text
    assert "på 0 av 3 datoer målt med AUC" in text
    assert "for bastant" in text, "a score without knowledge promises differences that do not come"


def test_one_date_stands_for_itself_and_is_called_luck(visit: Page) -> None:
    found = drawn.backtest([drawn.fold(drawn.DATES[0])])
    assert found.mean().empty
    app = visit(found)
    assert "Én dato kan være flaks" in said(app)
    rows = found.comparison
    auc = rows[(rows["method"] == "learned") & (rows["metric"] == AUC) & (rows["population"] == "supervised")]
    value = float(auc.loc[auc["against"] == "", "value"].iloc[0])
    assert {m.label: m.value for m in app.metric}["AUC over hele listen"] == f"{value:.2f}".replace(".", ",")


def test_challengers_stand_beside_the_default(visit: Page) -> None:
    def three(truth: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
        return {"learned": truth, "boosting": 0.2 * truth + rng.normal(-1.5, 1, len(truth)), "random": rng.random(len(truth))}

    app = visit(drawn.backtest([drawn.fold(day, three) for day in drawn.DATES], ["learned", "boosting"]))
    against = next(t.value for t in app.table if "Sammenlignet med" in t.value)
    assert against["Sammenlignet med"].str.replace("\\", "").tolist() == [
        "Lært skår mot tilfeldig valg", "Utfordrer: boosting mot lært skår", "Utfordrer: boosting mot tilfeldig valg",
    ]  # fmt: skip
    assert against["Forskjell i AUC"].str.replace("\\", "").str.split(":").str[0].tolist() == ["▲ bedre", "▼ dårligere", "▲ bedre"]


def test_a_list_that_was_not_there_on_all_dates_has_no_mean(visit: Page) -> None:
    def with_own(truth: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
        return {**drawn.knowing(truth, rng), "own_score": truth}

    folds = [drawn.fold(drawn.DATES[0]), drawn.fold(drawn.DATES[1], with_own)]
    app = visit(drawn.backtest(folds))
    assert "har derfor ikke noe gjennomsnitt: myndighetens egen skår" in said(app)


def test_too_few_outcomes_measure_nothing(visit: Page) -> None:
    app = visit(drawn.backtest([drawn.fold(day, n=60, level=-9) for day in drawn.DATES]))
    assert "ikke det samme som at skåren ikke virker" in said(app)
    assert len(app.metric) == 0


@pytest.mark.parametrize("by_lot", [0.0, 0.5])
def test_the_random_draw_is_measured_or_said_not_to_apply(visit: Page, by_lot: float) -> None:
    app = visit(drawn.backtest([drawn.fold(day, by_lot=by_lot) for day in drawn.DATES]))
    heads = " ".join(next(t.value for t in app.table if any("Innen samme kontor" in c for c in t.value)).columns)
    assert ("Valgt ved loddtrekning: ikke aktuelt" in said(app)) == (by_lot == 0)
    assert ("Valgt ved loddtrekning" in heads) == (by_lot > 0)


def test_invented_records_are_said_to_be(visit: Page, known: Backtest) -> None:
    assert "Oppdiktede data" in said(visit(known)), "the small authority of these tests is made by risiko itself"


def test_a_backtest_of_earlier_records_is_shown_and_said_to_be_old(visit: Page, known: Backtest) -> None:
    fresh = visit(known)
    assert not fresh.button
    assert "fra tidligere opplysninger" not in said(fresh)
    old = visit(known, key="another")
    assert "fra tidligere opplysninger" in said(old)
    assert [b.label for b in old.button] == ["Kjør tilbakeprøving på nytt"]
    assert len(old.metric) == 4


def test_without_a_backtest_it_says_that_nothing_is_shown_yet(visit: Page) -> None:
    app = visit(None)
    assert "Skåren er ikke prøvd ennå" in said(app)
    assert "ikke vist at skåren er bedre enn loddtrekning" in said(app)
    assert [b.label for b in app.button] == ["Kjør tilbakeprøving"]


@pytest.mark.slow
def test_an_authority_with_too_few_outcomes_keeps_the_points_score(
    visit: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quick = tmp_path / "quick.toml"
    quick.write_text('[learning]\nmonths_between = 12\nsignals = ["last_finding", "experience_mean"]\n')
    monkeypatch.setenv("RISIKO_SETTINGS", str(quick))
    app = visit(None)
    app.button[0].click().run()
    assert not app.exception
    assert "så poengskåren gjelder" in said(app)
    assert f"minst {NB.settings.learning.minimum_events} treff" in said(app)
    assert "points score" not in said(app), "the program's hint is not repeated in English"


@pytest.mark.slow
def test_the_button_makes_a_backtest(visit: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISIKO_SETTINGS", str(settings_file()))
    app = visit(None)
    app.button[0].click().run(timeout=300)
    assert not app.exception
    assert "Skåren er prøvd på" in said(app)
    assert not app.button, "what has just been made is current"


def test_groups_that_stand_out_come_first_and_nothing_in_a_handful_is_not_far() -> None:
    groups = pd.DataFrame({
        "group": ["alike", "none of few", "more", None], "n": [100, 3, 200, 50], "events": [11, 0, 60, 5],
        "observed": [0.11, 0.0, 0.3, 0.1], "expected": [0.1, 0.1, 0.1, 0.1], "o_over_e": [1.1, 0.0, 3.0, 1.0],
        "low": [0.5, 0.0, 2.3, 0.3], "high": [2.0, 12.0, 3.9, 2.3], "by": "county", "method": "learned",
    })  # fmt: skip
    found = Results(replace(drawn.backtest([drawn.fold(drawn.DATES[0])]), groups=groups))
    rows = tables.group_rows(found, "county")
    assert rows["told"].tolist() == ["more", "not_shown", "not_shown", "not_shown"]
    assert rows["group"].fillna("?").tolist() == ["more", "none of few", "alike", "?"]
    table = tables.groups(found, "county", NB)
    assert table["Fylke"].tolist()[-1] == "mangler data"
    assert table["Hva tallene viser"].iloc[0] == "▲ flere enn lovet"


@pytest.mark.parametrize(
    ("m", "line", "shows"),
    [
        (Measure(0.2, 0.1, 0.3), 0, "better"),
        (Measure(0.2, -0.1, 0.3), 0, "not_shown"),
        (Measure(-0.2, -0.3, -0.1), 0, "worse"),
        (Measure(0.6, 0.5, 0.7), 0.5, "not_shown"),
        (Measure(0.2), 0, "unknown"),
        (Measure(), 0, "unknown"),
    ],
)
def test_only_an_interval_beside_the_line_shows_anything(m: Measure, line: float, shows: str) -> None:
    assert m.shows(line) == shows


def test_what_was_not_measured_is_never_a_number() -> None:
    assert words.with_interval(Measure(), NB.t) == "ikke målt"
    assert words.with_interval(Measure(0.25), NB.t) == "0,25 (uten intervall)"
    assert words.with_interval(Measure(0.25, 0.2, 0.3), NB.t, 0, share=True) == "25\u00a0% (fra 20 til 30\u00a0%)"


def test_a_capacity_that_is_no_share_has_its_own_row(known: Backtest) -> None:
    rows = known.comparison
    other = rows.assign(at=rows["at"].where(~rows["metric"].str.endswith("_at_capacity"), 0.03))
    table = tables.top(Results(replace(known, comparison=other)), "learned", NB)
    assert table["Øverst på listen"].tolist() == ["Kapasitet (3,0\u00a0%)", "5\u00a0%", "10\u00a0%", "20\u00a0%"]
    same = tables.top(Results(known), "learned", NB)
    assert same["Øverst på listen"].tolist() == ["5\u00a0% (kapasitet)", "10\u00a0%", "20\u00a0%"]


def test_days_earlier_are_told_with_their_spread(visit: Page, known: Backtest) -> None:
    own = known.days.loc[known.days["method"] == "learned", "days"]
    assert f"{round(own.mean())} dager tidligere" in said(visit(known))
    assert f"dårligste datoen {round(own.min())}, på den beste {round(own.max())}" in said(visit(known))


def test_what_was_weak_in_training_is_told(visit: Page, known: Backtest) -> None:
    folds = known.folds.assign(warnings=["", "Not recalibrated: too little.", ""], recalibrated_on=pd.NaT)
    text = said(visit(replace(known, folds=folds))).replace("\\", "")
    assert "30.06.2023: Not recalibrated: too little." in text
    assert "ikke justert" in text


def test_dates_are_dates_of_the_backtest() -> None:
    found = Results(drawn.backtest([drawn.fold(day) for day in drawn.DATES]))
    assert [day.date() for day in found.dates()] == list(drawn.DATES)
    assert found.dates("random_arm") == []
    assert found.get("learned", AUC, day=pd.Timestamp(date(1999, 1, 1))) == pytest.approx(Measure(), nan_ok=True)


def test_hits_among_all_are_told_or_why_they_cannot_be(visit: Page, known: Backtest) -> None:
    unseen = known.corrected.assign(value=np.nan, low=np.nan, high=np.nan, refused_because="no_overlap")
    before, after = (
        next(t.value for t in visit(found).table if "Regnet ut" in t.value).set_index("Regnet ut")
        for found in (known, replace(known, corrected=unseen))
    )
    first = known.corrected[(known.corrected["method"] == "learned") & (known.corrected["estimate"] == "naive")].iloc[0]
    assert before.loc["Som det er, uten retting", "31.12.2022"].startswith(f"{round(100 * first['value'])}\u00a0%")
    assert before.loc["Bare valgt ved loddtrekning"].unique().tolist() == ["ingen slike besøk"]
    assert after.map(lambda cell: cell == "for mange hadde nesten ingen sjanse").all(axis=None)
    assert len(after.columns) == 3
