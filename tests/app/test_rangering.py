"""The page Rangering, run without a browser on a small authority."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.pipeline.draws import cut_of, kept_draws
from risiko.store import open_store
from tests.app.page_text import said

Page = Callable[..., AppTest]


def listed(app: AppTest) -> list[str]:
    """The names in the grid, in order."""
    names: list[str] = app.dataframe[0].value["service"].tolist()
    return names


@pytest.mark.parametrize(
    ("lang", "title", "caveat"),
    [
        ("nb", "Rangering", "Høy skår betyr ikke at det er påvist svikt."),
        ("nn", "Rangering", "Høg skår betyr ikkje at det er påvist svikt."),
        ("en", "Ranking", "A high score does not mean that a failure has been found."),
    ],
)
def test_speaks_three_languages(page: Page, run: pipeline.Run, lang: str, title: str, caveat: str) -> None:
    service = pipeline.ranking(run)["service_id"][0]
    app = page(lang=lang, service=service)
    assert not app.exception
    assert app.title[0].value == title
    text = said(app)
    assert caveat in text
    assert not re.findall(r"\b(?:[a-z_]+\.[a-z_]+_[a-z_]+)\b", text), "a text id stands in the page"


@pytest.mark.parametrize("lang", ["nb", "nn", "en"])
def test_never_judges(page: Page, run: pipeline.Run, lang: str) -> None:
    """No word of the page calls a service bad or a missing number low risk."""
    text = said(page(lang=lang, service=pipeline.ranking(run)["service_id"][0])).casefold()
    words = set(re.findall(r"\w+", text))
    assert not words & {
        "dårlig",
        "dårleg",
        "bad",
        "farlig",
        "farleg",
        "dangerous",
        "verst",
        "verste",
        "worst",
        "svarteliste",
    }


def test_shows_the_ranking_in_order(page: Page, run: pipeline.Run) -> None:
    assert listed(page()) == pipeline.ranking(run)["name"].head(100).tolist()


def test_counts_those_left_out(page: Page, run: pipeline.Run) -> None:
    text = said(page(lang="en"))
    assert f"{run.excluded['natural_person']} sole practitioner" in text


def test_a_filter_narrows_and_stands_in_the_address(page: Page, run: pipeline.Run) -> None:
    expected = pipeline.ranking(run).query("sector == 'child_welfare'")["name"].tolist()
    app = page()
    box = next(w for w in app.multiselect if w.label == "Sektor")
    box.set_value(["child_welfare"]).run()
    assert listed(app) == expected
    assert app.query_params["sector"] == "child_welfare"
    assert f"Barnevern ({len(expected)})" in next(w for w in app.multiselect if w.label == "Sektor").options


def test_two_filters_and_their_counts_hold_together(page: Page, run: pipeline.Run) -> None:
    frame = pipeline.ranking(run)
    app = page(sector=["health"])
    next(w for w in app.multiselect if w.label == "Grunnlag").set_value(["1", "2"]).run()
    app.run()  # a second run with changed labels must keep the choice
    expected = frame[(frame["sector"] == "health") & (frame["evidence_dots"] < 3)]
    assert listed(app) == expected["name"].head(100).tolist()
    assert next(w for w in app.multiselect if w.label == "Sektor").value == ["health"]


def test_search_and_never_supervised(page: Page, run: pipeline.Run) -> None:
    frame = pipeline.ranking(run)
    assert listed(page(never="1")) == frame[frame["last_supervised"].isna()]["name"].head(100).tolist()
    assert listed(page(q=frame["service_id"][3].lower())) == [frame["name"][3]]


def test_top_limits_the_rows(page: Page) -> None:
    assert len(listed(page(top="25"))) == 25
    assert len(listed(page(top="7"))) == 100  # not a choice: the usual number


def test_an_address_from_anywhere_never_breaks_the_page(page: Page) -> None:
    app = page(lang="xx", as_of="yesterday", sector=["<b>"], top="-1", w="nonsense~x,~,a~-1", evidence=["9"], never="?")
    assert not app.exception
    assert "Ingen tjenester passer filtrene." in said(app)


def test_nothing_found_offers_the_way_back(page: Page) -> None:
    app = page(q="no such service")
    assert "Ingen tjenester passer filtrene." in said(app)
    app.button(key="empty.reset").click().run()
    assert len(listed(app)) > 25
    assert "q" not in app.query_params


def test_a_deep_link_opens_the_service(page: Page, run: pipeline.Run) -> None:
    row = pipeline.ranking(run).iloc[4]
    app = page(service=row["service_id"])
    assert app.header[0].value == row["name"]
    assert f"Plass {row['rank']} av {len(pipeline.ranking(run))}" in said(app)
    assert app.session_state["ranking.grid"]["selection"]["rows"] == [4]


def test_choosing_in_the_box_opens_the_service(page: Page, run: pipeline.Run) -> None:
    row = pipeline.ranking(run).iloc[2]
    app = page()
    assert not app.header
    app.selectbox(key="ranking.box").set_value(row["service_id"]).run()
    assert app.header[0].value == row["name"]
    assert app.query_params["service"] == row["service_id"]
    assert app.session_state["ranking.grid"]["selection"]["rows"] == [2]


def test_the_table_holds_the_numbers_of_the_picture(page: Page, run: pipeline.Run) -> None:
    service = pipeline.ranking(run)["service_id"][0]
    parts = pipeline.detail(run, service).contributions
    parts = parts[parts["weight"] > 0]
    shown = page(lang="en", service=service).table[0].value
    assert shown["Contribution (log-odds)"].tolist()[1:-1] == [
        "0.00" if abs(x) < 0.005 else f"{x:+.2f}" for x in parts["contribution"]
    ]
    assert len(shown) == len(parts) + 2


def test_what_is_missing_is_said(page: Page, run: pipeline.Run) -> None:
    frame = pipeline.ranking(run)
    without = frame[frame["missing"].map(len) > 0].iloc[0]
    text = said(page(service=without["service_id"]))
    assert "Det som mangler, er ikke regnet som lav risiko." in text


def test_an_unknown_service_is_told_calmly(page: Page) -> None:
    app = page(service="nobody")
    assert not app.exception
    assert "Ingen tjeneste med ID nobody er rangert" in app.warning[0].value, "in the reader's language"


def test_a_chosen_service_outside_the_filters_is_told(page: Page, run: pipeline.Run) -> None:
    frame = pipeline.ranking(run)
    row = frame[frame["sector"] == "health"].iloc[0]
    said_so = "Tjenesten du har valgt, står ikke i listen over"
    assert said_so in said(page(service=row["service_id"], sector=["social"]))
    assert said_so not in said(page(service=row["service_id"], sector=["health"]))


def test_weights_change_the_order_and_can_be_taken_back(page: Page, run: pipeline.Run) -> None:
    own = {"experience_mean": 3.0, "complaint_rate": 0.0, "complaint_rate_short": 0.5}
    expected = pipeline.ranking(pipeline.rank(run.prepared, own))["name"].head(100).tolist()
    app = page()
    before = listed(app)
    fields = {w.label: w for w in app.number_input}
    fields["brukererfaring"].set_value(3.0)
    fields["klager, nyere teller mest"].set_value(0.0)
    fields["klager siste år"].set_value(0.5)  # one of those that do not count by themselves
    next(b for b in app.button if b.label == "Bruk").click().run()
    assert listed(app) == expected != before
    assert app.query_params["w"] == "complaint_rate~0,complaint_rate_short~0.5,experience_mean~3"
    app.button(key="weights.reset").click().run()
    assert listed(app) == before
    assert {w.label: w.value for w in app.number_input}["brukererfaring"] == run.weights["experience_mean"]


def test_an_earlier_date_shows_what_was_known_then(page: Page, opened: pipeline.Authority) -> None:
    then = pipeline.ranking(pipeline.rank(pipeline.prepare(opened, date(2024, 6, 30))))
    app = page(as_of="2024-06-30")
    assert listed(app) == then["name"].head(100).tolist()
    assert "30.06.2024" in said(app)


def test_a_date_before_all_records_says_so(page: Page) -> None:
    app = page(as_of="1995-01-01")
    assert not app.exception
    assert "Det er ingenting å rangere på denne datoen." in app.warning[0].value
    assert app.date_input, "another date must be within reach"
    assert "No service" not in app.warning[0].value, "in the reader's language"


@pytest.mark.parametrize("as_of", ["2999-01-01", "9999-12-31", "1900-01-01", "0001-01-01"])
def test_a_date_out_of_reach_gives_the_newest_list(page: Page, run: pipeline.Run, as_of: str) -> None:
    app = page(as_of=as_of)
    assert listed(app) == pipeline.ranking(run)["name"].head(100).tolist()
    assert app.date_input[0].value == run.as_of


@pytest.mark.parametrize("w", ["nonsense~1", "experience_mean~99"])
def test_weights_that_change_nothing_are_not_called_own(page: Page, w: str) -> None:
    app = page(w=w)
    assert not app.warning
    assert "egne vekter" not in said(app)


def test_no_store_an_absent_store_and_an_empty_store(page: Page, tmp_path: Path) -> None:
    assert "Vi vet ikke hvor dataene ligger." in said(page(store=""))
    absent = page(store=tmp_path / "none.db")
    assert not absent.exception
    assert "none.db" in absent.warning[0].value
    assert "Det er ingen database her ennå." in absent.warning[0].value
    assert not (tmp_path / "none.db").exists(), "looking must not make a store"
    open_store(str(tmp_path / "empty.db"), create=True).close()
    assert "Databasen er tom." in said(page(store=tmp_path / "empty.db"))


def test_the_capacity_orders_the_list_and_stands_in_the_address(page: Page, run: pipeline.Run) -> None:
    app = page(k="3")
    assert app.sidebar.number_input[0].value == 3
    few = pipeline.ranking(pipeline.with_capacity(run, 3))
    assert listed(app) == few["name"].head(100).tolist()
    assert app.dataframe[0].value["in_plan"].tolist() == pytest.approx(100 * few["p_top"].head(100))
    assert app.dataframe[0].value["tier"].tolist() == few["tier"].head(100).tolist()


def test_a_draw_is_made_with_a_reason_and_kept(page: Page, run: pipeline.Run, authority: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.db"
    shutil.copy(authority, own)
    top = next(k for k in range(5, 60) if cut_of(pipeline.with_capacity(run, k)).needed)
    app = page(own, k=str(top))
    go = next(b for b in app.button if b.label.startswith("Trekk"))
    go.click().run()
    assert "En trekning trenger et startall, et navn og en begrunnelse." in [w.value for w in app.warning]
    app.number_input(key="draw.seed").set_value(4711)
    app.text_input(key="draw.by").set_value("Kari *Nordmann*")
    app.text_input(key="draw.why").set_value("Kapasiteten deler nivået")
    next(b for b in app.button if b.label.startswith("Trekk")).click().run()
    assert not app.exception
    assert "startallet 4711. Begrunnelse: Kapasiteten deler nivået" in said(app)
    kept = kept_draws(pipeline.open_authority(str(own)))
    assert [(k.record.seed, k.record.by, k.record.top) for k in kept] == [(4711, "Kari *Nordmann*", top)]
    drawn = kept[0].record.winners.iloc[0]
    assert "ble trukket ut i trekning nr. 1" in said(page(own, at="views/tjeneste.py", k=str(top), service=drawn))
    assert "startallet 4711" in said(page(own, k=str(top))), "whoever comes later sees the draw of this list"
    assert "startallet" not in said(page(own, k=str(top), w="complaint_rate~3")), "of another list nothing was drawn"


def test_a_second_press_makes_no_second_draw(page: Page, run: pipeline.Run, authority: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.db"
    shutil.copy(authority, own)
    top = next(k for k in range(5, 60) if cut_of(pipeline.with_capacity(run, k)).needed)
    app = page(own, k=str(top))
    for _ in range(2):  # the browser sends what stood in the fields once more
        app.number_input(key="draw.seed").set_value(4711)
        app.text_input(key="draw.by").set_value("Kari")
        app.text_input(key="draw.why").set_value("Kapasiteten deler nivået")
        next(b for b in app.button if b.label.startswith("Trekk")).click().run()
    assert not app.exception
    assert len(kept_draws(pipeline.open_authority(str(own)))) == 1
