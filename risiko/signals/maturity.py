"""Maturity of the management system: five levels, an order and not a distance, that are trusted less as they age."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, age_years, decay
from risiko.signals.common_form import common_form, reasons
from risiko.signals.peers import beside_peers
from risiko.signals.registry import Context, signal
from risiko.signals.service_changes import cohort_versions, declared_number

LEVELS = 5  # Tilfeldig, Formalisert, Organisert, Forebyggende, Integrert


@signal("maturity", group="metadata", unit="level_1_5", reads={}, direction="higher_is_better")
def maturity(context: Context) -> pd.DataFrame:
    """Maturity of the management system, 1 (accidental) to 5 (integrated), beside services of the type.

    From settings.metadata.maturity_column, as last stated: a later version that leaves it blank does not unsay it. The
    levels are an order: they are compared by normal scores of their mid-ranks within the type (types with few stated
    levels by the ranks within all of them together). What was stated long ago says less, with
    settings.metadata.maturity_half_life_years. Not declared, never stated, or not one of the five levels: missing
    ("not_declared"). n is the versions that state it; freshness the age of the last of them.
    """
    stated, years, n = _last_stated(context)
    types, least = context.services["service_type"], context.settings.peers.minimum
    score = normal_scores(stated, types, least)
    standing, plain = beside_peers(score, types, least), beside_peers(stated, types, least)
    recall = decay(years, context.settings.metadata.maturity_half_life_years)
    distance = np.where(standing.z_sd < 1, -standing.z, np.nan)
    return common_form(
        context.services,
        missing=reasons(context.services).mask(np.isnan(stated), "not_declared"),
        value=stated,
        n=n,
        expected=plain.centre,
        ratio=np.full(len(stated), np.nan),  # level 4 is not twice level 2
        z=distance,
        z_adjusted=distance,
        tau2=plain.spread**2,
        estimate=plain.centre + recall * (stated - plain.centre),
        sd=plain.spread * np.sqrt(1 - recall**2),
        standing=-recall * standing.z,
        standing_sd=np.sqrt(1 - recall**2 * (1 - standing.z_sd**2)),
        freshness=years,
    )


def normal_scores(levels: FloatArray, types: pd.Series, minimum: int) -> FloatArray:
    """Normal quantile of each level's mid-rank share among the type; NaN where there is no level.

    A type with fewer than `minimum` levels is ranked among all services.
    """
    from scipy.special import ndtri

    seen = pd.Series(levels)
    everyone = _share(seen, pd.Series(0, index=seen.index))
    of_type = _share(seen, pd.Series(types.to_numpy()))
    size = seen.groupby(types.to_numpy()).transform("count").to_numpy()
    return np.asarray(ndtri(np.where(size >= minimum, of_type, everyone)), dtype=float)


def _share(levels: pd.Series, group: pd.Series) -> FloatArray:
    by = levels.groupby(group)
    return np.asarray((by.rank(method="average") - 0.5) / by.transform("count"), dtype=float)


def _last_stated(context: Context) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The level last stated, its age in years and how many versions state one, per service of the cohort."""
    versions, size = context.once(cohort_versions), len(context.services)
    level = declared_number(context, versions, context.settings.metadata.maturity_column)
    sound = np.isin(level, np.arange(1, LEVELS + 1))
    place = versions["position"].to_numpy()[sound]
    stated, years = np.full(size, np.nan), np.full(size, np.nan)
    stated[place] = level[sound]  # oldest first, so the last one stays
    years[place] = age_years(versions["known_date"], context.as_of)[sound]
    return stated, years, context.total(pd.Series(place))
