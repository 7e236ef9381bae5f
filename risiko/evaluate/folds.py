"""Folds: one as-of date of a backtest, with every ranking's scores and what was found afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd


@dataclass(frozen=True)
class Fold:
    """One as-of date of a backtest, indexed by service_id, in cohort order.

    scores: one column per ranking, higher is looked at first; the models' are log-odds. outcome: 1, 0, or NaN where
    nobody looked. about: provider_id, office, county, sector, users, quiet. visited: day of the first judged visit in
    the window. random: chosen by lot. chance: probability of being supervised, as recorded or else estimated. facts:
    one row per model, what it was trained on (method, n, n_events, cohorts, slope, offset, recalibrated_on, base_rate).
    """

    as_of: date
    scores: pd.DataFrame
    outcome: pd.Series
    about: pd.DataFrame
    visited: pd.Series
    random: pd.Series
    chance: pd.Series
    facts: pd.DataFrame
