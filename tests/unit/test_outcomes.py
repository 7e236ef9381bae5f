"""Outcomes registered by a person: rows and log entry, bad input told, nothing doubled, plans matched to supervisions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest
from typer.testing import CliRunner

from risiko import settings
from risiko.access import NotAllowed, Person, local
from risiko.asof import known_at
from risiko.cli.main import app
from risiko.contracts import Tables
from risiko.errors import InputError
from risiko.pipeline.matching import KNOWN, NOT_YET, WAITING, carried_out
from risiko.pipeline.outcomes import Found, Outcome, register, registered
from risiko.pipeline.plans import decide, save_plan
from risiko.pipeline.results import effect_of_supervision, plan_results
from risiko.pipeline.runs import Authority
from risiko.plan.archive import PlanRecord
from risiko.store import open_store
from tests.builders import batch, part
from tests.drawn import tables
from tests.plans import a_plan

NOW = datetime(2026, 11, 2, 9)
ME = local("KN")
SERVICES = "service_id | office | users\n" + "\n".join(
    f"s{i:03} | {'Nord' if i % 2 else 'Sør'} | 50" for i in range(1, 13)
)  # fmt: skip
SERIOUS = (Found("serious_breach", "safe", "Ring Kari Nordmann på 998 87 766."),)
VISIT = Outcome("s006", date(2026, 10, 1), "inspection", "risk", SERIOUS, plan=1)


@pytest.fixture
def authority() -> Authority:
    """Twelve services and a plan of six visits (s001 statutory, s002 drawn, … s006 risk), 2026-07-01 to 2027-06-30."""
    store = open_store("memory:")
    store.commit(batch(part("services", SERVICES)))
    opened = Authority(store, settings.load())
    save_plan(opened, a_plan(), ME, at=datetime(2026, 7, 2))
    return opened


def test_results_are_those_of_the_newest_plan_that_was_not_taken_back(authority: Authority) -> None:
    save_plan(authority, a_plan(), ME, at=datetime(2026, 7, 3))
    save_plan(authority, a_plan(), ME, at=datetime(2026, 7, 4))
    decide(authority, 3, "withdrawn", "A mistake.", ME, at=datetime(2026, 7, 5))

    def newest() -> int:
        found = plan_results(authority)
        assert found is not None
        return found.plan.number

    assert newest() == 2
    decide(authority, 3, "approved", "No mistake after all.", ME, at=datetime(2026, 7, 6))
    assert newest() == 3
    for number in (1, 2, 3):
        decide(authority, number, "withdrawn", "All of them.", ME, at=datetime(2026, 7, 7))
    assert newest() == 3


def test_a_finding_without_a_text_has_hidden_nothing(authority: Authority) -> None:
    kept = register(authority, replace(VISIT, findings=(Found("none"),)), ME, now=NOW)
    assert (kept.status, kept.masked) == ("added", False)


def test_an_outcome_becomes_rows_and_an_entry_that_names_plan_and_supervision(authority: Authority) -> None:
    kept = register(authority, VISIT, ME, now=NOW)
    assert (kept.status, kept.in_plan, kept.masked) == ("added", True, True)
    held = authority.store.read(["supervisions", "findings"])
    visit, finding = held["supervisions"].iloc[0], held["findings"].iloc[0]
    assert (visit["service_id"], visit["office"], visit["known_date"]) == ("s006", "Sør", pd.Timestamp(2026, 11, 2))
    assert (finding["severity"], finding["dimension"]) == ("serious_breach", "safe")
    assert "998" not in finding["text"]
    entry = authority.store.log(["outcome"]).iloc[0]
    body = json.loads(entry["body"])
    assert (entry["about"], entry["by"]) == ("1", "KN")
    assert (body["plan"], body["supervision_id"], body["in_plan"]) == (1, kept.supervision_id, True)
    assert "998" not in entry["body"]
    found = plan_results(authority)
    assert found is not None
    assert found.visits.set_index("ground").loc["risk", ["state", "hit"]].tolist() == [KNOWN, 1.0]


def test_the_same_twice_is_told_and_doubles_nothing(authority: Authority) -> None:
    first = register(authority, VISIT, ME, now=NOW)
    again = register(authority, VISIT, ME, now=datetime(2026, 11, 9))
    assert (again.status, again.supervision_id) == ("already", first.supervision_id)
    assert [authority.store.size(name) for name in ("supervisions", "findings")] == [1, 1]
    assert len(registered(authority)) == 1


def test_following_up_keeps_what_was_known_before(authority: Authority) -> None:
    register(authority, replace(VISIT, findings=()), ME, now=NOW)
    two = (Found("breach"), Found("remark"))
    assert register(authority, replace(VISIT, findings=two), ME, now=datetime(2026, 12, 1)).status == "changed"
    one = (Found("breach", corrected=date(2027, 1, 5)),)
    assert register(authority, replace(VISIT, findings=one), ME, now=datetime(2027, 1, 10)).status == "changed"
    held = authority.store.read()

    def seen(day: date) -> list[str]:
        return known_at(held, day)["findings"].sort_values("finding_id")["severity"].tolist()

    assert seen(date(2026, 11, 30)) == []
    assert seen(date(2026, 12, 31)) == ["breach", "remark"]
    assert seen(date(2027, 1, 31)) == ["breach", "none"], "what is not said any more counts no more"
    assert len(known_at(held, date(2027, 1, 31))["supervisions"]) == 1


def test_a_correction_on_the_same_day_takes_the_place(authority: Authority) -> None:
    register(authority, VISIT, ME, now=NOW)
    register(authority, replace(VISIT, findings=(Found("remark"),)), ME, now=NOW)
    assert authority.store.read(["findings"])["findings"]["severity"].tolist() == ["remark"]


def test_an_entry_that_a_breakdown_has_cost_is_made_good(authority: Authority) -> None:
    """The rows are committed first; where the machine went down before the entry, the same registration makes it."""
    register(authority, VISIT, ME, now=NOW)
    rows = authority.store.read(["supervisions", "findings"])
    broken = Authority(open_store("memory:"), settings.load())
    broken.store.commit(batch(part("services", SERVICES), *(part(name, held) for name, held in rows.items())))
    save_plan(broken, a_plan(), ME, at=datetime(2026, 7, 2))
    assert len(registered(broken)) == 0
    for _ in range(2):
        assert register(broken, VISIT, ME, now=NOW).status == "already"
        assert len(registered(broken)) == 1


REFUSED = {
    "in the future": replace(VISIT, carried_out=date(2026, 11, 3)),
    "outside the period": replace(VISIT, carried_out=date(2026, 6, 30)),
    "before the supervision": replace(VISIT, findings=(Found("breach", corrected=date(2026, 9, 30)),)),
    "nothing to put right": replace(VISIT, findings=(Found("none", corrected=date(2026, 10, 2)),)),
    "the date lies in the future": replace(VISIT, findings=(Found("breach", corrected=date(2026, 11, 3)),)),
    "There is no service 'x'": replace(VISIT, service_id="x"),
    "There is no plan 7": replace(VISIT, plan=7),
    "severity cannot be 'awful'": replace(VISIT, findings=(Found("awful"),)),
    "kind cannot be 'chat'": replace(VISIT, kind="chat"),
    "person_days cannot be": replace(VISIT, person_days=-1.0),
}


@pytest.mark.parametrize("what", REFUSED)
def test_bad_input_is_told_and_nothing_is_kept(authority: Authority, what: str) -> None:
    with pytest.raises(InputError, match=what):
        register(authority, REFUSED[what], ME, now=NOW)
    assert authority.store.size("supervisions") == 0
    assert registered(authority).empty


def test_a_service_outside_the_plan_is_allowed_and_said(authority: Authority) -> None:
    kept = register(authority, replace(VISIT, service_id="s011"), ME, now=NOW)
    assert (kept.status, kept.in_plan) == ("added", False)
    found = plan_results(authority)
    assert found is not None
    assert found.outside[["service_id", "in_plan"]].to_numpy().tolist() == [["s011", False]]
    assert found.grounds["carried_out"].sum() == 0
    assert register(authority, replace(VISIT, plan=None), ME, now=NOW).in_plan is None


def test_one_that_came_with_an_import_is_not_registered_again(authority: Authority) -> None:
    row = "supervision_id | service_id | event_date | known_date\nv9 | s006 | 2026-10-01 | 2026-10-20"
    authority.store.commit(batch(part("supervisions", row)))
    kept = register(authority, VISIT, ME, now=NOW)
    assert (kept.status, kept.supervision_id) == ("already", "v9")
    assert authority.store.size("supervisions") == 1


def test_where_the_records_are_graded_a_registered_finding_counts_too(authority: Authority) -> None:
    graded = """
        finding_id | supervision_id | known_date | severity | severity_score
        f1         | v1             | 2026-01-01 | breach   | 2.5
    """
    visit = "supervision_id | service_id | event_date\nv1 | s001 | 2025-12-01"
    authority.store.commit(batch(part("supervisions", visit), part("findings", graded)))
    register(authority, VISIT, ME, now=NOW)
    found = plan_results(authority)
    assert found is not None
    assert found.visits.set_index("ground").loc["risk", "hit"] == 1.0


def test_a_planner_registers_for_the_own_office_only(authority: Authority) -> None:
    north = Person("Nora", frozenset({"planner"}), office="Nord")
    with pytest.raises(NotAllowed):
        register(authority, VISIT, north, now=NOW)
    with pytest.raises(NotAllowed):  # to claim that one's own office went is no way in
        register(authority, replace(VISIT, office="Nord"), north, now=NOW)
    assert register(authority, replace(VISIT, service_id="s005"), north, now=NOW).status == "added"
    visits = a_plan().visits.assign(office="Nord")
    number = save_plan(authority, replace(a_plan(), visits=visits), ME, at=NOW).number
    register(authority, replace(VISIT, plan=number), north, now=NOW)  # the plan sends Nord to a service of Sør
    assert authority.store.read(["supervisions"])["supervisions"]["office"].eq("Nord").all()
    with pytest.raises(NotAllowed):
        register(authority, VISIT, Person("Rea", frozenset({"reader"})), now=NOW)


def matched(visits: str, findings: str = "", plan: PlanRecord | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A plan (the made-up one) held against these supervisions, all known."""
    drawn: Tables = tables(services=SERVICES, supervisions=visits, **({"findings": findings} if findings else {}))
    return carried_out(plan or a_plan(), known_at(drawn, date(2028, 1, 1)), settings.load())


