"""Beside the plan: what the plain list, last year's list and chance would have given for the same person-days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.plan.archive import conform
from risiko.plan.draw import IntArray
from risiko.plan.problem import BoolArray

ORDERS = 200  # random orders; the error is told by `at_random`
_AT_ONCE = 1_000_000  # rows sorted at a time


@dataclass(frozen=True)
class AtRandom:
    """What choosing at random gives on average over `orders` random orders, and how sure that average is.

    visits, days, findings, worth, shared (with the plan): averages. error: standard error of findings, from the orders.
    """

    visits: float
    days: float
    findings: float
    worth: float
    shared: float
    error: float
    orders: int


def beside(
    candidates: pd.DataFrame,
    chosen_ids: Collection[str],
    *,
    days_by_office: Mapping[str, float],
    seed: int,
    last_year: Collection[str],
    scored: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The plan and three other ways to choose, in the columns of archive.BESIDE: "plan", "top", "last_year", "random".

    candidates: one row per service that could be visited (service_id, office, days, rank, value, likelihood).
    days_by_office: the person-days that the others may use; an office that is not named has none. last_year: the
    services supervised in the last twelve months, costed alike, whatever they cost in all; looked up in `scored`
    (the same columns; where not given, candidates), which should hold also those visited too recently. findings: sum of
    the likelihoods; worth: sum of the values; a service counts once, however often it is visited. "random" is the
    average of `at_random`, visits and shared to the nearest whole number.
    """
    everyone = (candidates if scored is None else scored).set_index("service_id")
    mine = set(chosen_ids)
    listed = {
        "plan": everyone.loc[everyone.index.isin(mine)],
        "top": everyone.loc[everyone.index.isin(top_ids(candidates, days_by_office))],
        "last_year": everyone.loc[everyone.index.isin(set(last_year))],
    }
    rows = [{
        "plan": name, "visits": len(who), "days": who["days"].sum(), "findings": who["likelihood"].sum(),
        "worth": who["value"].sum(), "shared": int(who.index.isin(mine).sum()),
    } for name, who in listed.items()]  # fmt: skip
    chance = at_random(candidates, days_by_office, chosen_ids=mine, seed=seed)
    rows.append({
        "plan": "random", "visits": round(chance.visits), "days": chance.days, "findings": chance.findings,
        "worth": chance.worth, "shared": round(chance.shared),
    })  # fmt: skip
    return conform("beside", pd.DataFrame(rows))


def still_there(last_year: Collection[str], scored: pd.DataFrame) -> float:
    """The share of last year's services that are still among the scored; NaN where none was supervised."""
    ids = pd.Series(sorted(set(last_year)), dtype="str")
    return float(ids.isin(scored["service_id"]).mean())


def top_ids(candidates: pd.DataFrame, days_by_office: Mapping[str, float]) -> list[str]:
    """The pure list: by rank, each office until its person-days are used, and no other rule; in rank order.

    Whoever no longer fits is passed over for the next that does.
    """
    order = np.lexsort((candidates["service_id"].rank().to_numpy(), candidates["rank"].to_numpy(dtype=float)))
    ranked = candidates.iloc[order]
    office, capacity = _offices(ranked, days_by_office)
    taken = filled(ranked["days"].to_numpy(dtype=float), office, capacity)
    return [str(one) for one in ranked.loc[taken, "service_id"]]


def at_random(
    candidates: pd.DataFrame,
    days_by_office: Mapping[str, float],
    *,
    chosen_ids: Collection[str],
    seed: int,
    orders: int = ORDERS,
) -> AtRandom:
    """What each office gets that visits in random order until its person-days are used: the average over many orders.

    Whoever no longer fits is passed over, as in `top_ids`. Raises ValueError for fewer than two orders.
    """
    if orders < 2:
        raise ValueError("an average with an error needs two orders at least")
    rng = np.random.default_rng(seed)
    office, capacity = _offices(candidates, days_by_office)
    days = candidates["days"].to_numpy(dtype=float)
    shared = candidates["service_id"].isin(set(chosen_ids))
    counted = np.column_stack([np.ones(len(days)), days, candidates["likelihood"], candidates["value"], shared])
    n, sums, step = len(candidates), [], max(1, _AT_ONCE // max(1, len(candidates)))
    for begin in range(0, orders, step):
        size = min(step, orders - begin)
        order = np.argsort(rng.random((size, n)), axis=1, kind="stable")
        group = (office[order] + np.arange(size)[:, None] * len(capacity)).ravel()
        taken = filled(days[order].ravel(), group, np.tile(capacity, size)).reshape(size, n)
        in_place = np.zeros((size, n))
        np.put_along_axis(in_place, order, taken.astype(float), axis=1)
        sums.append(in_place @ counted.astype(float))
    each = np.concatenate(sums)
    visits, used, findings, worth, both = (float(x) for x in each.mean(axis=0))
    return AtRandom(visits, used, findings, worth, both, float(each[:, 2].std(ddof=1) / np.sqrt(orders)), orders)


def filled(days: FloatArray, group: IntArray, capacity: FloatArray) -> BoolArray:
    """Who is taken where each group takes in the given order whoever still fits into its capacity (indexed by group).

    Fits within a billionth of the capacity. Goes in rounds: as far as all fit, then without those that no longer can.
    """
    taken = np.zeros(len(days), dtype=bool)
    left = capacity.astype(float).copy()
    slack = 1e-9 * np.maximum(1.0, capacity)
    order = np.argsort(group, kind="stable")
    while True:
        order = order[(days[order] <= (left + slack)[group[order]]) & ~taken[order]]
        if not len(order):
            return taken
        mine, sums = group[order], np.cumsum(days[order])
        starts = np.flatnonzero(np.r_[True, mine[1:] != mine[:-1]])
        before = np.repeat(np.r_[0.0, sums[starts[1:] - 1]], np.diff(np.r_[starts, len(order)]))
        fits = sums - before <= (left + slack)[mine]
        # Once one does not fit, nobody behind it in the group is taken in this round, however short.
        stopped = np.cumsum(~fits)
        fits &= stopped == np.repeat(np.r_[0, stopped[starts[1:] - 1]], np.diff(np.r_[starts, len(order)]))
        taken[order[fits]] = True
        left -= np.bincount(mine[fits], weights=days[order[fits]], minlength=len(left))


def _offices(candidates: pd.DataFrame, days_by_office: Mapping[str, float]) -> tuple[IntArray, FloatArray]:
    """The office of each candidate as a position, and the person-days of each position."""
    code, names = pd.factorize(candidates["office"], sort=True, use_na_sentinel=False)
    capacity = pd.Series(names).map({str(k): float(v) for k, v in days_by_office.items()}).fillna(0.0)
    return code.astype(np.int64), capacity.to_numpy(dtype=float)
