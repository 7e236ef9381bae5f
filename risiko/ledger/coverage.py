"""Who is heard from and who is not: evidence by type of service and county against the number of users."""

from __future__ import annotations

from datetime import date

import pandas as pd

from risiko.contracts import LIST_SEPARATOR, Tables
from risiko.disclosure import TOTAL
from risiko.ledger.pieces import pieces
from risiko.ledger.places import PLACE, UNKNOWN, placed
from risiko.settings import Settings

LISTS = {"method": "methods", "organisation": "organisations", "user_group": "user_groups"}
CELLS = (
    *PLACE, "services", "users", "users_untold", "weight", "pieces", "people", "people_hidden", "newest",
    "months_since", *LISTS.values(),
)  # fmt: skip


def voices(known: Tables, tables: Tables, as_of: date, settings: Settings) -> pd.DataFrame:
    """Every piece of evidence known at the date (ledger.pieces) with service_type and county and its user_group.

    user_group: UNKNOWN where nobody says, as with all that was imported without a submission. n_women, n_men and
    n_invited: of the submission; missing where not told. people: n, 1 where nobody says, made smaller where the
    people of a submission are told of under several services and are more in all than it had.
    """
    found = pieces(known, settings)
    found = placed(found, tables, pd.Series(pd.Timestamp(as_of), index=found.index))
    given = known["submissions"].set_index("submission_id")
    extra = {c: found["piece_id"].map(given[c]).astype("float64") for c in ("n_women", "n_men", "n_invited")}
    said = found["n"].fillna(1).astype("float64")
    total, most = said.groupby(found["piece_id"]).transform("sum"), found["piece_id"].map(given["n"]).astype("float64")
    extra["people"] = said * (most / total).clip(upper=1).fillna(1)
    group = found["piece_id"].map(given["user_group"]).astype("str")
    return found.assign(user_group=group.fillna(UNKNOWN), **extra)


def cells(found: pd.DataFrame, people: pd.DataFrame, services: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """One row per type and county with a service in operation or a voice: CELLS, in the order of the names.

    found: `voices`. people: told_of_people's "place". services: of the cohort at the date, so without sole
    practitioners. users: served at a time, missing where no service says; users_untold: services that do not.
    weight: users × dependency (0-3). people: published people, of half-years that are over; missing where none is
    told of; people_hidden: some half-year's number is hidden, so that people is "at least". pieces: not for showing
    beside a hidden number, for a narrative is one person. newest: event date of the newest piece; months_since: whole
    months from it to the date; both missing where there was none. The lists: separated by a bar.
    """
    served = services.assign(
        county=services["county"].fillna(UNKNOWN), weight=services["users"] * services["dependency"],
        untold=services["users"].isna(),
    ).groupby(PLACE)  # fmt: skip
    here = pd.DataFrame({
        "services": served.size(), "users": served["users"].sum(min_count=1), "users_untold": served["untold"].sum(),
        "weight": served["weight"].sum(min_count=1),
    })  # fmt: skip
    heard = found.groupby(PLACE)
    said = pd.DataFrame({"pieces": heard["piece_id"].nunique(), "newest": heard["event_date"].max()})
    told = people[(people["row"] != TOTAL) & (people["column"] != TOTAL)].rename(
        columns={"row": "service_type", "column": "county"}
    ).set_index(PLACE)  # fmt: skip
    both = here.join(said, how="outer").join(_lists(found)).join(told[["people", "hidden"]]).sort_index().reset_index()
    counted = {name: both[name].fillna(0).astype("int64") for name in ("services", "users_untold", "pieces")}
    return both.assign(
        **counted, people=both["people"].where(both["people"] > 0).astype("Int64"),
        people_hidden=both["hidden"].fillna(0) > 0, months_since=months_since(both["newest"], as_of),
        **{name: both[name].astype("str").fillna("") for name in LISTS.values()},
    )[list(CELLS)]  # fmt: skip


def months_since(days: pd.Series, as_of: date) -> pd.Series:
    """Whole months from each day to the date (Int64); missing stays missing."""
    begun = (as_of.year - days.dt.year) * 12 + (as_of.month - days.dt.month)
    months = begun - (days.dt.day > as_of.day).astype("int64")
    return months.where(days.notna()).astype("Int64")


def by_axis(found: pd.DataFrame, people: pd.DataFrame, axis: str, as_of: date) -> pd.DataFrame:
    """What is heard by one word of a piece: axis, pieces, people, people_hidden, newest, months_since.

    axis: user_group or method; people: told_of_people's of that axis. UNKNOWN: nobody says. Most pieces first; pieces
    are missing where the number of people is hidden, wholly or in part, or of no half-year that is over.
    """
    heard = found.fillna({axis: UNKNOWN}).groupby(axis)
    told = people[(people["row"] != TOTAL) & (people["column"] == TOTAL)].set_index("row")
    frame = pd.DataFrame({"pieces": heard["piece_id"].nunique(), "newest": heard["event_date"].max()})
    frame = frame.join(told[["people", "hidden"]]).rename_axis(axis).reset_index()
    frame = frame.sort_values(["pieces", axis], ascending=[False, True], ignore_index=True)
    hidden = frame["hidden"].fillna(1) > 0  # also where no half-year tells of it
    return frame.assign(
        people=frame["people"].where(frame["people"] > 0).astype("Int64"), people_hidden=hidden,
        pieces=frame["pieces"].astype("Int64").mask(hidden), months_since=months_since(frame["newest"], as_of),
    ).drop(columns="hidden")  # fmt: skip


def _lists(found: pd.DataFrame) -> pd.DataFrame:
    """The methods, organisations and user groups heard in each place, in the order of the alphabet."""
    lists = {}
    for one, many in LISTS.items():
        words = found[found[one].notna() & (found[one] != UNKNOWN)][[*PLACE, one]].drop_duplicates()
        words[one] = words[one].str.replace(LIST_SEPARATOR, "/")  # a name with the bar in it is one name
        lists[many] = words.sort_values([*PLACE, one]).groupby(PLACE)[one].agg(LIST_SEPARATOR.join)
    return pd.DataFrame(lists)
