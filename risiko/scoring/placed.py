"""Placed: from the law of the priority to the columns of the score table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.scoring.law import PriorityLaw, expit
from risiko.scoring.table import ScoreTable
from risiko.scoring.tiers import tiers
from risiko.scoring.uncertainty import Places, places
from risiko.settings import Settings


def evidence_of(weights: FloatArray, z_sd: FloatArray) -> FloatArray:
    """Share of the weight that rests on the service's own data: 1 − posterior variance, averaged by weight."""
    total = np.abs(weights).sum()
    known = 1 - np.minimum(z_sd, 1) ** 2
    shares: FloatArray = np.abs(weights) / total if total > 0 else np.zeros_like(weights)
    return np.asarray(known @ shares)


def default_top(settings: Settings, n: int) -> int:
    """How many the authority can visit until someone says otherwise: settings.overview.capacity_share, at least 1."""
    return min(max(1, round(settings.overview.capacity_share * n)), max(n, 1))


def placed(
    law: PriorityLaw, evidence: FloatArray, index: pd.Index, settings: Settings, top: int | None = None
) -> tuple[pd.DataFrame, Places]:
    """SCORE_COLUMNS for every service, and the places behind them. top: how many the capacity allows."""
    size = default_top(settings, len(law)) if top is None else min(max(top, 1), len(law))
    rng = np.random.default_rng(settings.score.seed)
    found = places(law, size, draws=settings.score.draws, rng=rng)
    rank = found.rank()
    low, high = law.likelihood_range()
    best, worst = law.unsaid_bounds()
    likelihood, consequence = expit(law.middle), np.exp(law.log_harm)
    scores = pd.DataFrame(
        {
            "likelihood": likelihood, "likelihood_low": low, "likelihood_high": high, "consequence": consequence,
            "evidence": evidence, "priority": likelihood * consequence, "rank": rank,
            "rank_low": np.minimum(found.low, rank), "rank_high": np.maximum(found.high, rank),
            "expected_rank": found.expected, "p_top": found.p_top,
            "tier": tiers(law, rank, told_apart=settings.score.told_apart),
            "rank_best": np.minimum(best, rank), "rank_worst": np.maximum(worst, rank),
        },
        index=index,
    )  # fmt: skip
    return scores, found


def at_capacity(table: ScoreTable, top: int, settings: Settings) -> ScoreTable:
    """The same score with another capacity: chances of being among the first `top`, and the order they give."""
    if table.top == min(max(top, 1), len(table.law)):
        return table
    evidence = table.scores["evidence"].to_numpy(dtype=float)
    scores, found = placed(table.law, evidence, table.scores.index, settings, top)
    return replace(table, scores=scores, places=found)
