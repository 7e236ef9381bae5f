"""The cut: where capacity ends on the list, and whether it ends within a tier."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from risiko.errors import InputError

ELIGIBLE = ("service_id", "name", "rank", "p_top")


@dataclass(frozen=True, eq=False)
class Cut:
    """Where the first `top` places end.

    sure: services of whole tiers above the cut, in without a draw. tier: the tier that capacity cuts through; where it
    cuts none, the last that is in. places: how many places are left for that tier; 0 where there is nothing to draw.
    eligible: the services that share them, one row each, by service_id: ELIGIBLE. Empty where there is no draw.
    """

    top: int
    sure: int
    tier: int
    places: int
    eligible: pd.DataFrame

    @property
    def needed(self) -> bool:
        """Whether a draw has to decide."""
        return self.places > 0


def cut_at(scores: pd.DataFrame, top: int, names: pd.Series | None = None) -> Cut:
    """Where capacity `top` ends on a score table (rank, tier, p_top by service_id). Tiers follow each other by rank.

    p_top must be the chance of being among these `top` (scoring.placed.at_capacity). names: by service_id; one without
    a name goes by its id. Raises InputError where `top` is below 1 or p_top is missing or no probability.
    """
    if top < 1:
        raise InputError("Capacity must be at least one service.", where="capacity", hint="give a whole number from 1")
    size = scores.groupby("tier").size().sort_index()
    reached = size.cumsum()
    inside = reached[reached <= top]
    sure = int(inside.iloc[-1]) if len(inside) else 0
    if sure == top or sure == len(scores):
        tier = int(inside.index[-1]) if len(inside) else 0
        return Cut(top, sure, tier, 0, _eligible(scores.head(0), names))
    tier = int(reached.index[len(inside)])
    eligible = _eligible(scores[scores["tier"] == tier], names)
    if not eligible["p_top"].between(0, 1).all():
        raise InputError("Some chances of a place are missing.", where="p_top", hint="score the list anew")
    return Cut(top, sure, tier, top - sure, eligible)


def _eligible(rows: pd.DataFrame, names: pd.Series | None) -> pd.DataFrame:
    ids = pd.Series(rows.index.astype("str"), dtype="str")
    told = ids if names is None else names.reindex(rows.index).reset_index(drop=True).astype("str").fillna(ids)
    frame = pd.DataFrame({
        "service_id": ids, "name": told, "rank": rows["rank"].to_numpy(dtype="int64"),
        "p_top": rows["p_top"].to_numpy(dtype=float),
    })  # fmt: skip
    return frame.sort_values("service_id", ignore_index=True)
