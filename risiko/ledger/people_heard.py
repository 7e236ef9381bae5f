"""How many people were heard from in each half-year, by the day it became known: tables that never change again."""

from __future__ import annotations

from datetime import date

import pandas as pd

from risiko.contracts import Tables
from risiko.disclosure import TOTAL, added_up, half_year_ends, published
from risiko.ledger.pieces import piece_ids, pieces
from risiko.ledger.places import UNKNOWN, placed
from risiko.settings import Settings


def people_heard(tables: Tables, as_of: date, settings: Settings) -> pd.DataFrame:
    """People by half-year, service_type and county, with method and user_group: the base of all numbers told of people.

    One row per piece and place, as it stood when it was first known; corrections that came later, and rows that were
    added to a piece in a later half-year, change nothing. people: one person counts once in each type and county a
    piece speaks of, the sum over its services but at most the people of the submission; a piece that does not say how
    many counts one. A submission that takes another's place takes it away from the half-year it was in. half_year: the
    last day of the one in which it became known. user_group, method: UNKNOWN where nobody says.
    """
    rows, given = (_first(tables[name], key, as_of) for name, key in _KEYS.items())
    rows = rows.assign(piece=piece_ids(rows, settings), _half=half_year_ends(rows["known_date"]))
    rows = rows[(rows["_half"] == rows.groupby("piece")["_half"].transform("min")).to_numpy()]
    known = {**tables, "experiences": rows.drop(columns=["piece", "_half"]), "submissions": given}
    found = pieces(known, settings)
    found = placed(found, tables, half_year_ends(found["known_date"]))
    most = found["piece_id"].map(given.set_index("submission_id")["n"]).astype("float64")
    by = ["piece_id", "service_type", "county"]
    told = found.assign(n=found["n"].fillna(1).astype("float64"), most=most).groupby(by, sort=True)
    heard = told.agg(people=("n", "sum"), most=("most", "first"), known_date=("known_date", "min"),
                     method=("method", "first")).reset_index()  # fmt: skip
    people = heard["people"].where(~(heard["people"] > heard["most"]), heard["most"])
    group = heard["piece_id"].map(given.set_index("submission_id")["user_group"]).astype("str")
    return heard.assign(
        people=people.astype("int64"), half_year=half_year_ends(heard["known_date"]),
        user_group=group.fillna(UNKNOWN), method=heard["method"].fillna(UNKNOWN),
    ).drop(columns=["most", "known_date"])  # fmt: skip


def told_of_people(heard: pd.DataFrame, few: int, as_of: date) -> dict[str, pd.DataFrame]:
    """What may be told of people, of half-years that are over: "place", "half_year", "user_group" and "method".

    place, user_group and method as disclosure.safe_totals gives them (row and column; column "all" in the latter two);
    half_year: half_year, people, hidden. All share one number, the people of a half-year, and nothing else: where
    one of the tables hides it, for being small or for what it would give away, the half-year is not told of by user
    group or method at all, so that no table shows what another rests on hiding.
    """
    base = heard[(heard["half_year"] <= pd.Timestamp(as_of)).to_numpy()]
    base = base.rename(columns={"service_type": "row", "county": "column"})
    places = {half: published(part, few) for half, part in base.groupby("half_year", sort=True)}
    whole = [(half, *_whole(part)) for half, part in places.items()]
    half_years = pd.DataFrame(whole, columns=["half_year", "people", "hidden"]).astype(
        {"half_year": "datetime64[us]", "people": "int64", "hidden": "bool"}
    )
    told = {"place": added_up(list(places.values())), "half_year": half_years}
    apart = base[base["half_year"].isin(half_years.loc[~half_years["hidden"], "half_year"])].drop(columns="row")
    for name in ("user_group", "method"):
        by_word = apart.rename(columns={name: "row"}).assign(column="all").groupby("half_year", sort=True)
        parts = [published(part, few) for _, part in by_word]
        told[name] = added_up([part for part in parts if not _whole(part)[1]])
    return told


def _whole(told: pd.DataFrame) -> tuple[int, bool]:
    """All people of a half-year as published, and whether that number is hidden."""
    all_of_it = told[((told["row"] == TOTAL) & (told["column"] == TOTAL)).to_numpy()].iloc[0]
    return int(all_of_it["people"]), bool(all_of_it["hidden"])


_KEYS = {"experiences": "experience_id", "submissions": "submission_id"}


def _first(rows: pd.DataFrame, key: str, as_of: date) -> pd.DataFrame:
    """The version of each row that was known first, of those known by the date."""
    early = rows[(rows["known_date"] <= pd.Timestamp(as_of)).to_numpy()]
    return early.sort_values("known_date", kind="stable").drop_duplicates(key)
