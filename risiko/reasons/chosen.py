"""Which signals are worth naming for a service: those that lift it most, and those that say nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.features import Features
from risiko.scoring import ScoreTable

# Below this a signal moves the likelihood by less than a percentage point from the usual base: not worth a chip.
WORTH_MENTIONING = 0.1


def main_reasons(table: ScoreTable, features: Features, *, most: int = 3) -> pd.Series:
    """Per service the names of up to `most` signals that lift the likelihood, strongest first.

    A learned score also adds for how old or how many a reading is. That is no reason: of a reading only what its
    standing adds counts, and only where it stands worse than at similar services; a reader would take it for that. That
    a reading is missing may be one. An empty list is an answer: nothing lifts it above the usual.
    """
    values, names = table.contributions.to_numpy(), np.array(table.contributions.columns)
    if not table.weights:
        read = [name for name in names if name in features.readings]
        told = (~features.missing(read)).reindex(columns=names, fill_value=False).to_numpy(dtype=bool)
        worse = pd.DataFrame(features.matrix("standing", read) > 0, index=table.contributions.index, columns=read)
        standing = np.where(worse.reindex(columns=names, fill_value=False), table.readings_added.to_numpy(), 0.0)
        values = np.where(told, standing, values)
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
    return pd.Series([names[row].tolist() for row in gone.to_numpy(dtype=bool)], index=gone.index)
