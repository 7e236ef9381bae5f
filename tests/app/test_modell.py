"""The page Modell og data: the score in force and why, its checks, signals, settings and data, without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline, registry, settings
from risiko.app import model_tables, model_words
from risiko.app.html_table import html_table
from risiko.app.session import models_folder
from risiko.charts.weights import weights
from risiko.contracts import CONTRACTS
from risiko.evaluate.checks import Evidence, Limits, run_checks
from risiko.i18n import Translator
from risiko.pipeline.model_page import Weighs
from risiko.reports.names import Names
from risiko.store import open_store
from tests.app.page_text import said
from tests.builders import NOON, batch, part, rejects
from tests.models import LATER, facts
from tests.trained import trained

Page = Callable[..., AppTest]
NB = Names(Translator("nb", strict=True), settings.load())
CODES = r"\b(?:model(?:_\w+)?|direction|table|check(?:_\w+)?|sources)\.[a-zA-Z_0-9]+\b"


@pytest.fixture
def model_page(page: Page) -> Page:
    def visit(*store: Path, **params: str) -> AppTest:
        return page(*store, at="views/modell.py", **params)

    return visit


@pytest.fixture
def own(authority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pipeline.Authority:
    """The same authority with a store and a folder of models of its own."""
    (tmp_path / "own.db").write_bytes(authority.read_bytes())
    monkeypatch.setenv("RISIKO_MODELS", str(tmp_path / "models"))
    return pipeline.open_authority(str(tmp_path / "own.db"), models=tmp_path / "models")


def _html(app: AppTest) -> str:
    """The tables that are written as HTML."""
    return " ".join(str(e.proto.body) for e in app.get("html"))


@pytest.mark.parametrize(("lang", "title"), [("nb", "Modell og data"), ("nn", "Modell og data"), ("en", "Model and data")])
def test_speaks_three_languages(model_page: Page, lang: str, title: str) -> None:
    app = model_page(lang=lang)
    assert not app.exception
    assert app.title[0].value == title
    assert not re.findall(CODES, said(app)), "a text id stands in the page"
    assert not re.findall(r"\bnan\b|\bNone\b", said(app))


def test_without_a_model_it_says_that_points_are_in_force_and_why(
    model_page: Page, opened: pipeline.Authority, run: pipeline.Run
) -> None:
    app, found, t = model_page(), pipeline.model_page(opened, run.prepared), NB.t
    assert "**Poengskåren gjelder.**" in said(app)
    assert f"{t.number(found.judged)} bedømte tilsyn kjent. {t.number(found.events)} av dem fant alvorlig lovbrudd" in said(app)
    assert "ikke en målt hyppighet" in said(app)
    assert list(app.table[0].value["Log-odds per standardavvik"])[:2] == ["0,60", "0,50"]
    assert "Når data mangler (log-odds)" not in app.table[0].value, "a missing signal adds nothing to points"


def test_a_model_in_force_says_what_its_number_means_and_what_it_gained(
    model_page: Page, own: pipeline.Authority, run: pipeline.Run
) -> None:
    model = trained(own, run.prepared, run.as_of, gain=(0.031, -0.002, 0.064))
    registry.promote(model.entry.model_id, "Bedre på *seks* datoer", own.store, now=LATER, by="Kari")
    text = said(app := model_page(Path(own.store.address)))
    assert not app.exception
    assert f"`{model.entry.model_id}`" in text
    assert "Den ble satt i kraft 01.06.2026: «Bedre på \\*seks\\* datoer» (Kari)." in text
    assert "hvor sannsynlig det er at et tilsyn finner alvorlig lovbrudd eller verre, dersom det gjennomføres" in text
    assert re.search(r"\+0,031 \(fra [−-]0,002 til \+0,064\) i AUC", text)
    assert "○ ikke vist bedre enn poengskåren" in text
    assert "Embete" in " ".join(str(table.value) for table in app.table)


def test_a_spoilt_model_is_told_of_with_the_reason(
    model_page: Page, own: pipeline.Authority, run: pipeline.Run
) -> None:
    model = trained(own, run.prepared, run.as_of, gain=(0.05, 0.01, 0.09))
    registry.promote(model.entry.model_id, "Bedre.", own.store, now=LATER)
    (own.models / model.entry.model_id / "model.skops").write_bytes(b"another")
    app = model_page(Path(own.store.address))
    assert not app.exception
    assert "Poengskåren brukes i stedet til feilen er rettet." in said(app)
    assert "has been changed or cut off" in app.warning[0].value
    assert "Modellkortene kan ikke leses" in said(app)


def test_an_offered_model_stands_with_its_gain_and_its_card(
    model_page: Page, own: pipeline.Authority, run: pipeline.Run
) -> None:
    model = trained(own, run.prepared, run.as_of, gain=(0.05, 0.01, 0.09))
    app = model_page(Path(own.store.address))
    row = next(line for line in _html(app).split("<tr>") if f'<th scope="row">{model.entry.model_id}</th>' in line)
    assert "▲ vist bedre enn poengskåren" in row
    assert "+0,050 (fra +0,010 til +0,090)" in row
    assert "<td>ikke målt</td>" in row, "nobody has measured its average precision"
    assert [b.label for b in app.get("download_button")][:2] == ["Last ned card.md", "Last ned card.html"]


def test_an_empty_store_and_services_alone_are_told_calmly(model_page: Page, tmp_path: Path) -> None:
    open_store(str(tmp_path / "empty.db"), create=True).close()
    app = model_page(tmp_path / "empty.db")
    assert not app.exception
    assert len(app.info) == 1
    store = open_store(str(tmp_path / "thin.db"), create=True)
    services = pd.DataFrame({
        "service_id": ["a", "b"], "known_date": pd.Timestamp("2020-01-01"), "sector": "health",
        "service_type": "nursing_home", "natural_person": False,
    })  # fmt: skip
    bad = rejects(("<b>a.csv</b>", 7, "users", "=1+1", "wrong_type", "not a number", "rejected"))
    store.commit(batch(part("services", CONTRACTS["services"].conform(services), rejects=bad)))
    store.close()
    app = model_page(tmp_path / "thin.db")
    assert not app.exception
    assert "er 0 bedømte tilsyn kjent" in said(app)
    assert "Det er for lite å lære av" in said(app)
    assert "Avviste rader og advarsler (1)" in said(app)
    html = _html(app)
    assert "&lt;b&gt;a.csv&lt;/b&gt;" in html
    assert "<b>a.csv" not in html


def test_the_signals_are_found_by_searching(model_page: Page, run: pipeline.Run) -> None:
    app = model_page()
    labels = [e.label for e in app.expander]
    n = len(run.prepared.features.signals)
    assert sum(int(m.group(1)) for label in labels if (m := re.fullmatch(
        r"(?:Klager|Brukererfaring|Om tjenesten|Tilsynshistorikk) \((\d+)\)", label))) == n
    app.text_input[0].set_value("siste tilsyn").run()
    assert "funn ved siste tilsyn" in _html(app)
    assert "alvorlige klager" not in _html(app)
    app.text_input[0].set_value("xyzzy").run()
    assert "Ingenting passer med søket." in said(app)


def test_how_often_a_signal_is_missing_is_worked_out_when_asked_for(model_page: Page, run: pipeline.Run) -> None:
    app = model_page()
    assert "Mangler for" not in _html(app)
    app.button(key="model.missing").click().run()
    assert not app.exception
    assert "Mangler for" in _html(app)
    share = pipeline.missing_shares(run.prepared)["finding_history"]
    name = NB.signal("finding_history")
    row = next(line for line in _html(app).split("<tr>") if f'<th scope="row">{name}</th>' in line)
    assert f"<td>{NB.t.percent(share)}</td>" in row


def test_the_authoritys_own_settings_are_marked(
    model_page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text("[score.weights]\nfinding_history = 0.75\n")
    monkeypatch.setenv("RISIKO_SETTINGS", str(tmp_path / "own.toml"))
    app = model_page()
    assert "1 verdi er endret fra den som følger med risiko." in said(app)
    assert '<th scope="row">score.weights.finding_history</th><td>0.75</td><td>0.4</td>' in _html(app)


# --- Words and tables ---


def test_the_picture_stands_group_by_group() -> None:
    rows = pd.DataFrame({
        "signal": ["last_finding", "complaint_rate", "finding_history", "maturity"],
        "group": ["history", "complaints", "history", "metadata"], "effect": [0.5, 0.45, 0.4, 0.0],
        "when_missing": float("nan"),
    })  # fmt: skip
    drawn = model_words.bars(Weighs(rows, pd.DataFrame(), pd.DataFrame()), NB)
    history = [NB.signal(name) for name in ("last_finding", "finding_history")]
    assert drawn["label"].tolist() == ["Tilsynshistorikk:", *history, "Klager:", NB.signal("complaint_rate")]
    assert drawn["text"].tolist() == ["", "0,50", "0,40", "", "0,45"]
    chart = weights(drawn, axis="Log-odds", language="nb").to_dict()
    assert chart["layer"][0]["encoding"]["y"]["sort"] is None
    assert chart["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 0.5]

QUESTIONS = [
    # population, counted, measure, threshold -> what stands in the sentence
    ("inspected", "carried_out", "severity", 1.0, "finner alvorlig lovbrudd eller verre, dersom det gjennomføres innen 365 dager"),
    ("all", "became_known", "breach_share", 0.5, "et tilsyn blir kjent innen 365 dager etter datoen og finner lovbrudd i minst 50\u00a0% av funnene"),
    ("inspected", "became_known", "breaches_per_topic", 1.5, "finner minst 1,5 lovbrudd per tema, dersom det blir kjent innen 365 dager"),
]  # fmt: skip


@pytest.mark.parametrize(("population", "counted", "measure", "threshold", "expected"), QUESTIONS)
def test_what_the_probability_is_of(population: str, counted: str, measure: str, threshold: float, expected: str) -> None:
    rule = {
        "measure": measure, "severity": "serious_breach", "threshold": threshold, "horizon_days": 365, "counted": counted,
    }  # fmt: skip
    assert expected in model_words.question(facts(population=population, outcome=rule), NB)


def test_checks_say_their_state_in_words_and_shape_and_what_fails_comes_first() -> None:
    results = run_checks(Evidence(outcomes=pd.DataFrame({"outcome": [1.0] * 3 + [0.0] * 5})), Limits())
    table = model_tables.checks(results, NB)
    assert len(table) == len(results) == 15
    assert table["Tilstand"].iloc[0] == "▲ slår ut"
    assert table["Kontroll"].iloc[0].startswith("RK010 ")
    assert "3 tjenester har utfallet og 5 har det ikke" in table["Hva som ble funnet"].iloc[0]
    assert set(table["Tilstand"]) == {"▲ slår ut", "● i orden", "– ikke prøvd"}
    untried = table[table["Tilstand"] == "– ikke prøvd"]["Hva som ble funnet"]
    assert untried.str.startswith("Det som trengs for å prøve dette").any()
    assert model_tables.explained(results, NB).count("- **RK") == 15


def test_a_signal_in_a_check_is_called_as_on_the_pages() -> None:
    assert model_tables.called("finding_history|standing", NB) == NB.signal("finding_history")
    assert model_tables.called("Oslo", NB) == "Oslo"
    assert model_tables.called("child_welfare", NB) == "Barnevern"
    assert "_" not in model_tables.called("rank_share", NB)


def test_rejects_are_counted_by_reason_and_can_never_become_a_formula() -> None:
    found = rejects(
        ("a.csv", 2, "n", "=1+1", "wrong_type", "not a number", "rejected"),
        ("a.csv", 3, "n", "+47", "wrong_type", "not a number", "rejected"),
        ("a.csv", 4, "text", "ok", "text_cut", "too long", "warning"),
    )
    by = model_tables.reasons(found, NB)
    assert by.to_numpy().tolist() == [["not a number", "2", "ikke tatt inn"], ["too long", "1", "tatt inn med advarsel"]]
    text = model_tables.rejects_csv(found, NB).decode("utf-8-sig")
    assert ";'=1+1;" in text
    assert ";'+47;" in text
    assert text.count("\r\n") == 4


def test_a_table_escapes_its_cells_and_says_which_words_are_english() -> None:
    rows = pd.DataFrame({"Nøkkel": ["<script>"], "Begrunnelse": ['"why" & how']})
    html = html_table(rows, label='a "label"', english=("Begrunnelse",))
    assert '<th scope="row" class="narrow">' in html_table(rows, label="a", narrow=("Nøkkel",))
    assert '<th scope="row">&lt;script&gt;</th>' in html
    assert '<td lang="en">&quot;why&quot; &amp; how</td>' in html
    assert 'aria-label="a &quot;label&quot;"' in html
    assert 'lang="en">Begrunnelse' not in html, "the heading is in the reader's language"


def test_the_folder_of_models_is_that_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISIKO_MODELS", raising=False)
    assert models_folder() == Path("models")
    monkeypatch.setenv("RISIKO_MODELS", "elsewhere")
    assert models_folder() == Path("elsewhere")


def test_imports_replaced_later_are_said_to_be() -> None:
    rows = pd.DataFrame({
        "imported_at": [NOON, datetime(2024, 6, 1)], "file": ["a.csv", "a.csv"], "table": ["services"] * 2,
        "n_read": [2, 3], "n_good": [2, 2], "n_rejected": [0, 1], "n_warnings": [0, 0],
        "replaced_by": pd.array([2, None], dtype="Int64"),
    })  # fmt: skip
    table = model_tables.imports(rows, NB)
    assert table["Tilstand"].tolist() == ["erstattet senere", "gjelder"]
    assert table["Tabell"].tolist() == ["Tjenesteregister"] * 2
