"""The bootstrap of whole clusters: services of one provider are drawn together, because they fail together."""

from __future__ import annotations

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import IntArray

CountArray = np.ndarray[tuple[int, ...], np.dtype[np.int32]]


def cluster_counts(clusters: IntArray, draws: int, rng: np.random.Generator) -> CountArray:
    """How many times each service is in each draw, (draws, n): as many clusters as there are, with replacement.

    clusters: one code per service; a service without a cluster (-1) is a cluster of its own. The number of services
    differs from draw to draw (Field & Welsh 2007).
    """
    alone = clusters < 0
    own = clusters.max(initial=-1) + 1 + np.cumsum(alone)
    _, code = np.unique(np.where(alone, own, clusters), return_inverse=True)
    size = int(code.max(initial=-1)) + 1
    if size == 0:
        return np.zeros((draws, 0), dtype=np.int32)
    drawn = rng.integers(0, size, (draws, size)) + size * np.arange(draws)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=draws * size).astype(np.int32).reshape(draws, size)
    return np.take(counts, code, axis=1)


def interval(values: FloatArray, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Percentile interval over the last axis (the draws), ignoring draws that are NaN.

    NaN where under half of the draws are defined: an interval over the lucky ones would be too narrow.
    """
    ordered = np.sort(values, axis=-1)  # NaN come last
    defined = np.isfinite(ordered).sum(-1)
    enough = (defined > 0) & (2 * defined >= values.shape[-1])

    def quantile(share: float) -> FloatArray:
        place = share * np.maximum(defined - 1, 0)
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, np.maximum(defined - 1, 0))
        below, above = (np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0] for at in (low, high))
        return np.asarray(np.where(enough, below + (place - low) * (above - below), np.nan))

    if values.shape[-1] == 0:
        nothing = np.full(values.shape[:-1], np.nan)
        return nothing, nothing
    return quantile((1 - level) / 2), quantile((1 + level) / 2)
