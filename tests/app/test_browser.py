"""The page in a real browser: language, keyboard, a clean console and WCAG 2.2 AA."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from risiko import pipeline
from risiko.plan.archive import from_text
from tests.app import backtests
from tests.app.browser import ARGUMENTS, CHROMIUM, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
# Opened at a page's own path, Streamlit first asks for these two beside the page, finds nothing and then asks at the
# root. That the page is not mounted there is how it learns where the root is: answering would mislead it.
PROBES = re.compile(r"/(oversikt|tjeneste|scenario|plan|likebehandling|validering|modell|logg)/_stcore/(health|host-config)$")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (1280, 480)
SIDEWAYS = "e => e.scrollWidth - e.clientWidth"
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def address(authority: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(authority, tmp_path_factory.mktemp("server") / "server.log") as url:
        yield url


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """One browser for all tests of the file, so that the scripts of every page are fetched once."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = started.new_context(viewport={"width": WIDTHS[0], "height": 900})
        made.set_default_timeout(30_000)
        yield made
        started.close()


@pytest.fixture
def visit(context: BrowserContext, address: str) -> Iterator[Visit]:
    """visit("?lang=nn") opens a page and waits until it is ready; at the end the console must have stayed clean."""
    faults: list[str] = []
    expect.set_options(timeout=30_000)

    def go(query: str = "") -> Page:
        page = context.new_page()
        page.on("console", lambda m: faults.append(f"{m.text} {m.location['url']}") if _is_fault(m) else None)
        page.on("pageerror", lambda e: faults.append(str(e)))
        page.goto(address + query)
        ready(page, "stCode" if query.startswith("logg") else "stTable" if query.startswith(("oversikt", "tjeneste", "scenario", "likebehandling", "validering", "modell")) else "stDataFrame")
        return page

    yield go
    for page in context.pages:
        page.close()
    assert faults == []


def _is_fault(message: ConsoleMessage) -> bool:
    return message.type == "error" and not PROBES.search(message.location["url"])


def ready(page: Page, mark: str) -> None:
    """Wait until what tells the page is there, and until nothing is loading."""
    part = page.get_by_test_id(mark).first
    expect(part.locator("canvas").first if mark == "stDataFrame" else part).to_be_attached()
    settled(page)


