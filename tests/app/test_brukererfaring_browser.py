"""The page Brukererfaring in a real browser: each section without breach of WCAG, and a whole form by keyboard alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from risiko import pipeline
from tests.app.browser import ARGUMENTS, CHROMIUM, serving
from tests.app.screen import SIDEWAYS, breaches, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
SECTIONS = {
    "give": "Hvordan har dere samlet erfaringene?", "own": "Det dere har gitt oss", "answer": "", "heard": "",
    "use": "Hva ble innspillene brukt til?", "compare": "", "council": "",
}  # fmt: skip
WIDTHS = (1280, 400)


@pytest.fixture(scope="module")
def store(authority: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(authority, tmp_path_factory.mktemp("voices") / "own.db"))


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    with serving(store, store.parent / "server.log") as url:
        yield url


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        expect.set_options(timeout=60_000)
        made = started.new_context(viewport={"width": WIDTHS[0], "height": 900})
        made.set_default_timeout(60_000)
        yield made
        started.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    yield made
    made.close()
    assert faults == []


def sound(page: Page) -> None:
    """No breach at either width, nothing sideways, no level of headings passed over."""
    for width in WIDTHS:
        assert breaches(page, width) == ""
        assert page.get_by_test_id("stMain").evaluate(SIDEWAYS) == 0, "the page itself must not scroll sideways"
    levels = page.get_by_test_id("stMain").locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
    assert levels[:2] == [1, 2]
    assert all(after - before <= 1 for before, after in pairwise(levels)), "no level is passed over"
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_is_without_breach_of_wcag(page: Page, address: str, section: str) -> None:
    page.goto(f"{address}brukererfaring?section={section}")
    expect(page.get_by_role("heading", level=2, name=SECTIONS[section]).first).to_be_visible()
    settled(page)
    sound(page)


def at(page: Page, name: str) -> None:
    """Tab on until the field with this name has the focus; a radio group is named by the group."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate("""() => {
            const e = document.activeElement, label = e.labels && e.labels.length ? e.labels[0].textContent : '';
            const group = e.closest('[role=radiogroup]');
            return [e.getAttribute('aria-label') || '', label, group ? group.getAttribute('aria-label') : '', e.tagName === 'BUTTON' ? e.textContent : ''].join('|');
        }""")
        if name in here and not here.startswith("Help for"):
            return
    pytest.fail(f"{name} cannot be reached with Tab")


def on(page: Page, heading: str) -> None:
    at(page, "Neste")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name=heading)).to_be_focused()
    settled(page)


def choose(page: Page, name: str, typed: str) -> None:
    """In a field with a list: open it, type some letters or step down, and take what stands first."""
    at(page, name)
    page.keyboard.press("ArrowDown")
    if typed:
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    settled(page)


def write(page: Page, name: str, text: str) -> None:
    at(page, name)
    page.keyboard.type(text)


def test_a_narrative_is_handed_in_by_keyboard_alone_and_every_step_is_sound(page: Page, address: str, store: Path) -> None:
    page.goto(f"{address}brukererfaring?section=give")
    expect(page.get_by_role("heading", level=2, name=SECTIONS["give"])).to_be_visible()
    settled(page)
    at(page, "Fortelling")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="Hvem spurte, og når?")).to_be_focused()
    settled(page)
    for name in ("day, Første dag", "day, Siste dag"):
        write(page, name, "01052026")
        settled(page)
    choose(page, "Hvordan fikk dere tak i deltakerne?", "")
    sound(page)
    on(page, "Hvem deltok?")
    choose(page, "Hvem er de?", "")
    write(page, "Hvor mange svarte eller deltok?", "1")
    sound(page)
    on(page, "Hva har de sagt ja til?")
    choose(page, "Samtykke", "")
    choose(page, "Hva kan det brukes til?", "")
    sound(page)
    on(page, "Hva ble sagt?")
    choose(page, "Tjeneste", "a")
    at(page, "Er det trygt?")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    settled(page)
    write(page, "Hva ble sagt? (Er det trygt?)", "Det var for lite folk på vakt.")
    sound(page)
    on(page, "Sitater")
    sound(page)
    on(page, "Se over og send")
    sound(page)
    at(page, "Send inn")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Takk! Innspillet er tatt imot.")).to_be_visible()
    settled(page)
    sound(page)
    kept = pipeline.open_authority(str(store)).store.read(["submissions", "experiences"])
    (sent,) = kept["submissions"]["submission_id"]
    own = kept["experiences"][kept["experiences"]["experience_id"].str.startswith(sent)]
    assert own[["dimension", "score", "text"]].values.tolist() == [["safe", 25.0, "Det var for lite folk på vakt."]]
