"""The user council: priorities become weights, the list is compared by type, and the statement follows the plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risiko import pipeline, settings
from risiko.access import NotAllowed, Person, local
from risiko.errors import InputError
from risiko.i18n import Translator
from risiko.pipeline import Authority, council
from risiko.pipeline.named_weights import save_weights
from risiko.pipeline.plans import kept_plans, plan_words, save_plan
from risiko.pipeline.statements import statements, statements_of
from risiko.reports.plan_docx import plan_docx
from risiko.store import open_store
from risiko.vocabulary import DIMENSIONS
from tests import small_authority
from tests.plans import a_plan

NOON = datetime(2026, 7, 2, 12)
COUNCIL, KARI = Person("rådet", frozenset({"council"})), local("Kari")


@pytest.fixture
def authority() -> Authority:
    return Authority(open_store("memory:"), settings.load())


@given(st.dictionaries(st.sampled_from(DIMENSIONS), st.integers(0, 3)), st.floats(0, 2), st.floats(0, 2))
def test_experience_counts_as_much_in_all_whatever_the_priorities(
    priorities: dict[str, int], whole: float, safe: float
) -> None:
    before = {"experience_mean": whole, "experience_dimension:safe": safe, "last_finding": 0.5}
    after = council.priority_weights(before, priorities)
    said = [w for name, w in after.items() if name.startswith("experience")]
    assert sum(said) == pytest.approx(whole + safe)
    assert after["last_finding"] == 0.5
    if not any(priorities.values()):
        assert after == before


def test_the_other_half_goes_by_priority() -> None:
    found = council.priority_weights({"experience_mean": 0.6}, {"safe": 3, "involving": 1, "effective": 0})
    assert found["experience_mean"] == pytest.approx(0.3)
    assert found["experience_dimension:safe"] == pytest.approx(0.225)
    assert found["experience_dimension:involving"] == pytest.approx(0.075)
    assert found["experience_dimension:effective"] == 0


@pytest.mark.parametrize("wrong", [{"kind": 1}, {"safe": 4}, {"safe": -1}])
def test_what_is_no_priority_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        council.priority_weights({"experience_mean": 0.6}, wrong)


def test_changes_are_counted_by_type_and_balance() -> None:
    authority = small_authority.authority()
    ready = pipeline.prepare(authority, small_authority.DATES[-1])
    before = pipeline.rank(ready)
    weights = council.priority_weights(before.weights, {"accessible": 3})
    after = pipeline.rank(ready, weights)
    found = council.list_changes(before, after, 20)
    ranks = [run.table.scores["rank"] for run in (before, after)]
    inside = [set(rank.index[rank <= 20]) for rank in ranks]
    assert found["enters"].sum() == len(inside[1] - inside[0]) > 0
    assert found["leaves"].sum() == len(inside[0] - inside[1])
    assert (found["before"] + found["enters"] - found["leaves"] == found["after"]).all()
    assert list(found.columns) == ["service_type", "before", "after", "enters", "leaves"]


def test_a_statement_follows_the_plan_that_is_made_next_and_only_that(authority: Authority) -> None:
    save_plan(authority, a_plan(), KARI, at=NOON)
    said = council.leave_statement(authority, "Se på natten.", COUNCIL, at=NOON, priorities={"safe": 3})
    assert [one.seq for one in statements_of(authority)] == [said.seq]
    save_plan(authority, a_plan(["draw"]), KARI, at=NOON + timedelta(hours=1))
    first, second = kept_plans(authority)
    assert statements_of(authority, first.number) == []
    assert [one.text for one in statements_of(authority, second.number)] == ["Se på natten."]
    assert statements_of(authority) == []


def test_a_statement_about_a_plan_stays_with_it(authority: Authority) -> None:
    save_plan(authority, a_plan(), KARI, at=NOON)
    council.leave_statement(authority, "Dere glemte Finnmark.", COUNCIL, at=NOON, plan=1)
    (kept,) = kept_plans(authority)
    assert [one.text for one in statements_of(authority, kept.number)] == ["Dere glemte Finnmark."]
    assert statements_of(authority) == []


def test_it_stands_in_the_memo_and_not_in_a_plan_without_one(authority: Authority) -> None:
    from docx import Document

    kept = save_plan(authority, a_plan(), KARI, at=NOON)
    plain = "\n".join(p.text for p in Document(BytesIO(plan_docx(plan_words(authority, kept, Translator("en"))))).paragraphs)
    assert "The user council has said" not in plain
    council.leave_statement(authority, "Look at the nights.", COUNCIL, at=NOON, priorities={"safe": 3, "effective": 1}, plan=1)
    told = "\n".join(p.text for p in Document(BytesIO(plan_docx(plan_words(authority, kept, Translator("en"))))).paragraphs)
    assert "The user council has said" in told
    assert "“Look at the nights.” The council would have put most weight on: safe." in told


def test_identifiers_are_masked_before_a_statement_is_kept(authority: Authority) -> None:
    said = council.leave_statement(authority, "Ring Kari Nordmann på 912 34 567.", COUNCIL, at=NOON)
    assert "912" not in said.text
    assert "912" not in authority.store.log(["statement"])["body"].iloc[0]


def test_who_may_not_and_what_may_not_be_said(authority: Authority) -> None:
    reader = Person("leser", frozenset({"reader", "planner", "organisation"}))
    with pytest.raises(NotAllowed):
        council.leave_statement(authority, "Hei", reader, at=NOON)
    for text, more in (("  ", {}), ("x" * 4001, {}), ("Hei", {"weight_set": "finnes ikke"}), ("Hei", {"plan": 7}),
                       ("Hei", {"priorities": {"safe": 9}})):  # fmt: skip
        with pytest.raises(InputError):
            council.leave_statement(authority, text, COUNCIL, at=NOON, **more)
    assert statements(authority) == []


def test_the_council_may_save_its_weights() -> None:
    authority = small_authority.stored(small_authority.world())
    save_weights(authority, "Rådet", {"experience_dimension:safe": 0.3}, now=NOON, by="rådet", who=COUNCIL)
    said = council.leave_statement(authority, "Trygghet først.", COUNCIL, at=NOON, weight_set="Rådet")
    assert said.weight_set == "Rådet"
