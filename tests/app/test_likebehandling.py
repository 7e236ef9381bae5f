"""The page Likebehandling: groups with intervals in words that claim no more than they can."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline, settings
from risiko.app import equity_words as words
from risiko.evaluate.equity import NOT_TOLD, OTHERS
from risiko.evaluate.equity_groups import Grouping
from risiko.i18n import Translator
from risiko.reports.names import Names
from risiko.store import open_store
from tests.app.page_text import said

Page = Callable[..., AppTest]
NB = Names(Translator("nb", strict=True), settings.load())
JUDGEMENT = re.compile(r"\b(bestått|godkjent|underkjent|rettferdig|urettferdig|diskriminer\w*)\b", re.IGNORECASE)


@pytest.fixture
def equity(page: Page) -> Page:
    def visit(*store: Path, **params: str) -> AppTest:
        return page(*store, at="views/likebehandling.py", **params)

    return visit


@pytest.fixture(scope="module")
def found(run: pipeline.Run) -> pipeline.Equity:
    return pipeline.equity(run, pipeline.default_capacity(run), "sector")


@pytest.mark.parametrize(("lang", "title"), [("nb", "Likebehandling"), ("nn", "Likebehandling"), ("en", "Equal treatment")])
def test_speaks_three_languages(equity: Page, lang: str, title: str) -> None:
    app = equity(lang=lang)
    assert not app.exception
    assert app.title[0].value == title
    assert not re.findall(r"\bequity[._][a-z_]+\b|~others|~not_told|\bnan\b", said(app)), "a code stands in the page"
    assert not JUDGEMENT.search(said(app)), "the page passes no judgement"


def test_the_table_has_the_numbers_of_the_comparison(equity: Page, found: pipeline.Equity) -> None:
    table = equity(by="sector").table[0].value
    rows = found.means[(found.means["measure"] == "in_top") & (found.means["told"] != "too_few")]
    assert len(rows) > 1
    for row in rows.itertuples():
        shown = table[table["Gruppe"] == NB.t.word("sector", row.group)].iloc[0]
        assert shown["Tjenester"] == str(row.n)
        assert shown["Andel over kapasitetslinjen"].startswith(NB.t.percent(row.value, 1))
        assert shown["Forskjell fra alle i prosentpoeng (95 %)"].startswith(NB.t.number(100 * row.difference, 1, sign=True))


def test_grouping_and_measure_stand_in_the_address(equity: Page) -> None:
    app = equity(by="size", of="found")
    boxes = {box.label: box for box in app.selectbox}
    assert (boxes["Grupper etter"].value, boxes["Se på"].value) == ("size", "found")
    assert "Bare blant tjenester med tilsyn" in said(app), "the share is told for whom it is"
    boxes["Grupper etter"].set_value("county").run()
    boxes["Se på"].set_value("likelihood").run()
    assert app.query_params["by"] in ("county", ["county"])
    assert app.query_params["of"] in ("likelihood", ["likelihood"])
    assert "Får noen grupper høyere sannsynlighet?" in [s.value for s in app.subheader]


def test_an_unknown_choice_in_a_link_is_the_first(equity: Page) -> None:
    app = equity(by="shoe_size", of="luck")
    assert not app.exception
    assert [box.value for box in app.selectbox] == ["office", "in_top"]


def test_a_column_for_audit_is_told_as_such(equity: Page) -> None:
    app = equity(by="audit:centrality")
    assert "Centrality (bare til kontroll)" in app.selectbox[0].options
    assert "sentralitet" in said(app), "what the column was declared to mean"


def test_one_office_and_no_groups_is_told(equity: Page, tmp_path: Path) -> None:
    rows = "id,users\n" + "\n".join(f"S{i},40" for i in range(12))
    (tmp_path / "services.csv").write_text(rows)
    (tmp_path / "one.toml").write_text(ONE)
    pipeline.import_source(str(tmp_path / "one.db"), tmp_path, str(tmp_path / "one.toml"), now=datetime(2026, 7, 1))
    app = equity(tmp_path / "one.db")
    assert not app.exception
    text = said(app)
    assert "Det er bare én gruppe som er stor nok til å vises." in text
    assert "Kan ikke brukes her" in text
    assert "Ingen kilde flytter noen tjeneste." in text


def test_an_empty_store_says_so(equity: Page, tmp_path: Path) -> None:
    open_store(str(tmp_path / "empty.db"), create=True).close()
    app = equity(tmp_path / "empty.db")
    assert not app.exception
    assert len(app.info) == 1


ONE = """
[mapping]
name = "one"
title = "One office"
[[table]]
table = "services"
file = "services.csv"
[table.columns]
service_id = "id"
known_date = { const = "2024-01-01" }
sector = { const = "health" }
service_type = { const = "nursing_home" }
office = { const = "Agder" }
users = "users"
natural_person = { const = false }
"""


# --- words ---


def drawn(**told: str) -> pd.DataFrame:
    return pd.DataFrame({
        "group": list(told), "told": list(told.values()), "value": [0.1 * i for i in range(len(told))], "n": 30,
        "overall": 0.2, "diff_low": -0.3, "diff_high": 0.1,
    })  # fmt: skip


COUNTY = Grouping("county", pd.Series(dtype="str"))


def test_no_difference_shown_is_never_called_alike() -> None:
    text = words.summary(drawn(A="not_shown", B="not_shown"), "in_top", COUNTY, NB)
    assert text == "For 2 grupper er ingen forskjell fra alle vist."
    assert "lik" not in text.lower().split()


def test_who_stands_out_is_named_and_the_rest_is_counted() -> None:
    rows = drawn(A="higher", B="lower", C="not_shown", D="few_clusters", E="too_few")
    assert words.summary(rows, "in_top", COUNTY, NB) == (
        "Høyere enn for alle: A. Lavere enn for alle: B. For 1 gruppe er ingen forskjell fra alle vist. "
        "Om 2 grupper kan ingenting sies."
    )
    many = words.summary(drawn(**dict.fromkeys("ABCDEFGH", "higher")), "in_top", COUNTY, NB)
    assert many == "Høyere enn for alle: A, B, C, D, E, F og 2 til."


def test_a_larger_rank_is_farther_down_and_points_down() -> None:
    assert words.said("higher", "rank_share", NB.t) == "▼ lenger ned enn alle"
    assert words.said("lower", "rank_share", NB.t) == "▲ høyere opp enn alle"
    assert words.said("higher", "found", NB.t) == "▲ høyere enn for alle"
    assert words.picture(drawn(A="higher"), "rank_share", COUNTY, NB)["told"].tolist() == ["lower"]
    assert words.summary(drawn(A="lower"), "rank_share", COUNTY, NB) == "Høyere opp enn alle: A."


def test_the_bar_lies_where_the_difference_from_all_may_be() -> None:
    shown = words.picture(drawn(A="not_shown", B="too_few"), "in_top", COUNTY, NB)
    assert shown["label"].tolist() == ["A"], "of too few nothing is drawn"
    assert (shown["low"].iloc[0], shown["high"].iloc[0]) == pytest.approx((-0.1, 0.3))


def test_groups_are_called_what_they_are() -> None:
    size = Grouping("size", pd.Series(dtype="str"), ordered=True, bands={"1": (5.0, 5.0), "2": (6.0, 1500.0)})
    audit = Grouping("audit:share", pd.Series(dtype="str"), ordered=True, bands={"1": (0.0, 0.25)})
    named = [words.group_name(g, size, NB) for g in ("1", "2", OTHERS, NOT_TOLD)]
    assert named == ["5 brukere", "6–1\u00a0500 brukere", "andre (små grupper)", "ikke oppgitt"]
    assert words.group_name("1", audit, NB) == "0–0,25"
    assert words.group_name("2", Grouping("dependency", pd.Series(dtype="str")), NB) == "grad 2 av 3"
    assert words.group_name("nursing_home", Grouping("service_type", pd.Series(dtype="str")), NB) == "Sykehjem"


def test_ordered_groups_keep_their_order_and_the_rest_goes_by_value() -> None:
    rows = drawn(A="not_shown", B="not_shown", **{OTHERS: "not_shown"})
    assert words.ordered(rows, COUNTY)["group"].tolist() == ["B", "A", OTHERS]
    assert words.ordered(rows, Grouping("size", pd.Series(dtype="str"), ordered=True))["group"].tolist() == ["A", "B", OTHERS]


def test_places_up_the_list_are_counted_with_their_interval() -> None:
    pairs = pd.DataFrame({
        "basis": ["everything", "everything", "no_history"], "measure": "rank_share", "group": ["A", "B", "A"],
        "pairs": [40, 3, 50], "difference": [-0.10, float("nan"), 0.02], "low": [-0.15, float("nan"), -0.01],
        "high": [-0.05, float("nan"), 0.05], "told": ["lower", "too_few", "not_shown"],
    })  # fmt: skip
    table = words.pairs_table(pairs, 1000, NB).set_index("Embete")
    assert table.loc["A"].tolist() == [
        "▲ høyere opp enn alle: +100 (fra +50 til +150), n\u00a0=\u00a040",
        "○ ikke vist forskjell: -20 (fra -50 til +10), n\u00a0=\u00a050",
    ]
    assert table.loc["B"].tolist() == ["– for få", "– for få"]
    assert "forskjell er vist for 1 av 1 embeter" in words.pairs_summary(pairs, NB)