def settled(page: Page) -> None:
    """Wait until the server has answered and nothing is loading."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()


def test_changing_the_language_changes_everything(visit: Visit) -> None:
    page = visit()
    assert page.locator("html").get_attribute("lang") == "nb", "nobody has asked for another"
    page.get_by_text("Nynorsk", exact=True).click()
    expect(page.get_by_text("Høg skår betyr ikkje at det er påvist svikt.").first).to_be_visible()
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
    expect(page.get_by_test_id("stVegaLiteChart").first.locator("svg")).to_be_visible()


@pytest.mark.parametrize("language", ["nb", "en"])
def test_no_breach_of_wcag(visit: Visit, run: pipeline.Run, language: str) -> None:
    page = visit(f"?lang={language}&service={pipeline.ranking(run)['service_id'][0]}")
    assert page.locator("html").get_attribute("lang") == language
    assert [breaches(page, width) for width in WIDTHS] == ["", ""]


@pytest.mark.parametrize("path", ["oversikt", "tjeneste", "scenario", "likebehandling", "modell", "logg"])
def test_no_breach_of_wcag_on_the_other_pages(visit: Visit, run: pipeline.Run, path: str) -> None:
    page = visit(f"{path}?service={pipeline.ranking(run)['service_id'][0]}")
    for width in WIDTHS:
        assert breaches(page, width) == ""
        assert page.get_by_test_id("stMain").evaluate(SIDEWAYS) == 0, "the page itself must not scroll sideways"
    names = page.locator("[data-testid=stTable] > [role=region]").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert len(names) == len(set(names)), "who hears one table's name after another must be able to tell them apart"


def test_a_comment_whose_button_is_pressed_twice_is_kept_once(
    context: BrowserContext, authority: Path, run: pipeline.Run, tmp_path: Path
) -> None:
    expect.set_options(timeout=30_000)
    own = Path(shutil.copy(authority, tmp_path / "own.db"))
    with serving(own, tmp_path / "server.log") as address:
        page = context.new_page()
        page.goto(f"{address}tjeneste?service={pipeline.ranking(run)['service_id'][0]}")
        page.get_by_role("textbox", name="Kommentar").fill("Ny leder fra høsten.")
        page.get_by_role("button", name="Lagre kommentaren").dblclick()
        expect(page.get_by_text("«Ny leder fra høsten.»").first).to_be_visible()
        settled(page)
        page.close()
    assert len(pipeline.open_authority(str(own)).store.log(["comment"])) == 1, "nothing can be taken out of the log again"


def test_no_breach_of_wcag_on_the_page_of_validation(visit: Visit, opened: pipeline.Authority) -> None:
    folder = backtests.kept(backtests.backtest([backtests.fold(day) for day in backtests.DATES]), opened)
    try:
        page = visit("validering")
        for width in WIDTHS:
            assert breaches(page, width) == ""
            assert page.get_by_test_id("stVegaLiteChart").count() == 7
            assert page.get_by_test_id("stMain").evaluate(SIDEWAYS) == 0
    finally:
        shutil.rmtree(folder)


def breaches(page: Page, width: int) -> str:
    """What axe finds on the page, made so wide, with everything folded out; empty where it finds nothing."""
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 900})
    folded = page.locator(":is([data-testid=stMain], [data-testid=stSidebar]) details:not([open])")
    folded.locator("> summary").evaluate_all("all => all.forEach(one => one.click())")
    expect(folded).to_have_count(0)
    settled(page)
    # Other results than breaches are not read, and telling every element of them takes two thirds of the time.
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    return str(found.generate_report()) if found.violations_count else ""


def test_language_date_and_service_go_along_from_page_to_page(visit: Visit, run: pipeline.Run) -> None:
    name, service = pipeline.ranking(run)["name"][2], pipeline.ranking(run)["service_id"][2]
    page = visit(f"?lang=nn&as_of=2025-12-31&service={service}")
    for link, path in (("Oversikt", "/oversikt"), ("Teneste", "/tjeneste"), ("Rangering", "/")):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=link).click()
        expect(page.get_by_role("heading", level=1, name=link)).to_be_visible()
        settled(page)
        expect(page).to_have_url(re.compile(rf"{path}\?(?=.*lang=nn)(?=.*as_of=2025-12-31)(?=.*service={service})"))
        expect(page.get_by_test_id("stDateInput").first).to_contain_text("2025")
        expect(page.locator("html")).to_have_attribute("lang", "nn")
        if path == "/tjeneste":
            heading(page, name)
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Teneste")).to_be_visible()
    heading(page, name)


def test_a_link_in_the_overview_opens_its_service_as_the_reader_sees_it(visit: Visit) -> None:
    page = visit("oversikt?lang=en&as_of=2025-12-31")
    link = page.get_by_test_id("stTable").get_by_role("link").first
    name = link.inner_text()
    address = link.get_attribute("href") or ""
    assert "as_of=2025-12-31" in address, "the date the reader has chosen goes along"
    opened = visit(address.removeprefix("/"))
    heading(opened, name)
    expect(opened.get_by_text("As known on")).to_be_visible()
    expect(opened.get_by_test_id("stDateInput").first).to_contain_text("2025")


def test_a_closer_look_is_chosen_with_the_keyboard(visit: Visit, run: pipeline.Run) -> None:
    page = visit(f"tjeneste?service={pipeline.ranking(run)['service_id'][0]}")
    box = page.get_by_role("combobox", name="Signal")
    box.focus()
    page.keyboard.type("klager over tre")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Klager per 1 000 brukere per år de siste tre årene").first).to_be_visible()
    expect(page.get_by_text("Ligger tjenesten utenfor det tilfeldigheter gir?")).to_be_visible()


def test_a_plan_is_made_by_keyboard_and_taken_along_without_breach_of_wcag(visit: Visit) -> None:
    page = visit("plan")
    page.get_by_role("textbox", name="Navn på planen").fill("Andre halvår")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName === 'CANVAS'"):
            break
    else:
        pytest.fail("the table of person-days cannot be reached with Tab")
    for key in ("ArrowRight", "ArrowRight"):  # office, last twelve months, person-days
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.locator("#portal input").fill("41")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)  # the table tells the form of a cell only when nobody has typed for a moment
    page.get_by_role("button", name="Bruk", exact=True).click()
    settled(page)
    page.get_by_role("button", name="Lag planen").click()
    heading(page, "Andre halvår")
    settled(page)
    for width in WIDTHS:
        assert breaches(page, width) == ""
        assert page.get_by_test_id("stMain").evaluate(SIDEWAYS) == 0, "the page itself must not scroll sideways"
    levels = page.get_by_test_id("stMain").locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), "no level is passed over"
    with page.expect_download() as download:
        page.get_by_role("button", name="Last ned for arkivet (JSON)").click()
    record = from_text(Path(download.value.path()).read_text(encoding="utf-8"))
    assert (record.title, record.rules.capacity.person_days[record.offices["office"][0]]) == ("Andre halvår", 41.0)
