"""Stability: how alike two lists are, and how far one list hangs on its weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.scoring.law import BLOCK, FloatBlock, PriorityLaw


@dataclass(frozen=True)
class Stability:
    """How much two lists have in common.

    overlap: shared / the first `top` (of the shorter list, where it is shorter). jaccard: shared / all that stand among
    the first of either. spearman, kendall (tau-b): over the n_both services that stand on both lists, NaN under two.
    rank_biased_overlap: see `rank_biased_overlap`. entered, left: service ids, in the order of the list they are on.
    """

    top: int
    shared: int
    overlap: float
    jaccard: float
    spearman: float
    kendall: float
    rank_biased_overlap: float
    n_both: int
    entered: list[str]
    left: list[str]


def stability(before: pd.Series, after: pd.Series, top: int) -> Stability:
    """Two lists side by side. before, after: place by service id, 1 is looked at first; ties fall by id, as on a page.

    A service that stands on one list only counts in the overlap and not in the correlations.
    """
    old, new = listed(before), listed(after)
    first, second = old[:top], new[:top]
    shared = int(first.isin(second).sum())
    either = len(first) + len(second) - shared
    both = pd.DataFrame({"before": before, "after": after}).dropna().astype(float)
    return Stability(
        top, shared, shared / max(min(len(first), len(second)), 1), shared / max(either, 1),
        _spearman(both), _kendall(both), rank_biased_overlap(old, new, top), len(both),
        second[~second.isin(first)].tolist(), first[~first.isin(second)].tolist(),
    )  # fmt: skip


def listed(places: pd.Series) -> pd.Index:
    """The ids in the order a page has them: by place, then by id."""
    known = places.dropna()
    return known.index[np.lexsort((known.index.to_numpy(dtype=str), known.to_numpy(dtype=float)))]


def rank_biased_overlap(first: pd.Index, second: pd.Index, depth: int) -> float:
    """Overlap at every depth, weighted towards the top: 1 the same list, 0 nothing in common. NaN for an empty list.

    Webber, Moffat and Zobel (2010), extrapolated (their equation 30), with persistence 1 − 1/depth, so that a reader
    who goes down the list looks at `depth` services on average. The lists are read to the end of the shorter one.
    """
    size = min(len(first), len(second))
    if size == 0:
        return float("nan")
    p = 1 - 1 / max(depth, 2)
    place = pd.Series(np.arange(1, len(second) + 1), index=second).reindex(first).to_numpy(dtype=float)
    seen_at = np.fmax(np.arange(1, len(first) + 1), place)  # the depth from which both lists hold the service
    seen_at = seen_at[np.isfinite(place) & (seen_at <= size)].astype(int)
    agreement = np.cumsum(np.bincount(seen_at, minlength=size + 1)[1:]) / np.arange(1, size + 1)
    weight = p ** np.arange(1, size + 1)
    return float(agreement[-1] * weight[-1] + (1 - p) / p * (agreement * weight).sum())


def _spearman(both: pd.DataFrame) -> float:
    ranks = both.rank()
    if len(ranks) < 2 or (ranks.nunique() < 2).any():
        return float("nan")
    return float(np.corrcoef(ranks["before"], ranks["after"])[0, 1])


def _kendall(both: pd.DataFrame) -> float:
    from scipy.stats import kendalltau

    if len(both) < 2:
        return float("nan")
    return float(kendalltau(both["before"], both["after"]).statistic)


@dataclass(frozen=True)
class WeightStability:
    """What happens to the first `top` when every weight is moved at once, each by up to `share` of itself.

    stays: by service id, the share (0–1) of the drawn weight sets in which it stands among the first. mean, least:
    overlap of the drawn lists with the list at the weights as they are.
    """

    top: int
    share: float
    draws: int
    stays: pd.Series
    mean: float
    least: float


def weight_stability(
    law: PriorityLaw, bar: float, contributions: pd.DataFrame, top: int,
    *, share: float = 0.2, draws: int = 200, rng: np.random.Generator,
) -> WeightStability:  # fmt: skip
    """Draw weight sets, each weight even between (1 − share) and (1 + share) of itself, and see who stays.

    contributions: services × signals, in log-odds; a weight moved by a tenth moves its contributions by a tenth, so a
    learned score can be shaken too. bar: the log-priority that the last of the first `top` reaches. A service is
    ordered as on the list itself, by its chance of reaching the bar, given the weights (PriorityLaw.chance_above);
    those that are alike at the line share its last places evenly.
    """
    added = contributions.to_numpy(dtype=np.float32)
    size = min(max(top, 1), max(len(added), 1))

    def inside_with(moved: FloatBlock) -> FloatArray:
        return _inside(law.chance_above(np.full((len(moved), 1), bar, dtype=np.float32), moved), size)

    reference = inside_with(np.zeros((1, len(added)), dtype=np.float32))
    total, overlaps = np.zeros(len(added)), []
    for start in range(0, draws, BLOCK):
        factor = rng.uniform(-share, share, (min(BLOCK, draws - start), added.shape[1])).astype(np.float32)
        inside = inside_with(factor @ added.T)
        total += inside.sum(axis=0)
        overlaps.append(np.minimum(inside, reference).sum(axis=1) / size)
    overlap = np.concatenate(overlaps) if overlaps else np.ones(1)
    stays = pd.Series(total / max(draws, 1), index=contributions.index)
    return WeightStability(size, share, draws, stays, float(overlap.mean()), float(overlap.min()))


def _inside(chance: FloatBlock, size: int) -> FloatArray:
    """Draws × services: 1 among the first `size`, 0 outside, between where equals share the last places."""
    if size >= chance.shape[1]:
        return np.ones(chance.shape)
    edge = -np.partition(-chance, size - 1, axis=1)[:, [size - 1]]
    above, level = chance > edge, chance == edge
    left = size - above.sum(axis=1, keepdims=True)
    return np.asarray(above + level * (left / level.sum(axis=1, keepdims=True)))