def test_visits_are_matched_within_the_period_by_what_the_supervision_says() -> None:
    found, outside = matched("""
        supervision_id | service_id | event_date | selection | kind
        v1             | s001       | 2026-08-01 | risk      | inspection
        v2             | s001       | 2026-09-01 | statutory | statutory_visit
        v3             | s002       | 2026-06-30 | random    | inspection
        v4             | s002       | 2027-07-01 | random    | inspection
        v5             | s003       | 2026-07-01 | incident  | incident_case
        v6             | s004       | 2027-06-30 | unknown   | inspection
        v7             | s006       | 2026-08-01 | incident  | incident_case
        v8             | s009       | 2026-08-01 | risk      | inspection
    """, "supervision_id | known_date | severity\nv2 | 2026-10-01 | none")  # fmt: skip
    of = found.set_index("service_id")["supervision_id"]
    assert of.dropna().to_dict() == {"s001": "v2", "s003": "v5", "s004": "v6"}
    state = found.set_index("service_id")["state"]
    assert state[["s001", "s002", "s003"]].tolist() == [KNOWN, NOT_YET, WAITING]
    assert outside["supervision_id"].tolist() == ["v1", "v7", "v8"], "an incident at s006 was not what was planned there"
    assert outside["in_plan"].tolist() == [True, True, False]


