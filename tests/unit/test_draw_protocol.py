"""The protocol of a draw: whole in three languages, right to the digit, and nothing in a name can become mark-up."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from risiko.contracts import empty_tables
from risiko.errors import InputError
from risiko.i18n import LANGUAGES, Translator
from risiko.plan import Cut, drawn
from risiko.reports.draw_protocol import DrawProtocol, protocol_html, protocol_xlsx, write_protocol
from risiko.reports.names import Names
from risiko.settings import load

NBSP = "\u00a0"
SHA = "0123456789abcdef" * 4


def protocol(language: str = "nb", method: str = "chance", seed: int = 7) -> DrawProtocol:
    rows = pd.DataFrame({
        "service_id": pd.Series(["a1", "b2", "c3", "d4"], dtype="str"),
        "name": pd.Series(["Åsen <b>hjem</b>", "=2+2", "Cedar & Co", "Dalen"], dtype="str"),
        "rank": [3, 4, 5, 6], "p_top": [0.8, 0.4, 0.2, 0.2],
    })  # fmt: skip
    record = drawn(
        Cut(4, 2, 2, 2, rows), as_of=date(2023, 3, 31), seed=seed, made_at=datetime(2026, 6, 1, 12, 5), by="KN", method=method,
        why="Gruppe 2 er for bred.", model_id="points", told_apart=0.9, weights={"last_finding": 0.5, "complaint_rate_long": 0.0},
        data_version="3-0-3-abcdef01", settings_version=1, list_seed=20260101,
    )  # fmt: skip
    names = Names.of(Translator(language, strict=True), load(), empty_tables()["metadata_columns"])
    return DrawProtocol(record, 5, SHA, (2, 4), names)


class Page(HTMLParser):
    """Tables as lists of rows of text, and everything that is text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.said: list[str] = []
        self.tags: set[str] = set()
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open = tag in ("td", "th")
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif self._open:
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.said.append(data)
        if self._open:
            self.tables[-1][-1][-1] += data


def test_the_page_says_what_was_decided_to_the_digit() -> None:
    page = Page(protocol_html(protocol()))
    facts = dict(row for row in page.tables[0][1:])
    assert facts == {
        "Begrunnelse": "Gruppe 2 er for bred.", "Trukket av": "KN", "Trukket (UTC)": "01.06.2026 12:05",
        "Listen bygger på det som var kjent": "31.03.2023", "Skår": "Poeng etter vekter", "Kapasitet, tjenester i alt": "4",
        "Inne uten loddtrekning": "2", "Nivået som delte resten": "2", "Tjenester som var med": "4", "Plasser å trekke om": "2",
        "Slik ble det trukket": "sjanse etter hvor sannsynlig en plass er", "Startall (tallet trekningen går ut fra)": "7", "Startall for sjansene i listen": "20260101",
        "Trekning nummer": "5", "Tidligere trekninger for samme dato": "2, 4", "Datagrunnlag": "3-0-3-abcdef01",
        "Versjon av innstillingene": "1", "Fingeravtrykk (SHA-256)": " ".join(["01234567", "89abcdef"] * 4),
    }  # fmt: skip


def test_the_page_lists_everyone_in_the_order_of_the_lots_and_the_drawn_in_that_of_the_list() -> None:
    one = protocol()
    page = Page(protocol_html(one))
    everyone = page.tables[2][1:]
    lots = [row[5] for row in everyone]
    assert lots == sorted(lots)
    assert {row[1]: row[4] for row in everyone} == {
        "a1": f"100,0000{NBSP}%", "b2": f"50,0000{NBSP}%", "c3": f"25,0000{NBSP}%", "d4": f"25,0000{NBSP}%"}  # fmt: skip
    assert everyone[-1][6] == "2,000000"
    winners = one.record.winners.tolist()
    assert sorted(row[1] for row in everyone if row[7] == "ja") == winners
    assert [row[1] for row in page.tables[1][1:]] == winners
    assert len(winners) == 2


def test_the_steps_to_check_it_by_hand_hold_the_record_s_own_numbers() -> None:
    one = protocol("en")
    said = " ".join(one.steps())
    assert "“2023-03-31:7:a1”" in said
    assert f"the lot, here {one.record.eligible['lot'].iloc[0]}" in said
    assert f"The starting point is {one.record.start / 1e6:.6f}" in said
    assert f"passes {one.record.start / 1e6:.6f}, {one.record.start / 1e6 + 1:.6f}" in said
    assert "divided by services" in " ".join(protocol("en", "equal").steps())


@pytest.mark.parametrize("method", ["chance", "equal"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_in_every_language_and_stands_alone(language: str, method: str) -> None:
    text = protocol_html(protocol(language, method))
    assert f'<html lang="{language}">' in text
    assert "@page { size: A4" in text
    page = Page(text)
    assert page.tags & {"script", "link", "img", "b"} == set()
    assert "Åsen <b>hjem</b>" in {row[0] for row in page.tables[2]}
    words = Translator(language)
    assert words.word("draw_method_help", method) in page.said
    assert not re.search(r"protocol\.\w+|draw_method", " ".join(page.said))
    assert words("protocol.signed") in page.said
    assert page.tables[3][1:] == [[words.word("signal", "last_finding"), words.number(0.5, 2)]]


def test_without_earlier_draws_and_weights_it_says_so_and_leaves_the_table_out() -> None:
    one = protocol("en")
    page = Page(protocol_html(replace(one, earlier=(), record=replace(one.record, weights={}, model_id="learned-1"))))
    assert dict(page.tables[0][1:])["Earlier draws for the same date"] == "none"
    assert dict(page.tables[0][1:])["Score"] == "learned-1"
    assert len(page.tables) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_the_same_with_numbers_as_numbers_and_no_formula(language: str) -> None:
    one = protocol(language)
    book = openpyxl.load_workbook(BytesIO(protocol_xlsx(one)))
    about, everyone = book.worksheets
    assert about["A1"].value == one.title
    told = {row[0].value: row[1].value for row in about.iter_rows(min_row=3) if row[0].value}
    assert {name: told[name] for name, _ in one.facts()} == dict(one.facts())
    rows = [[cell.value for cell in row] for row in everyone.iter_rows(min_row=2)]
    counted = one.record.counted()
    assert [row[1:6] for row in rows] == counted[["service_id", "rank", "p_top", "probability", "lot"]].to_numpy().tolist()
    assert rows[-1][6] == 2
    assert {cell.data_type for row in everyone.iter_rows() for cell in row} == {"s", "n"}


def test_a_file_is_written_by_its_ending_and_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    folder, one = tmp_path, protocol()
    write_protocol(one, folder / "a.html")
    write_protocol(one, folder / "a.XLSX")
    assert (folder / "a.html").read_text(encoding="utf-8") == protocol_html(one)
    assert (folder / "a.XLSX").read_bytes()[:2] == b"PK"
    with pytest.raises(InputError, match="could not be written"):
        write_protocol(one, folder / "none" / "a.html")
