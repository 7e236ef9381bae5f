"""The score table: what every scoring method hands over, whatever it learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko.scoring.law import PriorityLaw
from risiko.scoring.uncertainty import Places
from risiko.vocabulary import DIMENSIONS, GROUPS

POINTS = "points"
WHOLE = "whole"
SCORE_COLUMNS = (
    "likelihood", "likelihood_low", "likelihood_high", "consequence", "evidence", "priority", "rank", "rank_low",
    "rank_high", "expected_rank", "p_top", "tier", "rank_best", "rank_worst",
)  # fmt: skip


@dataclass(frozen=True)
class ScoreTable:
    """scores: per service_id the columns SCORE_COLUMNS. contributions: services × signals, in log-odds.

    likelihood (0–1): base + contributions, on the log-odds scale. consequence: 1 = reference users who can look
    after themselves. evidence (0–1): the share of the score's weight that rests on the service's own data. priority:
    likelihood × consequence. p_top: probability of being among the first `top` (the capacity) if all were known.
    expected_rank: mean place over the draws. rank: 1 is looked at first; by p_top, then expected_rank; ties share the
    better place. *_low, *_high: 90 % intervals. tier: see scoring.tiers. rank_best, rank_worst: places that the
    reporting prior allows, whatever is unsaid of this service and of others. base: log-odds of a service about which
    nothing is known. group_of: signal -> group. weights: the points score's; none for a learned one. law, places: what
    stands behind the places. model_id: which model made it; POINTS for the points score. read: of a learned score, the
    part of each contribution that the reading adds, without its age, amount and that it is missing; None: all of it.
    """

    as_of: date
    scores: pd.DataFrame
    contributions: pd.DataFrame
    base: float
    group_of: dict[str, str]
    weights: dict[str, float]
    law: PriorityLaw
    places: Places
    model_id: str = POINTS
    read: pd.DataFrame | None = None

    @property
    def top(self) -> int:
        """How many the capacity allows."""
        return self.places.top

    def by_group(self) -> pd.DataFrame:
        """Contributions summed within complaints, experience, metadata and history; 0 for a group without signals."""
        sums = {
            g: self.contributions[[s for s, group in self.group_of.items() if group == g]].sum(axis=1) for g in GROUPS
        }
        return pd.DataFrame(sums, index=self.contributions.index)

    @property
    def readings_added(self) -> pd.DataFrame:
        """What the readings themselves add, services × signals, in log-odds."""
        return self.contributions if self.read is None else self.read

    def by_dimension(self, dimensions: Mapping[str, Sequence[str]]) -> pd.DataFrame:
        """Contributions by the dimension of good services, in log-odds; `whole`: what speaks of no single one.

        dimensions: signal -> the dimensions it speaks of; a signal that speaks of several counts equally for each.
        """
        names = [*DIMENSIONS, WHOLE]
        spoken = [tuple(dimensions.get(str(signal), ())) or (WHOLE,) for signal in self.contributions.columns]
        share = np.array([[(name in own) / len(own) for name in names] for own in spoken]).reshape(-1, len(names))
        return pd.DataFrame(self.contributions.to_numpy() @ share, index=self.contributions.index, columns=names)

    def frame(self) -> pd.DataFrame:
        """One flat row per service in rank order, for files: scores, `group_*` and `contribution_*` in log-odds.

        capacity: what p_top and rank are for.
        """
        flat = self.scores.join(self.by_group().add_prefix("group_")).join(
            self.contributions.add_prefix("contribution_")
        )
        flat = flat.assign(base_log_odds=self.base, model_id=self.model_id, capacity=self.top)
        return flat.sort_values("rank", kind="stable").reset_index()
