"""The model card says what was measured and no more: nulls beside successes, and what was not examined."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko.evaluate.comparison import compare
from risiko.registry import ModelFacts, load, promote, records, retire, save
from risiko.reports.card_format import Bullets, Section, as_markdown
from risiko.reports.card_results import verdict
from risiko.reports.model_card import card_html, card_markdown, cards, outcome_in_words
from risiko.store import open_store
from risiko.store.anchors import ModelEntry
from tests.models import facts, fitted, inputs

ENTRY = ModelEntry("learned-2022-09-30-1a2b3c4d", "", "learned", date(2022, 9, 30), datetime(2026, 5, 1, 9, 30))
OUTCOME = {
    "measure": "severity", "severity": "serious_breach", "threshold": 1.0, "horizon_days": 365, "counted": "carried_out",
    "population": "inspected", "graded_only": True,
}  # fmt: skip
METRICS = """
    method  | metric            | at   | as_of      | against      | value | low   | high  | n   | events
    learned | auc               |      |            |              | .712  | .690  | .734  | 900 | 80
    learned | auc               |      | 2022-03-31 |              | .655  | .580  | .730  | 300 | 20
    learned | auc               |      | 2021-09-30 |              |       |       |       | 12  | 0
    learned | lift              | .1   |            |              | 3.1   |       |       | 900 | 80
    learned | lift_at_capacity  | 42   |            |              | 2.9   | 2.2   | 3.6   | 900 | 80
    learned | brier             |      |            |              | .081  | .075  | .088  | 900 | 80
    learned | calibration_slope |      |            |              | 1.10  | .90   | 1.30  | 900 | 80
    points  | auc               |      |            |              | .640  | .610  | .670  | 900 | 80
    learned | auc               |      |            | points       | .072  | .040  | .104  | 900 | 80
    learned | auc               |      |            | last_outcome | .010  | -.020 | .040  | 900 | 80
    learned | auc               |      | 2022-03-31 | points       | -.050 | -.090 | -.010 | 300 | 20
    learned | auc               |      | 2021-09-30 | points       |       |       |       | 12  | 0
    learned | brier             |      |            | points       | -.004 | -.007 | -.001 | 900 | 80
    learned | calibration_slope |      |            | points       | .200  | .100  | .300  | 900 | 80
    points  | auc               |      |            | last_outcome | -.060 | -.090 | -.030 | 900 | 80
"""


def drawn(text: str) -> pd.DataFrame:
    """A drawn table with numbers where a column holds numbers."""
    lines = [[cell.strip() or None for cell in line.split("|")] for line in text.strip().splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0])
    words = {"method", "metric", "as_of", "against", "by", "group", "measure", "told", "code", "severity", "state", "says", "reason"}
    return frame.assign(**{c: pd.to_numeric(frame[c]) for c in frame if c not in words})


def told(**changed: object) -> ModelFacts:
    measured = {"metrics": records(drawn(METRICS)), "outcome": OUTCOME, "evaluation": "Six later dates.", "warnings": ()}
    return facts(**{**measured, **changed})


def section(markdown: str, title: str) -> str:
    return markdown.split(f"## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the table rows in a Markdown text, without header and rule."""
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


