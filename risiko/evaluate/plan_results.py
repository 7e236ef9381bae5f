"""A plan against what it found: hit rates by ground, and how common failing is among all, by the draw."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.random_arm import horvitz_thompson
from risiko.evaluate.selection import hit_interval
from risiko.statistics.inputs import BoolArray
from risiko.statistics.intervals import wilson
from risiko.vocabulary import GROUNDS

ALL = "all"  # the row of all grounds together
# Of the drawn visits at least this share must have a known outcome: with less, those that are missing could by
# themselves move the share by more than a third of its whole scale.
LEAST_KNOWN = 2 / 3
# The least effective number of drawn visits that a share is told from (METHODS 6: at least ten draws).
LEAST_DRAWN = 10


def by_ground(visits: pd.DataFrame) -> pd.DataFrame:
    """Planned, carried out, known and hit visits by ground, in the order of GROUNDS, and all together (ALL).

    visits: ground, state ("not_yet", "waiting", "known"), hit (NaN unless known), likelihood (0–1, NaN for none).
    Columns: ground, planned, carried_out, known, hits, rate, low, high (Wilson's 95 %), expected (sum of the
    likelihoods of the visits known; NaN where none has one), expected_low, expected_high (where 95 % of plans as
    expected would lie: a sum of independent chances). Hits and rates speak of known visits only: missing is not zero.
    """
    rows = [_ground(ground, visits[visits["ground"] == ground]) for ground in GROUNDS]
    table = pd.DataFrame([row for row in rows if row["planned"]] + [_ground(ALL, visits)])
    low, high = wilson(table["hits"].to_numpy(dtype=float), table["known"].to_numpy(dtype=float))
    return table.assign(rate=table["hits"] / table["known"].where(table["known"] > 0), low=low, high=high)


def _ground(ground: str, rows: pd.DataFrame) -> dict[str, object]:
    known = rows["hit"].notna()
    chance = rows.loc[known, "likelihood"].dropna().to_numpy(dtype=float)
    complete = len(chance) == int(known.sum()) > 0  # a sum over some of them could not stand beside the hits of all
    expected = float(chance.sum()) if complete else np.nan
    reach = 1.96 * float(np.sqrt((chance * (1 - chance)).sum())) if complete else np.nan
    return {
        "ground": ground, "planned": len(rows), "carried_out": int((rows["state"] != "not_yet").sum()),
        "known": int(known.sum()), "hits": float(rows["hit"].sum()), "expected": expected,
        "expected_low": max(expected - reach, 0.0) if complete else np.nan,
        "expected_high": min(expected + reach, float(len(chance))) if complete else np.nan,
    }  # fmt: skip


class Drawn(NamedTuple):
    """How common failing is among all who could be drawn, and beside it the hit rate of all visits.

    population: who took part with a chance. no_chance: those who took part without one, for whom nothing is said.
    drawn, known: visits by lot, and those of known outcome. ht, hajek: shares, each with its standard error; low, high:
    95 % interval of Hájek's. total: failing services by Hájek's share. naive, naive_low, naive_high: of all visits.
    refused_because: NOT_ENOUGH, why there is no share; then the numbers of the draw are NaN.
    """

    population: int
    no_chance: int
    drawn: int
    known: int
    ht: float
    ht_se: float
    hajek: float
    hajek_se: float
    low: float
    high: float
    total: float
    naive: float
    naive_low: float
    naive_high: float
    refused_because: str | None


NOT_ENOUGH = ("no_draw", "no_outcomes", "too_many_missing", "too_few")


def prevalence(frame: pd.DataFrame, visits: pd.DataFrame, *, least: float = LEAST_DRAWN) -> Drawn:
    """The share of failing services from the visits that chance chose (Horvitz–Thompson and Hájek).

    frame: archive.FRAME. visits: as in `by_ground`, with service_id; statutory visits stay outside the naive rate. A
    drawn visit of unknown outcome is taken as missing by chance: probabilities are multiplied by the share that is
    known, and with less than LEAST_KNOWN of them known nothing is told. Standard errors are those of independent draws:
    for Horvitz–Thompson too wide for a draw of fixed size, for Hájek about right (docs/explanation/results.md).
    """
    chosen = visits[visits["ground"] != "statutory"]
    hits, n = chosen["hit"].sum(), chosen["hit"].notna().sum()
    low, high = (float(end[0]) for end in wilson(np.array([float(hits)]), np.array([float(n)])))
    naive = {"naive": float(hits / n) if n else np.nan, "naive_low": low, "naive_high": high}
    part = frame[frame["probability"] > 0]
    drawn = part[part["drawn"]]
    outcome = outcome_of(drawn["service_id"], chosen)
    seen = np.isfinite(outcome)
    chance = drawn["probability"].to_numpy(dtype=float)[seen] * (seen.mean() if len(seen) else np.nan)
    why = _too_little(drawn, seen, chance, least)
    share = _told(outcome[seen], chance, len(part)) if why is None else dict.fromkeys(_SHARES, np.nan)
    return Drawn(
        population=len(part), no_chance=len(frame) - len(part), drawn=len(drawn), known=int(seen.sum()),
        **share, **naive, refused_because=why,
    )  # fmt: skip


_SHARES = ("ht", "ht_se", "hajek", "hajek_se", "low", "high", "total")


def _told(outcome: FloatArray, chance: FloatArray, population: int) -> dict[str, float]:
    found = horvitz_thompson(outcome, chance, population)
    low, high = hit_interval(found.hajek, found.hajek_se, _effective(chance))
    shares = (found.mean, found.mean_se, found.hajek, found.hajek_se, low, high, found.hajek * population)
    return dict(zip(_SHARES, shares, strict=True))


def _effective(chance: FloatArray) -> float:
    """Kish's effective number of draws."""
    return float((1 / chance).sum() ** 2 / (1 / chance**2).sum())


def _too_little(drawn: pd.DataFrame, seen: BoolArray, chance: FloatArray, least: float) -> str | None:
    if drawn.empty:
        return "no_draw"
    if not seen.any():
        return "no_outcomes"
    if seen.mean() < LEAST_KNOWN:
        return "too_many_missing"
    return "too_few" if _effective(chance) < least else None


def outcome_of(service_ids: pd.Series, visits: pd.DataFrame) -> FloatArray:
    """Each service's outcome in the plan: a hit where any of its visits was one, NaN where none is known."""
    found: FloatArray = service_ids.map(visits.groupby("service_id")["hit"].max()).to_numpy(dtype=float)
    return found
