"""The address line: what is written can be read, and nothing that is read can break the page."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risiko.app.filtering import counts, narrow
from risiko.app.query import TOP_CHOICES, WEIGHTS, Other, Query, read, write

FULL = Query(
    lang="nn", as_of=date(2023, 3, 31), text="fjell", choices={"county": ("Agder", "Møre og Romsdal"), "evidence": ("1",)},
    never=True, top=250, weights={"experience_mean": 0.75, "metadata:beds": 0.0}, service="S 1/2",
    other=Other(by=WEIGHTS, as_of=date(2022, 3, 31), weights={"experience_mean": 1.5}, weight_set="Brukerrådets ~ 2", score="learned-1"),
    section="own",
)  # fmt: skip


def as_read(query: Query) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in write(query).items()}


def test_what_is_written_can_be_read() -> None:
    assert read(as_read(FULL)) == FULL
    assert read(as_read(Query())) == Query()
    assert write(Query()) == {}, "a plain address for the plain list"


@given(st.dictionaries(st.sampled_from(["lang", "as_of", "q", "county", "never", "top", "w", "service", "v", "vs", "vw", "vset", "vscore", "section"]), st.lists(st.text(max_size=20), max_size=3)))
def test_any_address_can_be_read(params: dict[str, list[str]]) -> None:
    query = read(params)
    assert query.top in TOP_CHOICES
    assert all(weight >= 0 for weight in query.weights.values())
    assert read(as_read(query)) == query


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"w": ["a~0.5,b~-1,c~nan,d~inf,~2,e"]}, Query(weights={"a": 0.5})),
        ({"as_of": ["31.03.2023"]}, Query()),
        ({"as_of": ["1989-12-31"]}, Query()),
        ({"w": ["a~5,b~5.01,c~0.333"]}, Query(weights={"a": 5.0, "c": 0.33})),
        ({"top": ["²"]}, Query()),
        ({"lang": ["nb", "en"]}, Query(lang="en")),
        ({"v": ["both"], "vs": ["today"], "vw": ["a~b,c~6,d~0.5"]}, Query(other=Other(weights={"d": 0.5}))),
    ],
)
def test_the_unreadable_is_left_out(params: dict[str, list[str]], expected: Query) -> None:
    assert read(params) == expected


# id   name           sector   county        evidence last
ROWS = [
    ("S1", "Fjellvik",    "health", "Agder",  1, "2020-01-01"),
    ("S2", "Storelva",    "health", "Oslo",   2, None),
    ("S3", "Fjellvik 2",  "social", "Agder",  3, None),
    ("S4", "Grana (ny)",  "social", None,     3, "2021-01-01"),
]  # fmt: skip


def ranking() -> pd.DataFrame:
    frame = pd.DataFrame(ROWS, columns=["service_id", "name", "sector", "county", "evidence_dots", "last_supervised"])
    return frame.assign(last_supervised=pd.to_datetime(frame["last_supervised"]), service_type="x", office="y")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), ["S1", "S2", "S3", "S4"]),
        (Query(choices={"sector": ("social",)}), ["S3", "S4"]),
        (Query(choices={"sector": ("social", "health"), "county": ("Agder",)}), ["S1", "S3"]),
        (Query(choices={"evidence": ("2", "3")}, never=True), ["S2", "S3"]),
        (Query(text="FJELL"), ["S1", "S3"]),
        (Query(text="s4"), ["S4"]),
        (Query(text="(ny)"), ["S4"]),
        (Query(text=".*"), []),
        (Query(choices={"county": ("Nowhere",)}), []),
    ],
)
def test_filters_narrow(query: Query, expected: list[str]) -> None:
    assert narrow(ranking(), query)["service_id"].tolist() == expected


def test_counts_tell_what_a_choice_would_give_under_the_other_filters() -> None:
    query = Query(choices={"county": ("Agder",), "sector": ("social",)})
    assert counts(ranking(), query, "county") == {"Agder": 1}
    assert counts(ranking(), query, "sector") == {"health": 1, "social": 1}
    assert counts(ranking(), Query(choices={"county": ("Oslo",), "sector": ("social",)}), "county") == {"Oslo": 0, "Agder": 1}
