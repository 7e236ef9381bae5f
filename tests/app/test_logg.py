"""The page Logg: the verdict, the entries in words, the filters, and a log that somebody has changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from risiko.i18n import LANGUAGES, Translator
from risiko.i18n.families import FAMILIES
from risiko.reports.log_words import log_xlsx, said
from risiko.store import open_store
from risiko.store.chain import FAULTS
from tests.app.page_text import said as said_by
from tests.builders import batch, part
from tests.old_stores import tamper

Visit = Callable[..., AppTest]
MARCH, APRIL = datetime(2026, 3, 1, 9, 30), datetime(2026, 4, 2, 23, 59, 59)
FORMULA = '=HYPERLINK("http://example.org")'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with six entries, by two people and one of the store's own."""
    store = open_store(str(tmp_path / "store.db"))
    store.commit(batch(part("services", "service_id\ns1\ns2"), part("complaints", "complaint_id | service_id\nc1 | s1"), at=MARCH))
    store.record_draw("{}", date(2026, 3, 31), "too wide a tier", MARCH, "Kari")
    store.append("override", "s1", json.dumps({"action": "skip", "reason": "tip", "text": "*ring* <b>dem</b>", "until": None}), MARCH, "Kari")
    store.append("comment", "s2", json.dumps({"text": FORMULA}), APRIL, "Ola")
    store.append("role", "ola@example.org", json.dumps({"role": "planner", "granted": True}), APRIL, "Kari")
    store.record_weight_set("Brukerråd", {"a": 1.0}, "", APRIL, "Ola")
    store.close()
    return tmp_path / "store.db"


def listed(app: AppTest) -> str:
    """The table of entries, which is HTML."""
    return "".join(block.proto.body for block in app.get("html") if "wide-table" in block.proto.body and "<th" in block.proto.body)


def test_a_whole_log_says_so_and_shows_its_head_and_every_entry_newest_first(page: Visit, path: Path) -> None:
    app = page(path, at="views/logg.py")
    assert not app.exception
    head = open_store(str(path)).log()["sha256"].iloc[-1]
    assert ["Kjeden er hel" in box.value for box in app.success] == [True]
    assert "6 innslag" in app.success[0].value
    assert app.code[0].value == f"risiko log verify --head {head} --count 6"
    assert not app.error
    table = listed(app)
    order = ["Vektsettet Brukerråd er lagret", "ola@example.org har fått rollen", "«=HYPERLINK(", "s1: ta ut", "Trekning nr. 1 for 31.03.2026", "Tjenesteregister (2 rader), Klager (1 rad)"]
    places = [table.find(text) for text in order]
    assert places == sorted(places), dict(zip(order, places, strict=True))
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert "<b>dem</b>" not in table, "what people wrote is text"
    assert '{"' not in table, "no raw JSON"
    assert table.count("✓ hel") == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_there_in_every_language(page: Visit, path: Path, language: str) -> None:
    app, t = page(path, at="views/logg.py", lang=language), Translator(language)
    assert not app.exception
    assert t("log.whole") in app.success[0].value
    assert t("log.lead") in said_by(app)


def test_kinds_people_and_days_narrow_the_list_and_are_counted(page: Visit, path: Path) -> None:
    app = page(path, at="views/logg.py")
    assert sorted(app.multiselect(key="log.by").options) == ["Kari (3)", "Ola (2)", "ikke oppgitt (1)"]
    app.multiselect(key="log.by").select("Kari").run()
    assert listed(app).count("✓ hel") == 3
    app.multiselect(key="log.kind").select("override").run()
    assert (listed(app).count("✓ hel"), "s1: ta ut" in listed(app)) == (1, True)
    app = page(path, at="views/logg.py")
    app.date_input(key="log.since").set_value(APRIL.date()).run()
    assert listed(app).count("✓ hel") == 3, "the last second of a day is of that day"
    app.date_input(key="log.since").set_value(MARCH.date())
    app.date_input(key="log.until").set_value(MARCH.date()).run()
    assert listed(app).count("✓ hel") == 3


