"""Same profile, same priority? Services paired with their nearest neighbours in another office."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.equity import told
from risiko.evaluate.group_means import BoolArray, at_once, cluster_codes, effective, sd
from risiko.evaluate.resampling import cluster_counts
from risiko.statistics.inputs import IntArray

_BLOCK = 4_000_000  # drawn pair weights held at a time
_TIE = 1e-6  # far below any difference that matters: services that are alike are paired in no particular order


def matched_pairs(
    inputs: pd.DataFrame, scores: pd.DataFrame, services: pd.DataFrame, *, across: str = "office", n_neighbours: int,
    caliper: float, draws: int, rng: np.random.Generator, minimum: int, fewest_clusters: float, most: int = 5000,
    level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """How a service stands beside services of the same type and profile in other offices: a row per measure and office.

    inputs: services × signals in standard deviations, without gaps. scores: services × measures (rank share,
    priority …). services: service_type, provider_id and `across`. At most `most` services, drawn at random, are paired.
    Columns: measure, group, services, pairs, distance (mean, see `nearest_elsewhere`), difference (own less the
    other's, mean over pairs), low, high, told. Intervals hold for all offices at once and are from providers drawn
    with replacement on both sides of a pair (pigeonhole bootstrap, Owen 2007), since one service may stand in many.
    told as in equity.by_group, too_few: fewer than `minimum` pairs; a frame without rows where none can be paired.
    """
    pairs = nearest_elsewhere(
        inputs, services, across=across, n_neighbours=n_neighbours, caliper=caliper, most=most, rng=rng
    )
    office = services[across].reindex(inputs.index).to_numpy()[pairs["position"]]
    names, group = np.unique(office.astype(str), return_inverse=True)
    cluster = cluster_codes(services["provider_id"].reindex(inputs.index))
    sides = cluster[pairs["position"]], cluster[pairs["other"]]
    values = scores.reindex(inputs.index).to_numpy(dtype=float)
    apart = values[pairs["position"]] - values[pairs["other"]]
    by, n = pairs.groupby(group), np.bincount(group, minlength=len(names))
    shown = n >= minimum
    sure = shown & (np.minimum(*(effective(group, side, len(names)) for side in sides)) >= fewest_clusters)
    reach = at_once(level, np.array([sure.sum()], dtype=float)) * _spread(apart, group, sides, len(names), draws, rng)
    found = [
        pd.DataFrame(
            {
                "measure": measure,
                "group": names,
                "services": by["position"].nunique().to_numpy(),
                "pairs": n,
                "distance": by["distance"].mean().to_numpy(),
                "difference": np.where(shown, np.bincount(group, apart[:, i], len(names)) / n, np.nan),
                "reach": np.where(sure, reach[i], np.nan),
            }
        )
        for i, measure in enumerate(scores.columns)
    ]
    frame = pd.concat(found, ignore_index=True)
    half = frame.pop("reach")
    frame = frame.assign(low=frame["difference"] - half, high=frame["difference"] + half)
    both = (np.tile(part, scores.shape[1]) for part in (shown, sure))
    return frame.assign(told=told(frame["low"], frame["high"], *both))


def nearest_elsewhere(
    inputs: pd.DataFrame, services: pd.DataFrame, *, across: str, n_neighbours: int, caliper: float, most: int,
    rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """The nearest neighbours of each service among those of its type in another office: one row per pair.

    position and other are places in the index of `inputs`; distance is the root mean square difference over the
    signals, at most `caliper`. A service whose office is not told has no pair.
    """
    x = inputs.to_numpy(dtype=float) / np.sqrt(max(inputs.shape[1], 1))
    where = np.asarray(pd.factorize(services[across].reindex(inputs.index))[0])
    kinds = np.asarray(pd.factorize(services["service_type"].reindex(inputs.index))[0])
    asking = np.isin(np.arange(len(x)), rng.choice(len(x), min(most, len(x)), replace=False))
    blocks = [
        block
        for kind in range(kinds.max(initial=-1) + 1)
        for block in _nearest(x, where, np.flatnonzero((kinds == kind) & (where >= 0)), asking, n_neighbours, rng)
    ]
    position, other, distance = (np.concatenate(part) for part in zip(_NONE, *blocks, strict=True))
    near = distance <= caliper
    return pd.DataFrame({"position": position[near], "other": other[near], "distance": distance[near]})


_NONE = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))


def _nearest(
    x: FloatArray, where: IntArray, members: IntArray, asking: BoolArray, most: int, rng: np.random.Generator
) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
    """Blocks of pairs among the members of one type; those in one's own office are infinitely far away."""
    from sklearn.metrics import pairwise_distances_chunked

    askers = members[asking[members]]
    if not len(askers) or not x.shape[1]:
        return

    few = min(most, len(members))

    def closest(distance: FloatArray, start: int) -> tuple[IntArray, IntArray, FloatArray]:
        own = askers[start : start + len(distance)]
        distance += _TIE * rng.random(distance.shape, dtype=np.float32)
        distance[where[own][:, None] == where[members]] = np.inf
        nearest = np.argpartition(distance, few - 1, axis=1)[:, :few]
        return np.repeat(own[:, None], few, axis=1), members[nearest], np.take_along_axis(distance, nearest, axis=1)

    for own, other, distance in pairwise_distances_chunked(x[askers], x[members], reduce_func=closest):
        yield own.ravel(), other.ravel(), distance.ravel()


def _spread(
    apart: FloatArray, group: IntArray, sides: tuple[IntArray, IntArray], groups: int, draws: int,
    rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Standard errors of the mean difference, measures × groups."""
    from scipy.sparse import csr_array

    clusters = int(max(side.max(initial=-1) for side in sides)) + 1
    pairs = np.arange(len(group))
    parts = [
        csr_array((column, (group, pairs)), shape=(groups, len(group))) for column in (np.ones(len(group)), *apart.T)
    ]
    block, found = max(1, _BLOCK // max(len(group), clusters, 1)), []
    for start in range(0, draws, block):
        weights = cluster_counts(np.arange(clusters), min(block, draws - start), rng).astype(float)
        both = (weights[:, sides[0]] * weights[:, sides[1]]).T
        n, *sums = (part @ both for part in parts)
        found.append(np.stack([np.divide(s, n, out=np.full(n.shape, np.nan), where=n > 0) for s in sums]))
    return sd(np.concatenate(found, axis=2))
