"""Two lists side by side: who moves in and out, and what is known of what they would find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.selection import places
from risiko.statistics.inputs import BoolArray, refuse


class SwapSet(NamedTuple):
    """The first k of an old and a new list: ids kept, in and out; overlap of k, Jaccard, Kendall's tau of the whole.

    The hits are bounds: all without an outcome sound, or all failing.
    """

    kept: list[str]
    swap_in: list[str]
    swap_out: list[str]
    overlap: float
    jaccard: float
    kendall_tau: float
    swap_in_hits: tuple[int, int]
    swap_out_hits: tuple[int, int]


def swap_set(old: Sequence[str], new: Sequence[str], k: int, outcome: pd.Series) -> SwapSet:
    """What changes in the first k when the new list takes the place of the old.

    outcome: 0, 1 or missing by service id; a service that is not in it has none. tau is taken over the services in
    both lists, NaN with fewer than two. Raises ValueError for k outside 1 to the length of the shorter list and for
    a service that stands twice.
    """
    refuse(np.bool_(not 1 <= k <= min(len(old), len(new))), f"k must be from 1 to the length of both lists, not {k}")
    refuse(np.bool_(len(set(old)) < len(old) or len(set(new)) < len(new)), "a service must stand once in a list")
    before, after = pd.Index(old[:k]), pd.Index(new[:k])
    kept, ins, outs = before[before.isin(after)], after[~after.isin(before)], before[~before.isin(after)]
    return SwapSet(
        kept.tolist(), ins.tolist(), outs.tolist(),
        overlap=len(kept) / k, jaccard=len(kept) / (2 * k - len(kept)), kendall_tau=_tau(old, new),
        swap_in_hits=_bounds(outcome.reindex(ins)), swap_out_hits=_bounds(outcome.reindex(outs)),
    )  # fmt: skip


def contraction(score: FloatArray, visited: BoolArray, found: FloatArray, rates: Sequence[float]) -> pd.DataFrame:
    """What the score would have found at lower visiting rates, in the one office that visited the largest share.

    One row per rate: rate, k = rate × all services of the office, hits, hit_rate, refused_because. Of the visited the
    k highest by score are kept (ties share the last places); all have outcomes, so hits are counted, not estimated
    (Lakkaraju et al., KDD 2017). It holds only if the office chose, beyond the score, without regard to risk. A rate
    above the office's own cannot be answered: NaN and `above_visiting_rate`. Raises ValueError for a visited service
    without outcome.
    """
    refuse(visited & ~np.isfinite(found), "a visited service must have an outcome")
    seen, hit = score[visited], found[visited]
    k = np.floor(np.asarray(rates, dtype=float) * len(score) + 0.5).astype(np.int64)
    answered = k <= len(seen)
    hits = np.array([places(seen, int(n)) @ hit if ok else np.nan for n, ok in zip(k, answered, strict=True)])
    return pd.DataFrame({
        "rate": np.asarray(rates, dtype=float), "k": k, "hits": hits,
        "hit_rate": hits / np.where(k > 0, k, np.nan),
        "refused_because": pd.Series("above_visiting_rate", index=range(len(k)), dtype="str").mask(answered),
    })  # fmt: skip


def _bounds(outcome: pd.Series) -> tuple[int, int]:
    hits = int(outcome.sum())
    return hits, hits + int(outcome.isna().sum())


def _tau(old: Sequence[str], new: Sequence[str]) -> float:
    from scipy.stats import kendalltau

    place = pd.Series(np.arange(len(new)), index=pd.Index(new)).reindex(pd.Index(old)).dropna()
    return float(kendalltau(np.arange(len(place)), place).statistic) if len(place) > 1 else float("nan")
