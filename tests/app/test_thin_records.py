"""The page on thin and odd records: services alone, without names, or with names that look like Markdown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.app.display import plain
from tests.app.page_text import said

Page = Callable[..., AppTest]

# id  name                                    users
ROWS = """\
S1,,40
S2,![x](http://a.example/x.png) *A* $y$,20
"""
MAPPING = """
[mapping]
name = "thin"
title = "Services and nothing else"
[[table]]
table = "services"
file = "services.csv"
[table.columns]
service_id = "id"
known_date = { const = "2024-01-01" }
name = "name"
sector = { const = "health" }
service_type = { const = "nursing_home" }
office = { const = "Glasgow City" }
users = "users"
natural_person = { const = false }
"""


@pytest.fixture
def thin(tmp_path: Path) -> Path:
    (tmp_path / "services.csv").write_text("id,name,users\n" + ROWS)
    (tmp_path / "thin.toml").write_text(MAPPING)
    store = tmp_path / "thin.db"
    pipeline.import_source(str(store), tmp_path, str(tmp_path / "thin.toml"), now=datetime(2026, 7, 1))
    return store


@pytest.mark.parametrize("lang", ["nb", "nn", "en"])
def test_a_service_without_a_name_is_called_by_its_id(page: Page, thin: Path, lang: str) -> None:
    app = page(thin, service="S1", lang=lang)
    assert app.header[0].value == "S1"
    assert "Statsforval" not in said(app), "another authority's office is no county governor"


def test_names_stand_letter_by_letter(page: Page, thin: Path) -> None:
    header = page(thin, service="S2").header[0].value
    assert header == r"!\[x\](http\://a.example/x.png) \*A\* \$y\$", "no picture is fetched, no formula set"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Fjellvik 2 (ny)", "Fjellvik 2 (ny)"), ("1. etasje", r"1\. etasje"), ("- x", r"\- x"), ("-2,20", "-2,20")],
)
def test_only_what_would_be_markdown_is_escaped(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_no_complaint_from_a_silent_source_is_not_shown_as_none(page: Page, thin: Path) -> None:
    app = page(thin, service="S1")
    text = said(app)
    assert "Mangler data om klager." in text
    assert "0 klager" not in text
    assert app.dataframe[0].value["complaints"].isna().all()


def test_one_service_is_told_in_the_singular(page: Page, thin: Path) -> None:
    assert "Den øverste som vanlig tabell (for skjermleser)" in said(page(thin, q="S1"))
