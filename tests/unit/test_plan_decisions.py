"""Overrides and comments: kept with their reasons, the newest holds, and a plan takes them up."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from risiko import settings
from risiko.access import NotAllowed, Person, local
from risiko.errors import InputError
from risiko.pipeline import Authority
from risiko.pipeline.decisions import comment, comments, in_force, override, overrides, with_overrides
from risiko.plan.rules import shipped
from risiko.store import open_store

NOON = datetime(2026, 7, 2, 12)
KARI = local("Kari")


@pytest.fixture
def authority() -> Authority:
    """In memory: what every kind of store does with an entry is tested in test_store_log."""
    return Authority(open_store("memory:"), settings.load())


def enter(authority: Authority, service: str, action: str, *, reason: str = "other", text: str = "Because.", who: Person = KARI,
          at: datetime = NOON, until: date | None = None, office: str | None = "Nord") -> int:  # fmt: skip
    return override(authority, service, action, reason, text, who, at=at, office=office, until=until)


def test_the_newest_word_about_a_service_holds_until_it_is_released(authority: Authority) -> None:
    enter(authority, "s1", "skip", reason="recent_contact")
    enter(authority, "s2", "add", reason="tip", text="Two calls.")
    enter(authority, "s1", "add", reason="concern")
    held = in_force(authority, date(2026, 8, 1))
    assert held[["service_id", "action", "reason"]].to_numpy().tolist() == [["s2", "add", "tip"], ["s1", "add", "concern"]]
    enter(authority, "s2", "release")
    assert in_force(authority, date(2026, 8, 1))["service_id"].tolist() == ["s1"]
    assert len(overrides(authority)) == 4  # nothing is ever taken out


def test_a_postponement_ends_on_its_day(authority: Authority) -> None:
    enter(authority, "s1", "postpone", until=date(2026, 12, 1))
    assert in_force(authority, date(2026, 11, 30))["service_id"].tolist() == ["s1"]
    assert in_force(authority, date(2026, 12, 1)).empty


def test_what_was_entered_later_was_not_known_then(authority: Authority) -> None:
    enter(authority, "s1", "skip")
    enter(authority, "s1", "add", at=datetime(2026, 7, 5, 8))
    assert in_force(authority, date(2026, 8, 1), by=date(2026, 7, 4))["action"].tolist() == ["skip"]
    assert in_force(authority, date(2026, 8, 1), by=date(2026, 7, 5))["action"].tolist() == ["add"]


def test_a_plans_rules_take_up_what_holds_and_the_rules_own_word_goes_before(authority: Authority) -> None:
    enter(authority, "s1", "skip", text="Kept.")
    enter(authority, "s2", "postpone", until=date(2027, 1, 1))
    own = shipped().with_changes({"override": [{"service": "s1", "action": "add", "reason": "tip", "text": "Mine."}]})
    found = {o.service: (o.action, o.text, o.until, o.by) for o in with_overrides(authority, own, date(2026, 8, 1)).override}
    assert found == {"s1": ("add", "Mine.", None, ""), "s2": ("postpone", "Because.", date(2027, 1, 1), "Kari")}


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"action": "visit"}, "action"),
        ({"action": "skip", "reason": "do not like them"}, "reason"),
        ({"action": "skip", "text": " "}, "text"),
        ({"action": "postpone"}, "until"),
        ({"action": "skip", "until": date(2027, 1, 1)}, "until"),
        ({"action": "postpone", "until": date(2026, 7, 2)}, "until"),  # dates out of order: it has passed already
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(authority: Authority, said: dict[str, object], where: str) -> None:
    with pytest.raises(InputError) as error:
        enter(authority, "s1", **said)
    assert error.value.where == where
    assert overrides(authority).empty


def test_a_planner_decides_for_the_own_office_only(authority: Authority) -> None:
    nina = Person("Nina", frozenset({"planner"}), office="Nord")
    enter(authority, "s1", "skip", who=nina)
    with pytest.raises(NotAllowed):
        enter(authority, "s2", "skip", who=nina, office="Sør")
    with pytest.raises(NotAllowed):
        enter(authority, "s2", "skip", who=Person("Rolf", frozenset({"reader", "analyst"})))
    assert overrides(authority)["service_id"].tolist() == ["s1"]


def test_free_text_is_masked(authority: Authority) -> None:
    enter(authority, "s1", "skip", text="Spoke with kari@example.no")
    comment(authority, "s1", "Ring 912 34 567.", KARI, at=NOON)
    bodies = "".join(authority.store.log()["body"])
    assert "example.no" not in bodies
    assert "912 34 567" not in bodies


def test_comments_come_newest_first_and_of_one_service(authority: Authority) -> None:
    comment(authority, "s1", "First.", KARI, at=NOON)
    comment(authority, "s2", "Other.", KARI, at=NOON)
    comment(authority, "s1", "Second.", KARI, at=datetime(2026, 7, 3))
    assert comments(authority, "s1")["text"].tolist() == ["Second.", "First."]
    assert len(comments(authority)) == 3
    with pytest.raises(InputError):
        comment(authority, "s1", "", KARI, at=NOON)
    with pytest.raises(NotAllowed):
        comment(authority, "s1", "x", Person("Rolf", frozenset({"reader"})), at=NOON)