def test_several_statutory_visits_are_paired_one_to_one_in_date_order() -> None:
    plan = a_plan()
    twice = pd.concat([plan.visits.iloc[[0]].assign(month=month) for month in ("2027-02", "2026-08")], ignore_index=True)
    found, outside = matched("""
        supervision_id | service_id | event_date | selection | kind
        late           | s001       | 2027-03-01 | statutory | statutory_visit
        early          | s001       | 2026-09-01 | unknown   | statutory_visit
        more           | s001       | 2027-05-01 | statutory | statutory_visit
    """, plan=replace(plan, visits=twice))  # fmt: skip
    assert found.set_index("month")["supervision_id"].to_dict() == {"2026-08": "early", "2027-02": "late"}
    assert outside["supervision_id"].tolist() == ["more"]


def test_results_stand_at_their_date(authority: Authority) -> None:
    register(authority, VISIT, ME, now=NOW)

    def state(day: date) -> tuple[str, bool]:
        found = plan_results(authority, as_of=day)
        assert found is not None
        return found.visits.set_index("ground").loc["risk", "state"], found.over

    assert state(date(2026, 11, 1)) == (NOT_YET, False), "it was registered the day after"
    assert state(date(2026, 11, 2)) == (KNOWN, False)
    assert state(date(2027, 6, 30)) == (KNOWN, True)


