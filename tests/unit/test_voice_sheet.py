"""A form's sheet and the submission it makes: what is kept as a draft comes back as it was, and faults find their field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from risiko.app.voice_items import KEPT, kept_mean
from risiko.app.voice_sheet import AREA, SCORE, Sheet, filled, sheet_of
from risiko.intake.submission import ItemMean, Quote, Said, Submission

HOME: dict[str, Any] = {"service_id": "s1"}
AGDER: dict[str, Any] = {"service_type": "nursing_home", "area": "Agder"}
GRADED = Submission(
    "focus_group", "Foreningen A", True, "Frivillige", "members", user_group="users", n=9, youngest=20, oldest=70,
    first_day=date(2026, 5, 1), last_day=date(2026, 5, 20), consent="agreed", purpose="supervision",
    said=(Said(**HOME, criticality="good", text="Alt i alt bra."), Said(**HOME, dimension="safe", text="Bare ord."),
          Said(**AGDER, dimension="accessible", criticality="critical")),
    quotes=(Quote("Ingen spurte meg.", True, "involving", "public"),),
)  # fmt: skip
SCORED = Submission(
    "survey", asked_by="Tilsynet", n=120, n_invited=400,
    said=(Said(**HOME, dimension="safe", score=61.5, n=118, n_invited=390),),
    items=(ItemMean("gs_peq", "waiting", 110, 66.7, 3, dimension="accessible", **HOME),
           ItemMean("own", "Fikk du mat?", 80, 50.0, wording="Fikk du mat?", dimension="involving", **AGDER)),
)  # fmt: skip


@pytest.mark.parametrize("told", [GRADED, SCORED, Submission("video")], ids=["graded", "scored", "blank"])
def test_what_was_kept_comes_back_as_it_was(told: Submission) -> None:
    assert filled(sheet_of(told)).submission == told


def test_a_fault_is_told_where_the_field_is() -> None:
    held = filled(sheet_of(GRADED))
    assert [held.path(name) for name in ("n", "organisation", "said.2.text", "said.3.area", "said.3.criticality", "quotes.1.agreed", "said")] == [
        "n", "other", "places.1.safe.text", "places.2.area", "places.2.accessible.graded", "quotes.1.agreed", "said",
    ]  # fmt: skip
    assert filled(sheet_of(SCORED)).path("items.2.area") == "items.2.place"


def test_only_what_is_in_sight_counts() -> None:
    sheet = Sheet({"method": "focus_group", "places.1.kind": AREA, "places.1.service_id": "s1", "places.1.area": "Agder"})
    sheet.values |= {"places.1.safe.graded": "", "places.1.safe.text": "Skrevet og tatt bort", "places.1.safe.score": 40.0}
    assert filled(sheet).submission.said == (Said(area="Agder"),), "a place of which nothing is told is told of as it is"
    sheet.values["by"] = SCORE
    assert filled(sheet).submission.said == (Said(area="Agder", dimension="safe", score=40.0, text="Skrevet og tatt bort"),)


def test_a_row_keeps_its_number_and_none_is_used_twice() -> None:
    sheet = Sheet()
    sheet.add("places", service_id="s2")
    sheet.remove("places", 2)
    sheet.add("places")
    assert sheet.rows["places"] == [1, 3]
    sheet.remove("places", 3)
    sheet.remove("places", 1)
    assert len(sheet.rows["places"]) == 1, "there is always one place to fill in"


def test_a_place_taken_away_takes_the_questions_about_it_along_and_no_other_gets_them() -> None:
    sheet = sheet_of(SCORED)
    sheet.remove("places", 2)
    assert [(item.item, item.service_id, item.area) for item in filled(sheet).submission.items] == [("waiting", "s1", "")]
    sheet = Sheet({"method": "survey", "places.1.service_id": "s1"})
    sheet.add("items", instrument="own", wording="Fikk du mat?")
    sheet.add("places", service_id="s2")
    sheet.remove("places", 1)
    assert filled(sheet).submission.items == (), "it was about the only place there was"


def test_answers_of_a_file_stand_beside_what_is_written_and_lose_nothing_in_a_draft() -> None:
    read = ItemMean("gs_peq", "waiting", 40, 33.3333, 2, 21.4142, 1.25, dimension="accessible", **AGDER)
    means = Said(**AGDER, dimension="accessible", score=33.3333, n=40, spread=21.4142)
    sheet = sheet_of(SCORED)
    sheet.lay_to((read,), (means,), 44)
    held = filled(sheet)
    assert (held.submission.items, held.submission.said) == ((*SCORED.items, read), (*SCORED.said, means))
    assert (held.submission.n, held.path("items.3.mean"), held.path("said.2.score")) == (120, "items.file", "items.file")
    assert filled(sheet_of(held.submission)).submission == held.submission
    sheet.lay_to((), (), None)
    assert filled(sheet).submission == SCORED
    blank = Sheet({"method": "survey"})
    blank.lay_to((read,), (means,), 44)
    assert filled(blank).submission.n == 44, "how many answered is told by the file where nobody has said"


@pytest.mark.parametrize(("mean", "scale", "instrument", "item", "kept"), [
    (4.0, "1-5", "own", "", 75.0), (7.0, "0-10", "own", "", 70.0), (61.5, KEPT, "gs_peq", "waiting", 61.5),
    (2.0, "1-5", "gs_peq", "waiting", 66.6667), (4.0, "1-10", "gs_peq", "understandable", 75.0), (6.0, "1-5", "own", "", 125.0),
])  # fmt: skip
def test_means_of_a_report_become_0_to_100(mean: float, scale: str, instrument: str, item: str, kept: float) -> None:
    assert kept_mean(mean, scale, instrument, item) == kept
