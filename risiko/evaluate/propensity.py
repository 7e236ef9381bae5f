"""The chance each service had of being chosen for a visit: recorded where it is, else estimated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.statistics.inputs import BoolArray, refuse

FOLDS = 5
SMALL = 0.01


class Overlap(NamedTuple):
    """How near to never the least likely services are: the least chance, the share under .01, the share recorded."""

    least: float
    below_one_in_a_hundred: float
    recorded: float


def chosen_probability(
    features: pd.DataFrame, chosen: pd.Series, recorded: pd.Series, rng: np.random.Generator
) -> pd.DataFrame:
    """The chance of being chosen: columns probability and source ("recorded" or "estimated"), by service id.

    features: numbers known before the choice, same index as chosen (bool) and recorded (NaN where none). A blank is
    taken as the mean with a column of its own saying so. Estimated by L2 logistic regression over all services
    (the chance is often recorded for the chosen only), cross-fitted in five folds so that no service predicts itself;
    with fewer than five chosen or unchosen, the plain share. What was not in the features is not in the chance.
    Raises ValueError when the indexes differ, and with positions for recorded chances outside [0, 1] and for a chosen
    service with a recorded chance of 0.
    """
    same = features.index.equals(chosen.index) and chosen.index.equals(recorded.index)
    refuse(np.bool_(not same), "features, chosen and recorded must stand by the same services")
    known, taken = recorded.to_numpy(dtype=float, na_value=np.nan), chosen.to_numpy(dtype=bool)
    refuse((known < 0) | (known > 1), "recorded chances must be from 0 to 1")
    refuse(taken & (known == 0), "a chosen service must have had a chance")
    chance, unknown = known.copy(), np.isnan(known)
    if unknown.any():
        chance[unknown] = _cross_fitted(features.to_numpy(dtype=float, na_value=np.nan), taken, rng)[unknown]
    source = pd.Series("recorded", index=chosen.index, dtype="str").mask(unknown, "estimated")
    return pd.DataFrame({"probability": chance, "source": source})


def overlap(chances: pd.DataFrame) -> Overlap:
    """What `chosen_probability` found, in three numbers; NaN without services."""
    chance = chances["probability"].to_numpy(dtype=float)
    if not len(chance):
        return Overlap(np.nan, np.nan, np.nan)
    recorded = float((chances["source"] == "recorded").mean())
    return Overlap(float(chance.min()), float((chance < SMALL).mean()), recorded)


def _cross_fitted(numbers: FloatArray, taken: BoolArray, rng: np.random.Generator) -> FloatArray:
    share = float(taken.mean())
    usable = np.isfinite(numbers).any(axis=0) if len(numbers) else np.zeros(numbers.shape[1], dtype=bool)
    if min(taken.sum(), (~taken).sum()) < FOLDS or not usable.any():
        return np.full(len(taken), share)
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(
        SimpleImputer(add_indicator=True, keep_empty_features=True), StandardScaler(), LogisticRegression(max_iter=1000)
    )
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=int(rng.integers(2**31)))
    chance: FloatArray = cross_val_predict(model, numbers[:, usable], taken, cv=folds, method="predict_proba")[:, 1]
    return chance
