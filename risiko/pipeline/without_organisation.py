"""Leave one organisation out: what it has said moves how far, for every service it has spoken of."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from risiko.ledger.pieces import piece_ids
from risiko.organisations import is_of
from risiko.pipeline.other_evidence import SameScore, with_evidence
from risiko.pipeline.runs import Run
from risiko.pipeline.spoken_of import spoken_of

if TYPE_CHECKING:
    from risiko.registry import LoadedModel

COLUMNS = (
    "service_id", "rank_with", "rank_without", "places", "likelihood_with", "likelihood_without", "pieces", "moved",
)  # fmt: skip
STRENGTHENED, WEAKENED, UNMOVED = MOVED = ("strengthened", "weakened", "unmoved")
LEAST = 0.0005  # a change of likelihood below this reads as 0.0 per cent: nobody would see it


def without_organisation(
    run: Run, organisation: str, model: LoadedModel | None = None, *, only: Collection[str] | None = None
) -> pd.DataFrame:
    """Where each service would stand without all that the organisation has said, one row per service it spoke of.

    organisation: any spelling. only: the experience_ids that are left out (default: all of the organisation's). Columns
    COLUMNS, farthest moved first. rank_*: place by priority as scored, nothing drawn. places: above 0, the evidence
    lifts the service that many places. likelihood_*: 0-1. pieces: those (ledger.pieces) that speak of the service, or
    of its type in its area. moved: "strengthened" where the evidence raises the likelihood, and so the priority, by
    LEAST or more and does not lower the place (more reason to look), "weakened" the reverse, else "unmoved": everything
    it said is left out at once, of other services too, so that what similar services are compared with changes as
    well, and where likelihood and place disagree it is not what was said of this one that moved it. Raises ModelError
    where the run was made by a model that is not the one given.
    """
    score, rows = SameScore(run, model), run.prepared.known["experiences"]
    own = is_of(rows["organisation"], organisation, run.prepared.settings.organisations)
    if only is not None:
        own &= rows["experience_id"].isin(list(only)).to_numpy(dtype=bool)
    told = spoken_of(run.prepared, rows[own])
    if told.empty:
        return _frame(told["service_id"], *(np.zeros(0) for _ in range(5)))
    told["piece_id"] = piece_ids(rows[own], run.prepared.settings).to_numpy()[told["place"]]
    pieces = told.groupby("service_id")["piece_id"].nunique()
    at = run.prepared.cohort.services.index.get_indexer(pieces.index)
    rank, likelihood = (values[at] for values in score.stands(run.prepared))
    other, without = (v[at] for v in score.stands(with_evidence(run.prepared, {"experiences": rows[~own]})))
    found = _frame(pieces.index.to_series(), rank, other, likelihood, without, pieces.to_numpy())
    return found.sort_values(
        ["places", "service_id"], key=lambda c: -c.abs() if c.name == "places" else c, kind="stable", ignore_index=True
    )


def _frame(service_id: pd.Series, rank: np.ndarray, other: np.ndarray, likelihood: np.ndarray, without: np.ndarray,
           pieces: np.ndarray) -> pd.DataFrame:  # fmt: skip
    change, places = likelihood - without, other - rank
    up, down = (change >= LEAST) & (places >= 0), (change <= -LEAST) & (places <= 0)
    moved = np.select([up, down], [STRENGTHENED, WEAKENED], UNMOVED)
    found = pd.DataFrame({
        "service_id": service_id.astype("str").to_numpy(), "rank_with": rank, "rank_without": other,
        "places": places, "likelihood_with": likelihood, "likelihood_without": without, "pieces": pieces,
        "moved": moved,
    })  # fmt: skip
    whole = dict.fromkeys(("rank_with", "rank_without", "places", "pieces"), "int64")
    return found.astype({**whole, "service_id": "str", "moved": "str"})
