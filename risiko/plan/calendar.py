"""The calendar: a month for each visit, free of others, within what a municipality can bear, evenly over the period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.plan.board import NONE, Board, Placing, board
from risiko.plan.burden import month_names, working_days
from risiko.plan.draw import IntArray
from risiko.plan.fitting import most

_GAIN = 1e-9  # a move must be worth more than rounding


def months(
    visits: pd.DataFrame,
    *,
    start: date,
    end: date,
    per_month: int | pd.Series,
    free: pd.DataFrame,
    taken: pd.DataFrame | None = None,
) -> pd.Series:
    """The month of each visit as "2026-09", on the index of visits; "" where no month is left that keeps the rules.

    visits: one row per visit: service_id, office, days, municipalities (separated by |, or a list). free: services ×
    months, True where nobody else is there. per_month: most visits to a municipality in a month, one number for all or
    one for each, 0 for no limit; a visit counts in every municipality that its service serves. taken: municipalities ×
    months, visits by others that count with them. The j-th of a service's k visits (in the order of the rows) lies in
    the j-th of k equal parts of the period, and the even distance, give or take a month, from those before and after
    it; where that leaves one of them without a month, the parts are enough for that service.

    Within that, each office's person-days per working day are even: no single visit could be moved so that they become
    evener (sum of squares). Each office first puts its visits one by one, those with the fewest free months and then
    the longest first, where they add least; then `fitting.most` looks for places for those left over; then visits are
    moved as long as it helps. Equals go by service_id and to the earlier month; nothing is drawn.
    Raises KeyError for a service or a month that is not in `free`.
    """
    given = visits.index
    visits = visits.set_axis(np.arange(len(visits))).sort_values("service_id", kind="stable")
    made = board(visits, start, end, per_month, free, taken)
    order = np.lexsort((-made.days, made.free.sum(axis=1)))
    month = _settled(made, np.full(len(visits), NONE), order)
    short = visits["service_id"].isin(visits.loc[month == NONE, "service_id"]).to_numpy()
    if (short & (month != NONE)).any():
        month = _settled(replace(made, give=np.where(short, np.inf, made.give)), month, order)
    names = np.array([*month_names(start, end), ""])[month]
    return pd.Series(names, index=visits.index, dtype="str").sort_index().set_axis(given)


def loads(visits: pd.DataFrame, month: pd.Series, *, start: date, end: date, capacity: pd.Series) -> pd.DataFrame:
    """What the calendar asks of each office: office, month, visits, days and share, every office and month once.

    share: of what the office has in that month, its capacity (person-days in the period) in proportion to working days;
    NaN where it has none or nobody said.
    """
    work = working_days(start, end)
    offices = sorted(set(visits["office"]))
    index = pd.MultiIndex.from_product([offices, work.index], names=["office", "month"])
    sums = visits.assign(month=month).groupby(["office", "month"])["days"].agg(visits="size", days="sum")
    found = sums.reindex(index, fill_value=0).reset_index().astype({"visits": "int64", "days": "float64"})
    part = found["month"].map(work / work.sum()).astype(float)
    has = found["office"].map(capacity).astype(float) * part
    return found.assign(share=found["days"] / has.where(has > 0))


def _settled(made: Board, month: IntArray, order: IntArray) -> IntArray:
    """A placing to which nothing can be added and in which no single move helps."""
    month = most(made, _put(made, month, order))
    while True:
        month = _moved(made, month)
        more = _put(made, month, order)
        if (more == month).all():
            return month
        month = more


def _put(made: Board, month: IntArray, order: IntArray) -> IntArray:
    """Each visit without a month gets the one where it adds least, if it can have any; a round takes one per office."""
    state = Placing(made, month)
    waiting = order[(month[order] == NONE) & made.free[order].any(axis=1)]
    queue = waiting[np.argsort(made.office[waiting], kind="stable")]
    at = np.unique(made.office[queue], return_index=True)[1]
    end = np.append(at[1:], len(queue))
    while (at < end).any():
        open_ = np.flatnonzero(at < end)
        first = queue[at[open_]]
        allowed = state.allowed(first)
        target = np.where(allowed, _added(made, state.load, first), np.inf).argmin(axis=1)
        able = np.flatnonzero(allowed.any(axis=1))
        goes = able[state.together(first[able], target[able])]
        state.put(first[goes], target[goes])
        at[open_[goes]] += 1
        at[open_[~allowed.any(axis=1)]] += 1
    return state.month


def _added(made: Board, load: FloatArray, which: IntArray) -> FloatArray:
    """What each visit adds to its office's sum of squares in each month."""
    days = made.days[which][:, None]
    return np.asarray(days * (2 * load[made.office[which]] + days) / made.work, dtype=float)


def _moved(made: Board, month: IntArray) -> IntArray:
    """Visits moved to other months until no move of one makes its office evener; the best of each office first."""
    state, placed = Placing(made, month), np.flatnonzero(month != NONE)
    office, days = made.office[placed], made.days[placed]
    while len(placed):
        now = state.month[placed]
        relieved = days * (2 * state.load[office, now] - days) / made.work[now]
        worth = np.where(state.allowed(placed), relieved[:, None] - _added(made, state.load, placed), -np.inf)
        worth[np.arange(len(placed)), now] = -np.inf
        target, best = worth.argmax(axis=1), worth.max(axis=1)
        order = np.lexsort((placed, -best, office))
        first = order[np.unique(office[order], return_index=True)[1]]
        first = first[best[first] > _GAIN * (1 + relieved[first])]
        if not len(first):
            break
        goes = first[state.together(placed[first], target[first])]
        state.put(placed[goes], target[goes])
    return state.month
