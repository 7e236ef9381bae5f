"""Pooling: what several indicators that partly say the same thing say together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import BoolArray, refuse

CAP = 4.0  # one indicator may not outweigh the rest by being extreme
ENOUGH_PAIRS = 30  # services with both indicators, below which their correlation is not estimated
SMALLEST_EIGENVALUE = 1e-3  # a matrix put together from pairs may fall short of being a correlation matrix


def pooled_z(z: FloatArray, correlation: FloatArray, weights: FloatArray | None = None, *,
             cap: float = CAP) -> FloatArray:  # fmt: skip
    """w'z / sqrt(w'Rw) over the indicators each service has (Stouffer; Strube 1985), one value per service.

    z: services x indicators, + is worse, NaN missing; each is capped at +-cap first. weights: 0 or more, one per
    indicator or services x indicators; equal if left out. NaN for a service without any weighted indicator: missing
    is not zero. Raises ValueError where shapes disagree or a weight is negative or missing.
    """
    readings = np.atleast_2d(np.asarray(z, dtype=float))
    k = readings.shape[1]
    r = np.asarray(correlation, dtype=float)
    w = np.ones(k) if weights is None else np.asarray(weights, dtype=float)
    if r.shape != (k, k) or w.shape[-1] != k:
        raise ValueError(f"{k} indicators need as many weights, and correlations with each; got {w.shape}, {r.shape}")
    refuse(~(w >= 0), "weights must be 0 or more")
    w = np.where(np.isnan(readings), 0.0, w)
    total = (w * np.nan_to_num(np.clip(readings, -cap, cap))).sum(1)
    variance = ((w @ r) * w).sum(1)
    return np.where(variance > 0, total / np.sqrt(np.where(variance > 0, variance, 1.0)), np.nan)


def average_correlation_z(z: FloatArray, correlation: float, *, cap: float = CAP) -> FloatArray:
    """sum z / sqrt(K + K (K - 1) r) with one average correlation, K the indicators each service has; NaN for none."""
    readings = np.atleast_2d(np.asarray(z, dtype=float))
    k = readings.shape[1]
    return pooled_z(readings, np.full((k, k), correlation) + (1 - correlation) * np.eye(k), cap=cap)


def estimate_correlation(z: FloatArray, blocks: Sequence[str] | None = None, *,
                         enough_pairs: int = ENOUGH_PAIRS) -> FloatArray:  # fmt: skip
    """Correlation between indicators over services, from pairs, shrunk towards the mean within and between blocks.

    z: services x indicators, NaN missing. blocks: the block (source) of each indicator; all one block if left out.
    Each pair rests on the services that have both; with fewer than enough_pairs of them, or with an indicator that
    does not vary, it takes the mean of its two blocks; failing that the mean of all such pairs within blocks (or
    between them); failing that 0. Shrinkage as Ledoit & Wolf 2004 (constant-correlation target), with the large-sample
    variance of a correlation (1 - r^2)^2 / (n - 1). The result is positive definite.
    """
    readings = np.asarray(z, dtype=float)
    k = readings.shape[1]
    names = np.array(["" for _ in range(k)] if blocks is None else list(blocks), dtype=str)
    if len(names) != k:
        raise ValueError(f"{k} indicators need {k} blocks; got {len(names)}")
    r, n = _pairwise(readings)
    known = (n >= enough_pairs) & np.isfinite(r) & ~np.eye(k, dtype=bool)
    target = _block_means(r, known, names)
    noise = np.where(known, (1 - np.nan_to_num(r) ** 2) ** 2 / np.maximum(n - 1, 1), 0.0)
    distance = float(np.where(known, (r - target) ** 2, 0.0).sum())
    towards = min(1.0, float(noise.sum()) / distance) if distance > 0 else 1.0
    shrunk = np.where(known, (1 - towards) * np.nan_to_num(r) + towards * target, target)
    np.fill_diagonal(shrunk, 1.0)
    return _positive(shrunk)


def _pairwise(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Correlation of every pair over the services that have both (NaN where one does not vary), and how many."""
    z = np.where(np.isfinite(z), z, np.nan)
    here = np.isfinite(z).astype(float)
    centre = np.nansum(z, axis=0) / np.maximum(here.sum(0), 1)
    centred = np.where(here > 0, z - centre, 0.0)
    n = here.T @ here
    safe = np.maximum(n, 1)
    sums, squares = centred.T @ here, (centred**2).T @ here  # of the row's indicator, where the column's is known
    spread = np.maximum(squares - sums**2 / safe, 0.0)
    product = centred.T @ centred - sums * sums.T / safe
    scale = np.sqrt(spread * spread.T)
    flat = spread <= 1e-12 * np.maximum(squares, 1e-300)
    return np.where(flat | flat.T, np.nan, np.clip(product / np.where(scale > 0, scale, 1), -1, 1)), n


def _block_means(r: FloatArray, known: BoolArray,
                 names: np.ndarray[tuple[int, ...], np.dtype[np.str_]]) -> FloatArray:  # fmt: skip
    """For every pair the mean known correlation between its two blocks, or of all such pairs, or 0."""
    one_hot = (names[:, None] == np.unique(names)).astype(float)
    values = np.where(known, r, 0.0)
    total, count = (one_hot.T @ a @ one_hot for a in (values, known.astype(float)))
    same = names[:, None] == names
    fallback = np.zeros(r.shape)
    for group in (same, ~same):
        chosen = known & group
        fallback[group] = values[chosen].mean() if chosen.any() else 0.0
    mean, has = one_hot @ (total / np.maximum(count, 1)) @ one_hot.T, one_hot @ count @ one_hot.T > 0
    return np.where(has, mean, fallback)


def _positive(r: FloatArray) -> FloatArray:
    """The matrix with its smallest eigenvalues lifted and its diagonal brought back to 1."""
    values, vectors = np.linalg.eigh(r)
    if values[0] >= SMALLEST_EIGENVALUE:
        return r
    lifted = (vectors * np.maximum(values, SMALLEST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(lifted))
    return np.asarray(lifted / np.outer(scale, scale))


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """Adjusted p-values: reject those at or below q for a false discovery rate of q. NaN stays NaN and is not counted.

    Benjamini & Hochberg 1995. Raises ValueError for p outside 0 to 1.
    """
    values = np.asarray(p, dtype=float)
    refuse((values < 0) | (values > 1), "p-values lie between 0 and 1")
    order = np.argsort(values)  # NaN last
    m = int(np.isfinite(values).sum())
    adjusted = np.full(values.shape, np.nan)
    stepped = values[order[:m]] * m / np.arange(1, m + 1)
    adjusted[order[:m]] = np.minimum(1.0, np.minimum.accumulate(stepped[::-1])[::-1])
    return adjusted
