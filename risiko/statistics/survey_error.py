"""The error of a survey mean under the way its respondents were drawn: strata, clusters, weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.groups import dense, sums
from risiko.statistics.inputs import IntArray, refuse


@dataclass(frozen=True)
class SurveyMean:
    """mean, its standard error, and the design effect: variance over that of a simple random sample of that size."""

    mean: float
    se: float
    design_effect: float


def effective_n(weight: FloatArray, group: IntArray | None = None) -> FloatArray:
    """Kish's effective number of respondents, (sum w)^2 / sum w^2: one for each respondent's group, or one for all.

    NaN where all weights are 0. Raises ValueError for weights that are negative or no numbers, with positions.
    """
    refuse(~(np.isfinite(weight) & (weight >= 0)), "weights must be numbers of 0 or more")
    code, groups = (np.zeros(weight.size, dtype=np.int64), 1) if group is None else dense(group)
    squares = sums(weight**2, code, groups)
    found = np.divide(sums(weight, code, groups) ** 2, squares, out=np.full(groups, np.nan), where=squares > 0)
    each: FloatArray = found if group is None else found[code]
    return each


def mean_variance(sd: FloatArray, n: FloatArray, design_effect: FloatArray | float = 1.0) -> FloatArray:
    """Variance of survey means, design effect times sd^2 / n; NaN without respondents."""
    variance: FloatArray = np.divide(design_effect * sd**2, n, out=np.full(n.shape, np.nan), where=n > 0)
    return variance


def survey_mean(
    value: FloatArray,
    weight: FloatArray,
    *,
    stratum: IntArray | None = None,
    cluster: IntArray | None = None,
    population: FloatArray | None = None,
) -> SurveyMean:
    """Weighted mean of one survey with its linearised standard error (Lohr, Sampling, ch. 9; R's survey package).

    One entry per respondent. stratum, cluster: integer codes; default one stratum, everyone a cluster. population:
    how many clusters (or persons) the respondent's stratum holds, for the finite population correction; default
    unlimited. A stratum with one cluster adds nothing, so at least two are needed somewhere for a finite error.
    """
    nobody = np.zeros(value.size, dtype=np.int64)
    unit, units = dense(np.arange(value.size) if cluster is None else cluster)
    layer, layers = dense(nobody if stratum is None else stratum)
    total = weight.sum()
    mean = float(weight @ value / total)
    unit_total = sums(weight * (value - mean) / total, unit, units)
    of = np.zeros(units, dtype=np.int64)
    of[unit] = layer
    clusters = np.bincount(of, minlength=layers)
    centred = unit_total - (sums(unit_total, of, layers) / np.maximum(clusters, 1))[of]
    held = np.full(layers, np.inf)
    if population is not None:
        held[layer] = population
    factor = (1 - clusters / held) * clusters / np.maximum(clusters - 1, 1)
    variance = float((factor * sums(centred**2, of, layers))[clusters > 1].sum()) if (clusters > 1).any() else np.nan
    n = value.size
    simple = float(weight @ (value - mean) ** 2 / total) / max(n - 1, 1)
    if population is not None:
        simple *= 1 - n / total
    return SurveyMean(mean, float(np.sqrt(variance)), float(variance / simple) if simple > 0 else np.nan)
