"""The ledger: evidence followed forward to plans, decisions and findings, back again, and what was never used and why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest

from risiko import pipeline, settings
from risiko.access import local
from risiko.asof import known_at
from risiko.errors import InputError
from risiko.pipeline.evidence_use import note_use, noted
from risiko.pipeline.ledger import evidence_behind, ledger, never_used, uses_of
from risiko.pipeline.outcomes import Found, Outcome, register
from risiko.pipeline.plans import decide, save_plan
from risiko.store import open_store
from risiko.store.erasing import Erasure
from tests.builders import batch, part
from tests.plans import AS_OF, a_plan

ME, JULY, TODAY = local("KN"), datetime(2026, 7, 2, 13), date(2027, 3, 1)
SERVICES = "service_id | office | county | service_type | valid_to\n" + "\n".join(
    f"s{i:03} | {'Nord' if i % 2 else 'Sør'} | Innlandet | nursing_home | {'2025-01-01' if i == 12 else ''}"
    for i in range(1, 13)
)  # fmt: skip
# The plan visits s001 to s006 as of 2026-06-30.
EVIDENCE = """
experience_id | service_id | service_type | area | event_date | known_date | method | organisation | dimension | score | n | text
a1 | s006 | | | 2026-03-01 | 2026-05-01 | survey | Løvetann | safe | 40 | 30 |
a2 | s006 | | | 2026-03-01 | 2026-05-01 | survey | LØVETANN | involving | 35 | 40 |
b1 | s007 | | | 2026-03-01 | 2026-05-01 | interview | Løvetann | safe | 50 | 6 |
c1 | s006 | | | 2026-04-01 | 2026-05-01 | narrative | Løvetann | safe | | 1 | We wait and wait.
d1 | | nursing_home | INNLANDET | 2026-02-01 | 2026-04-01 | organisation_report | Motvind | safe | 45 | 20 |
e1 | | nursing_home | Finnmark | 2026-02-01 | 2026-04-01 | organisation_report | Motvind | safe | 45 | 20 |
f1 | s005 | | | 2026-02-01 | 2026-04-01 | survey | Motvind | safe | 45 | |
g1 | s005 | | | 2026-02-02 | 2026-04-01 | survey | Motvind | safe | 45 | 3 |
h1 | s006 | | | 2026-03-01 | 2026-06-01 | survey | Motvind | safe | 40 | 30 |
i1 | s999 | | | 2026-02-01 | 2026-04-01 | interview | Motvind | safe | 45 | 6 |
j1 | s012 | | | 2026-02-01 | 2026-04-01 | interview | Motvind | safe | 45 | 6 |
k1 | s006 | | | 2026-05-01 | 2026-07-01 | interview | Løvetann | safe | 20 | 8 |
l1 | s004 | | | 2026-02-01 | 2026-04-01 | interview | Motvind | safe | 45 | 0 |
m1 | s003 | | | 2026-02-01 | 2026-04-01 | interview | Motvind | safe | 45 | 6 |
"""
OLD_VISITS = """
supervision_id | service_id | event_date | known_date
v0 | s006 | 2026-04-20 | 2026-04-30
v1 | s006 | 2026-05-01 | 2026-05-20
"""
PLAN = a_plan(weights={"experience_mean": 0.6})


def kept(evidence: str = EVIDENCE, *, entry: bool = True) -> pipeline.Authority:
    """The story: evidence, a plan of 2026-07-02 as of 2026-06-30, approved; s006 visited, a failure found and corrected."""
    store = open_store("memory:")
    store.commit(batch(part("services", SERVICES), part("experiences", evidence), part("supervisions", OLD_VISITS)))
    opened = pipeline.Authority(store, settings.load())
    plan = save_plan(opened, PLAN, ME, at=JULY)
    if entry:
        note_use(opened, plan, known_at(store.read(), AS_OF), ME, at=JULY)
    decide(opened, 1, "approved", "Agreed in the meeting.", ME, at=JULY)
    visit = Outcome("s006", date(2026, 10, 1), "inspection", "risk", (Found("serious_breach", "safe"), Found("remark")), plan=1)
    register(opened, visit, ME, now=datetime(2026, 11, 1))
    put_right = replace(visit, findings=(Found("serious_breach", "safe", corrected=date(2027, 2, 1)), Found("remark")))
    register(opened, put_right, ME, now=datetime(2027, 2, 10))
    return opened


@pytest.fixture(scope="module")
def story() -> pipeline.Authority:
    return kept()


@pytest.fixture(scope="module")
def run(story: pipeline.Authority) -> pipeline.Run:
    return pipeline.rank(pipeline.prepare(story, TODAY))


@pytest.fixture(scope="module")
def table(story: pipeline.Authority, run: pipeline.Run) -> pd.DataFrame:
    return ledger(story, run).set_index("piece_id")


def test_a_piece_is_followed_from_what_was_said_to_what_was_corrected(story: pipeline.Authority) -> None:
    found = uses_of(story, "a1")
    piece = found.piece.iloc[0]
    assert (piece["organisation"], piece["dimensions"], piece["n"]) == ("Løvetann", "safe|involving", 40)
    (score,) = found.scores.to_dict("records")
    assert (score["as_of"], score["plan"], score["reason"]) == (pd.Timestamp(AS_OF), 1, "")
    assert 20 < score["weight"] < 40  # of 40 answers, with their design effect and a third of a year old
    (plan,) = found.plans.to_dict("records")
    assert [plan[name] for name in ("plan", "service_id", "planned", "ground", "status", "recorded")] == [
        1, "s006", True, "risk", "approved", True,
    ]  # fmt: skip
    (visit,) = found.findings.to_dict("records")  # neither the visit before, nor that of the day it became known
    assert [visit[name] for name in ("service_id", "findings", "failures", "worst", "corrected", "plan")] == [
        "s006", 2, 1, "serious_breach", 1, 1,
    ]  # fmt: skip
    assert visit["corrected_date"] == pd.Timestamp(2027, 2, 1)


def test_any_row_of_a_piece_finds_it_and_an_unknown_id_is_told(story: pipeline.Authority) -> None:
    assert uses_of(story, "a2").piece["piece_id"].tolist() == ["a1"]
    with pytest.raises(InputError, match="No evidence has the id 'zz'"):
        uses_of(story, "zz")


def test_a_piece_known_one_day_after_the_plan_s_date_lay_behind_nothing(story: pipeline.Authority) -> None:
    late = uses_of(story, "k1")
    assert len(late.scores) == len(late.plans) == 0
    assert late.findings["service_id"].tolist() == ["s006"]  # but the supervision came after it
    assert "k1" not in evidence_behind(story, 1, "s006")["piece_id"].tolist()


def test_a_service_the_plan_passes_over_is_told_with_the_reason(story: pipeline.Authority) -> None:
    (row,) = uses_of(story, "b1").plans.to_dict("records")
    assert (row["service_id"], row["planned"], row["ground"], row["left_out"]) == ("s007", False, "", "")
    (closed,) = uses_of(story, "j1").plans.to_dict("records")  # s012 stands among the plan's left_out? s013 and s014 do
    assert (closed["service_id"], closed["planned"]) == ("s012", False)


def test_an_override_is_told_beside_the_service(story: pipeline.Authority) -> None:
    (row,) = uses_of(story, "m1").plans.to_dict("records")
    assert (row["override"], row["override_reason"], row["ground"]) == ("add", "concern", "override")


def test_what_was_said_of_an_area_lies_behind_every_visit_there(story: pipeline.Authority) -> None:
    found = uses_of(story, "d1")
    assert found.plans["service_id"].tolist() == [f"s{i:03}" for i in range(1, 7)]
    assert not found.plans["direct"].any()
    assert found.findings["supervision_id"].nunique() == 1  # of visits the plan asked for, and of no others of the type
    assert noted(story)[1]["areas"] == {"d1": 6}
    assert uses_of(story, "e1").plans.empty


def test_a_visit_is_followed_back_to_the_evidence(story: pipeline.Authority) -> None:
    found = evidence_behind(story, 1, "s006").set_index("piece_id")
    assert found["direct"].to_dict() == {"a1": True, "c1": True, "d1": False, "h1": True}
    assert found["reason"].to_dict() == {"a1": "", "c1": "words_only", "d1": "", "h1": "delivered_twice"}
    assert found.index[0] == "a1"  # the heaviest
    assert found["recorded"].all()
    with pytest.raises(InputError, match="does not visit 's007'"):
        evidence_behind(story, 1, "s007")


def test_the_log_holds_ids_and_no_text(story: pipeline.Authority) -> None:
    (body,) = story.store.log(["evidence_use"])["body"]
    assert json.loads(body) == {
        "plan": 1, "as_of": "2026-06-30", "model_id": "points", "areas": {"d1": 6},
        "services": {"s003": ["m1"], "s004": ["l1"], "s005": ["f1", "g1"], "s006": ["a1", "c1", "h1"]},
    }  # fmt: skip
    assert "wait" not in body


def test_an_entry_is_made_once_and_the_same_plan_kept_twice_is_healed(story: pipeline.Authority) -> None:
    opened = kept(entry=False)  # the machine went down before the entry, and the planner pressed again
    again = save_plan(opened, PLAN, ME, at=JULY)
    known = known_at(opened.store.read(), AS_OF)
    assert note_use(opened, again, known, ME, at=JULY) == (1, 2)
    assert note_use(opened, again, known, ME, at=JULY) == ()
    assert noted(opened)[1] | {"plan": 2} == noted(opened)[2]
    assert noted(opened)[1] == noted(story)[1]


def test_a_plan_without_an_entry_is_worked_out_anew_and_says_so(story: pipeline.Authority) -> None:
    old = kept(entry=False)
    assert not evidence_behind(old, 1, "s006")["recorded"].any()
    known, anew = (evidence_behind(one, 1, "s006").drop(columns="recorded") for one in (story, old))
    pd.testing.assert_frame_equal(known, anew)
    assert uses_of(old, "a1").plans["recorded"].tolist() == [False]


def test_what_came_later_and_is_dated_back_is_not_behind_a_plan_that_has_its_entry() -> None:
    opened = kept()
    back = EVIDENCE.splitlines()[1] + "\nn1 | s006 | | | 2026-01-01 | 2026-02-01 | interview | Motvind | safe | 10 | 9 |\n"
    opened.store.commit(batch(part("experiences", back, file="b.csv")))
    assert uses_of(opened, "n1").plans.empty
    assert "n1" not in evidence_behind(opened, 1, "s006")["piece_id"].tolist()


def test_each_reason_for_never_being_used(story: pipeline.Authority) -> None:
    early = pipeline.rank(pipeline.prepare(story, AS_OF))
    found = never_used(story, pipeline.read_tables(story), early).set_index("piece_id")["reason"].to_dict()
    assert found == {
        "c1": "words_only", "e1": "area_unmatched", "f1": "survey_without_n", "g1": "too_few_answers",
        "h1": "delivered_twice", "i1": "service_unknown", "j1": "service_not_scored", "k1": "known_later",
        "l1": "no_people",
    }  # fmt: skip


def test_a_score_without_weight_for_experience_uses_none_of_it(story: pipeline.Authority) -> None:
    nothing = pipeline.rank(pipeline.prepare(story, AS_OF), {"experience_mean": 0.0})
    found = never_used(story, pipeline.read_tables(story), nothing).set_index("piece_id")["reason"]
    assert found[["a1", "b1", "d1"]].tolist() == ["no_weight"] * 3
    assert found["c1"] == "words_only"  # the first that applies


def test_the_ledger_counts_what_became_of_each_piece(table: pd.DataFrame) -> None:
    counts = ["plans", "planned", "supervisions", "findings", "failures", "corrected"]
    assert table.loc["a1", counts].tolist() == [1, 1, 1, 2, 1, 1]
    assert table.loc["b1", counts].tolist() == [0, 0, 0, 0, 0, 0]
    assert table.loc["d1", counts].tolist() == [1, 6, 1, 2, 1, 1]
    assert table.loc["k1", counts].tolist() == [0, 0, 1, 2, 1, 1]
    assert table.loc[["a1", "k1", "c1"], "reason"].tolist() == ["", "", "words_only"]


def test_the_ledger_at_an_earlier_date_knows_nothing_that_came_after(story: pipeline.Authority) -> None:
    early = ledger(story, pipeline.rank(pipeline.prepare(story, AS_OF))).set_index("piece_id")
    assert early.loc["a1", ["plans", "planned", "supervisions"]].tolist() == [1, 1, 0]
    assert early.loc["k1", ["plans", "supervisions", "reason"]].tolist() == [0, 0, "known_later"]


def test_a_withdrawn_plan_plans_nothing(run: pipeline.Run) -> None:
    opened = kept()
    decide(opened, 1, "withdrawn", "A mistake.", ME, at=datetime(2026, 7, 9))
    row = ledger(opened, run).set_index("piece_id").loc["a1"]
    assert (row["plans"], row["planned"], row["supervisions"]) == (1, 0, 1)
    assert uses_of(opened, "a1").plans["status"].tolist() == ["withdrawn"]
    assert uses_of(opened, "a1").findings["plan"].isna().all()


def test_an_organisation_sees_its_own_in_any_spelling(story: pipeline.Authority, run: pipeline.Run) -> None:
    own = ledger(story, run, "  løvetann ")
    assert set(own["piece_id"]) == {"a1", "b1", "c1", "k1"}
    assert never_used(story, pipeline.read_tables(story), run, "Motvind")["organisation"].unique().tolist() == ["Motvind"]
    assert ledger(story, run, "Nobody").empty


def test_a_piece_that_a_corrected_file_has_replaced_is_still_followed() -> None:
    opened = kept()
    rest = "\n".join(line for line in EVIDENCE.splitlines() if not line.startswith(("a1", "a2")))
    renamed = rest + "\nz1 | s006 | | | 2026-03-01 | 2026-05-01 | survey | Løvetann | safe | 60 | 30 |\n"
    opened.store.commit(batch(part("experiences", renamed, version="v2")))
    found = uses_of(opened, "a1")
    assert (found.state, found.piece["n"].tolist()) == ("replaced", [40])
    assert found.plans[["plan", "service_id", "planned"]].values.tolist() == [[1, "s006", True]]
    assert found.findings["worst"].tolist() == ["serious_breach"]
    behind = evidence_behind(opened, 1, "s006").set_index("piece_id")
    assert behind["state"].to_dict() == {"a1": "replaced", "c1": "held", "d1": "held", "h1": "held"}
    assert behind["weight"].isna().to_dict()["a1"]


def test_a_corrected_row_keeps_its_piece_and_the_day_it_was_first_known() -> None:
    newer = "a1 | s006 | | | 2026-03-01 | 2026-12-01 | survey | Løvetann | safe | 45 | 30 |\n"
    opened = kept(EVIDENCE + newer)
    assert uses_of(opened, "a1").piece["known_date"].tolist() == [pd.Timestamp(2026, 5, 1)]
    assert uses_of(opened, "a2").plans["plan"].tolist() == [1]


def test_a_purged_text_changes_nothing_but_the_text(story: pipeline.Authority) -> None:
    opened = kept()
    opened.store.erase([Erasure("experiences", frozenset({"c1"}), ("text",))], [], "c1", JULY, "KN")
    assert opened.store.read(["experiences"])["experiences"]["text"].isna().all()
    for one, other in zip(_frames(uses_of(opened, "c1")), _frames(uses_of(story, "c1")), strict=True):
        pd.testing.assert_frame_equal(one, other)


def _frames(found: object) -> list[pd.DataFrame]:
    return [getattr(found, name) for name in ("piece", "scores", "plans", "findings")]
