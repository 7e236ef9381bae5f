"""The visits of a plan as numbers for the calendar: what each may not collide with, and what a placing comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.contracts import LIST_SEPARATOR
from risiko.plan.burden import working_days
from risiko.plan.draw import IntArray
from risiko.plan.problem import BoolArray

NONE = -1  # no month, no visit
GIVE_OR_TAKE = 1.0  # months that two visits of a service may lie off the even distance


@dataclass(frozen=True, eq=False)
class Board:
    """The visits in the order they were given; a placing is a month (position) for each, NONE where it has none.

    days, office (position) by visit. free: visits × months, the months of its part of the period that nobody else has.
    towns: the municipalities of each visit as positions, filled up with the last position, which stands for none.
    room: municipalities × months, most visits there (inf: no limit). before, after: the visit of the same service
    that comes before and after each. apart: even distance in months between them, and give: how much more or less is
    kept to (inf: its part of the period is enough). work: working days of each month.
    """

    days: FloatArray
    office: IntArray
    free: BoolArray
    towns: IntArray
    room: FloatArray
    before: IntArray
    after: IntArray
    apart: FloatArray
    give: FloatArray
    work: FloatArray


class Placing:
    """Where the visits of a board are: their months, and what these come to, kept up to date as they are put.

    month: by visit, NONE where it has none. load: person-days by office and month. counts: visits by municipality and
    month.
    """

    def __init__(self, made: Board, month: IntArray) -> None:
        self.made, self.month = made, np.full(len(month), NONE)
        self.load = np.zeros((int(made.office.max(initial=-1)) + 1, len(made.work)))
        self.counts = np.zeros(made.room.shape)
        placed = np.flatnonzero(month != NONE)
        self.put(placed, month[placed])

    def put(self, which: IntArray, target: IntArray) -> None:
        """These visits, each named once, are in these months from now on."""
        made, moved = self.made, which[self.month[which] != NONE]
        np.add.at(self.load, (made.office[moved], self.month[moved]), -made.days[moved])
        np.add.at(self.counts, (made.towns[moved], self.month[moved][:, None]), -1.0)
        np.add.at(self.load, (made.office[which], target), made.days[which])
        np.add.at(self.counts, (made.towns[which], target[:, None]), 1.0)
        self.month[which] = target

    def allowed(self, which: IntArray) -> BoolArray:
        """Whether each of these visits may be (or be moved) to each month, as the others are."""
        full = self.counts + 1 > self.made.room
        return self.made.free[which] & ~full[self.made.towns[which]].any(axis=1) & self._apart(which)

    def _apart(self, which: IntArray) -> BoolArray:
        made, held = self.made, np.ones((len(which), len(self.made.work)), dtype=bool)
        for sister in (made.before[which], made.after[which]):
            there = np.where(sister == NONE, NONE, self.month[sister])
            bound = np.flatnonzero(there != NONE)
            held[bound] &= near(made, which[bound], there[bound])
        return held

    def together(self, which: IntArray, target: IntArray) -> BoolArray:
        """Which of these visits may all go to their targets at once, where each alone may.

        Of two of one service the earlier goes, and of those that would be too many for a municipality the first: there
        is always one.
        """
        alone = np.flatnonzero(~np.isin(self.made.before[which], which))
        towns, there = self.made.towns[which[alone]], target[alone][:, None]
        counts = self.counts.copy()
        np.add.at(counts, (towns, there), 1.0)
        crowded = alone[(counts > self.made.room)[towns, there].any(axis=1)]
        return np.isin(np.arange(len(which)), np.setdiff1d(alone, crowded[1:]))


def kept(made: Board, month: IntArray) -> bool:
    """Whether a placing keeps every rule of the calendar; a visit without a month breaks none."""
    state, placed = Placing(made, month), np.flatnonzero(month != NONE)
    followed = placed[(made.after[placed] != NONE) & (month[made.after[placed]] != NONE)]
    distance = near(made, followed, month[made.after[followed]])[np.arange(len(followed)), month[followed]]
    return bool(made.free[placed, month[placed]].all() and (state.counts <= made.room).all() and distance.all())


def near(made: Board, which: IntArray, there: IntArray) -> BoolArray:
    """Visits × months that lie the even distance, give or take `give`, from where another of the service is."""
    distance = np.abs(np.arange(len(made.work)) - there[:, None])
    return np.asarray(np.abs(distance - made.apart[which][:, None]) <= made.give[which][:, None] + 1e-9, dtype=bool)


def board(
    visits: pd.DataFrame, start: date, end: date, per_month: int | pd.Series, free: pd.DataFrame,
    taken: pd.DataFrame | None,
) -> Board:  # fmt: skip
    """The visits of a frame as a board. Input as in `calendar.months`."""
    work = working_days(start, end)
    n, m = len(visits), len(work)
    service = pd.factorize(visits["service_id"])[0]
    own = pd.Series(service)
    nth, of = own.groupby(own).cumcount().to_numpy(), own.map(own.value_counts()).to_numpy()
    order = np.argsort(service, kind="stable")
    same = service[order][1:] == service[order][:-1]
    before, after = np.full(n, NONE), np.full(n, NONE)
    before[order[1:][same]] = order[:-1][same]
    after[order[:-1][same]] = order[1:][same]
    part = np.arange(m) * of[:, None] // m == nth[:, None]
    towns, names = _towns(visits["municipalities"])
    by_town = per_month if isinstance(per_month, pd.Series) else pd.Series(per_month, index=names)
    limit = by_town.astype(float).reindex(names).fillna(0.0).to_numpy()
    room = np.full((len(names) + 1, m), np.inf)
    room[:-1] = np.where(limit > 0, limit, np.inf)[:, None]
    if taken is not None:
        room[:-1] -= taken.reindex(index=names, columns=work.index).fillna(0.0).to_numpy(dtype=float)
    room[-1] = np.inf
    return Board(
        visits["days"].to_numpy(dtype=float), pd.factorize(visits["office"], sort=True)[0].astype(np.int64),
        free.loc[visits["service_id"], list(work.index)].to_numpy(dtype=bool) & part & (work.to_numpy() > 0),
        towns, room, before, after, m / np.maximum(of, 1), np.full(n, GIVE_OR_TAKE),
        np.maximum(work.to_numpy(dtype=float), 1.0),
    )  # fmt: skip


def _towns(municipalities: pd.Series) -> tuple[IntArray, list[str]]:
    """Positions of each visit's municipalities, one row per visit as wide as the longest, and their names in order."""
    listed = municipalities.map(lambda told: LIST_SEPARATOR.join(told) if isinstance(told, list) else told)
    long = listed.reset_index(drop=True).astype("str").fillna("").str.split(LIST_SEPARATOR).explode().str.strip()
    long = long[long.fillna("") != ""]
    long = long[~pd.MultiIndex.from_arrays([long.index, long]).duplicated()]
    code, names = pd.factorize(long, sort=True)
    place = long.groupby(level=0).cumcount().to_numpy(dtype=np.int64)
    towns = np.full((len(municipalities), int(place.max(initial=0)) + 1), len(names), dtype=np.int64)
    towns[long.index.to_numpy(dtype=np.int64), place] = code
    return towns, [str(name) for name in names]
