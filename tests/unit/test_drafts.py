"""Drafts of submissions: as incomplete as they like, masked, and one's own only."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from risiko import settings
from risiko.access import NotAllowed, Person
from risiko.errors import StoreError
from risiko.intake.checking import faults
from risiko.intake.submission import ItemMean, Quote, Said, Submission
from risiko.pipeline import Authority
from risiko.pipeline.drafts import drafts, remove, save, unreadable
from risiko.store import open_store
from tests.submissions import KNOWN

MAY, JUNE = datetime(2026, 5, 1, 9), datetime(2026, 6, 1, 12)
KARI = Person("kari@eksempel.no", frozenset({"organisation"}), organisation="Brukerforeningen")
OLA = Person("ola@eksempel.no", frozenset({"organisation"}), organisation="Brukerforeningen")
PLANNER = Person("plan@eksempel.no", frozenset({"planner"}))
HALF = Submission(
    method="focus_group", organisation="Brukerforeningen", n=9, first_day=date(2026, 4, 1),
    said=(Said(service_id="s1", dimension="", score=40.0, text="De svarer ikke."),), quotes=(Quote("Ingen ringer.", agreed=True),),
    items=(ItemMean("own", "q1", 9, 71.5),),
)  # fmt: skip


@pytest.fixture
def authority() -> Authority:
    return Authority(open_store("memory:"), settings.load())


def test_a_draft_comes_back_as_it_was_and_is_replaced(authority: Authority) -> None:
    first = save(authority, KARI, HALF, draft_id=None, now=MAY)
    other = save(authority, KARI, Submission("interview"), draft_id=None, now=MAY)
    assert first != other
    assert save(authority, KARI, HALF, draft_id=first, now=JUNE) == first
    found = drafts(authority, KARI)
    assert [(d.draft_id, d.by, d.saved_at) for d in found] == [(first, KARI.name, JUNE), (other, KARI.name, MAY)]
    assert [d.submission for d in found] == [HALF, Submission("interview")]
    assert len(authority.store.log()) == 0


def test_every_text_is_masked_before_it_is_kept(authority: Authority) -> None:
    told = "Ring 918 27 364 eller kari.nordmann@eksempel.no"
    save(authority, KARI, Submission(
        "interview", asked_by=told, reached_how=told, wants_back=told, said=(Said(text=told),), quotes=(Quote(told, agreed=False),),
        items=(ItemMean("own", "q1", 5, 50.0, wording=told),),
    ), draft_id=None, now=MAY)  # fmt: skip
    body = authority.store.drafts()["body"].iloc[0]
    assert "918" not in body
    assert "nordmann" not in body
    assert body.count("[telefon]") == body.count("[e-post]") == 6


def test_an_identity_number_in_a_name_is_not_kept_and_cannot_be_handed_in(authority: Authority) -> None:
    half = Submission("interview", organisation="Laget 018190\u00ad 12365", new_organisation=True)
    save(authority, KARI, half, draft_id=None, now=MAY)
    assert drafts(authority, KARI)[0].submission.organisation == "Laget [fødselsnummer]"
    assert "12365" not in authority.store.drafts()["body"].iloc[0]
    found = faults(drafts(authority, KARI)[0].submission, KNOWN)
    assert ("organisation", "number_in_name") in {(fault.field, fault.reason) for fault in found}


def test_one_sees_changes_and_removes_ones_own_only(authority: Authority) -> None:
    own = save(authority, KARI, HALF, draft_id=None, now=MAY)
    for other in (OLA, PLANNER):
        assert drafts(authority, other) == [], "of the same organisation or of the authority"
        with pytest.raises(NotAllowed, match="somebody else's"):
            remove(authority, other, own)
        with pytest.raises(StoreError, match="somebody else's"):
            save(authority, other, Submission("interview"), draft_id=own, now=JUNE)
    assert [d.submission for d in drafts(authority, KARI)] == [HALF]
    remove(authority, KARI, own)
    remove(authority, KARI, own)
    assert drafts(authority, KARI) == []


@pytest.mark.parametrize("roles", [(), ("reader",), ("council",)])
def test_who_may_not_hand_in_keeps_no_drafts(authority: Authority, roles: tuple[str, ...]) -> None:
    who = Person("x@eksempel.no", frozenset(roles))
    for act in (lambda: save(authority, who, HALF, draft_id=None, now=MAY), lambda: drafts(authority, who), lambda: remove(authority, who, "d")):
        with pytest.raises(NotAllowed):
            act()
    assert len(authority.store.drafts()) == 0


@pytest.mark.parametrize("body", ['{"method": "interview", "colour": "blue"}', "[]", '{"method": 7}'])
def test_a_draft_that_cannot_be_read_hides_no_other(authority: Authority, body: str) -> None:
    authority.store.save_draft("old", KARI.name, body, MAY)
    own = save(authority, KARI, HALF, draft_id=None, now=JUNE)
    assert [d.draft_id for d in drafts(authority, KARI)] == [own]
    assert (unreadable(authority, KARI), unreadable(authority, OLA)) == (["old"], [])
    remove(authority, KARI, "old")
    assert unreadable(authority, KARI) == []
