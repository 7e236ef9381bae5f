"""Consequence: how many a failure would reach, and how hard, by the ministry's criteria."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.settings import Settings


def consequence_of(services: pd.DataFrame, settings: Settings) -> FloatArray:
    """Users reached (log scale, 1 at the reference) × harm (1 + what vulnerability, coercion and dependency add).

    Where the number of users is missing the type's median stands in, then the cohort's, then the reference. A service
    in operation serves someone: a registered 0 is a number that is missing.
    """
    rule = settings.consequence
    users = services["users"].where(services["users"] > 0)
    by_type = users.groupby(services["service_type"]).transform("median")
    reach = _reach(users.fillna(by_type).fillna(users.median()).fillna(rule.reference_users), settings)
    harm = 1 + (
        rule.vulnerability * services["vulnerability"]
        + rule.coercion * services["coercion"]
        + rule.dependency * services["dependency"]
    ) / 3  # fmt: skip
    return np.asarray(reach * harm, dtype=float)


def consequence_spread(services: pd.DataFrame, settings: Settings) -> FloatArray:
    """Standard deviation of the logarithm of the consequence; 0 where the number of users is known.

    Where it is missing, reach could be that of any service of the type (of the cohort, where the type tells none). The
    degrees of vulnerability, coercion and dependency are decisions about a type, not readings, and have no spread.
    """
    users = services["users"].where(services["users"] > 0)
    log_reach = np.log(_reach(users, settings))
    spread = log_reach.groupby(services["service_type"]).transform("std").fillna(log_reach.std())
    return np.asarray(spread.fillna(0.0).where(users.isna(), 0.0), dtype=float)


def _reach(users: pd.Series, settings: Settings) -> pd.Series:
    reach: pd.Series = np.log1p(users) / np.log1p(settings.consequence.reference_users)
    return reach
