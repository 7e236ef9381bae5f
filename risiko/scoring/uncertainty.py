"""Uncertainty: how far the place on the list could be another, given what the signals do not know."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from risiko.scoring.draws import Draw, IntArray


def rank_intervals(
    draw: Callable[[], Draw], *, draws: int, rng: np.random.Generator, level: float = 0.90
) -> tuple[IntArray, IntArray]:
    """Lower and upper end of the rank interval per service (1 = first), from `draws` joint draws of the priority.

    Services that could stand higher in a draw for what is unsaid of them take the place that gives them among the
    others as they are; the others keep theirs. The ends are the
    level's quantiles of the drawn ranks. Services that tie in a draw are put in a random order, so that none is named
    before another for its id.
    """
    priority, risers, higher = draw()
    ranks = np.empty((draws, priority.size), dtype=np.int32)
    places = np.arange(1, priority.size + 1, dtype=np.int32)
    for i in range(draws):
        shuffled = rng.permutation(priority.size)
        order = shuffled[np.argsort(-priority[shuffled])]
        ranks[i, order] = places
        by = np.argsort(-higher)  # looking up in order is much faster
        ranks[i, risers[by]] = 1 + np.searchsorted(-priority[order], -higher[by])
        if i + 1 < draws:
            priority, risers, higher = draw()
    ranks.sort(axis=0)
    tail = (1 - level) / 2
    low = ranks[int(np.floor(tail * (draws - 1)))]
    high = ranks[int(np.ceil((1 - tail) * (draws - 1)))]
    return low.astype(np.int64), high.astype(np.int64)
