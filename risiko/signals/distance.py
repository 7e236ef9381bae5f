"""Distance: the columns of the common form that say how far a reading lies from what is expected."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.signals.common_form import common_form
from risiko.signals.peers import Standing, beside_peers
from risiko.signals.registry import Context


def standardised(
    context: Context, value: FloatArray, expected: FloatArray, error: FloatArray, worse: float = 1.0
) -> dict[str, FloatArray]:
    """z, z_adjusted, phi and tau2 for readings with a standard error, in cohort order.

    Over-dispersion is learnt within the service type; types with fewer than settings.peers.minimum readings learn it
    together. A reading without a standard error (NaN or 0) has none of them. worse: −1 where more is better.
    """
    from risiko.statistics.overdispersion import standardise

    read = np.isfinite(value) & np.isfinite(error) & (error > 0)
    kind = context.kind
    small = np.bincount(kind, read)[kind] < context.settings.peers.minimum
    group = np.where(small, kind.max() + 1, kind)
    found = standardise(worse * value, worse * expected, np.where(read, error, np.nan), group)
    additive = context.settings.statistics.over_dispersion == "additive"
    z_adjusted = found.z_additive if additive else found.z_multiplicative
    return {"z": found.z, "z_adjusted": z_adjusted, "phi": found.phi, "tau2": found.tau2}


def exact_form(
    context: Context,
    value: FloatArray,
    missing: pd.Series,
    *,
    n: FloatArray,
    freshness: FloatArray | None = None,
    worse: float = 1.0,
    steady: FloatArray | None = None,
) -> pd.DataFrame:
    """The common form of a reading that is known exactly: sd 0, and z the distance in SDs between similar services.

    steady: the reading on the scale where it is compared, where that is not its own (a root, a floor); expected stays
    the mean of the type in the signal's unit.
    """
    missed = missing.notna().to_numpy()
    types, least = context.kind, context.settings.peers.minimum
    seen = np.where(missed, np.nan, value)
    standing: Standing = beside_peers(np.where(missed, np.nan, value if steady is None else steady), types, least)
    distance = np.where(missed | (standing.z_sd >= 1), np.nan, worse * standing.z)
    return common_form(
        context.services,
        missing=missing,
        value=value,
        n=n,
        expected=beside_peers(seen, types, least).centre,
        z=distance,
        z_adjusted=distance,
        tau2=standing.spread**2,
        estimate=value,
        sd=np.zeros(len(value)),
        standing=worse * standing.z,
        standing_sd=standing.z_sd,
        **({} if freshness is None else {"freshness": freshness}),
    )
