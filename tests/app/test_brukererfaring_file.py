"""Handing in by file on the page: a filled template is read, told of and taken in; faults are told by cell."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from risiko import pipeline
from risiko.i18n import Translator
from risiko.intake.template import template_xlsx
from risiko.pipeline.intake import known_for_intake
from tests.app.page_text import said

Page = Callable[..., AppTest]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT = {
    "organisation": "Foreningen Solsiden", "new_organisation": "Ja", "reached": "Tok selv kontakt",
    "user_group": "Pårørende", "n": 1, "first_day": date(2026, 5, 1), "last_day": date(2026, 5, 20),
    "consent": "Deltakerne har sagt ja", "purpose": "Til tilsyn",
}  # fmt: skip


@pytest.fixture
def own(authority: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(authority, tmp_path / "own.db"))


def filled(store: Path, **changed: object) -> bytes:
    """The template for a narrative as the page gives it, filled in by its rows' keys."""
    known = known_for_intake(pipeline.open_authority(str(store)), date(2026, 7, 1))
    book = load_workbook(BytesIO(template_xlsx("narrative", Translator("nb"), known=known)))
    about, spoken = book["Om innspillet"], book["Det som ble sagt"]
    for row in about.iter_rows():
        key = str(row[0].value or "").removeprefix("about.")
        if value := (ABOUT | changed).get(key):
            row[2].value = value
    columns = {str(cell.value).removeprefix("said."): cell.column for cell in spoken[1]}
    for key, value in {"service_id": next(iter(known.services)), "dimension": "Trygge og sikre", "criticality": "Alvorlig"}.items():
        spoken.cell(3, columns[key], value)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader[0].set_value(("innspill.xlsx", content, XLSX)).run()
    assert not app.exception
    return app


def test_a_filled_template_is_told_and_taken_in_once(page: Page, own: Path) -> None:
    content = filled(own)
    app = upload(page(own, at="views/brukererfaring.py"), content)
    assert "Foreningen Solsiden" in said(app)
    assert pipeline.open_authority(str(own)).store.read(["submissions"])["submissions"].empty, "reading keeps nothing"
    app.button(key="voice.take").click().run()
    assert app.success[0].value.startswith("Takk! Innspillet er tatt imot.")
    app = upload(app, content)
    app.button(key="voice.take").click().run()
    assert app.success[0].value.startswith("Dette innspillet står her allerede.")
    kept = pipeline.open_authority(str(own)).store.read(["submissions"])["submissions"]
    assert kept["organisation"].tolist() == ["Foreningen Solsiden"]


def test_the_faults_of_a_file_are_told_by_cell_and_nothing_can_be_taken_in(page: Page, own: Path) -> None:
    app = upload(page(own, at="views/brukererfaring.py"), filled(own, last_day=date(2062, 5, 20), n="4 av 5", consent="Kanskje"))
    assert app.warning[0].value == "3 ting må rettes i filen før den kan tas inn. Ingenting er lagret."
    (table,) = [element.proto.body for element in app.main if element.type == "html" and "wide-table" in element.proto.body]
    assert {cell for cell in ("Om innspillet!C9", "Om innspillet!C11", "Om innspillet!C12") if cell in table} == {
        "Om innspillet!C9", "Om innspillet!C11", "Om innspillet!C12",
    }  # fmt: skip
    assert "voice.take" not in [button.key for button in app.button]


def test_what_is_no_workbook_is_told_in_words(page: Page, own: Path) -> None:
    app = upload(page(own, at="views/brukererfaring.py"), b"not a workbook")
    assert app.warning[0].value.startswith("Én ting må rettes")
    assert "voice.take" not in [button.key for button in app.button]
