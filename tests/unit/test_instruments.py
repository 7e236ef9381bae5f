"""Questionnaires held against what is published, and every item against the dimensions and languages."""

from __future__ import annotations

import pytest

from risiko.intake.instruments import INSTRUMENTS
from risiko.vocabulary import DIMENSIONS

# Sjetne et al. 2011, BMC Health Services Research 11:88, table 3, in its order.
GS_PEQ = (
    "Did the clinicians talk to you in a way that was easy to understand?",
    "Do you have confidence in the clinicians' professional skills?",
    "Did you get sufficient information about your diagnosis/afflictions?",
    "Did you perceive the treatment as adapted to your situation?",
    "Were you involved in decisions regarding your treatment?",
    "Did you perceive the institution's work as well organised?",
    "Did you have to wait before you were admitted for services at the institution?",
    "Overall, was the help and treatment you received at the institution satisfactory?",
    "Overall, what benefit have you had from the care at the institution?",
    "Do you believe that you were in any way given incorrect treatment (according to your own judgment)?",
)


def test_gs_peq_asks_the_ten_published_questions_in_their_order() -> None:
    assert tuple(item.wording.en for item in INSTRUMENTS["gs_peq"].items) == GS_PEQ


def test_gs_peq_covers_what_its_authors_say_it_covers() -> None:
    """Sjetne et al., abstract: outcome 2, clinician services 2, user involvement 2, incorrect treatment 1,
    information 1, organisation 1, accessibility 1. Ours: the first two are what works, but plain speech involves."""
    dimensions = [item.dimension for item in INSTRUMENTS["gs_peq"].items]
    assert (dimensions.count("coordinated"), dimensions.count("accessible"), dimensions.count("safe")) == (1, 1, 1)
    assert dimensions.count("involving") + dimensions.count("effective") == 7


def test_norpeq_has_six_items_on_experiences_one_on_satisfaction_and_one_on_incorrect_treatment() -> None:
    names = [item.item for item in INSTRUMENTS["norpeq"].items]
    assert len(names) == 8
    assert names[-2:] == ["satisfaction", "incorrect_treatment"]
    assert "Not verified" in INSTRUMENTS["norpeq"].source


@pytest.mark.parametrize("name", list(INSTRUMENTS))
def test_every_item_has_words_in_three_languages_a_dimension_and_a_reason(name: str) -> None:
    for item in INSTRUMENTS[name].items:
        assert item.dimension in DIMENSIONS
        assert item.reason.endswith(".")
        for language in ("nb", "nn", "en"):
            assert item.wording.get(language).endswith("?")
            assert len({word.get(language) for word in item.answers}) == item.steps
        assert INSTRUMENTS[name].by_name[item.item] is item


def test_the_lowest_answer_is_best_only_where_much_is_bad() -> None:
    reverse = {(name, item.item) for name, one in INSTRUMENTS.items() for item in one.items if item.reverse}
    assert reverse == {("gs_peq", "waiting"), ("gs_peq", "incorrect_treatment"), ("norpeq", "incorrect_treatment")}