class Outline(HTMLParser):
    """What a page is made of: tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "tags are closed in order"

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


# --- what is said


def test_every_section_stands_in_both_forms() -> None:
    titles = ["What it is", "Intended use", "Not for", "Outcome and population", "Data", "Performance", "Calibration",
              "Equal treatment", "Checks", "Limits", "How it came into force", "How it was made"]  # fmt: skip
    assert re.findall(r"^## (.*)$", card_markdown(told(), ENTRY), re.MULTILINE) == titles
    assert re.findall(r"<h2>(.*?)</h2>", card_html(told(), ENTRY)) == titles


def test_values_stand_with_their_intervals_and_a_missing_one_says_so() -> None:
    performance = section(card_markdown(told(), ENTRY), "Performance")
    own = [row for row in rows(performance) if len(row) == 5][1:]
    assert own == [
        ["auc", "all dates", "0.712 (0.690 to 0.734)", "900", "80"],
        ["auc", "2022-03-31", "0.655 (0.580 to 0.730)", "300", "20"],
        ["auc", "2021-09-30", "not measured", "12", "0"],
        ["lift at 10 %", "all dates", "3.100 (no interval)", "900", "80"],
        ["lift at capacity (42)", "all dates", "2.900 (2.200 to 3.600)", "900", "80"],
    ]
    assert performance.strip().startswith("Six later dates.")


def test_nulls_and_losses_stand_beside_successes_and_are_counted() -> None:
    performance = section(card_markdown(told(), ENTRY), "Performance")
    assert [row[:1] + row[1:5] for row in rows(performance) if len(row) == 6][1:] == [
        ["points", "auc", "all dates", "+0.072 (+0.040 to +0.104)", "shown better"],
        ["last_outcome", "auc", "all dates", "+0.010 (-0.020 to +0.040)", "not shown better"],
        ["points", "auc", "2022-03-31", "-0.050 (-0.090 to -0.010)", "shown worse"],
        ["points", "auc", "2021-09-30", "not measured", "could not be measured"],
        ["points", "brier", "all dates", "-0.004 (-0.007 to -0.001)", "shown better"],
    ]
    assert "Of 5 comparisons with baselines: 2 shown better, 1 not shown better, 1 shown worse, 1 could not be measured." in performance


@pytest.mark.parametrize(("metric", "value", "low", "high", "expected"), [
    ("auc", 0.1, 0.01, 0.2, "shown better"), ("auc", -0.1, -0.2, -0.01, "shown worse"),
    ("brier", 0.1, 0.01, 0.2, "shown worse"), ("brier", -0.1, -0.2, -0.01, "shown better"),
    ("auc", 0.1, 0.0, 0.2, "not shown better"), ("auc", 0.1, -0.2, 0.0, "not shown better"),
    ("auc", 0.1, None, None, "not shown better"), ("auc", 0.1, 0.01, None, "not shown better"),
    ("auc", float("nan"), None, None, "could not be measured"), ("auc", None, 0.1, 0.2, "could not be measured"),
])  # fmt: skip
def test_only_an_interval_that_leaves_out_zero_shows_anything(metric: str, value: float, low: float, high: float, expected: str) -> None:
    assert verdict({"metric": metric, "value": value, "low": low, "high": high}) == expected


def test_the_frame_of_the_evaluation_goes_in_as_it_is() -> None:
    rng = np.random.default_rng(1)
    outcome = pd.Series(rng.integers(0, 2, 300).astype(float), index=[f"s{i}" for i in range(300)])
    scores = pd.DataFrame({"learned": outcome + rng.normal(size=300), "points": rng.normal(size=300)}, index=outcome.index)
    frame = compare(
        scores, outcome, pd.Series(outcome.index, index=outcome.index), shares=[0.1], capacity=20, against=["points"],
        probability=[], groups=None, draws=100, rng=rng,
    )  # fmt: skip
    text = section(card_markdown(told(metrics=records(frame.assign(as_of=None))), ENTRY), "Performance")
    found = {tuple(row[:2]): row[4] for row in rows(text) if len(row) == 6}
    assert found["points", "auc"] == "shown better"
    assert "lift at capacity (20)" in text


def test_without_measurements_nothing_is_claimed() -> None:
    text = card_markdown(told(metrics=(), cohorts=()), ENTRY)
    assert "has not been shown to rank better than chance" in section(text, "Performance")
    assert "read the probabilities as an order" in section(text, "Calibration")
    assert section(text, "Equal treatment").strip().startswith("Not yet examined.")
    assert "No numbered check was recorded" in section(text, "Checks")
    alone = told(metrics=({"metric": "auc", "value": 0.7, "low": 0.6, "high": 0.8, "n": 10, "events": 3},), evaluation="")
    text = section(card_markdown(alone, ENTRY), "Performance")
    assert "compared with no baseline" in text
    assert "How these numbers came about was not recorded." in text


def test_calibration_stands_apart_with_its_bands() -> None:
    bands = drawn("""
        band | low | high | n   | expected | observed | observed_low | observed_high
        1    | .01 | .05  | 450 | .03      | .025     | .01          | .04
        2    | .05 | .60  | 450 | .15      |          |              |
    """)
    text = section(card_markdown(told(calibration=records(bands)), ENTRY), "Calibration")
    assert ["brier", "all dates", "0.081 (0.075 to 0.088)", "900", "80"] in rows(text)
    assert ["1", "3.0 %", "2.5 %", "1.0 % to 4.0 %", "450"] in rows(text)
    assert ["2", "15.0 %", "not measured", "no interval", "450"] in rows(text)
    assert "brier" not in [row[0] for row in rows(section(card_markdown(told(), ENTRY), "Performance")) if len(row) == 5]


def test_equal_treatment_names_who_stands_out_and_counts_the_rest() -> None:
    groups = drawn("""
        by     | measure | group  | n   | value | low | high | diff_low | diff_high | told
        office | score   | North  | 40  | .3    | .2  | .4   | .05      | .15       | higher
        office | score   | South  | 60  | .2    | .1  | .3   | -.05     | .05       | not_shown
        sector | score   | health | 3   |       |     |      |          |           | too_few
        sector | score   | social | 90  | .1    |     |      |          |           | few_clusters
    """)
    text = section(card_markdown(told(equal_treatment=records(groups)), ENTRY), "Equal treatment")
    assert "Of 4 groups and measures, 1 lie higher and 0 lower" in text
    assert "1 show no difference beyond it (which is not the same as being alike), and 2 were too small to say" in text
    assert rows(text)[1:] == [["office", "North", "score", "0.300 (0.200 to 0.400)", "higher", "+0.050 to +0.150", "40"]]


def test_checks_that_could_not_be_made_are_not_counted_as_passed() -> None:
    made = drawn("""
        code  | severity | state          | reason   | says
        RK001 | error    | ok             |          | All 12 labels were closed.
        RK007 | warning  | fails          |          | One source carries 80 %.
        RK009 | warning  | not_applicable | too_few  |
    """)
    text = section(card_markdown(told(checks=records(made)), ENTRY), "Checks")
    assert "1 passed, 1 failed, 1 could not be made." in text
    assert rows(text)[2:] == [["RK007", "warning", "fails", "One source carries 80 %."], ["RK009", "warning", "not applicable", "too_few"]]


@pytest.mark.parametrize(("changed", "population", "expected"), [
    ({}, "inspected", "How likely it is that a supervision of the service finds a serious breach or worse, if one is carried out within 365 days after the date. Services that were not supervised have no label"),
    ({}, "all", "How likely it is that a supervision of the service is carried out within 365 days after the date and finds a serious breach or worse. A service nobody visited counts as free of it"),
    ({"counted": "became_known", "severity": "remark"}, "inspected", "finds a remark or worse, if one becomes known within 365 days"),
    ({"measure": "breaches_per_topic", "threshold": 0.5}, "inspected", "finds at least 0.5 breaches per topic it looks at"),
    ({"measure": "breach_share", "threshold": 0.25}, "inspected", "finds breaches as a share of at least 0.25 of its findings"),
    ({"measure": None}, "inspected", "The manifest does not say in full"),
])  # fmt: skip
def test_the_outcome_is_told_in_words(changed: dict[str, object], population: str, expected: str) -> None:
    text = outcome_in_words(told(outcome={**OUTCOME, **changed}, population=population))
    assert expected in text


def test_data_are_told_with_the_share_by_date() -> None:
    cohorts = ({"as_of": "2021-03-31", "n": 200, "events": 50}, {"as_of": "2021-09-30", "n": 0, "events": 0})
    text = section(card_markdown(told(cohorts=cohorts), ENTRY), "Data")
    assert "400 labelled rows, 120 of them with the outcome (30.0 %), of the cohorts of 2021-03-31, 2021-09-30" in text
    assert rows(text)[1:] == [["2021-03-31", "200", "50", "25.0 %"], ["2021-09-30", "0", "0", "none"]]
    assert "It reads 4 inputs" in text
    assert r"complaint_rate\|standing" in text


def test_limits_carry_the_models_own_warnings() -> None:
    assert "- Few outcomes." in section(card_markdown(told(warnings=("Few outcomes.",)), ENTRY), "Limits")


def test_the_card_tells_how_the_model_came_into_force_and_what_replaced_it() -> None:
    store = open_store("memory:")
    other = replace(ENTRY, model_id="boosting-2023-03-31-00000000")
    for entry in (ENTRY, other):
        store.record_model(entry)
    assert "was never put in force" in card_markdown(told(), ENTRY, store.promotions())
    promote(other.model_id, "first", store, now=datetime(2026, 5, 1))
    promote(ENTRY.model_id, "better on six dates", store, now=datetime(2026, 5, 2), by="analyst")
    promote(other.model_id, "back", store, now=datetime(2026, 5, 3))
    promote(ENTRY.model_id, "again", store, now=datetime(2026, 5, 4))
    retire("off", store, now=datetime(2026, 5, 5))
    promote(other.model_id, "unrelated", store, now=datetime(2026, 5, 6))
    text = section(card_markdown(told(), ENTRY, store.promotions()), "How it came into force")
    assert rows(text)[1:] == [
        ["2026-05-02 00:00", "put in force", "better on six dates", "analyst"],
        ["2026-05-03 00:00", "replaced by boosting-2023-03-31-00000000", "back", "not told"],
        ["2026-05-04 00:00", "put in force", "again", "not told"],
        ["2026-05-05 00:00", "replaced by the points score", "off", "not told"],
    ]


def test_the_anchor_is_shown_where_it_is_known() -> None:
    assert "in the store's register, not here" in card_markdown(told(), ENTRY)
    assert "a1" * 32 in card_markdown(told(), replace(ENTRY, manifest_sha256="a1" * 32))


# --- form


NASTY = "</td><script>alert(1)</script> | **x** [y](javascript:z) & \n# `q`"


def nasty() -> ModelFacts:
    return told(
        outcome={**OUTCOME, NASTY: NASTY}, features=(NASTY,), warnings=(NASTY,), evaluation=NASTY, git_revision=NASTY,
        libraries={NASTY: NASTY}, checks=({"code": NASTY, "severity": NASTY, "state": "ok", "says": NASTY},),
        metrics=({"metric": NASTY, "value": 1.0, "low": None, "high": None, "n": 1, "events": 1},),
    )  # fmt: skip


def test_values_cannot_become_mark_up() -> None:
    page = Outline(card_html(nasty(), ENTRY))
    assert page.open == [], "every tag is closed"
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "main", "section", "h1", "h2", "p", "ul", "li", "div", "table",
        "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert page.text.count("<script>alert(1)</script>") >= 8
    text = card_markdown(nasty(), ENTRY)
    assert "<script" not in text
    assert not re.search(r"(?<!\\)\*\*x|(?<!\\)\[y|(?<!\\)`q", text)
    assert all(len(row) == 4 for row in rows(section(text, "Checks")))


@pytest.mark.parametrize(("text", "line"), [
    ("# a", r"\# a"), ("1. a", r"1\. a"), ("- a", r"\- a"), ("> a", r"\> a"), ("+0.1 is", r"\+0.1 is"), ("3.5 % of", r"3\.5 % of"),
    ("a # b\n# c", "a # b # c"), ("plain_name & more", "plain_name &amp; more"), ("=====", r"\====="),
])  # fmt: skip
def test_a_line_of_text_stays_a_line_of_text(text: str, line: str) -> None:
    assert as_markdown("t", [Section("s", (text, Bullets((text,))))]) == f"# t\n\n## s\n\n{line}\n\n- {line}\n"


def test_the_page_is_self_contained_and_can_be_read_by_everyone() -> None:
    html = card_html(told(cohorts=({"as_of": "2021-03-31", "n": 2, "events": 1},)), ENTRY)
    page = Outline(html)
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("h1")) == len(page.named("main")) == len(page.named("title")) == 1
    assert not re.search(r"(src|href|url|@import|https?:)", html), "nothing is fetched"
    tables = page.named("table")
    assert len(tables) == len(page.named("caption")) == len(page.named("thead")) > 3
    assert {th.get("scope") for th in page.named("th")} == {"col", "row"}
    assert len(page.named("section")) == len(page.named("h2"))
    regions = page.named("div")
    assert {(region["role"], region["tabindex"]) for region in regions} == {("region", "0")}
    assert len({region["aria-label"] for region in regions}) == len(tables), "each can be told from the others"


def test_both_cards_are_saved_and_guarded_with_the_model(tmp_path: Path) -> None:
    store = open_store("memory:")
    entry = save(fitted(), told(), inputs(), tmp_path, store, now=datetime(2026, 5, 1), write_cards=cards)
    place = tmp_path / entry.model_id
    assert (place / "card.md").read_text(encoding="utf-8").startswith(f"# Model card: {entry.model_id}\n")
    assert f"<h1>Model card: {entry.model_id}</h1>" in (place / "card.html").read_text(encoding="utf-8")
    back = load(entry.model_id, tmp_path, store)
    saved = replace(entry, manifest_sha256="")
    assert card_markdown(back.facts, saved) == (place / "card.md").read_text(encoding="utf-8"), "from the manifest alone"
    assert card_html(back.facts, saved) == (place / "card.html").read_text(encoding="utf-8")
