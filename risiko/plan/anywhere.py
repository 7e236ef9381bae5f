"""Where any office may go: how many visits each office makes for another, without asking of each service who goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.plan.draw import IntArray
from risiko.plan.problem import BoolArray


@dataclass(frozen=True, eq=False)
class Moves:
    """Columns that move visits from their own office to another: `size` (a power of two) visits of one class each.

    A class is the services of one office whose visits cost the same days and points: which of those chosen goes to
    another office changes nothing, so only their number is a choice. In powers of two every number can be made up of
    columns of yes and no. Nothing is lost against a column for each service and office, and what made those hard to
    solve, that all of a class are alike, is gone.

    cls (services): the class, -1 where a visit is never moved. home, days, points (classes): of a visit. of, office,
    size (moves): the class, who goes instead, and how many visits. away_days: what a visit takes more there.
    """

    cls: IntArray
    home: tuple[str, ...]
    days: FloatArray
    points: FloatArray
    of: IntArray
    office: tuple[str, ...]
    size: FloatArray
    away_days: float

    def __len__(self) -> int:
        return len(self.size)


def moves(frame: pd.DataFrame, days: FloatArray, capacity: pd.Series, may: BoolArray, away_days: float) -> Moves:
    """Every move between offices that a class of services could need. may (services): whose visits may be moved."""
    keys = pd.DataFrame({"home": frame["office"], "days": days, "points": frame["points"]})
    inside = keys[may]
    found = inside.drop_duplicates().sort_values(list(keys), ignore_index=True)
    cls = np.full(len(frame), -1, dtype=np.int64)
    cls[may] = inside.groupby(list(keys), sort=True).ngroup().to_numpy()
    count = np.bincount(cls[may], minlength=len(found))
    targets = [str(name) for name, limit in capacity.items() if limit > 0]
    of, office, size = [], [], []
    for c, row in enumerate(found.itertuples(index=False)):  # a few classes an office
        for name in targets:
            most = min(int(count[c]), int(float(capacity[name]) / max(row.days + away_days, 1e-9) + 1e-9))
            if name != row.home and most > 0:
                powers = 2.0 ** np.arange(most.bit_length())
                size += powers.tolist()
                of += [c] * len(powers)
                office += [name] * len(powers)
    each, homes = found[["days", "points"]].to_numpy(dtype=float), tuple(found["home"].astype("str"))
    which = np.array(of, dtype=np.int64)
    return Moves(cls, homes, each[:, 0], each[:, 1], which, tuple(office), np.array(size, dtype=float), away_days)


def who_goes(made: Moves, chosen: BoolArray, moved: BoolArray, last: BoolArray) -> pd.Series:
    """The office that goes instead of the own, by service; missing where the own office goes.

    chosen (services), moved (moves): a plan. Of a class those that stand last are moved, and `last` (services) after
    all others: who was drawn is visited by the own office where that is possible.
    """
    out = pd.Series(pd.NA, index=range(len(chosen)), dtype="str")
    for c in np.unique(made.of[moved]):  # classes with a visit that is moved
        ours = np.flatnonzero(chosen & (made.cls == c))
        ours = ours[np.lexsort((-ours, last[ours]))]
        columns = np.flatnonzero(moved & (made.of == c))
        names = np.repeat([made.office[i] for i in columns], made.size[columns].astype(np.int64))
        out.iloc[ours[: len(names)]] = names
    return out
