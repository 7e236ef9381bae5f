"""The report back as a web page in a real browser: WCAG 2.2 AA by axe, nothing fetched, headings in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from risiko.pipeline.report_back import report_words
from risiko.reports.organisation_files import write_report
from tests.app.browser import ARGUMENTS, CHROMIUM
from tests.unit.test_report_back import authority_of, told_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    opened = authority_of(named_services=True)  # with every table there is
    file = tmp_path_factory.mktemp("report") / "svar.html"
    write_report(report_words(opened, told_of(opened), "nn"), file)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = browser.new_page(viewport={"width": 1280, "height": 900})
        asked: list[str] = []
        made.on("request", lambda request: asked.append(request.url))
        made.goto(file.as_uri())
        assert asked == [file.as_uri()], "nothing is fetched"
        yield made
        browser.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_goes_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_it_tells_its_language_and_each_picture_has_a_text(page: Page) -> None:
    assert page.locator("html").get_attribute("lang") == "nn"
    assert page.locator("h1").count() == 1
    pictures = page.locator("svg[role=img]")
    assert pictures.count() >= 2
    for picture in pictures.all():
        assert len(picture.get_attribute("aria-label") or "") > 20
    names = page.locator("[role=region]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    assert len(names) == len(set(names))


def test_the_tables_are_reached_with_the_keyboard(page: Page) -> None:
    page.locator("body").press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"
