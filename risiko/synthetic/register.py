"""The authority's register: services in their known versions, their metadata, and which municipalities they serve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko import settings
from risiko.contracts import CONTRACTS
from risiko.synthetic import places
from risiko.synthetic.latent import Latent, probability
from risiko.synthetic.parameters import TYPES
from risiko.synthetic.services import NEVER, Services
from risiko.synthetic.span import Bools, Floats, Ints, Rng, Span, to_dates

UPDATE_CHANCE = 0.33  # a year in which new figures for the service are known (A)
OWN_DEGREE_SHARE = 0.06  # services that override a degree of their type (A)
NO_USERS_SHARE = 0.015  # services whose number of users nobody has reported (A)
SECTORS = {"social_office": "social", "child_welfare_service": "child_welfare", "child_institution": "child_welfare"}

# name, kind, unit, direction, audit_only, sentence
_METADATA = (
    ("maturity", "number", "nivå 1–5", "higher_is_better", False,
     "Styringssystemets modenhet: tilfeldig, formalisert, organisert, forebyggende, integrert."),
    ("staff_turnover", "number", "andel", "higher_is_worse", False, "Andel av de ansatte som sluttet siste år."),
    ("private", "boolean", None, "none", False, "Drives av en privat aktør."),
    ("centrality", "category", None, "none", True, "Vertskommunens sentralitet, 1 (mest sentral) til 6."),
)  # fmt: skip


def metadata_columns() -> pd.DataFrame:
    """What the extra columns of services mean."""
    names = ["name", "kind", "unit", "direction", "audit_only", "sentence"]
    return CONTRACTS["metadata_columns"].conform(pd.DataFrame(list(_METADATA), columns=names))


def services(rng: Rng, who: Services, latent: Latent, span: Span) -> pd.DataFrame:
    """Every known version: the first entry, some years' new figures, and the closing when it becomes known."""
    table = who.table
    row, known, year, told = _versions(rng, table, who.exposure, span)
    closed = table["closed"].to_numpy()[row]
    told_closed = (told[row] <= known) & (closed < NEVER)
    defaults = settings.load().service_types
    own, metadata = _own_degrees(rng, table), _metadata(rng, who, latent)
    users = np.where(rng.random(len(table)) < NO_USERS_SHARE, np.nan, 1.0)
    columns = {
        "service_id": table["service_id"], "name": table["name"], "service_type": table["service_type"],
        "sector": table["service_type"].map(SECTORS).fillna("health"), "provider_id": table["provider_id"],
        "office": table["office"], "county": places.counties()["county"][table["county_code"]],
        "natural_person": table["natural_person"], "private": table["private"].astype("boolean"),
        "centrality": who.towns["centrality"][table["town"]],
    }  # fmt: skip
    for degree in ("dependency", "vulnerability", "coercion"):
        of_type = {name: getattr(defaults[name], degree) for name in TYPES}
        assumed = table["service_type"].map(of_type).to_numpy(dtype=float)
        columns[degree] = pd.Series(np.where(own == 0, np.nan, np.clip(assumed + own, 0, 3))).astype("Int64")
    frame = pd.DataFrame({name: values.array[row] for name, values in columns.items()})
    frame["known_date"], frame["users"] = to_dates(known), users[row] * who.users[row, year]
    frame["valid_from"] = to_dates(table["opened"].to_numpy()[row])
    frame["valid_to"] = to_dates(np.where(told_closed, closed, 0)).where(told_closed)
    for name, values in metadata.items():
        frame[name] = values[row, year]
    return CONTRACTS["services"].conform(frame, [name for name, *_ in _METADATA])


def _versions(rng: Rng, table: pd.DataFrame, exposure: Floats, span: Span) -> tuple[Ints, Ints, Ints, Ints]:
    """Service, known day and year of the figures of each version; and the day each service's closing is known."""
    n = len(table)
    opened, closed = table["opened"].to_numpy(), table["closed"].to_numpy()
    entered = np.maximum(span.first, opened + rng.integers(-20, 60, n))
    entered = np.where(opened < span.first, span.first, np.minimum(entered, span.last))
    told = np.maximum(closed + rng.integers(-60, 90, n), entered + 1)
    in_march = span.year_starts()[None, 1:-1] + rng.integers(45, 110, (n, span.n_years - 1))
    news = (rng.random(in_march.shape) < UPDATE_CHANCE) & (exposure[:, 1:] > 0) & (in_march > entered[:, None])
    row, earlier = np.nonzero(news & (in_march < np.minimum(told, closed)[:, None]))
    gone = np.flatnonzero(told <= span.last)
    service = np.concatenate([np.arange(n), row, gone])
    known = np.concatenate([entered, in_march[row, earlier], told[gone]])
    # Figures published in spring are last year's.
    figures = np.concatenate([span.year_of(entered), earlier, span.year_of(closed[gone])])
    order = np.lexsort((known, service))
    seen = order[known[order] <= span.last]
    return service[seen], known[seen], figures[seen], told


def _own_degrees(rng: Rng, table: pd.DataFrame) -> Ints:
    """0 where the type's degrees hold, else one more or one less."""
    step: Ints = np.where(rng.random(len(table)) < OWN_DEGREE_SHARE, rng.choice([-1, 1], len(table)), 0)
    return step


def _metadata(rng: Rng, who: Services, latent: Latent) -> dict[str, Floats]:
    """maturity and staff_turnover, (services, years): weak signs of quality, and known less often of the poor."""
    quality, shape = latent.quality, latent.quality.shape
    usual, solo = quality.mean(axis=1), who.table["natural_person"].to_numpy()
    level = 3.1 - 0.5 * quality + rng.normal(0, 0.7, (shape[0], 1)) + rng.normal(0, 0.3, shape)
    maturity = np.clip(np.round(level), 1, 5)
    assessed: Bools = (rng.random(shape[0]) < probability(-0.2 - 0.5 * usual)) & ~solo
    maturity[~assessed] = np.nan
    slope = 0.3 * latent.effects.turnover_factor
    leaving = -1.7 + slope * quality + rng.normal(0, 0.4, (shape[0], 1)) + rng.normal(0, 0.2, shape)
    turnover = probability(leaving).round(3)
    turnover[(rng.random(shape) < probability(-1.0 + 0.5 * quality)) | solo[:, None]] = np.nan
    return {"maturity": maturity, "staff_turnover": turnover}


def service_areas(rng: Rng, who: Services, span: Span) -> pd.DataFrame:
    """Each relation with its share, known when the service is; one that ends gets a later version with share 0."""
    areas = who.areas.reset_index(drop=True)
    opened = who.table["opened"].to_numpy()[areas["service"]]
    known = np.maximum(span.first, opened)
    frame = pd.DataFrame({
        "service_id": who.table["service_id"].to_numpy()[areas["service"]],
        "municipality": who.towns["municipality"].to_numpy()[areas["town"]],
        "known_date": to_dates(known), "share": areas["share"],
    })  # fmt: skip
    leaving = areas["leaves"].to_numpy()
    ended = frame[leaving].reset_index(drop=True).assign(share=0.0)
    day = known[leaving] + 90 + (rng.random(len(ended)) * (span.last - known[leaving] - 90)).astype(np.int64)
    ended["known_date"] = to_dates(day)
    both = pd.concat([frame, ended[(day > known[leaving]) & (day <= span.last)]], ignore_index=True)
    return CONTRACTS["service_areas"].conform(both)
