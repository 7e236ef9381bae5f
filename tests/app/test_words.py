"""The words of the two pages: units that make sense, texts of the records letter by letter, places without a twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline, settings
from risiko.app import service_words
from risiko.app.display import amount, plain, with_unit
from risiko.i18n import Translator
from risiko.reports.names import Names
from tests.app.page_text import said

Page = Callable[..., AppTest]
NB = Names(Translator("nb", strict=True), settings.load())
EN = Names(Translator("en", strict=True), settings.load())


@pytest.mark.parametrize(
    ("x", "unit", "nb", "en"),
    [
        (0.36, "share", "36\u00a0%", "36%"),
        (1.0, "yes_no", "ja", "yes"),
        (0.0, "yes_no", "nei", "no"),
        (0.25, "yes_no", "25\u00a0%", "25%"),  # the share of similar services
        (2.04, "severity_0_3", "2,0 (alvor 0–3)", "2.0 (severity 0–3)"),
        (9.2, "years", "9,2 år", "9.2 years"),
        (-0.04, "points", "0,0 poeng", "0.0 points"),
        (float("nan"), "share", "mangler data", "missing data"),
        (float("nan"), "years", "mangler data", "missing data"),
    ],
)
def test_a_reading_is_written_with_a_unit_that_makes_sense(x: float, unit: str, nb: str, en: str) -> None:
    assert with_unit(x, unit, NB) == nb
    assert with_unit(x, unit, EN) == en
    assert nb.startswith(amount(x, unit, NB))


def test_a_text_of_several_lines_stands_on_one() -> None:
    assert plain("Til\n# stor\r\n- punkt") == r"Til \# stor - punkt"
    assert plain("én\u2028to \v tre") == "én to tre"
    assert plain("10\u00a0%") == "10\u00a0%", "a space that holds a number and its sign together is kept"


def test_a_long_quote_is_cut_after_a_word() -> None:
    short = "ord " * 20
    cut = service_words.shortened("langt ord " * 400)
    assert service_words.shortened(short) == short
    assert len(cut) <= service_words.LONGEST_QUOTE + 2
    assert cut.endswith(("langt …", "ord …"))
    assert service_words.shortened("x" * 5000) == "x" * service_words.LONGEST_QUOTE + " …"


# id, name, users, county: an id that must be written otherwise in an address, a name that looks like Markdown
SERVICES = """\
id,name,users,county
a/b c&d?x=1#y%20(1),Vanlig navn,10,Oslo
ærø,"[lenke](x) <script>alert(1)</script> **fet** :red[a]",,
"""
TOLD = """\
id,sid,day,text,score,n
e1,a/b c&d?x=1#y%20(1),2020-02-01,"Ring Kari på 91234567
# Overskrift
> <b>fet</b> ![x](y)",50,7
"""
MAPPING = """
[mapping]
name = "odd"
title = "Odd names"
[[table]]
table = "services"
file = "services.csv"
[table.columns]
service_id = "id"
known_date = { const = "2019-01-01" }
name = "name"
sector = { const = "health" }
service_type = { const = "nursing_home" }
county = "county"
users = "users"
natural_person = { const = false }
[[table]]
table = "experiences"
file = "told.csv"
[table.columns]
experience_id = "id"
service_id = "sid"
event_date = "day"
known_date = "day"
method = { const = "interview" }
text = "text"
score = "score"
n = "n"
"""
ID = "a/b c&d?x=1#y%20(1)"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    for name, text in {"services.csv": SERVICES, "told.csv": TOLD, "odd.toml": MAPPING}.items():
        (folder / name).write_text(text)
    pipeline.import_source(str(folder / "odd.db"), folder, str(folder / "odd.toml"), now=datetime(2026, 7, 1))
    return folder / "odd.db"


def test_a_quote_is_masked_and_stays_a_quote(page: Page, odd: Path) -> None:
    app = page(odd, at="views/tjeneste.py", service=ID)
    assert not app.exception
    quote = next(str(m.value) for m in app.markdown if "Overskrift" in str(m.value))
    assert quote == (
        r"> Ring \[navn\] på \[telefon\] \# Overskrift \> \<b\>fet\</b\> !\[x\](y)"
        "\n>\n> – intervju, myndigheten selv, 01.02.2020"
    )


@pytest.mark.parametrize("lang", ["nb", "nn", "en"])
def test_odd_services_have_a_page(page: Page, odd: Path, lang: str) -> None:
    for service in (ID, "ærø"):
        app = page(odd, at="views/tjeneste.py", service=service, lang=lang)
        assert not app.exception
        assert "nan" not in said(app).split()
    assert app.header[0].value == r"\[lenke\](x) \<script\>alert(1)\</script\> \*\*fet\*\* \:red\[a\]"


def test_alone_of_its_kind_it_is_compared_with_no_one(page: Page, odd: Path) -> None:
    text = said(page(odd, at="views/tjeneste.py", service=ID))
    assert "Det finnes ingen lignende tjenester å sammenligne med." in text
    assert "Sammenlignet med 0" not in text


def test_a_link_leads_to_an_odd_id(page: Page, odd: Path) -> None:
    table = page(odd, at="views/oversikt.py", since="2020-01-01", lang="en").table
    cells = " ".join(str(cell) for t in table for cell in t.value.to_numpy().ravel())
    assert "service=a%2Fb%20c%26d%3Fx%3D1%23y%2520%281%29)" in cells
    assert "service=%C3%A6r%C3%B8)" in cells


def test_the_sources_of_one_service_are_not_called_stale(page: Page, odd: Path) -> None:
    overview = said(page(odd, at="views/oversikt.py", since="2020-01-01", as_of="2026-01-01"))
    service = said(page(odd, at="views/tjeneste.py", service=ID, as_of="2026-01-01"))
    assert "uten nytt i 84 måneder" in overview
    assert "84 måneder siden" in service
    assert "uten nytt" not in service


def test_the_quiet_list_begins_where_there_is_most_to_learn(run: pipeline.Run) -> None:
    from risiko.signals.silence import dialogue_list

    silence = run.prepared.features.silence
    flags = ["quiet_and_dependent"] * 3 + ["as_expected"] * (len(silence) - 3)
    drawn = silence.assign(flag=flags, second_n=[4.0, 0.0, 0.0, *silence["second_n"].iloc[3:]],
                           information=[9.0, 0.1, 0.2, *silence["information"].iloc[3:]])  # fmt: skip
    expected = [silence.index[2], silence.index[1], silence.index[0]]
    assert dialogue_list(drawn).index.tolist() == expected
    features = replace(run.prepared.features)
    vars(features)["silence"] = drawn  # it is made when first asked for, and kept there
    changed = pipeline.Run(pipeline.Prepared(**{**vars(run.prepared), "features": features}), run.table)
    found = pipeline.overview(changed, changed, 15).quiet
    assert found["service_id"].tolist() == expected
    assert pd.notna(found["rank"]).all()