def test_no_plan_and_an_unknown_plan_are_no_fault(authority: Authority) -> None:
    assert plan_results(authority, 9) is None
    empty = Authority(open_store("memory:"), settings.load())
    assert plan_results(empty) is None
    assert effect_of_supervision(authority).complaints.refused_because == "too_few"


def test_a_plan_made_again_counts_its_overrides_once(authority: Authority) -> None:
    save_plan(authority, a_plan(title="Revidert"), ME, at=datetime(2026, 8, 1))
    found = plan_results(authority, 1)
    assert found is not None
    assert found.numbers == (1, 2)
    assert found.added[["reason", "added"]].to_numpy().tolist() == [["concern", 1]]


@pytest.fixture
def risiko(tmp_path: object) -> Callable[..., str]:
    address = f"{tmp_path}/risiko.db"
    store = open_store(address)
    store.commit(batch(part("services", SERVICES)))
    save_plan(Authority(store, settings.load()), a_plan(start=date(2026, 1, 1), end=date(2026, 3, 31)), ME, at=NOW)
    store.close()

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, [*words, "--store", address])
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_the_commands_register_and_show(risiko: Callable[..., str]) -> None:
    assert "Registered: app-" in risiko(
        "outcome", "--service", "s006", "--date", "2026-02-01", "--by", "KN", "--plan", "1",
        "--finding", "serious_breach; dimension=safe; corrected=2026-03-01; text=Ring 998 87 766", "--finding", "none",
    )  # fmt: skip
    told = json.loads(risiko("results", "--json"))
    assert told["plan"]["number"] == 1
    risk = next(row for row in told["plan"]["grounds"] if row["ground"] == "risk")
    assert (risk["known"], risk["hits"]) == (1, 1)
    assert told["plan"]["prevalence"]["hajek"] is None
    assert told["plan"]["prevalence"]["refused_because"] == "no_outcomes"
    assert "Plan 1, 2026-01-01 to 2026-03-31" in risiko("results", "--plan", "1")


def test_the_commands_say_what_is_wrong(risiko: Callable[..., str]) -> None:
    words = ("outcome", "--service", "s006", "--by", "KN", "--date")
    for wrong in (("1.2.2026",), ("2026-02-01", "--finding", "breach; colour=red"), ("2026-02-01", "--by", " ")):
        done = CliRunner().invoke(app, [*words, *wrong])
        assert isinstance(done.exception, InputError), wrong
    assert risiko("results", "--plan", "7", code=1) == ""
