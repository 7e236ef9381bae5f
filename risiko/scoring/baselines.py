"""Baselines: the rankings that a score must be held against, each as one number per service, higher looked at first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.features import Features
from risiko.scoring.points import point_terms
from risiko.settings import Settings

RANDOM, SINCE, COUNT, RATE, LAST, POINTS = (
    "random", "time_since_last", "complaint_count", "complaint_rate", "last_outcome", "points",
)  # fmt: skip
BASELINES = (RANDOM, SINCE, COUNT, RATE, LAST, POINTS)
OWN = "own_score"  # the authority's own, from external_scores; several are told apart as own_score:<name>


def baselines(features: Features, settings: Settings, rng: np.random.Generator) -> pd.DataFrame:
    """Columns BASELINES, and one for every external score, indexed by service_id in cohort order.

    A service that a ranking says nothing about is NaN (time since last: it goes by the age of the service; complaints:
    a true zero stands, an unknown exposure is NaN). points is a log-odds. random is drawn by `rng`.
    """
    readings, index = features.readings, features.context.services.index
    found = pd.DataFrame(index=index)
    found[RANDOM] = rng.random(len(index))
    found[SINCE] = readings["time_since_supervision"]["value"]
    found[COUNT] = readings["complaint_rate_long"]["n"]
    found[RATE] = readings["complaint_rate_long"]["value"]
    found[LAST] = readings["last_finding"]["value"]
    found[POINTS] = point_terms(features, settings).log_odds
    scores = features.context.known["external_scores"]
    for name, own in scores.groupby("name"):
        column = f"{OWN}:{name}" if scores["name"].nunique() > 1 else OWN
        found[column] = own.set_index("service_id")["value"].reindex(index)
    return found.astype(float)
