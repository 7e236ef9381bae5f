"""How many services of each type there are, and which municipalities each serves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from risiko.synthetic import places
from risiko.synthetic.parameters import SPARSE_TYPES, TYPES
from risiko.synthetic.span import Bools, Floats, Ints, Rng

TAKING_IN_SHARE = 0.4
LEAVING_SHARE = 0.03  # relations beyond the host that end at some time (A)


def counts_by_type(n_services: int) -> Mapping[str, int]:
    """Services per type, in the country's proportions, at least one of each."""
    if n_services < len(TYPES):
        raise ValueError(f"a world needs at least {len(TYPES)} services, one of each type")
    extra = shared_out(n_services - len(TYPES), np.array([facts.n for facts in TYPES.values()], dtype=float))
    return dict(zip(TYPES, (extra + 1).tolist(), strict=True))


def shared_out(n: int, weights: Floats) -> Ints:
    """n things over the weights by largest remainder."""
    exact = n * weights / weights.sum()
    whole: Ints = np.floor(exact).astype(np.int64)
    whole[np.argsort(-(exact - whole), kind="stable")[: n - whole.sum()]] += 1
    return whole


def hosts(rng: Rng, service_type: str, n: int, towns: pd.DataFrame) -> Ints:
    """The host municipality of each of n services of a type (row numbers of towns)."""
    population = towns["population"].to_numpy()
    if service_type == "child_institution":
        of_county = places.counties()["institutions"].to_numpy(dtype=float)
        county_size = np.bincount(towns["county_code"], weights=population)
        weights = of_county[towns["county_code"]] * population / county_size[towns["county_code"]]
        return np.sort(rng.choice(len(towns), size=n, p=weights / weights.sum()))
    if service_type in SPARSE_TYPES:
        return _largest_first(n, towns)
    at_least = 1 if n >= len(towns) else 0  # every municipality has one before any has two
    return np.repeat(np.arange(len(towns)), shared_out(n - at_least * len(towns), population) + at_least)


def _largest_first(n: int, towns: pd.DataFrame) -> Ints:
    """Services of sparse types: shared out over counties, in each from the largest municipality downwards."""
    county, population = towns["county_code"].to_numpy(), towns["population"].to_numpy()
    n_counties = int(county.max()) + 1
    half = np.bincount(county) / len(towns) + np.bincount(county, weights=population) / population.sum()
    wanted = shared_out(n, half)
    order = np.lexsort((-population, county))
    first, size = np.searchsorted(county[order], np.arange(n_counties)), np.bincount(county)
    which = np.repeat(np.arange(n_counties), wanted)
    turn = np.arange(n) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    chosen: Ints = order[first[which] + turn % size[which]]
    return chosen


def areas(rng: Rng, host: Ints, sparse: Bools, type_code: Ints, towns: pd.DataFrame) -> pd.DataFrame:
    """Who serves whom: service, town, share of its users, leaves (True where the relation ends one day).

    A service serves its host. Municipalities without a service of a sparse type go with one in their county.
    """
    own = pd.DataFrame({"service": np.arange(len(host)), "town": host})
    of_type = [np.flatnonzero(sparse & (type_code == code)) for code in np.unique(type_code[sparse])]
    joined = [_joined(rng, services, host, towns) for services in of_type]
    table = pd.concat([own, *joined], ignore_index=True)
    weight = towns["population"].to_numpy()[table["town"]]
    table["population"] = weight
    table["share"] = (weight / table.groupby("service")["population"].transform("sum")).round(4)
    beyond = table["town"].to_numpy() != host[table["service"]]
    table["leaves"] = beyond & (rng.random(len(table)) < LEAVING_SHARE)
    return table


def _joined(rng: Rng, services: Ints, host: Ints, towns: pd.DataFrame) -> pd.DataFrame:
    """The municipalities without a service of this type, each with a random one of its county."""
    county = towns["county_code"].to_numpy()
    lone = np.setdiff1d(np.arange(len(towns)), host[services])
    of_county = county[host[services]]
    order = np.argsort(of_county, kind="stable")
    first = np.searchsorted(of_county[order], county[lone], side="left")
    count = np.searchsorted(of_county[order], county[lone], side="right") - first
    if len(services) > len(towns) / 2:  # where most have their own, the largest few take in neighbours (66 of 231)
        count = np.ceil(TAKING_IN_SHARE * count)
    served = count > 0  # with very few services a county may have none
    pick = first[served] + (rng.random(int(served.sum())) * count[served]).astype(np.int64)
    return pd.DataFrame({"service": services[order[pick]], "town": lone[served]})
