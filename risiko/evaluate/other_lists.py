"""What other lists would have found with the plan's visits: weighted estimates, bounds, and lower visiting rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.evaluate.plan_results import LEAST_KNOWN, outcome_of
from risiko.evaluate.selection import corrected
from risiko.evaluate.swaps import contraction, swap_set
from risiko.settings import EvaluationSettings
from risiko.statistics.inputs import BoolArray


@dataclass(frozen=True)
class OtherLists:
    """What other lists would have found. k: places. services: how many the lists rank.

    estimates: one row per list and method (columns list, method and those of selection.Estimate). swaps: one row per
    list: list, overlap, swap_in, in_low, in_high, out_low, out_high (hits among those it would bring in and send out,
    at least and at most). contraction: columns list and those of swaps.contraction, for `office`.
    """

    k: int
    services: int
    known: int
    office: str
    estimates: pd.DataFrame
    swaps: pd.DataFrame
    contraction: pd.DataFrame


def reach(visits: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Every service that could have had a visit of choice, with the chance it had of one, by service_id.

    Columns: office, probability, drawn, outcome, likelihood, visited. Who was chosen, by whatever rule but the lot, was
    certain: drawn or not, it would have been visited (probability 1). That is so of a drawn service too when another
    ground stands beside the lot, or when it is worth more by the day than the least that its office chose for its risk.
    Any other had the chance of the draw. Statutory visits are not chosen and stay outside. Who neither took part in the
    draw nor was chosen had no chance: no row, as no list could have had it visited.
    """
    own = visits[visits["ground"] != "statutory"].drop_duplicates("service_id").set_index("service_id")
    ids = pd.Index(frame["service_id"]).union(pd.Index(own.index), sort=False)
    base = frame.drop_duplicates("service_id").set_index("service_id").reindex(ids)
    inside = own.reindex(ids)
    visited = ids.isin(own.index)
    drawn = base["drawn"].eq(True).to_numpy(dtype=bool)
    chance = base["probability"].fillna(0.0).to_numpy(dtype=float)
    certain = visited & (~drawn | _anyway(inside))
    return pd.DataFrame({
        "office": inside["office"].where(visited, base["office"]), "probability": np.where(certain, 1.0, chance),
        "drawn": drawn & ~certain, "visited": visited,
        "outcome": outcome_of(pd.Series(ids, index=ids), visits[visits["ground"] != "statutory"]),
    }, index=ids)  # fmt: skip


def _anyway(own: pd.DataFrame) -> BoolArray:
    """Which drawn visits would have been in the plan without the lot."""
    worth = own["value"] / own["days"].where(own["days"] > 0)
    least = worth.where(own["ground"] == "risk").groupby(own["office"]).transform("min")
    others = own["grounds"].fillna("").str.replace("draw", "", regex=False).str.strip("|") != ""
    return np.asarray(((worth >= least).fillna(False) | others) & own["ground"].eq("draw"), dtype=bool)


def other_lists(
    possible: pd.DataFrame, scores: Mapping[str, pd.Series], likelihood: pd.Series, own: str, rule: EvaluationSettings
) -> OtherLists:
    """What each list would have found with as many visits as the plan had, from the plan's visits alone.

    possible: of `reach`. scores: list -> score by service_id, higher first; missing stands last. own: the list that the
    plan was made from, which the others are held against. likelihood: predicted before any outcome. The chance of an
    outcome is the chance of a visit times the share of the visits that is known, separately for drawn and chosen; with
    less than LEAST_KNOWN of either known nothing but the naive figure is told ("too_many_missing"). Without visits, or
    a service to rank, the frames are empty.
    """
    ids = possible.index
    k = int(possible["visited"].sum())
    known = possible["outcome"].notna()
    chance = possible["probability"] * _answered(possible)
    ranked = {name: score.reindex(ids).astype(float) for name, score in scores.items()}
    office = _widest(possible)
    if not k or not known.any():
        return OtherLists(k, len(ids), int(known.sum()), office, pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    expected = likelihood.reindex(ids).astype(float)
    expected = expected.fillna(expected.mean()) if expected.notna().any() else None
    estimates = [
        corrected(
            score, possible["outcome"], chance, k, expected, possible["drawn"], most_weight=rule.most_weight,
            minimum_ess=rule.minimum_ess, most_clipped=rule.most_clipped,
        ).reset_index().assign(list=name)
        for name, score in ranked.items()
    ]  # fmt: skip
    told = pd.concat(estimates, ignore_index=True)
    if _share_known(possible).min() < LEAST_KNOWN:
        weighted = told["method"] != "naive"
        told.loc[weighted, ["value", "low", "high"]] = np.nan
        told["refused_because"] = told["refused_because"].astype("str").mask(weighted, "too_many_missing")
    swaps = [_swap(name, ranked[own], score, k, possible["outcome"]) for name, score in ranked.items() if name != own]
    lower = [_lower_rates(name, score, possible, office) for name, score in ranked.items()]
    return OtherLists(
        k, len(ids), int(known.sum()), office, told, pd.DataFrame(swaps), pd.concat(lower, ignore_index=True)
    )  # fmt: skip


def _answered(possible: pd.DataFrame) -> pd.Series:
    """The share of the visits with a known outcome, by how they came to be."""
    share = _share_known(possible)
    sure, lot = (share.get(key, np.nan) for key in (False, True))
    return possible["probability"].ge(1).map({True: sure, False: lot}).fillna(1.0).astype(float)


def _share_known(possible: pd.DataFrame) -> pd.Series:
    visits = possible[possible["visited"]]
    return visits["outcome"].notna().groupby(visits["drawn"]).mean().astype(float)


def _ordered(score: pd.Series) -> list[str]:
    worth = pd.DataFrame({"score": score, "id": score.index})
    ordered: list[str] = worth.sort_values(["score", "id"], ascending=[False, True])["id"].tolist()
    return ordered


def _swap(name: str, own: pd.Series, other: pd.Series, k: int, outcome: pd.Series) -> dict[str, object]:
    found = swap_set(_ordered(own), _ordered(other), k, outcome)
    (in_low, in_high), (out_low, out_high) = found.swap_in_hits, found.swap_out_hits
    return {
        "list": name, "overlap": found.overlap, "swap_in": len(found.swap_in), "in_low": in_low, "in_high": in_high,
        "out_low": out_low, "out_high": out_high,
    }  # fmt: skip


def _widest(possible: pd.DataFrame) -> str:
    """The office with known outcomes for the largest share of its services."""
    share = possible["outcome"].notna().groupby(possible["office"]).mean()
    return str(share.idxmax()) if len(share) else ""


def _lower_rates(name: str, score: pd.Series, possible: pd.DataFrame, office: str) -> pd.DataFrame:
    own = (possible["office"] == office).to_numpy()
    outcome = possible.loc[own, "outcome"].to_numpy(dtype=float)
    visited = np.isfinite(outcome)
    rates = [float(visited.mean()) * part for part in (0.25, 0.5, 0.75)]
    worth = score[own].fillna(-np.inf).to_numpy(dtype=float)
    return contraction(worth, visited, outcome, rates).assign(list=name)
