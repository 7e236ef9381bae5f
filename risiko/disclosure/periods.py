"""Numbers of people over longer periods, added up from what each half-year publishes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from risiko.disclosure.cells import FEW, protect_with_totals, with_totals

TOTAL = ""


def half_year_ends(days: pd.Series) -> pd.Series:
    """The last day of the half-year (30 June or 31 December) that each day lies in. Missing stays missing."""
    month = days.dt.month.where(days.dt.month > 6, 6).where(days.dt.month <= 6, 12)
    first = pd.to_datetime(pd.DataFrame({"year": days.dt.year, "month": month, "day": 1}).dropna().astype(int))
    return (first + pd.offsets.MonthEnd(0)).reindex(days.index).astype("datetime64[us]")


def safe_totals(people: pd.DataFrame, few: int = FEW) -> pd.DataFrame:
    """What may be told of people by row and column over many half-years: row, column, people, hidden, half_years.

    people: half_year (its last day), row, column, people (whole numbers; a row or column that is absent from a
    half-year has none there), only half-years that are over: a running one would grow by a few from one reading to the
    next. row or column TOTAL: all of them.
    people: the sum of what the half-years publish; hidden: in how many of them the number is hidden, so that people is
    "at least"; half_years: how many are added up. Key: row, column; only those with somebody in some half-year.

    Why nothing leaks between periods. The base table of each half-year is protected by itself
    (`protect_with_totals`), and the people of one half-year are in no other's table, so what is shown of one half-year
    says nothing of the cells of another. A half-year by known date is only ever read when it is over: rows are appended
    with the day they became known, so its table never changes, and there are not two versions to subtract. A longer
    period is a sum of numbers that are published already; whoever sees it learns nothing that could not be added up
    from them. Hence all publications together, of whatever periods, tell exactly what the base tables tell, which
    is what `protect_with_totals` promises.
    """
    return added_up([published(base, few) for _, base in people.groupby("half_year", sort=True)])


def totals_by_group(groups: pd.DataFrame, today: date, few: int = FEW) -> pd.DataFrame:
    """As `safe_totals`, of groups of people, and so that large groups are told of before their half-year is over.

    groups: half_year, row, column, people; one row per group, people who were heard together at one place.
    hidden also counts half-years that are not over and hold a small group.

    Why nothing leaks. A group of `few` or more is told of at once and for good, so any two versions differ by whole
    groups of that size. Small groups lie in tables of their own, which hold nothing else and are published by
    `safe_totals` when their half-year is over. The number told is the sum of the two; whoever takes away the large
    groups, which are no secret, is left with what `safe_totals` publishes.
    """
    large = (groups["people"] >= few).to_numpy()
    over = (groups["half_year"] < pd.Timestamp(today)).to_numpy()
    pooled = safe_totals(groups[~large & over], few)[["row", "column", "people", "hidden"]]
    waiting = _margins(groups[~large & ~over & (groups["people"] > 0).to_numpy()].assign(people=0, hidden=1))
    parts = [_margins(groups[large].assign(hidden=0)), pooled, waiting]
    added = pd.concat([part for part in parts if len(part)] or [pooled]).groupby(["row", "column"], sort=True)
    return added[["people", "hidden"]].sum().reset_index()


def _margins(groups: pd.DataFrame) -> pd.DataFrame:
    """row, column, people and hidden (of how many half-years), with the totals."""
    some = groups[["half_year", "row", "column", "people", "hidden"]]
    every = [some.assign(**dict.fromkeys(names, TOTAL)) for names in ((), ("row",), ("column",), ("row", "column"))]
    by_half = pd.concat(every).groupby(["half_year", "row", "column"])
    once = by_half.agg(people=("people", "sum"), hidden=("hidden", "max"))
    return once.groupby(["row", "column"]).sum().reset_index()


def added_up(told: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """What `published` tells of several half-years as safe_totals gives it; without any, no rows."""
    if not told:
        return pd.DataFrame({"row": [], "column": [], "people": [], "hidden": [], "half_years": []}).astype(
            {"row": "str", "column": "str", "people": "int64", "hidden": "int64", "half_years": "int64"})  # fmt: skip
    added = pd.concat(told).groupby(["row", "column"], sort=True)
    return added.agg(people=("people", "sum"), hidden=("hidden", "sum"), half_years=("hidden", "size")).reset_index()


def published(base: pd.DataFrame, few: int = FEW) -> pd.DataFrame:
    """One half-year's table with totals as it may be shown: row, column, people (0 where hidden), hidden (0 or 1).

    base: row, column, people. Only where there is somebody.
    """
    table = base.pivot_table(index="row", columns="column", values="people", aggfunc="sum", fill_value=0)
    values = with_totals(table.to_numpy(dtype=np.int64))
    hidden = protect_with_totals(table.to_numpy(dtype=np.int64), few)
    names = pd.MultiIndex.from_product([[*table.index, TOTAL], [*table.columns, TOTAL]], names=["row", "column"])
    shown = pd.DataFrame({"people": np.where(hidden, 0, values).ravel(), "hidden": hidden.ravel().astype(np.int64),
                          "some": values.ravel() > 0}, index=names)  # fmt: skip
    return shown[shown["some"]].drop(columns="some").reset_index()
