"""Explanation: which signals lift a service most, which say nothing, and what each of them reads."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.features import Features
from risiko.scoring import ScoreTable

# Below this a signal moves the likelihood by less than a percentage point from the usual base: not worth a chip.
WORTH_MENTIONING = 0.1


def main_reasons(table: ScoreTable, *, most: int = 3) -> pd.Series:
    """Per service the names of up to `most` signals that lift the likelihood, strongest first.

    An empty list is an answer: nothing lifts it above the usual.
    """
    values, names = table.contributions.to_numpy(), np.array(table.contributions.columns)
    order = np.argsort(-values, axis=1, kind="stable")[:, :most]
    strong = np.take_along_axis(values, order, axis=1) >= WORTH_MENTIONING
    return pd.Series(
        [names[o][s].tolist() for o, s in zip(order, strong, strict=True)], index=table.contributions.index
    )


def silent_sources(features: Features) -> pd.Series:
    """Per service the names of the signals without a value."""
    gone = features.missing()
    names = np.array(gone.columns)
    return pd.Series([names[row].tolist() for row in gone.to_numpy()], index=gone.index)


def contribution_table(table: ScoreTable, features: Features, service_id: str) -> pd.DataFrame:
    """One row per signal for one service: signal, group, weight, contribution (log-odds) and its whole reading.

    base + the sum of `contribution` is the log-odds of the likelihood. reliability: 1 − standing_sd², 0 for a missing signal.
    """
    rows = pd.DataFrame([features.readings[s.name].loc[service_id] for s in features.signals])
    rows.insert(0, "signal", [s.name for s in features.signals])
    rows.insert(1, "group", [s.group for s in features.signals])
    rows.insert(2, "unit", [s.unit for s in features.signals])
    rows["weight"] = rows["signal"].map(table.weights)
    rows["contribution"] = table.contributions.loc[service_id].to_numpy()
    rows["reliability"] = 1 - np.minimum(rows["standing_sd"].astype(float), 1) ** 2
    return rows.reset_index(drop=True).sort_values(
        "contribution", ascending=False, key=np.abs, ignore_index=True, kind="stable"
    )
