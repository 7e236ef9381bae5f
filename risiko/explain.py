"""Explanation: which signals lift a service most, which say nothing, and what each of them reads."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.features import Features
from risiko.scoring import ScoreTable

# Below this a signal moves the likelihood by less than a percentage point from the usual base: not worth a chip.
WORTH_MENTIONING = 0.1


def main_reasons(table: ScoreTable, features: Features, *, most: int = 3) -> pd.Series:
    """Per service the names of up to `most` signals that lift the likelihood, strongest first.

    A learned score also adds for how old, how many or missing a reading is. Such a signal is a reason only where the
    reading itself stands worse than at similar services, or is missing; a reader would take it for that. An empty list
    is an answer: nothing lifts it above the usual.
    """
    values, names = table.contributions.to_numpy(), np.array(table.contributions.columns)
    if not table.weights:
        read = [name for name in names if name in features.readings]
        better = features.matrix("standing", read) <= 0
        usual = pd.DataFrame(better & ~features.missing(read).to_numpy(), index=table.contributions.index, columns=read)
        values = np.where(usual.reindex(columns=names, fill_value=False).to_numpy(dtype=bool), 0.0, values)
    order = np.argsort(-values, axis=1, kind="stable")[:, :most]
    strong = np.take_along_axis(values, order, axis=1) >= WORTH_MENTIONING
    return pd.Series(
        [names[o][s].tolist() for o, s in zip(order, strong, strict=True)], index=table.contributions.index
    )


def silent_sources(table: ScoreTable, features: Features) -> pd.Series:
    """Per service the names of the signals that count in the score and have no value.

    In a learned score those count that add something to some service.
    """
    if table.weights:
        counting = [name for name, weight in table.weights.items() if weight > 0]
    else:
        adding = table.contributions.columns[table.contributions.any(axis=0)]
        counting = [name for name in features.readings if name in adding]
    gone = features.missing(counting)
    names = np.array(gone.columns, dtype=str)
    return pd.Series([names[row].tolist() for row in gone.to_numpy()], index=gone.index)


def _without_reading(names: list[str], added: pd.Series, table: ScoreTable) -> pd.DataFrame:
    """Rows for what a learned score adds beside the signals: the type of service, or a whole group of signals."""
    return pd.DataFrame({
        "signal": names, "group": [table.group_of[name] for name in names], "unit": "",
        "contribution": added[names].to_numpy(dtype=float), "standing_sd": 0.0, "counts": True,
    })  # fmt: skip


def moves(before: ScoreTable, after: ScoreTable) -> pd.DataFrame:
    """Who changed place between two score tables and what moved them, one row per service scored in both.

    rank_before, rank_after, places (above 0: up the list), why and change. why: the signal whose contribution has moved
    the priority most in the direction of the move, "consequence" where it is the users or their dependence, or
    "others" where the service itself stands still and others have moved around it. change: how far that moved the
    priority, as a difference of logarithms (0.1 is about a tenth).
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
    why = np.where(moved_itself, np.asarray(change.columns, dtype=str)[strongest], "others")
    found = {"rank_before": old["rank"], "rank_after": new["rank"], "places": places, "why": why}
    return pd.DataFrame({**found, "change": np.where(moved_itself, amount, np.nan)}, index=ids)


def contribution_table(table: ScoreTable, features: Features, service_id: str) -> pd.DataFrame:
    """One row per signal for one service: signal, group, weight, contribution (log-odds) and its whole reading.

    base + the sum of `contribution` is the log-odds of the likelihood. counts: whether the signal counts in the score.
    A learned score has no weights (missing), and adds rows for the type of service, or for groups that it cannot take
    apart, without a reading (unit blank). reliability: 1 − standing_sd², 0 for a missing signal.
    """
    rows = pd.DataFrame([features.readings[s.name].loc[service_id] for s in features.signals])
    rows.insert(0, "signal", [s.name for s in features.signals])
    rows.insert(1, "group", [s.group for s in features.signals])
    rows.insert(2, "unit", [s.unit for s in features.signals])
    rows["weight"] = rows["signal"].map(table.weights).astype(float)
    added = table.contributions.loc[service_id]
    rows["contribution"] = rows["signal"].map(added).astype(float).fillna(0.0)
    adding = set(table.contributions.columns[table.contributions.any(axis=0)])
    rows["counts"] = rows["weight"] > 0 if table.weights else rows["signal"].isin(adding)
    others = [name for name in table.contributions.columns if name not in features.readings]
    rows = pd.concat([rows, _without_reading(others, added, table)], ignore_index=True) if others else rows
    rows["reliability"] = 1 - np.minimum(rows["standing_sd"].astype(float), 1) ** 2
    return rows.reset_index(drop=True).sort_values(
        "contribution", ascending=False, key=np.abs, ignore_index=True, kind="stable"
    )
