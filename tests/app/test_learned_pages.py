"""The pages with a learned model in force, without a browser: which score rules is said wherever it matters."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline, registry
from risiko.app import display, reasons
from risiko.i18n import Translator
from risiko.reports import chart_rows
from risiko.reports.names import Names
from risiko.scoring.table import POINTS
from tests.app.page_text import said
from tests.small_authority import END, NOW, opened_in, settings_file, trained_folder

Page = Callable[..., AppTest]
BEFORE = date(2024, 3, 31)  # before the model's date


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small authority with a model that is in force, though nothing shows it better: the tests are of the pages."""
    made = tmp_path_factory.mktemp("force") / "authority"
    shutil.copytree(trained_folder(), made)
    store = opened_in(made).store
    registry.promote(registry.registered(store)["model_id"].iloc[-1], "Prøve av sidene.", store, now=NOW)
    return made


@pytest.fixture(scope="module")
def run(place: Path) -> pipeline.Run:
    opened = opened_in(place)
    return pipeline.rank(pipeline.prepare(opened, END), model=pipeline.in_force(opened))


@pytest.fixture
def visit(page: Page, place: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setenv("RISIKO_SETTINGS", str(settings_file()))

    def go(at: str = "", folder: Path = place, **params: str) -> AppTest:
        monkeypatch.setenv("RISIKO_MODELS", str(folder / "models"))
        return page(folder / "risiko.db", at=at and f"views/{at}.py", **{"as_of": END.isoformat(), **params})

    return go


@pytest.fixture
def spoilt(place: Path, tmp_path: Path) -> Path:
    """The same authority with its model's file changed after it was registered."""
    copy = tmp_path / "spoilt"
    shutil.copytree(place, copy)
    next((copy / "models").glob("*/model.skops")).write_bytes(b"another")
    return copy


def _names(run: pipeline.Run, language: str = "nb") -> Names:
    return Names.of(Translator(language, strict=True), run.prepared.settings, run.prepared.known["metadata_columns"])


def _listed(app: AppTest) -> list[str]:
    listed: list[str] = app.dataframe[0].value["service"].tolist()
    return listed


def test_the_list_is_the_models_and_names_it(visit: Page, run: pipeline.Run) -> None:
    app = visit()
    assert not app.exception
    assert run.table.model_id != POINTS
    assert _listed(app) == pipeline.ranking(run)["name"].head(100).tolist()
    assert run.table.model_id in said(app)
    assert app.sidebar.radio[0].value == "learned"


@pytest.mark.parametrize(("at", "lang"), [
    ("", "nn"), ("", "en"), ("tjeneste", "nb"), ("tjeneste", "en"), ("oversikt", "nn"), ("likebehandling", "en"),
    ("modell", "nn"), ("scenario", "nb"),
])  # fmt: skip
def test_no_page_shows_a_text_id_or_a_missing_number(visit: Page, run: pipeline.Run, at: str, lang: str) -> None:
    service = pipeline.ranking(run)["service_id"][0]
    app = visit(at, lang=lang, service=service)
    assert not app.exception
    assert not re.findall(r"\bnan\b|\bNone\b|\b(?!risiko\.)[a-z_]+\.[a-z]+_[a-z_]+\b", said(app))


def test_the_points_score_can_be_looked_at_beside_it_and_says_so(visit: Page, run: pipeline.Run) -> None:
    app = visit()
    app.sidebar.radio[0].set_value("points").run()
    assert _listed(app) == pipeline.ranking(pipeline.rank(run.prepared))["name"].head(100).tolist()
    assert f"I kraft er den lærte skåren ({run.table.model_id})." in said(app)
    assert app.query_params["score"] == "points"


def test_own_weights_switch_to_points_and_say_so(visit: Page, run: pipeline.Run) -> None:
    app = visit(w="complaint_rate~3")
    own = pipeline.ranking(pipeline.rank(run.prepared, {"complaint_rate": 3.0}))
    assert _listed(app) == own["name"].head(100).tolist()
    assert app.sidebar.radio[0].value == "points"
    assert "Du ser listen med egne vekter." in said(app)
    app.sidebar.radio[0].set_value("learned").run()
    assert _listed(app) == pipeline.ranking(run)["name"].head(100).tolist()
    assert "w" not in app.query_params


def test_before_its_date_the_model_gives_way_to_points_and_the_page_says_why(
    visit: Page, place: Path
) -> None:
    points = pipeline.rank(pipeline.prepare(opened_in(place), BEFORE))
    app = visit(as_of=BEFORE.isoformat())
    assert _listed(app) == pipeline.ranking(points)["name"].head(100).tolist()
    assert not app.sidebar.radio, "there is nothing to choose between"
    assert "Modellen i kraft er trent for 30.06.2024 og har sett det som kom etterpå." in said(app)


def test_the_overview_compares_two_lists_of_one_score(visit: Page, place: Path, run: pipeline.Run) -> None:
    opened = opened_in(place)
    before = pipeline.rank(pipeline.prepare(opened, BEFORE), model=pipeline.in_force(opened), hindsight=True)
    assert before.table.model_id == run.table.model_id
    capacity = pipeline.default_capacity(run)
    expected = pipeline.overview(run, before, capacity)
    mixed = pipeline.overview(run, pipeline.rank(before.prepared), capacity)
    assert len(mixed.entered) != len(expected.entered), "a new score would pass for news"
    app = visit("oversikt", since=BEFORE.isoformat())
    assert app.metric[0].value == str(len(expected.entered))
    assert "Begge datoene er skåret av samme modell" in said(app)


def test_without_hindsight_a_model_never_scores_a_date_before_its_own(place: Path) -> None:
    opened = opened_in(place)
    found = pipeline.rank(pipeline.prepare(opened, BEFORE), model=pipeline.in_force(opened))
    assert found.table.model_id == POINTS


@pytest.mark.parametrize("at", ["tjeneste", "oversikt"])
def test_a_spoilt_model_is_told_of_and_points_are_shown(visit: Page, spoilt: Path, run: pipeline.Run, at: str) -> None:
    service = pipeline.ranking(run)["service_id"][0]
    app = visit(at, spoilt, service=service)
    assert not app.exception
    assert "så poengskåren vises i stedet. Grunnen står på engelsk: " in app.warning[0].value
    assert "has been changed or cut off" in app.warning[0].value
    assert not app.sidebar.radio
    assert run.table.model_id not in said(app).replace(app.warning[0].value, "")


def test_a_folder_that_is_gone_is_told_of(visit: Page, spoilt: Path, run: pipeline.Run) -> None:
    shutil.rmtree(spoilt / "models")
    app = visit("", spoilt)
    assert f"The folder of the model {run.table.model_id} is not here." in app.warning[0].value
    assert _listed(app) == pipeline.ranking(pipeline.rank(run.prepared))["name"].head(100).tolist()


def test_a_model_of_signals_that_are_not_here_is_told_of(
    visit: Page, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "other.toml"
    text = settings_file().read_text(encoding="utf-8").replace('"provider_history"', '"finding_trend"')
    rules.write_text(text, encoding="utf-8")
    copy = tmp_path / "other"
    shutil.copytree(place, copy)
    app = visit("", copy)
    assert not app.warning
    monkeypatch.setenv("RISIKO_SETTINGS", str(rules))
    app.run()
    assert not app.exception
    assert "The model was trained with signals that are not here" in app.warning[0].value


def test_one_services_picture_and_table_end_at_its_likelihood(run: pipeline.Run) -> None:
    names = _names(run)
    for service in pipeline.ranking(run)["service_id"][[0, 40, 120]]:
        found = pipeline.detail(run, service)
        steps, rows = chart_rows.step_rows(found.contributions, found.base, names), reasons.table(found, names)
        likelihood = found.place["likelihood"]
        assert steps["end"].iloc[-1] == pytest.approx(np.log(likelihood / (1 - likelihood)))
        assert rows.iloc[-1, -1] == names.t.number(steps["end"].iloc[-1], 2)
        kind = rows[rows["Signal"] == "type tjeneste"]
        assert kind["Verdi"].tolist() == [names.service_type(str(found.service["service_type"]))], "not missing data"
        assert not kind["Lignende tjenester"].any()


def test_many_signals_end_in_one_step_of_the_rest(run: pipeline.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found, names = pipeline.detail(run, pipeline.ranking(run)["service_id"][0]), _names(run)
    whole = chart_rows.step_rows(found.contributions, found.base, names)
    monkeypatch.setattr(chart_rows, "MOST_STEPS", 2)
    few = chart_rows.step_rows(found.contributions, found.base, names)
    beside = [names.t("reasons.age_and_amount")]
    assert few["label"].tolist()[3:-1] == [f"{len(found.contributions[found.contributions['counts']]) - 2} signaler til", *beside]
    assert whole["label"].tolist()[-2:-1] == beside, "how old and how many the readings are is a step of its own"
    assert few["end"].iloc[-1] == pytest.approx(whole["end"].iloc[-1])


def test_a_signal_that_raises_by_having_no_data_says_so(run: pipeline.Run) -> None:
    raising, missing = [["experience_mean", "finding_history"]], [["experience_mean"]]
    shown = pipeline.ranking(run).head(1).assign(raising=raising, missing=missing)
    assert display.list_frame(shown, _names(run))["why"].iloc[0] == ["brukererfaring (mangler data)", "funn over tid"]
    assert display.plain_table(shown, _names(run, "en"))["Why"].iloc[0] == "user experience (missing data), findings over time"


@pytest.mark.parametrize(("lang", "sheet", "score", "weight", "learned"), [
    ("nb", "Om listen", "Hvilken skår", "Vekt: ", "Sannsynligheten er lært av tidligere tilsyn"),
    ("nn", "Om lista", "Kva for skår", "Vekt: ", "Sannsynet er lært av tidlegare tilsyn"),
    ("en", "About", "Which score", "Weight: ", "The likelihood is learned from earlier supervisions"),
])  # fmt: skip
def test_files_name_the_model_and_no_weights(
    run: pipeline.Run, lang: str, sheet: str, score: str, weight: str, learned: str
) -> None:
    t, shown = Translator(lang, strict=True), pipeline.ranking(run)
    book = openpyxl.load_workbook(BytesIO(pipeline.export_xlsx(run, shown, t)))
    told = {str(a): str(b) for a, b in book[sheet].iter_rows(max_col=2, values_only=True) if a}
    assert told[score] == run.table.model_id
    assert not [name for name in told if name.startswith(weight)]
    assert any(learned in name and run.table.model_id in name for name in told)
    assert not any("calibrated" in name or "kalibrert" in name for name in told)
    lines = pipeline.export_csv(run, shown, t).decode("utf-8-sig").splitlines()
    assert all(line.endswith(f";{run.table.model_id}") for line in lines[1:])
    assert len(lines) == len(shown) + 1


def test_a_link_to_the_service_keeps_the_choice_of_score(visit: Page, run: pipeline.Run) -> None:
    service = pipeline.ranking(run)["service_id"][3]
    app = visit("tjeneste", service=service, score="points")
    place = pipeline.rank(run.prepared).table.scores["rank"][service]
    assert f"Plass {place} av" in said(app)
    assert "Anslaget er til å sortere etter" in said(app)
    learned = said(visit("tjeneste", service=service))
    assert f"Anslaget er lært av tidligere tilsyn ({run.table.model_id})" in learned
    assert "ikke kalibrert" not in learned
    assert "En lært skår legger også vekt på hvor gammelt et signal er" in learned