def test_an_edited_entry_is_shown_in_red_and_the_rest_of_the_app_opens(page: Visit, path: Path) -> None:
    tamper(str(path), "UPDATE log SET by = 'Per' WHERE seq = 3", "DELETE FROM draws")
    app = page(path, at="views/logg.py")
    assert not app.exception
    (box,) = app.error
    assert "✕ Kjeden er brutt ved nr. 3." in box.value
    assert "Nr. 3: innslaget, eller avtrykket av det forrige, er endret (Overstyring s1)" in box.value
    assert "Nr. 2: det innslaget forteller om, er borte (Trekning 1)" in box.value
    assert not app.success
    assert (listed(app).count("✕ brutt"), listed(app).count("✓ hel")) == (2, 4)
    assert not page(path).exception


def test_what_cannot_be_read_is_said_and_does_not_stop_the_page(page: Visit, path: Path) -> None:
    tamper(str(path), "UPDATE log SET at = 'then', body = '[1' WHERE seq = 4")
    app = page(path, at="views/logg.py")
    assert not app.exception
    assert "Innholdet kan ikke leses." in listed(app)
    assert "brutt ved nr. 4" in app.error[0].value


def test_an_empty_log_and_no_store(page: Visit, tmp_path: Path) -> None:
    open_store(str(tmp_path / "new.db")).close()
    app = page(tmp_path / "new.db", at="views/logg.py")
    assert not app.exception
    assert "0 innslag" in app.success[0].value
    assert (len(app.code), listed(app)) == (0, "")
    assert Translator("nb")("empty.no_store") in page("", at="views/logg.py").info[0].value


def test_the_workbook_holds_every_entry_verbatim_and_no_formula(path: Path) -> None:
    entries = open_store(str(path)).log()
    book = openpyxl.load_workbook(BytesIO(log_xlsx(entries, "ab12", 6, Translator("nb"))))
    sheet = book.active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:2] == ["Loggens hode (SHA-256)", "ab12"]
    assert rows[1][:2] == ["Antall innslag", 6]
    assert len(rows) == 4 + 6
    assert [row[5] for row in rows[4:]] == entries["body"].tolist()
    assert [row[7] for row in rows[4:]] == entries["sha256"].tolist()
    assert {cell.data_type for row in sheet.iter_rows(min_row=4) for cell in row} <= {"s", "n"}, "f would be a formula"


@pytest.mark.parametrize(("kind", "about", "body", "expected"), [
    ("import", "3", {"parts": [{"table": "services", "rows": 1}]}, "Del 3: Tjenesteregister (1 rad)"),
    ("model", "learned-1", {"as_of": "2026-03-31"}, "Modellen learned-1, trent på det som var kjent 31.03.2026"),
    ("promotion", "", {}, "Poengskåren er tatt i bruk"),
    ("promotion", "m1", {}, "Modellen m1 er tatt i bruk"),
    ("weight_set", "Råd", {"taken_away": True}, "Vektsettet Råd er tatt bort"),
    ("plan", "a" * 64, {"visits": [1]}, "Plan med avtrykk aaaaaaaaaaaa…"),
    ("override", "s1", {"action": "postpone", "reason": "tip", "text": "", "until": "2026-05-01"}, "s1: Utsett. Tips. Til 01.05.2026."),
    ("role", "ola", {"role": "planner", "granted": False}, "ola har ikke lenger rollen planlegger"),
    ("shown", "s1", {"how": "page", "n": 3, "ids": ["s1"]}, "s1: how: page, n: 3"),
    ("decision", "4", {}, "4"),
    ("comment", "s1", {"note": 1}, "Innholdet kan ikke leses."),
    ("comment", "s1", [], "Innholdet kan ikke leses."),
    ("unheard_of", "s1", 7, "s1: 7"),
])  # fmt: skip
def test_every_kind_is_told_in_a_line(kind: str, about: str, body: object, expected: str) -> None:
    assert said(kind, about, json.dumps(body), Translator("nb")).casefold() == expected.casefold()


def test_every_fault_has_a_word() -> None:
    assert FAMILIES["log_fault"] == FAULTS
    assert pd.Series(FAULTS).is_unique
