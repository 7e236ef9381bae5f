"""Moves: who changed place between two score tables, and what moved them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.reasons.chosen import WORTH_MENTIONING
from risiko.scoring import ScoreTable

NOTICED = 0.03  # a spread that changes by less than 3 % is the same


def moves(before: ScoreTable, after: ScoreTable) -> pd.DataFrame:
    """Who changed place between two score tables and what moved them, one row per service scored in both.

    rank_before, rank_after, places (above 0: up the list), why and change. why: the signal whose contribution has moved
    the priority most in the direction of the move, "consequence" where it is the users or their dependence; where the
    priority stands still, "certainty" if more or less is known than before, or "others" who have moved around it.
    change: how far that moved the priority, as a difference of logarithms (0.1 is about a tenth).
    """
    ids = after.scores.index.intersection(before.scores.index)
    old, new = before.scores.loc[ids], after.scores.loc[ids]
    names = after.contributions.columns.union(before.contributions.columns, sort=False)
    step = after.contributions.reindex(index=ids, columns=names, fill_value=0.0) - before.contributions.reindex(
        index=ids, columns=names, fill_value=0.0
    )
    # d log p = (1 - p) d log-odds; between two dates by the middle of the two.
    slope = 1 - (old["likelihood"] + new["likelihood"]) / 2
    change = step.mul(slope, axis=0).assign(consequence=np.log(new["consequence"] / old["consequence"]))
    places = old["rank"] - new["rank"]
    along = change.mul(np.sign(places), axis=0).to_numpy()
    strongest = along.argmax(axis=1)
    amount = change.to_numpy()[np.arange(len(ids)), strongest]
    moved_itself = along.max(axis=1, initial=-np.inf) >= WORTH_MENTIONING / 2
    spread = [pd.Series(np.hypot(*t.law.halves()), index=t.scores.index).loc[ids].to_numpy() for t in (before, after)]
    still = np.where(np.abs(np.log(spread[1] / spread[0])) >= NOTICED, "certainty", "others")
    why = np.where(moved_itself, np.asarray(change.columns, dtype=str)[strongest], still)
    found = {"rank_before": old["rank"], "rank_after": new["rank"], "places": places, "why": why}
    return pd.DataFrame({**found, "change": np.where(moved_itself, amount, np.nan)}, index=ids)
