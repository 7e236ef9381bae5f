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
