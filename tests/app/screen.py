"""What the browser tests read from a page: whether it is ready, what its console says, and what axe finds on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, ViewportSize, expect

# Opened at a page's own path, Streamlit first asks for these two beside the page, finds nothing and then asks at the
# root. That the page is not mounted there is how it learns where the root is: answering would mislead it.
PROBES = re.compile(r"/(oversikt|tjeneste|scenario|plan|likebehandling|validering|modell|logg)/_stcore/(health|host-config)$")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (1280, 480)
WINDOW: ViewportSize = {"width": WIDTHS[0], "height": 900}
SIDEWAYS = "e => e.scrollWidth - e.clientWidth"
# What tells that a page is there, where it is not a table.
MARKS = {"": "stDataFrame", "plan": "stDataFrame", "logg": "stCode"}
Visit = Callable[..., Page]
# Milliseconds: on a busy machine a page takes many seconds, and waiting longer fails just as surely.
PATIENCE = 60_000


def visits(context: BrowserContext, address: str) -> Iterator[Visit]:
    """What the fixture `visit` does: see there. A tab that stays open has the scripts of the pages ready."""
    faults: list[str] = []
    expect.set_options(timeout=PATIENCE)
    page = context.pages[0] if context.pages else context.new_page()

    def hear(message: ConsoleMessage) -> None:
        if _is_fault(message):
            faults.append(f"{message.text} {message.location['url']}")

    def note(error: Exception) -> None:
        faults.append(str(error))

    def go(query: str = "") -> Page:
        page.goto(address + query)
        ready(page, MARKS.get(query.partition("?")[0], "stTable"))
        return page

    page.on("console", hear)
    page.on("pageerror", note)
    yield go
    page.set_viewport_size(WINDOW)
    page.remove_listener("console", hear)
    page.remove_listener("pageerror", note)
    assert faults == []


def _is_fault(message: ConsoleMessage) -> bool:
    return message.type == "error" and not PROBES.search(message.location["url"])


def ready(page: Page, mark: str) -> None:
    """Wait until what tells the page is there, and until nothing is loading.

    Waiting is left to `wait_for`: each time `expect` has to look again it describes the whole page for its message,
    which on a long list takes longer than drawing it.
    """
    part = page.get_by_test_id(mark).first
    (part.locator("canvas").first if mark == "stDataFrame" else part).wait_for(state="attached")
    settled(page)


def settled(page: Page) -> None:
    """Wait until the server has answered and nothing is loading."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    page.get_by_test_id("stSkeleton").first.wait_for(state="detached")


def heading(page: Page, name: str) -> None:
    page.get_by_role("heading", level=2, name=name).wait_for()


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
