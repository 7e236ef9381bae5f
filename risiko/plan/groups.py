"""How a plan looks by county, sector, type, size and office, beside what the plain list would have given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

GROUPINGS = ("county", "sector", "service_type", "size", "office")
COLUMNS = (
    "grouping", "group", "services", "visited", "visits", "share", "days", "findings", "top", "top_share", "ratio",
    "small",
)  # fmt: skip
SIZE_BANDS = 4
SMALL = 5  # fewer services than this and a share says little, and may point someone out


def by_group(candidates: pd.DataFrame, chosen: Sequence[str], top: Sequence[str]) -> pd.DataFrame:
    """One row per grouping (GROUPINGS) and group: who is visited, and how the pure list (beside.top_ids) would look.

    candidates: one row per service that could be visited. chosen: service_id of each visit, so that a service visited
    twice stands there twice; top: of each visit of the list. Who is not among the candidates is not counted.

    grouping, group ("" where it is not told; size: quarters of all by users, "1" smallest), services, visited (some of
    them), visits, share (visited of services), days (person-days of the visits, as costed), findings (expected: the
    likelihoods of the visited together), top (services of the list), top_share, ratio (visited to top: 1 is alike; NaN
    where the list has none of the group), small (fewer than 5 services). Groups in the order of their names.
    """
    visits = pd.Series(list(chosen), dtype="str").value_counts()
    times = candidates["service_id"].map(visits).fillna(0).to_numpy(dtype=np.int64)
    listed = candidates["service_id"].isin(set(top)).to_numpy()
    counted = pd.DataFrame({
        "services": 1, "visited": (times > 0).astype("int64"), "visits": times, "days": times * candidates["days"],
        "findings": np.where(times > 0, candidates["likelihood"], 0.0), "top": listed.astype("int64"),
    }, index=candidates.index)  # fmt: skip
    parts = []
    for grouping in GROUPINGS:
        named = size_bands(candidates["users"]) if grouping == "size" else candidates[grouping].astype("str").fillna("")
        sums = counted.groupby(named.rename("group")).sum().reset_index()
        parts.append(sums.assign(grouping=grouping))
    found = pd.concat(parts, ignore_index=True)
    found["share"], found["top_share"] = found["visited"] / found["services"], found["top"] / found["services"]
    found["ratio"] = found["visited"] / found["top"].where(found["top"] > 0)
    found["small"] = found["services"] < SMALL
    return found[list(COLUMNS)]


def size_bands(users: pd.Series) -> pd.Series:
    """Quarters of all services by users as text, "1" smallest; equal numbers stay together; "" where not known or 0."""
    known = users.astype("float64").where(users > 0)
    if known.notna().sum() == 0:
        return pd.Series("", index=users.index, dtype="str")
    edges = np.unique(np.quantile(known.dropna(), np.linspace(0, 1, SIZE_BANDS + 1)[1:-1]))
    band = pd.Series(np.searchsorted(edges, known.to_numpy(), side="left") + 1, index=users.index).astype("str")
    return band.where(known.notna(), "")
