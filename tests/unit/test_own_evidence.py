"""An organisation's own evidence counted: pieces and people as drawn, newest versions only, small groups marked, no name told."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from risiko import pipeline
from risiko.access import NotAllowed, Person
from risiko.pipeline.draws import draw_for
from risiko.pipeline.named_weights import remove_weights, save_weights
from risiko.pipeline.own_evidence import last_received, organisations, own_evidence
from risiko.store import open_store
from tests import small_authority as small
from tests.builders import NOON, batch, part
from tests.unit.test_draws_kept import cutting

SERVICES = """
service_id | known_date | name    | sector | service_type | county
s1         | 2020-01-01 | Solstua | social | home         | Agder
s2         | 2020-01-01 | Solstua | social | home         | Agder
s2         | 2022-01-01 | Solstua | social | nursing      | Oslo
"""
# A survey on two dimensions is one piece of 20 people; two narratives on a day are two people; e5 was corrected.
EXPERIENCES = """
experience_id | service_id | service_type | area  | event_date | known_date | method    | organisation | dimension | n
e1            | s1         |              |       | 2023-05-01 | 2023-06-01 | survey    | Foreningen A | safe      | 20
e2            | s1         |              |       | 2023-05-01 | 2023-06-01 | survey    | foreningen a | involving | 18
e3            | s1         |              |       | 2023-05-02 | 2023-06-01 | narrative | Foreningen A | safe      |
e4            | s1         |              |       | 2023-05-02 | 2023-06-01 | narrative | Foreningen A | safe      |
e5            | s2         |              |       | 2022-02-01 | 2022-03-01 | survey    | Foreningen A | safe      | 99
e5            | s2         |              |       | 2022-02-01 | 2022-04-01 | survey    | Foreningen A | safe      | 7
e6            |            | home         | Troms | 2023-05-02 | 2023-06-01 | interview | Foreningen A | safe      | 5
e7            | s1         |              |       | 2023-05-01 | 2023-06-01 | survey    | Foreningen B | safe      | 50
"""


@pytest.fixture
def authority() -> pipeline.Authority:
    store = open_store("memory:")
    store.commit(batch(part("services", SERVICES), part("experiences", EXPERIENCES, file="b.csv"), at=NOON))
    return pipeline.Authority(store, small.rules())


TODAY = date(2024, 1, 2)


def told(authority: pipeline.Authority, organisation: str, today: date = TODAY) -> list[list[object]]:
    """year, method, type, area, people (None: not told), and whether there are more."""
    found = own_evidence(authority, organisation, today)
    people = [None if pd.isna(n) else int(n) for n in found["people"]]
    rows = found[["year", "method", "service_type", "area"]].assign(people=people, more=found["at_least"])
    return [[None if v is None or v != v else v for v in row] for row in rows.astype(object).to_numpy().tolist()]


def test_pieces_and_people_are_counted_as_drawn_and_a_small_group_is_not_told(authority: pipeline.Authority) -> None:
    assert told(authority, "FORENINGEN-A") == [
        [2023, "interview", "home", "Troms", 5, False],
        [2023, "narrative", "home", "Agder", None, False],
        [2023, "survey", "home", "Agder", 20, False],
        [2022, "survey", "nursing", "Oslo", 7, False],
    ]


def test_what_is_not_known_by_the_day_is_not_counted(authority: pipeline.Authority) -> None:
    assert [row[0] for row in told(authority, "Foreningen A", date(2023, 5, 31))] == [2022]
    assert last_received(authority, "Foreningen A", date(2023, 5, 31)) == date(2022, 3, 1)
    assert last_received(authority, "Foreningen C", TODAY) is None


def test_of_another_organisation_nothing_is_told(authority: pipeline.Authority) -> None:
    assert [row[4] for row in told(authority, "Foreningen B")] == [50]
    assert told(authority, "Foreningen C") == told(authority, "") == []
    assert organisations(authority) == ["Foreningen A", "Foreningen B"]


@pytest.mark.parametrize("who", [
    Person("r", frozenset({"reader"})), Person("o", frozenset({"organisation"}), organisation="X"), Person("", frozenset()),
], ids=["reader", "organisation", "nobody"])  # fmt: skip
def test_writes_are_refused_where_they_are_written(who: Person) -> None:
    """The pages' buttons are not asked: the functions that write are."""
    run = cutting()
    opened = pipeline.Authority(open_store("memory:"), run.prepared.settings)
    with pytest.raises(NotAllowed):
        draw_for(opened, run, seed=1, why="w", by=who.name or "x", now=NOON, who=who)
    with pytest.raises(NotAllowed):
        save_weights(opened, "a", {"last_finding": 1.0}, now=NOON, who=who)
    opened.store.record_weight_set("a", {"last_finding": 1.0}, "", NOON, "KN")
    with pytest.raises(NotAllowed):
        remove_weights(opened, "a", now=NOON, who=who)
    assert (len(opened.store.draws()), len(opened.store.weight_sets())) == (0, 1)


def test_a_planner_of_one_office_draws_for_nobody_else() -> None:
    run = cutting()
    opened = pipeline.Authority(open_store("memory:"), run.prepared.settings)
    with pytest.raises(NotAllowed):
        draw_for(opened, run, seed=1, why="w", by="p", now=NOON, who=Person("p", frozenset({"planner"}), "Agder"))
    kept = draw_for(opened, run, seed=1, why="w", by="p", now=NOON, who=Person("p", frozenset({"planner"})))
    assert (kept.seq if kept else 0) == 1
