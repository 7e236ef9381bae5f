"""The page in a real browser: language, keyboard, links and a clean console."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from risiko import pipeline
from tests.app.browser import CHROMIUM
from tests.app.screen import Visit, heading, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]


def test_changing_the_language_changes_everything(visit: Visit) -> None:
    page = visit()
    assert page.locator("html").get_attribute("lang") == "nb", "nobody has asked for another"
    page.get_by_text("Nynorsk", exact=True).click()
    page.get_by_text("Høg skår betyr ikkje at det er påvist svikt.").first.wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    assert "lang=nn" in page.url
    assert page.title() == "Risiko – kvar bør vi føre tilsyn?"


def test_a_row_is_chosen_with_the_keyboard_alone(visit: Visit, run: pipeline.Run) -> None:
    page = visit()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName === 'CANVAS'"):
            break
    else:
        pytest.fail("the list cannot be reached with Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    heading(page, pipeline.ranking(run)["name"][1])
    assert f"service={pipeline.ranking(run)['service_id'][1]}" in page.url


def test_services_are_chosen_by_typing_their_names(
    visit: Visit, run: pipeline.Run, record_property: Callable[[str, object], None]
) -> None:
    (names, ranks), page = (pipeline.ranking(run)[column] for column in ("name", "rank")), visit()
    seconds = []
    for place in (3, 7, 1):  # one after the other: the list follows and must not pull the choice back
        page.get_by_role("combobox", name="Velg tjeneste").fill(f"{ranks[place]}. {names[place]}")
        page.keyboard.press("Enter")
        start = time.perf_counter()
        heading(page, names[place])
        seconds.append(round(time.perf_counter() - start, 2))
        settled(page)
    record_property("choice_to_detail_seconds", seconds)
    sys.stdout.write(f"\nfrom choosing a service to its heading: {seconds} s\n")
    expect(page.get_by_role("table").first).to_contain_text("Utgangspunkt")
    page.get_by_test_id("stVegaLiteChart").first.locator("svg").wait_for()


def test_a_comment_whose_button_is_pressed_twice_is_kept_once(visit: Visit, served: Path, run: pipeline.Run) -> None:
    log = pipeline.open_authority(str(served)).store.log
    before = len(log(["comment"]))
    page = visit(f"tjeneste?service={pipeline.ranking(run)['service_id'][0]}")
    page.get_by_role("textbox", name="Kommentar").fill("Ny leder fra høsten.")
    page.get_by_role("button", name="Lagre kommentaren").dblclick()
    page.get_by_text("«Ny leder fra høsten.»").first.wait_for()
    settled(page)
    assert len(log(["comment"])) == before + 1, "nothing can be taken out of the log again"


def test_language_date_and_service_go_along_from_page_to_page(visit: Visit, run: pipeline.Run) -> None:
    name, service = pipeline.ranking(run)["name"][2], pipeline.ranking(run)["service_id"][2]
    page = visit(f"?lang=nn&as_of=2025-12-31&service={service}")
    for link, path in (("Oversikt", "/oversikt"), ("Teneste", "/tjeneste"), ("Rangering", "/")):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=link).click()
        page.get_by_role("heading", level=1, name=link).wait_for()
        settled(page)
        expect(page).to_have_url(re.compile(rf"{path}\?(?=.*lang=nn)(?=.*as_of=2025-12-31)(?=.*service={service})"))
        expect(page.get_by_test_id("stDateInput").first).to_contain_text("2025")
        expect(page.locator("html")).to_have_attribute("lang", "nn")
        if path == "/tjeneste":
            heading(page, name)
    page.go_back()
    page.get_by_role("heading", level=1, name="Teneste").wait_for()
    heading(page, name)


def test_a_link_in_the_overview_opens_its_service_as_the_reader_sees_it(visit: Visit) -> None:
    page = visit("oversikt?lang=en&as_of=2025-12-31")
    link = page.get_by_test_id("stTable").get_by_role("link").first
    name = link.inner_text()
    address = link.get_attribute("href") or ""
    assert "as_of=2025-12-31" in address, "the date the reader has chosen goes along"
    opened = visit(address.removeprefix("/"))
    heading(opened, name)
    opened.get_by_text("As known on").wait_for()
    expect(opened.get_by_test_id("stDateInput").first).to_contain_text("2025")


def test_a_closer_look_is_chosen_with_the_keyboard(visit: Visit, run: pipeline.Run) -> None:
    page = visit(f"tjeneste?service={pipeline.ranking(run)['service_id'][0]}")
    box = page.get_by_role("combobox", name="Signal")
    box.focus()
    page.keyboard.type("klager over tre")
    page.keyboard.press("Enter")
    page.get_by_text("Klager per 1 000 brukere per år de siste tre årene").first.wait_for()
    page.get_by_text("Ligger tjenesten utenfor det tilfeldigheter gir?").wait_for()
