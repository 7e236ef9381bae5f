"""Years of plan, visit and learn in a world whose truth is known: the same for all, and only what was chosen is seen.

benchmarks/ten_years.py has the numbers over larger worlds; here one small world and a few years.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from risiko import cli
from risiko.pipeline.runs import prepare_tables
from risiko.pipeline.simulated import Ground, Simulation, ground, policy
from risiko.pipeline.ten_years import Outcome, simulate
from risiko.synthetic import possible
from risiko.synthetic.findings import SERIOUS
from tests import small_authority as small

SMALL = Simulation(services=100, seed=2, history=2, years=2, coverage=0.25)
START = date(SMALL.first, 1, 1)


@cache
def shared() -> Ground:
    return ground(SMALL, small.rules())


@cache
def ran(name: str, *, learned: bool = False) -> Outcome:
    return simulate(shared(), policy(name, learned=learned))


@cache
def visits() -> pd.DataFrame:
    """Every visit that could be made in the first planned year."""
    return possible.possible_visits(shared().made, SMALL.first)


def chosen(table: pd.DataFrame) -> pd.DataFrame:
    own = {"selection": "risk", "selection_probability": np.nan, "kind": "inspection", "person_days": 11.0}
    return table[["service_id", "place"]].assign(**own)


# --- The world ---


def test_before_the_first_plan_only_the_visits_made_until_then_are_known() -> None:
    whole, kept = shared().made.world.tables, shared().records
    later = whole["supervisions"]["event_date"] >= pd.Timestamp(START)
    assert 0 < later.sum() < len(later)
    assert len(kept["supervisions"]) == (~later).sum()
    for name in ("findings", "actions"):
        assert set(kept[name]["supervision_id"]) <= set(kept["supervisions"]["supervision_id"])
        assert 0 < len(kept[name]) < len(whole[name])
    assert kept["complaints"].equals(whole["complaints"])


def test_every_service_in_operation_can_be_visited_once_and_institutions_by_law_too() -> None:
    table, who = visits(), shared().made.who
    column = int(np.flatnonzero(shared().made.span.years == SMALL.first)[0])
    planned, by_law = table[table["place"] == 0], table[table["place"] > 0]
    assert set(planned["service"]) == set(np.flatnonzero(who.exposure[:, column] > 0))
    types = who.table["service_type"].to_numpy()
    assert set(types[by_law["service"]]) == {"child_institution"}
    assert (by_law.groupby("service").size() == possible.STATUTORY).all()
    assert table["supervision_id"].is_unique
    with pytest.raises(ValueError, match="not among the years"):
        possible.possible_visits(shared().made, SMALL.first + SMALL.years)


def test_a_visit_finds_the_same_whatever_else_is_chosen() -> None:
    made, planned = shared().made, visits()[visits()["place"] == 0]
    few = possible.carried_out(made, visits(), chosen(planned.iloc[5:10]))
    many = possible.carried_out(made, visits(), chosen(planned))
    assert sorted(few["supervisions"]["supervision_id"]) == sorted(planned["supervision_id"].iloc[5:10])
    for name in possible.VISIT_TABLES:
        same = many[name][many[name]["supervision_id"].isin(few["supervisions"]["supervision_id"])]
        pd.testing.assert_frame_equal(few[name], same.reset_index(drop=True))
    serious = planned["supervision_id"][planned["worst"] == SERIOUS]
    told = many["findings"].loc[many["findings"]["severity"] == "serious_breach", "supervision_id"]
    assert set(told) == set(serious)
    assert len(serious) > 3


def test_nobody_chosen_leaves_no_rows_and_neither_does_a_service_that_is_gone() -> None:
    nobody = chosen(visits().head(0))
    gone = chosen(visits().head(1)).assign(service_id="T99999")
    for plan in (nobody, gone):
        assert [len(t) for t in possible.carried_out(shared().made, visits(), plan).values()] == [0, 0, 0]


def test_who_has_become_better_fails_less_and_never_more() -> None:
    better = np.zeros(len(shared().made.who.table))
    better[::2] = 1.5
    after = possible.possible_visits(shared().made, SMALL.first, better)
    touched = after["service"].to_numpy() % 2 == 0
    assert (after["worst"] == visits()["worst"])[~touched].all()
    assert (after["worst"] <= visits()["worst"].where(visits()["worst"] >= 2, 3))[touched].all()
    assert (after["p_severe"] < visits()["p_severe"])[touched].all()
    failing = [(table["worst"] == SERIOUS)[touched].sum() for table in (visits(), after)]
    assert failing[1] < failing[0]
    assert not ((after["worst"] == SERIOUS) & (visits()["worst"] != SERIOUS)).any()


def test_better_services_draw_fewer_complaints_the_more_the_better_and_only_they() -> None:
    made = shared().made
    complaints = made.world.tables["complaints"]
    gain = np.zeros((len(made.who.table), made.span.n_years))
    assert possible.heard_less(made, complaints, gain) is complaints
    gain[:50, -2:] = 0.5
    some, more = (possible.heard_less(made, complaints, gain * by) for by in (1, 3))
    total = [int(frame["n"].sum()) for frame in (complaints, some, more)]
    assert total[0] > total[1] > total[2]
    assert set(more["complaint_id"]) < set(some["complaint_id"]) < set(complaints["complaint_id"])
    gone = complaints[~complaints["complaint_id"].isin(more["complaint_id"])]
    ids = made.who.table["service_id"].iloc[:50]
    assert set(gone["service_id"]) <= set(ids)
    assert (gone["event_date"].dt.year >= SMALL.first).all()
    first, left = (frame.drop_duplicates("complaint_id") for frame in (complaints, some))  # versions of one are one
    concerned = first["service_id"].isin(ids) & (first["event_date"].dt.year >= SMALL.first)
    n, kept = first["n"][concerned].sum(), left["n"].sum() - first["n"][~concerned].sum()
    share = np.exp(-0.45 * 0.5)  # the slope of complaints on quality times the gain
    assert n > 100
    assert kept / n == pytest.approx(share, abs=3.5 * np.sqrt(share * (1 - share) / n))


# --- The years ---


def day_of_visit(service_id: str, year: int) -> str:
    """When a planned visit to the service was made in the year."""
    table = possible.possible_visits(shared().made, year)
    day = table.loc[(table["service_id"] == service_id) & (table["place"] == 0), "day"]
    return str(np.datetime64(int(day.iloc[0]), "D"))


NAMES = ("top", "explore:0.20", "regularity", "random")


def test_all_policies_meet_the_same_truth() -> None:
    truth = pd.DataFrame({name: ran(name).years["failing_all"] for name in NAMES})
    assert truth.nunique(axis=1).eq(1).all()
    assert truth["top"].between(0.03, 0.3).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_simulated_plan_keeps_capacity_law_and_spacing(name: str) -> None:
    found = ran(name).visits
    capacity = pd.Series(shared().rules.capacity.person_days)
    used = found.groupby(["year", "office"])["person_days"].sum().unstack().fillna(0.0)
    assert (used.to_numpy() <= capacity.reindex(used.columns).to_numpy() + 1e-9).all()
    assert used.to_numpy().sum() > 0.7 * SMALL.years * capacity.sum()
    by_law = found[found["ground"] == "statutory"].groupby(["year", "service_id"]).size()
    assert (by_law == 2).all()
    assert len(by_law) > 0
    ranked = found[found["ground"] != "statutory"].sort_values("year")
    again = ranked[ranked.groupby("service_id")["year"].diff() == 1]  # spacing asks for a year between
    # Only who was visited in the last days of a year: the visit was not on record when the next plan was made.
    assert all(day_of_visit(row.service_id, row.year - 1) > f"{row.year - 1}-12-16" for row in again.itertuples())
    assert len(again) < 0.1 * len(ranked)


def test_only_the_policies_with_a_draw_draw_and_the_chance_is_on_record() -> None:
    assert ran("top").years["drawn"].eq(0).all()
    drawn = ran("explore:0.20").visits.query("ground == 'draw'")
    assert len(drawn) == ran("explore:0.20").years["drawn"].sum() > 0
    assert drawn["selection"].eq("random").all()
    assert drawn["selection_probability"].between(0, 1, inclusive="right").all()
    rest = ran("explore:0.20").visits.query("ground != 'draw'")
    assert rest["selection_probability"].isna().all()
    assert ran("top").years["corrected"].isna().all()
    assert ran("explore:0.20").years["corrected"].notna().all()


def waited(name: str) -> float:
    """Mean days since the last visit, at most 2,000, of those visited in the first planned year."""
    known = shared().records["supervisions"].groupby("service_id")["event_date"].max()
    first = ran(name).visits.query("year == @SMALL.first and ground != 'statutory'")["service_id"]
    return float(((pd.Timestamp(START) - first.map(known)).dt.days).fillna(2000).clip(upper=2000).mean())


def test_each_order_gives_what_it_is_for() -> None:
    """Far beyond chance even here: two years of a quarter of the services."""
    assert waited("regularity") > waited("top") + 100
    assert ran("top").row["harm_found"] > 1.3 * ran("random").row["harm_found"]


def test_what_is_counted_is_what_was_found_at_the_planned_visits() -> None:
    found = ran("top")
    first = found.visits.query("year == @SMALL.first and ground != 'statutory'")
    own = visits()[(visits()["place"] == 0) & visits()["service_id"].isin(first["service_id"])]
    told = found.years.set_index("year").loc[SMALL.first]
    assert told["visits"] == len(own)
    assert told["hits"] == (own["worst"] == SERIOUS).sum()
    ever = found.services.set_index("service_id")["visited"]
    assert set(ever.index[ever]) >= set(own["service_id"])


def test_what_is_shared_between_policies_changes_no_number() -> None:
    alone = simulate(replace(shared(), readings={}, moments={}), policy("explore:0.20"))
    pd.testing.assert_frame_equal(alone.years, ran("explore:0.20").years)
    pd.testing.assert_frame_equal(alone.visits, ran("explore:0.20").visits)
    last = date(SMALL.first + SMALL.years - 2, 12, 31)
    kept, plain = shared().readings[last], prepare_tables(shared().records, last, shared().settings)
    pd.testing.assert_frame_equal(kept["complaint_rate_long"], plain.features.readings["complaint_rate_long"])
    assert "last_finding" not in kept


def test_a_score_is_learned_from_the_policys_own_visits_once_they_teach_enough() -> None:
    found = ran("top", learned=True)
    assert found.years["learned"].tolist() == [0.0, 1.0]  # one cohort with a whole window is too few, two are not
    assert found.years["failing_all"].equals(ran("top").years["failing_all"])
    own, points = (run.visits.groupby("year")["service_id"].agg(set) for run in (found, ran("top")))
    assert own.iloc[0] == points.iloc[0]
    assert own.iloc[1] != points.iloc[1]


def test_where_visits_help_fewer_fail_and_not_before_the_year_after() -> None:
    helped = simulate(replace(shared(), simulation=replace(SMALL, better=2.0)), policy("regularity"))
    plain = ran("regularity").years["failing_all"]
    assert helped.years["failing_all"].iloc[0] == plain.iloc[0]
    assert helped.years["failing_all"].iloc[-1] < plain.iloc[-1]


def test_the_command_answers_in_json_and_refuses_what_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["risiko", "simulate", *words])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out + told.err

    code, out = call("--years", "1", "--services", "60", "--seed", "4", "--worlds", "2", "--policy", "random", "--json")
    told = json.loads(out)
    assert code == 0
    assert [(row["policy"], row["seed"]) for row in told["runs"]] == [("random", 4), ("random", 5)]
    assert told["runs"][0]["harm_found"] != told["runs"][1]["harm_found"]
    assert {row["year"] for row in told["years"]} == {2026}
    for words, said in ((("--policy", "best"), "'best' is no way to choose"), (("--world", "flat"), "There is no 'flat'"),
                        (("--language", "de"), "There is no 'de'")):  # fmt: skip
        code, out = call("--years", "1", "--services", "60", *words)
        assert code != 0
        assert said in out
