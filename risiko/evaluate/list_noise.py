"""Noise of a list: how many of its first places two lists share that differ by nothing but chance in the signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from risiko.asof import FloatArray

Priority = Callable[[FloatArray], FloatArray]  # standings (services × signals) -> priority of every service


def chance_spread(standing_sd: FloatArray) -> FloatArray:
    """How far a standing would move, had chance alone been another: sd · √(1 − sd²), in standard deviations.

    A standing is a posterior mean under a normal law of spread 1, with posterior standard deviation sd. It follows the
    service's own data by 1 − sd², and data so much followed have a variance of sd² / (1 − sd²) about the truth; so the
    mean itself moves by the root of sd² (1 − sd²). Where nothing is known (sd = 1), or all is (0), it does not move.
    """
    sd = np.clip(standing_sd, 0.0, 1.0)
    return np.asarray(sd * np.sqrt(1 - sd**2))


def noise_overlap(
    priority: Priority, standing: FloatArray, standing_sd: FloatArray, groups: Sequence[str], size: int,
    *, draws: int, rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Shares of their first `size` services that pairs of drawn lists have in common: all pairs of `draws` lists.

    standing, standing_sd: services × signals. groups: the group of every signal; signals of a group rest on the same
    records and err together. Two lists at different dates rest on much the same records, so they differ by less than
    two lists drawn afresh: a list that shares fewer than these do has moved beyond any doubt.
    """
    code = pd.factorize(np.asarray(groups, dtype=str))[0]
    spread, services = chance_spread(standing_sd), len(standing)
    inside = np.zeros((draws, services), dtype=np.float32)
    for i in range(draws):
        noise = rng.standard_normal((services, code.max(initial=0) + 1))
        drawn = priority(standing + spread * noise[:, code])
        inside[i, np.argsort(-drawn, kind="stable")[:size]] = 1.0
    shared = inside @ inside.T / max(min(size, services), 1)
    return np.asarray(shared[np.triu_indices(draws, k=1)], dtype=float)
