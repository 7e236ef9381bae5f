"""Group means and how far they would vary if other providers had been drawn: the arithmetic of equal treatment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.resampling import cluster_counts
from risiko.statistics.inputs import IntArray

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
_BLOCK = 4_000_000  # drawn cluster weights held at a time


def cluster_codes(clusters: pd.Series) -> IntArray:
    """Clusters as 0, 1, 2 …; a service without one is a cluster of its own."""
    code = np.array(pd.factorize(clusters)[0], dtype=np.int64)
    alone = code < 0
    code[alone] = code.max(initial=-1) + 1 + np.arange(alone.sum())
    return code


def at_once(level: float, intervals: FloatArray) -> FloatArray:
    """How many standard errors each of so many intervals must reach for all to hold together (Šidák 1967)."""
    from scipy.special import ndtri

    return np.asarray(ndtri((1 + level ** (1 / np.maximum(intervals, 1))) / 2), dtype=float)


@dataclass(frozen=True)
class GroupMeans:
    """Measures × groups: n, value (mean; NaN without services) and effective clusters; overall: one per measure.

    cell_*: the services of one cluster in one group taken together (cells × measures), what the rest is made of.
    """

    n: FloatArray
    value: FloatArray
    clusters: FloatArray
    overall: FloatArray
    cell_sum: FloatArray
    cell_n: FloatArray
    cell_group: IntArray
    cell_cluster: IntArray

    @classmethod
    def of(cls, x: FloatArray, group: IntArray, cluster: IntArray, groups: int) -> GroupMeans:
        """From services × measures (NaN: no value) and each service's group (0 … groups − 1) and cluster."""
        cell, place = np.unique(cluster * groups + group, return_inverse=True)
        seen, size = ~np.isnan(x), len(cell)
        filled = np.where(seen, x, 0.0)
        cell_sum, cell_n = (_by(place, part, size).T for part in (filled, seen.astype(float)))
        cell_cluster, cell_group = (part.astype(np.int64) for part in np.divmod(cell, groups))
        total, n, squares = (_by(cell_group, part, groups) for part in (cell_sum, cell_n, cell_n**2))
        return cls(
            n, _ratio(total, n), np.nan_to_num(_ratio(n**2, squares)), _ratio(total.sum(axis=1), n.sum(axis=1)),
            cell_sum, cell_n, cell_group, cell_cluster,
        )  # fmt: skip

    def spread(self, draws: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Standard errors of the group means and of their differences from the overall mean: measures × groups.

        From whole clusters drawn with replacement, but never below what as many services drawn from all would have
        (the variance of a ratio under one common mean): thirty services among which nothing was found would else be
        taken as certain.
        """
        rest = self.cell_sum - self.overall * self.cell_n
        common = _ratio((rest**2).sum(axis=0), self.cell_n.sum(axis=0))[:, None]
        share = 1 / np.maximum(self.n, 1)
        less = np.maximum(share - 1 / np.maximum(self.n.sum(axis=1, keepdims=True), 1), 0)
        own, apart = self._drawn(draws, rng)
        return np.fmax(own, np.sqrt(common * share)), np.fmax(apart, np.sqrt(common * less))

    def _drawn(self, draws: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        from scipy.sparse import csr_array

        (measures, groups), clusters = self.n.shape, int(self.cell_cluster.max(initial=-1)) + 1
        column = (self.cell_group[:, None] * measures + np.arange(measures)).ravel()
        row, shape = np.repeat(self.cell_cluster, measures), (clusters, groups * measures)
        parts = (self.cell_sum, self.cell_n)
        sums, counts = (csr_array((part.ravel(), (row, column)), shape=shape).T for part in parts)
        means, apart = [], []
        block = max(1, _BLOCK // max(clusters, 1))
        for start in range(0, draws, block):
            weights = cluster_counts(np.arange(clusters), min(block, draws - start), rng).T.astype(float)
            total, n = ((part @ weights).reshape(groups, measures, -1) for part in (sums, counts))
            mean = _ratio(total, n)
            means.append(mean)
            apart.append(mean - _ratio(total.sum(axis=0), n.sum(axis=0)))
        return sd(np.concatenate(means, axis=2)).T, sd(np.concatenate(apart, axis=2)).T


def _by(group: IntArray, part: FloatArray, groups: int) -> FloatArray:
    return np.stack([np.bincount(group, part[:, i], groups).astype(float) for i in range(part.shape[1])])


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    found: FloatArray = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)
    return found


def effective(group: IntArray, cluster: IntArray, groups: int) -> FloatArray:
    """How many clusters of one size would vary as much as those of each group do: (Σn)² / Σn² (Kish 1965)."""
    cell, size = np.unique(group * (cluster.max(initial=0) + 1) + cluster, return_counts=True)
    of = cell // (cluster.max(initial=0) + 1)
    squares = np.bincount(of, size.astype(float) ** 2, groups)
    return np.asarray(np.bincount(group, minlength=groups) ** 2 / np.maximum(squares, 1), dtype=float)


def sd(drawn: FloatArray) -> FloatArray:
    """Standard deviation over the draws in which the group was there; NaN for fewer than two."""
    there = ~np.isnan(drawn)
    n = there.sum(axis=-1)
    middle = _ratio(np.where(there, drawn, 0.0).sum(axis=-1), n.astype(float))
    square = np.where(there, drawn - middle[..., None], 0.0) ** 2
    spread: FloatArray = np.sqrt(_ratio(square.sum(axis=-1), np.where(n > 1, n - 1, 0).astype(float)))
    return spread
