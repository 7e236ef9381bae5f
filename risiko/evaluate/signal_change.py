"""Change from before a supervision to after it, against similar services not visited that stood at the same level."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.resampling import cluster_counts, interval
from risiko.statistics.inputs import BoolArray, IntArray

FEWEST = 30  # with fewer visited services, or fewer to compare with, no change is told
# With fewer providers than this among the unvisited of a type there is none to hold its visited against: a resample
# could be without them altogether.
FEWEST_ALIKE = 10


class Change(NamedTuple):
    """visited, others: how many, in service-quarters. alone: visited without enough of their type to compare with.

    before, after: means of the visited, as they were read. expected: what they would have come to without a visit, as
    those not visited did from the same level. effect: after less expected, with low and high (95 %). raw: after less
    before, as one would naively count it. refused_because: "too_few" (then effect and interval are NaN).
    """

    visited: int
    others: int
    alone: int
    before: float
    after: float
    expected: float
    raw: float
    effect: float
    low: float
    high: float
    refused_because: str | None


def compare(rows: pd.DataFrame, draws: int, rng: np.random.Generator, level: float = 0.95) -> Change:
    """What the visited came to, less what similar services not visited came to from the same level before.

    rows: one per service and time: visited (bool), before and after (readings), level and longer (shrunken readings of
    the year before and of three years), weight (how much a reading says, 0–1), stratum and time (codes: type
    of service, quarter), cluster (code: provider; services of one provider are drawn together).
    The unvisited's readings afterwards are regressed on type, quarter and the two shrunken levels, and their line
    foretells the visited (the comparison group of empirical Bayes before–after studies, Hauer 1997): whoever stood high
    by chance is expected to fall. It holds where visits were chosen by what is in the levels; what inspectors knew
    beyond that is taken for effect. Interval: bootstrap of clusters.
    """
    rows, alone = _comparable(rows)
    visited = rows["visited"].to_numpy(dtype=bool)
    n, others = int(visited.sum()), int((~visited).sum())
    if n < FEWEST or others < FEWEST:
        return Change(n, others, alone, *(np.nan,) * 7, "too_few")
    weight, after = (rows[name].to_numpy(dtype=float) for name in ("weight", "after"))
    before = float(np.average(rows["before"][visited], weights=weight[visited]))
    came_to = float(np.average(after[visited], weights=weight[visited]))
    sums = _Sums.of(_design(rows), after, weight, visited, rows["cluster"].to_numpy(dtype=np.int64))
    clusters = np.arange(len(sums.left))
    effect = sums.effect(np.ones((1, len(clusters))))[0]
    counts = cluster_counts(clusters, draws, rng).astype(float)
    low, high = (float(end) for end in interval(sums.effect(counts), level))
    effect = float(effect)
    return Change(n, others, alone, before, came_to, came_to - effect, came_to - before, effect, low, high, None)


class _Sums(NamedTuple):
    """Sums by cluster: of the unvisited's normal equations (left, right), and of the visited's inputs and outcomes."""

    left: FloatArray
    right: FloatArray
    inputs: FloatArray
    outcome: FloatArray
    size: FloatArray

    @classmethod
    def of(
        cls, x: FloatArray, y: FloatArray, weight: FloatArray, visited: BoolArray, cluster: IntArray
    ) -> _Sums:
        from scipy.sparse import csr_array

        _, code = np.unique(cluster, return_inverse=True)
        by = csr_array((np.ones(len(code)), (code, np.arange(len(code)))))
        other, own = np.where(visited, 0.0, weight), np.where(visited, weight, 0.0)
        left = np.stack([by @ (x * (other * column)[:, None]) for column in x.T], axis=1)
        return cls(left, by @ (x * (other * y)[:, None]), by @ (x * own[:, None]), by @ (own * y), by @ own)

    def effect(self, counts: FloatArray) -> FloatArray:
        """After less foretold for each draw of the clusters (draws × clusters); NaN where none was visited."""
        n, p = self.right.shape
        left = (counts @ self.left.reshape(n, p * p)).reshape(-1, p, p)
        line = np.linalg.pinv(left, hermitian=True) @ (counts @ self.right)[:, :, None]
        foretold = ((counts @ self.inputs) * line[:, :, 0]).sum(axis=1)
        size = counts @ self.size
        found: FloatArray = (counts @ self.outcome - foretold) / np.where(size > 0, size, np.nan)
        return found


def _comparable(rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The rows of types with enough unvisited to compare with, and how many visited that leaves out."""
    other = rows[~rows["visited"].astype(bool)]
    enough = other.groupby("stratum")["cluster"].nunique() >= FEWEST_ALIKE
    keep = rows["stratum"].map(enough).eq(True)
    return rows[keep], int((rows["visited"].astype(bool) & ~keep).sum())


def _design(rows: pd.DataFrame) -> FloatArray:
    """Type, quarter (all but the first) and the two levels, less their means so that sums keep their digits."""
    types, times = (pd.get_dummies(rows[name], dtype=float).to_numpy() for name in ("stratum", "time"))
    levels = rows[["level", "longer"]].to_numpy(dtype=float)
    return np.column_stack([types, times[:, 1:], levels - levels.mean(axis=0)])
