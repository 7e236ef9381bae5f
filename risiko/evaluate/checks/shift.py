"""How far a column's values have shifted between two times: the population stability index, freed of chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from risiko.asof import FloatArray

BINS = 10


class Column(NamedTuple):
    """A column as floats, NaN where missing or infinite: its numbers, or a code for each of its words."""

    values: FloatArray
    is_number: bool

    @classmethod
    def of(cls, column: pd.Series) -> Column:
        """Truth values, texts and categories become codes; two columns must be coded together to be compared."""
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            values = column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
            return cls(np.where(np.isfinite(values), values, np.nan), True)
        codes = pd.factorize(column)[0]
        return cls(np.where(codes < 0, np.nan, codes), False)


def stability_index(then: FloatArray, now: FloatArray, *, is_number: bool, step: float = 0.0) -> float:
    """Sum of (share now − share then) · ln(share now / share then) over bins, less what chance alone gives.

    Numbers are cut at the deciles of `then`, codes of words are bins themselves; missing (NaN) is a bin of its own.
    Half a service is added to every bin, so that an empty one is no infinity. Under no change the sum is about
    (1/n + 1/m) · chi-squared with bins − 1 degrees of freedom (Yurdakul 2018), so its mean is taken off: 0 is no
    change, below 0 is less than chance. NaN where either side is empty.

    step: what is no difference, in standard deviations of `then`. A number so near an edge counts on both sides of it
    (by a normal law of that spread): many services at one value would else change bins when it moves by a hair.
    """
    if not len(then) or not len(now):
        return float("nan")
    edges = _deciles(then) if is_number else np.arange(np.fmax.reduce(np.concatenate([then, now, [0.0]])), dtype=float)
    blur = step * float(np.nanstd(then)) if is_number and step > 0 and not np.isnan(then).all() else 0.0
    before, after = _counts(then, edges, blur), _counts(now, edges, blur)
    used = before + after > 0
    p, q = ((counts[used] + 0.5) / (counts[used] + 0.5).sum() for counts in (before, after))
    by_chance = (used.sum() - 1) * (1 / len(then) + 1 / len(now))
    return float(((q - p) * np.log(q / p)).sum() - by_chance)


def _deciles(values: FloatArray) -> FloatArray:
    seen = values[~np.isnan(values)]
    return np.unique(np.quantile(seen, np.arange(1, BINS) / BINS)) if len(seen) else np.empty(0)


def _counts(values: FloatArray, edges: FloatArray, blur: float) -> FloatArray:
    """How many up to each edge, above the last, and missing; with blur, a value is spread about itself."""
    if blur > 0:
        from scipy.special import ndtr

        seen = values[~np.isnan(values)]
        below = ndtr((edges[:, None] - seen) / blur).sum(axis=1)
        return np.diff(np.r_[0.0, below, len(seen), len(values)])
    place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
    return np.bincount(place, minlength=len(edges) + 2).astype(float)
