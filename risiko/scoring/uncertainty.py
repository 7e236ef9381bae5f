"""Uncertainty: how far the place on the list could be another, given what the signals do not know."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from risiko.asof import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def rank_intervals(
    draw: Callable[[], FloatArray], *, draws: int, rng: np.random.Generator, level: float = 0.90
) -> tuple[IntArray, IntArray]:
    """Lower and upper end of the rank interval per service (1 = first), from `draws` joint draws of the priority.

    Each call of draw gives one priority per service. The ends are the level's quantiles of the drawn ranks. Services
    that tie in a draw are put in a random order, so that none is named before another for its id.
    """
    first = draw()
    ranks = np.empty((draws, first.size), dtype=np.int32)
    places = np.arange(1, first.size + 1, dtype=np.int32)
    priority = first
    for i in range(draws):
        shuffled = rng.permutation(first.size)
        ranks[i, shuffled[np.argsort(-priority[shuffled])]] = places
        priority = draw() if i + 1 < draws else priority
    ranks.sort(axis=0)
    tail = (1 - level) / 2
    low = ranks[int(np.floor(tail * (draws - 1)))]
    high = ranks[int(np.ceil((1 - tail) * (draws - 1)))]
    return low.astype(np.int64), high.astype(np.int64)
