"""Worlds of complaints and visits in which the effect of a visit is planted, and is known."""

from __future__ import annotations

import numpy as np

from risiko.evaluate.before_after import EARLIER, QUARTER, QUARTERS, YEAR, Panel

MONTHS = YEAR + EARLIER + QUARTER * QUARTERS + YEAR


def world(
    rng: np.random.Generator, *, effect: float = 1.0, services: int = 300, a_quarter: int = 12, by: str = "count",
    types: int = 3,
) -> Panel:  # fmt: skip
    """Services whose complaints are Poisson at a level of their own; visits multiply the level by `effect` for good.

    by: who is visited each quarter among those not visited for a year: "count", those with most complaints in the year
    before (what a naive before–after calls an effect is then chance); "hidden", those whose true level is highest,
    which no record shows.
    """
    kind = rng.integers(0, types, services)
    users = rng.lognormal(5, 0.6, services)
    level = rng.gamma(2.0, 0.005 * (1 + kind), services) / YEAR  # complaints per user and month
    total, visited = np.zeros((services, MONTHS)), np.zeros((services, MONTHS), dtype=bool)
    for month in range(MONTHS):
        if month >= YEAR and month % QUARTER == 0:
            past = total[:, month - YEAR : month].sum(axis=1) / users
            worth = past if by == "count" else level
            waited = ~visited[:, month - YEAR : month].any(axis=1)
            visited[np.argsort(np.where(waited, worth + 1e-9 * rng.random(services), -1.0))[-a_quarter:], month] = True
            level = np.where(visited[:, month], level * effect, level)
        total[:, month] = rng.poisson(level * users)
    there = np.ones_like(visited)
    size = np.repeat(users[:, None] / YEAR, MONTHS, axis=1)
    cluster = np.asarray(rng.integers(0, services // 2, services), dtype=np.int64)
    return Panel(total, size, visited, ~there, there, np.asarray(kind, dtype=np.int64), cluster)
