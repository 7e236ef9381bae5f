"""From pieces of experience evidence to a reading of every service beside its peers, shrunk by how little was heard."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.signals.common_form import common_form, reasons
from risiko.signals.experience_heard import Heard, Shrunk, per_type, shrunk, type_codes
from risiko.signals.experience_strength import SURVEY, enough
from risiko.signals.peers import BoolArray
from risiko.signals.registry import Context
from risiko.statistics.inputs import IntArray
from risiko.statistics.overdispersion import Standardised, standardise

_USED = ["subject", "method", "n", "n_invited", "mean", "usual", "spread", "weight", "recall", "years"]


def reading(context: Context, pieces: pd.DataFrame, shift: FloatArray | float = 0.0) -> pd.DataFrame:
    """The common form of the pieces given: filtered beforehand to what the signal is about.

    value is the weighted mean, n the people, exposure the people asked (surveys only), expected what services of the
    type show on the same methods and dimensions. z, standing and trend are above 0 where users tell of worse. A ratio
    of two scores says nothing, so there is none. shift: see `shrunk`; it moves the estimate and never the expected, or
    what is said of an area would excuse its services.
    """
    if pieces.empty:
        return context.once(nothing_heard)
    size, settings = len(context.services), context.settings
    used, short = enough(pieces, size, settings.experience)
    some = pieces.loc[used, _USED]
    heard = Heard.of(some, size)
    types = context.once(type_codes)
    s = shrunk(heard, types, settings, shift)
    compared, z = s.compared, _beside(heard, s, types)
    z_adjusted = z.z_additive if settings.statistics.over_dispersion == "additive" else z.z_multiplicative
    expected = np.where(compared, s.centre + np.nan_to_num(heard.usual), np.nan)
    scale = np.where(s.tau > 0, s.tau, np.inf)
    return common_form(
        context.services,
        missing=_missing(context, pieces, heard.any, short > 0),
        value=heard.mean,
        n=np.where(heard.any, _sum(some, "n", size), short),
        exposure=_asked(some, size),
        expected=expected,
        ratio=np.full(size, np.nan),
        z=np.where(compared, z.z, np.nan),
        z_adjusted=np.where(compared, z_adjusted, np.nan),
        phi=z.phi,
        tau2=np.where(z.peers >= 2, z.tau2, np.nan),
        estimate=np.where(compared, expected + s.away, heard.mean),
        sd=np.where(compared, s.sd, np.sqrt(heard.variance)),
        standing=np.where(compared, -s.away / scale, 0.0),
        standing_sd=np.where(compared, np.minimum(s.sd / scale, 1.0), 1.0),
        trend=_trend(some, types, settings.experience.half_life_years),
        freshness=_newest(some, size),
    )


def nothing_heard(context: Context) -> pd.DataFrame:
    """The common form where there is no piece about any service: missing for all ("no_evidence"), n is 0."""
    return common_form(
        context.services,
        missing=reasons(context.services).fillna("no_evidence"),
        n=np.zeros(len(context.services)),
    )


def _beside(heard: Heard, s: Shrunk, types: IntArray) -> Standardised:
    # The small types share a group: none of them can carry a spread of its own.
    group = np.where(s.learnt, types, types.max() + 1)
    return standardise(-heard.level, -s.centre, np.sqrt(heard.variance), group)


def _missing(context: Context, pieces: pd.DataFrame, heard: BoolArray, short: BoolArray) -> pd.Series:
    """Why nothing is said: no evidence, surveys that do not say how many answered, or too few answers."""
    no_n = np.bincount(pieces["subject"], pieces["n_lacking"], minlength=len(context.services)) > 0
    words = pd.Series(["too_few_answers", "n_missing", "no_evidence"], dtype="str")
    return words.reindex(np.select([heard, short, no_n], [-1, 0, 1], 2)).set_axis(context.services.index)


def _sum(pieces: pd.DataFrame, column: str, size: int) -> FloatArray:
    return np.bincount(pieces["subject"], pieces[column], minlength=size).astype(float)


def _asked(pieces: pd.DataFrame, size: int) -> FloatArray:
    """People asked, where all that was heard is surveys that say so; NaN elsewhere."""
    asked = pieces["n_invited"].where(pieces["method"] == SURVEY)
    total = np.bincount(pieces["subject"], asked, minlength=size)
    return np.where(np.bincount(pieces["subject"], minlength=size) > 0, total, np.nan)


def _newest(pieces: pd.DataFrame, size: int) -> FloatArray:
    newest = np.full(size, np.inf)
    np.minimum.at(newest, pieces["subject"].to_numpy(), pieces["years"].to_numpy())
    return np.where(np.isinf(newest), np.nan, newest)


def _trend(pieces: pd.DataFrame, types: IntArray, half: float) -> FloatArray:
    """How much farther above similar services the last half-life of evidence lies than the one before, worse upwards.

    NaN where either has nothing about the service, or about no other of its type.
    """
    distance = []
    for start in (0.0, half):
        inside = pieces["years"].between(start, start + half, inclusive="left").to_numpy()
        level = Heard.of(pieces[inside], len(types)).level
        count, mean = per_type(level, types)
        distance.append(np.where(count > 1, level - mean, np.nan))
    return np.asarray(distance[1] - distance[0])
