"""The invented services: who they are, where, how many they serve and how long they live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko import settings
from risiko.synthetic import allocation, places
from risiko.synthetic.parameters import (
    INSTITUTION_HIGH_SHARE,
    NATURAL_PERSON_SHARE,
    SOLO_LIST,
    SPARSE_TYPES,
    SPECIALIST_TYPES,
    TYPES,
)
from risiko.synthetic.span import Bools, Floats, Ints, Rng, Span
from risiko.synthetic.words import SERVICE_WORDS, SOLE_PRACTITIONER, place_names

TYPE_NAMES = tuple(TYPES)
NEVER = 2**31  # a day number beyond every calendar: still in operation
OPENING_SHARE, CLOSING_SHARE, MERGER_SHARE = 0.06, 0.06, 0.006  # over the whole span (A)
MERGING_TYPES = ("nursing_home", "home_care", "disability_housing", "general_practice", "child_institution")
CHAINS = 24


@dataclass(frozen=True)
class Services:
    """table: one row per service (row number is the service everywhere else). users, exposure: (services, years).

    mergers: columns first, second, successor (row numbers) and day.
    """

    table: pd.DataFrame
    areas: pd.DataFrame
    towns: pd.DataFrame
    mergers: pd.DataFrame
    users: Floats
    exposure: Floats

    def column(self, name: str) -> Floats:
        """One fact of TypeFacts, per service."""
        return fact(name)[self.type_code]

    @property
    def type_code(self) -> Ints:
        """The type of each service, a position in TYPE_NAMES."""
        return np.asarray(self.table["type_code"], dtype=np.int64)


def fact(name: str) -> Floats:
    """One number of TypeFacts, per type in the order of TYPE_NAMES."""
    return np.array([getattr(facts, name) for facts in TYPES.values()], dtype=float)


def make(rng: Rng, n_services: int, span: Span) -> Services:
    """All services of a world with their areas, users and lives."""
    towns = places.municipalities(rng)
    counts = allocation.counts_by_type(n_services)
    table = pd.DataFrame({
        "type_code": np.repeat(np.arange(len(TYPES)), list(counts.values())),
        "town": np.concatenate([allocation.hosts(rng, name, n, towns) for name, n in counts.items()]),
    })  # fmt: skip
    table["service_id"] = "T" + pd.Series(np.arange(1, len(table) + 1)).astype("str").str.zfill(5)
    table["service_type"] = pd.Series(np.array(TYPE_NAMES)[table["type_code"]], dtype="str")
    table["county_code"] = towns["county_code"].to_numpy()[table["town"]]
    table["office"] = places.counties()["office"].to_numpy()[table["county_code"]]
    sparse = table["service_type"].isin(SPARSE_TYPES).to_numpy()
    areas = allocation.areas(rng, table["town"].to_numpy(), sparse, table["type_code"].to_numpy(), towns)
    _describe(rng, table)
    first_users = _users(rng, table, areas, towns)
    mergers = _lives(rng, table, span)
    users = _users_over_time(rng, first_users, span.n_years)
    after = mergers["successor"].to_numpy()
    users[after] = users[mergers["first"]] + users[mergers["second"]]
    exposure = span.exposure(table["opened"].to_numpy(), table["closed"].to_numpy())
    return Services(table, areas, towns, mergers, users, exposure)


def _describe(rng: Rng, table: pd.DataFrame) -> None:
    """Adds name, private, natural_person, provider, dependency and whether an institution has four visits a year."""
    n = len(table)
    kind = table["service_type"]
    table["private"] = rng.random(n) < fact("private")[table["type_code"]]
    solo = (kind == "general_practice") & (rng.random(n) < NATURAL_PERSON_SHARE)
    table["natural_person"] = solo
    table.loc[solo, "private"] = True
    per_type = table.groupby("type_code").cumcount().to_numpy()
    names = place_names(rng, int(per_type.max()) + 1)
    # A different starting point in the stock for each type, so that neighbours do not share a place.
    place = pd.Series(names[(per_type + 37 * table["type_code"].to_numpy()) % len(names)], dtype="str")
    word = kind.map(SERVICE_WORDS).where(~solo, SOLE_PRACTITIONER).str.split("{}", expand=True, regex=False)
    table["name"] = word[0] + place + word[1]
    table["provider_id"] = _providers(rng, table)
    assumed = settings.load().service_types
    table["dependency"] = kind.map({name: assumed[name].dependency for name in TYPES}).astype(int)
    table["visits_high"] = (kind == "child_institution") & (rng.random(n) < INSTITUTION_HIGH_SHARE)


def _providers(rng: Rng, table: pd.DataFrame) -> pd.Series:
    """Municipal, health-trust (two in each county at most), chain, or a practice of its own."""
    n = len(table)
    municipal = "K" + (table["town"] + 1).astype("str")
    trust = "HF" + (table["county_code"] * 2 + rng.integers(1, 3, n)).astype("str")
    chain = "KJEDE" + pd.Series(rng.integers(1, CHAINS + 1, n)).astype("str")
    own = "P" + pd.Series(np.arange(1, n + 1)).astype("str")
    provider = municipal.where(~table["service_type"].isin(SPECIALIST_TYPES), trust).where(~table["private"], chain)
    return provider.where(~((table["service_type"] == "general_practice") & table["private"]), own)


def _users(rng: Rng, table: pd.DataFrame, areas: pd.DataFrame, towns: pd.DataFrame) -> Floats:
    """People served at the start of the span."""
    code = table["type_code"].to_numpy()
    served = areas.groupby("service")["population"].sum().reindex(range(len(table))).to_numpy()
    alike = table.groupby(["type_code", "town"])["town"].transform("size").to_numpy()
    base = fact("users")[code] * np.where(fact("per_inhabitant")[code] == 1, served / alike, 1.0)
    base = np.where(table["natural_person"], SOLO_LIST, base)
    spread = np.where(table["natural_person"], 0.15, fact("users_spread")[code])
    limits = fact("users_limits")[code]
    users: Floats = np.clip(base * np.exp(spread * rng.normal(size=len(table))), limits[:, 0], limits[:, 1])
    return users


def _users_over_time(rng: Rng, first: Floats, n_years: int) -> Floats:
    """Users year by year: a slow random walk, rounded to whole people, at least one."""
    steps = rng.normal(0, 0.04, (len(first), n_years))
    steps[:, 0] = 0
    users: Floats = np.maximum(np.round(first[:, None] * np.exp(np.cumsum(steps, axis=1))), 1)
    return users


def _lives(rng: Rng, table: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Adds opened and closed (day numbers, NEVER while open) and gives the mergers."""
    n, days = len(table), span.last - span.first
    opened = span.first - rng.integers(400, 365 * 40, n)
    closed = np.full(n, NEVER)
    late = rng.random(n) < OPENING_SHARE
    opened[late] = span.first + rng.integers(1, days, int(late.sum()))
    gone = ~late & (rng.random(n) < CLOSING_SHARE)
    closed[gone] = span.first + rng.integers(days // 10, days, int(gone.sum()))
    mergers = _mergers(rng, table, span)
    day = mergers["day"].to_numpy()
    for role in ("first", "second"):
        opened[mergers[role]] = np.minimum(opened[mergers[role]], span.first - 400)
        closed[mergers[role]] = day - 1
    opened[mergers["successor"]], closed[mergers["successor"]] = day, NEVER
    table["opened"], table["closed"] = opened, closed
    return mergers


def _mergers(rng: Rng, table: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Neighbours of a type in one municipality: two close, the third opens in their place."""
    able: Bools = table["service_type"].isin(MERGING_TYPES).to_numpy() & ~table["natural_person"].to_numpy()
    groups = table[able].groupby(["type_code", "town"])
    place = groups.cumcount()
    leaders = place.index[(place == 0) & (groups["town"].transform("size") >= 3)].to_numpy()
    first = np.sort(leaders[rng.permutation(len(leaders))[: max(1, round(MERGER_SHARE * len(table)))]])
    key, by_place = groups.ngroup(), []
    for number in (1, 2):  # the second and third of the same group
        rows = key.index[place == number]
        by_place.append(rows.to_numpy()[np.searchsorted(key[rows].to_numpy(), key[first].to_numpy())])
    day = span.first + rng.integers((span.last - span.first) // 5, (span.last - span.first) * 4 // 5, len(first))
    return pd.DataFrame({"first": first, "second": by_place[0], "successor": by_place[1], "day": day})
