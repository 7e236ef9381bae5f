"""Contributions: what each signal adds to one service, with its whole reading."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.features import Features
from risiko.scoring import ScoreTable


def _without_reading(names: list[str], added: pd.Series, table: ScoreTable) -> pd.DataFrame:
    """Rows for what a learned score adds beside the signals: the type of service, or a whole group of signals."""
    return pd.DataFrame({
        "signal": names, "group": [table.group_of[name] for name in names], "unit": "",
        "contribution": added[names].to_numpy(dtype=float), "read": 0.0, "standing_sd": 0.0, "counts": True,
    })  # fmt: skip


def contribution_table(table: ScoreTable, features: Features, service_id: str) -> pd.DataFrame:
    """One row per signal for one service: signal, group, weight, contribution (log-odds) and its whole reading.

    base + the sum of `contribution` is the log-odds of the likelihood. read: the part of it that the reading itself
    adds, without its age and amount. counts: whether the signal counts in the score.
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
    rows["read"] = rows["signal"].map(table.readings_added.loc[service_id]).astype(float).fillna(0.0)
    adding = set(table.contributions.columns[table.contributions.any(axis=0)])
    rows["counts"] = rows["weight"] > 0 if table.weights else rows["signal"].isin(adding)
    others = [name for name in table.contributions.columns if name not in features.readings]
    rows = pd.concat([rows, _without_reading(others, added, table)], ignore_index=True) if others else rows
    rows["reliability"] = 1 - np.minimum(rows["standing_sd"].astype(float), 1) ** 2
    return rows.reset_index(drop=True).sort_values(
        "contribution", ascending=False, key=np.abs, ignore_index=True, kind="stable"
    )
