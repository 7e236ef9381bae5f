"""Disagreement between methods at a service: what is told in one way and not in another; shown, never scored."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.signals.common_form import common_form, reasons
from risiko.signals.experience_heard import Heard
from risiko.signals.experience_pieces import READS, pooled_pieces
from risiko.signals.experience_strength import enough
from risiko.signals.registry import Context, signal
from risiko.vocabulary import METHODS


@signal("experience_disagreement", group="experience", unit="points", reads=READS)
def experience_disagreement(context: Context) -> pd.DataFrame:
    """Widest difference in points between what two methods say about a service; shown and never scored.

    z asks whether the methods differ by more than chance and more than they do everywhere: Q = sum of (method mean less
    its usual distance − their weighted mean)² / variance is chi-square on methods − 1 degrees of freedom if not,
    written as a normal deviate (Wilson & Hilferty 1931). sd is that of the widest difference. Neither way is worse
    than the other, so the standing is (0, 1) for all. One method only: missing ("one_method").
    """
    size, kinds = len(context.services), len(METHODS)
    pieces = context.once(pooled_pieces)
    pieces = pieces[enough(pieces, size, context.settings.experience)[0]]
    cell = pieces["subject"].to_numpy() * kinds + pieces["method"].cat.codes.to_numpy(dtype=np.int64)
    heard = Heard.of(pieces.assign(subject=cell), size * kinds)
    told = heard.any.reshape(size, kinds)
    mean, variance = (values.reshape(size, kinds) for values in (heard.mean, heard.variance))
    methods = told.sum(axis=1)
    low, high = (np.where(told, mean, end).argsort(axis=1)[:, place] for end, place in ((np.inf, 0), (-np.inf, -1)))
    row = np.arange(size)
    several = methods > 1
    missing = reasons(context.services).mask(~several, "one_method").mask(methods == 0, "no_evidence")
    return common_form(
        context.services,
        missing=missing,
        value=mean[row, high] - mean[row, low],
        n=np.bincount(pieces["subject"], pieces["n"], minlength=size).astype(float),
        z=_deviate(heard.level.reshape(size, kinds), variance, methods - 1),
        sd=np.sqrt(variance[row, high] + variance[row, low]),
        standing=np.zeros(size),
        standing_sd=np.ones(size),
        freshness=pieces.groupby("subject")["years"].min().reindex(range(size)).to_numpy(dtype=float),
    )


def _deviate(mean: FloatArray, variance: FloatArray, freedom: FloatArray) -> FloatArray:
    """Q of the methods' means (services × methods, NaN where not heard) as a standard normal deviate."""
    weight = np.nan_to_num(1 / variance)
    total = weight.sum(axis=1)
    centre = (weight * np.nan_to_num(mean)).sum(axis=1) / np.where(total > 0, total, 1)
    q = (weight * np.nan_to_num(mean - centre[:, None]) ** 2).sum(axis=1)
    k = np.where(freedom > 0, freedom, np.nan)
    return np.asarray((np.cbrt(q / k) - (1 - 2 / (9 * k))) / np.sqrt(2 / (9 * k)))
