"""Kept plans: saved once, seen by the next planner, decided on, and never lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from risiko import settings
from risiko.access import NotAllowed, Person, local
from risiko.cli.plan import kept_meanwhile
from risiko.errors import InputError, Stale, StoreError
from risiko.pipeline import Authority
from risiko.pipeline.decisions import comment, comments, overrides
from risiko.pipeline.decisions import override as enter
from risiko.pipeline.plans import (
    decide,
    decisions,
    digest,
    kept_plan,
    kept_plans,
    newest_seq,
    save_plan,
    unreadable_plans,
)
from risiko.plan.archive import as_text, differences
from risiko.store import open_store
from tests.old_stores import tamper
from tests.plans import a_plan

NOON = datetime(2026, 7, 2, 12)
KARI, OLA = local("Kari"), local("Ola")


@pytest.fixture
def authority() -> Authority:
    """In memory: what every kind of store does with an entry is tested in test_store_log."""
    return Authority(open_store("memory:"), settings.load())


def test_a_kept_plan_is_read_back_as_it_was(authority: Authority) -> None:
    kept = save_plan(authority, a_plan(), KARI, at=NOON)
    found = kept_plan(authority, 1)
    assert (found.number, found.by, found.made_at, found.sha256) == (1, "Kari", NOON, kept.sha256)
    assert as_text(found.record) == as_text(a_plan())
    assert newest_seq(authority) == found.seq


def test_plans_are_numbered_among_other_entries(authority: Authority) -> None:
    authority.store.append("comment", "s1", "{}", NOON, "Kari")
    save_plan(authority, a_plan(), KARI, at=NOON)
    authority.store.append("comment", "s1", "{}", NOON, "Kari")
    save_plan(authority, a_plan(["draw"]), KARI, at=NOON)
    assert [(plan.number, plan.seq, len(plan.record.visits)) for plan in kept_plans(authority)] == [(1, 2, 6), (2, 4, 1)]


def test_the_second_of_two_planners_sees_the_first_and_loses_nothing(authority: Authority) -> None:
    seen = newest_seq(authority)  # both begin
    save_plan(authority, a_plan(), KARI, at=NOON, after=seen)
    mine = a_plan(["risk"])
    with pytest.raises(Stale, match="Kari"):
        save_plan(authority, mine, OLA, at=NOON, after=seen)
    assert [plan.by for plan in kept_plans(authority)] == ["Kari"]
    save_plan(authority, mine, OLA, at=NOON, after=newest_seq(authority))  # having looked
    assert [plan.by for plan in kept_plans(authority)] == ["Kari", "Ola"]
    assert differences(kept_plan(authority, 2).record, mine) == []


def test_what_people_wrote_is_masked_before_it_is_kept(authority: Authority) -> None:
    plan = a_plan()
    visits = plan.visits.assign(note="Ring Kari Nordmann, 912 34 567")
    rules = plan.rules.with_changes({"override": [{"service": "s003", "action": "add", "reason": "tip", "text": "Mail ola@example.no"}]})
    save_plan(authority, replace(plan, visits=visits, rules=rules, title="For kari@example.no"), KARI, at=NOON)
    body = authority.store.log(["plan"])["body"].iloc[0]
    for secret in ("912 34 567", "ola@example.no", "kari@example.no", "Nordmann"):
        assert secret not in body


def test_a_planner_of_one_office_may_keep_a_plan_for_that_office_only(authority: Authority) -> None:
    planner = Person("Nina", frozenset({"planner"}), office="Nord")
    with pytest.raises(NotAllowed):
        save_plan(authority, a_plan(), planner, at=NOON)  # holds visits of Sør too
    own = a_plan()
    own = replace(own, visits=own.visits[own.visits["own_office"] == "Nord"].reset_index(drop=True))
    assert save_plan(authority, own, planner, at=NOON).by == "Nina"
    with pytest.raises(NotAllowed):
        save_plan(authority, own, Person("Per", frozenset({"reader"})), at=NOON)
    assert len(kept_plans(authority)) == 1


def test_a_plan_of_an_older_schema_is_listed_with_its_reason_and_stops_no_other(authority: Authority) -> None:
    said = json.loads(as_text(a_plan())) | {"plan_schema": 0}
    authority.store.append("plan", "old", json.dumps(said), NOON, "Kari")
    save_plan(authority, a_plan(), KARI, at=NOON)
    assert [plan.number for plan in kept_plans(authority)] == [2]
    lost = unreadable_plans(authority)
    assert [(plan.number, plan.seq) for plan in lost] == [(1, 1)]
    assert "an older version of risiko" in lost[0].why
    with pytest.raises(InputError, match="an older version"):
        kept_plan(authority, 1)


def test_who_kept_a_plan_while_another_was_made_is_told_on_the_command_line(authority: Authority) -> None:
    save_plan(authority, a_plan(), KARI, at=NOON)
    seen = newest_seq(authority)
    save_plan(authority, a_plan(), OLA, at=NOON)
    mine = save_plan(authority, a_plan(), KARI, at=NOON)
    assert kept_meanwhile(authority, seen, mine) == [
        "While this plan was being made, Ola kept plan 2. Both are kept: withdraw one."
    ]
    assert kept_meanwhile(authority, newest_seq(authority), save_plan(authority, a_plan(), KARI, at=NOON)) == []


def test_an_entry_whose_moment_was_changed_is_told_and_the_other_plans_are_read(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    authority = Authority(open_store(path), settings.load())
    for _ in range(2):
        save_plan(authority, a_plan(), KARI, at=NOON)
    tamper(path, "UPDATE log SET at = 'last Friday' WHERE seq = 1")
    assert [plan.number for plan in kept_plans(authority)] == [2]
    assert [(plan.number, plan.why) for plan in unreadable_plans(authority)] == [
        (1, "The moment it was kept has been changed and cannot be read.")
    ]


@pytest.mark.parametrize("body", ["{cut off", "[1]"])
def test_an_entry_that_was_changed_is_named_and_not_a_fault_in_risiko(tmp_path: Path, body: str) -> None:
    path = str(tmp_path / "store.db")
    authority = Authority(open_store(path), settings.load())
    save_plan(authority, a_plan(), KARI, at=NOON)
    decide(authority, 1, "approved", "Agreed.", OLA, at=NOON)
    enter(authority, "s001", "skip", "other", "Because.", KARI, at=NOON, office=None)
    comment(authority, "s001", "Seen.", KARI, at=NOON)
    tamper(path, f"UPDATE log SET body = '{body}' WHERE seq > 1")
    for seq, reads in ((2, decisions), (3, overrides), (4, comments)):
        with pytest.raises(StoreError, match=f"Entry {seq} of the log cannot be read"):
            reads(authority)


def test_a_plan_that_was_changed_in_the_store_is_not_shown_as_if_it_were_whole(authority: Authority) -> None:
    record = a_plan()
    changed = as_text(replace(record, visits=record.visits.assign(name="Another")))
    authority.store.append("plan", digest(record), changed, NOON, "Kari")  # the body is not what its digest says
    assert kept_plans(authority) == []
    assert "has been changed in the store" in unreadable_plans(authority)[0].why


def test_the_newest_decision_about_a_plan_holds_and_needs_a_reason(authority: Authority) -> None:
    save_plan(authority, a_plan(), KARI, at=NOON)
    decide(authority, 1, "approved", "Agreed in the meeting.", OLA, at=NOON)
    decide(authority, 1, "withdrawn", "Budget cut.", OLA, at=NOON)
    found = decisions(authority)
    assert found[["number", "status", "note", "by"]].to_numpy().tolist() == [
        [1, "approved", "Agreed in the meeting.", "Ola"], [1, "withdrawn", "Budget cut.", "Ola"],
    ]  # fmt: skip
    with pytest.raises(InputError, match="written reason"):
        decide(authority, 1, "approved", "  ", OLA, at=NOON)
    with pytest.raises(InputError, match="no plan 2"):
        decide(authority, 2, "approved", "x", OLA, at=NOON)
    with pytest.raises(NotAllowed):
        decide(authority, 1, "approved", "x", Person("Per", frozenset({"analyst"})), at=NOON)
    assert len(decisions(authority)) == 2


def test_nothing_kept_yet(authority: Authority) -> None:
    assert kept_plans(authority) == []
    assert newest_seq(authority) == 0
    assert decisions(authority).empty


def test_the_digest_is_of_everything_in_the_plan() -> None:
    assert digest(a_plan()) == digest(a_plan())
    assert digest(a_plan()) != digest(replace(a_plan(), title="Another"))
