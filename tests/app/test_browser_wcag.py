"""The pages in a real browser, at two widths: WCAG 2.2 AA by axe, nothing sideways, headings in order, a clean console."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from risiko import pipeline
from risiko.plan.archive import from_text
from tests.app import backtests
from tests.app.browser import CHROMIUM
from tests.app.screen import SIDEWAYS, WIDTHS, Visit, breaches, heading, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]


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


def test_no_breach_of_wcag_on_the_page_of_validation(visit: Visit, served: Path) -> None:
    authority = pipeline.open_authority(str(served))
    folder = backtests.kept(backtests.backtest([backtests.fold(day) for day in backtests.DATES]), authority)
    try:
        page = visit("validering")
        for width in WIDTHS:
            assert breaches(page, width) == ""
            assert page.get_by_test_id("stVegaLiteChart").count() == 7
            assert page.get_by_test_id("stMain").evaluate(SIDEWAYS) == 0
    finally:
        shutil.rmtree(folder)


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
    page.wait_for_timeout(500)  # the page is settled still, until the server has begun; a press then would be lost
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
