"""Which services were supervised when, on what ground and by whom: risk chosen, regular, drawn, by theme, by law."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.contracts import CONTRACTS
from risiko.synthetic import parameters as p
from risiko.synthetic.latent import Latent
from risiko.synthetic.register import SECTORS
from risiko.synthetic.services import TYPE_NAMES, Services
from risiko.synthetic.span import Bools, Floats, Ints, Rng, Span, to_dates
from risiko.synthetic.words import SUBJECTS

# Two themes a year, in turn: (type, type). Child welfare and Nav as in the national programmes.
THEMES = (("child_welfare_service", "nursing_home"), ("social_office", "disability_housing"),
          ("child_welfare_service", "mental_health_adult"), ("home_care", "hospital"),
          ("social_office", "substance_treatment"), ("emergency_clinic", "mental_health_child"))  # fmt: skip
# selection -> (kind, share of the selection, fewest and most person-days in all)
_FORMS = {
    "risk": (("system_audit", 0.6, 20, 40), ("inspection", 0.25, 6, 16), ("unannounced", 0.15, 4, 10)),
    "regularity": (("inspection", 0.5, 6, 16), ("spot_check", 0.2, 1, 4), ("desk_review", 0.3, 2, 8)),
    "theme": (("system_audit", 0.85, 20, 40), ("self_assessment", 0.15, 2, 6)),
    "random": (("inspection", 1.0, 8, 16),),
    "statutory": (("statutory_visit", 1.0, 2, 5),),
    "incident": (("incident_case", 1.0, 5, 25),),
}
TEAMS = 4  # per office
_NEW = 1.5  # years since the last visit that a service never visited counts as, to begin with


def make(rng: Rng, who: Services, latent: Latent, counts: Floats, span: Span) -> pd.DataFrame:
    """One row per supervision: service, year (column), day, selection, selection_probability, kind, office, team,
    person_days. counts: registered complaints by service and year, of which the past years' are used."""
    parts = [_statutory(rng, who, span)]
    last_visit = -rng.uniform(0, 8, len(who.table))  # in years before the span
    for year in range(span.n_years):  # a year's choice depends on the years before
        chosen = _one_year(rng, who, latent, counts, last_visit, year)
        last_visit[chosen["service"]] = year
        parts.append(chosen)
    table = pd.concat(parts, ignore_index=True)
    first, last = span.bounds(who.table["opened"].to_numpy(), who.table["closed"].to_numpy())
    service, year = table["service"].to_numpy(), table["year"].to_numpy()
    low, high = first[service, year], last[service, year]
    table["day"] = low + (rng.random(len(table)) * (high - low + 1)).astype(np.int64)
    table = table.sort_values(["day", "service"], kind="stable", ignore_index=True)
    office = pd.factorize(who.table["office"], sort=True)
    table["office"] = office[0][table["service"]]
    table["team"] = table["office"] * TEAMS + rng.integers(0, TEAMS, len(table))
    _add_form(rng, table)
    return table


def _one_year(rng: Rng, who: Services, latent: Latent, counts: Floats, last_visit: Floats, year: int) -> pd.DataFrame:
    """The random arm first, among all; then theme, risk and regularity among those not yet chosen."""
    n, kind = len(who.table), who.table["service_type"]
    office = pd.factorize(who.table["office"], sort=True)[0]
    part = np.minimum(np.median(who.exposure[:, year]), 1.0)  # the first and last year are not whole
    outside = who.table["natural_person"] | (kind == "child_institution")  # the law decides on these
    able = (who.exposure[:, year] > 0.05) & ~outside.to_numpy()
    drawn, probability = _draw(rng, office, able, p.RANDOM_SHARE * part)
    left = able & ~drawn
    themes = kind.isin(THEMES[year % len(THEMES)]).to_numpy()
    theme = _top(rng.normal(size=n) + 0.3 * latent.quality[:, year], office, left & themes, p.THEME_SHARE * part)
    left &= ~theme
    past = counts[:, max(0, year - 2) : year].sum(axis=1) if year else np.zeros(n)
    usual = who.users[:, year] * (past.sum() / who.users[:, year].sum())
    worry = 0.7 * latent.quality[:, year] + 0.4 * np.log((past + 1) / (usual + 1)) + rng.normal(0, 1.0, n)
    risk = _top(worry - 2.0 * (year - last_visit < _NEW), office, left, p.RISK_SHARE * part)
    left &= ~risk
    regular = _top(year - last_visit + rng.normal(0, 1.0, n), office, left, p.REGULARITY_SHARE * part)
    left = (who.exposure[:, year] > 0) & ~(drawn | theme | risk | regular)
    incident = left & (rng.random(n) < p.INCIDENT_SHARE * part * np.exp(0.8 * latent.quality[:, year] - 0.32))
    masks = {"random": drawn, "theme": theme, "risk": risk, "regularity": regular, "incident": incident}
    parts = [pd.DataFrame({"service": np.flatnonzero(mask), "selection": name}) for name, mask in masks.items()]
    chosen = pd.concat(parts, ignore_index=True).assign(year=year)
    chosen["selection_probability"] = np.where(chosen["selection"] == "random", probability[chosen["service"]], np.nan)
    return chosen


def _draw(rng: Rng, office: Ints, able: Bools, share: float) -> tuple[Bools, Floats]:
    """A simple random sample within each office, and the probability each able service had: drawn / able."""
    chosen = _top(rng.random(len(office)), office, able, share, at_least=1)
    size = np.bincount(office)
    drawn, pool = (np.bincount(office, weights=mask, minlength=len(size)) for mask in (chosen, able))
    return chosen, np.asarray((drawn / np.maximum(pool, 1))[office], dtype=float)


def _top(key: Floats, office: Ints, able: Bools, share: float, *, at_least: int = 0) -> Bools:
    """The share of each office's able services with the highest key."""
    frame = pd.DataFrame({"key": np.where(able, key, -np.inf), "office": office, "able": able})
    place = frame.groupby("office")["key"].rank(ascending=False, method="first")
    quota = (frame.groupby("office")["able"].transform("sum") * share).round().clip(lower=at_least)
    return np.asarray(able & (place <= quota).to_numpy(), dtype=bool)


def _statutory(rng: Rng, who: Services, span: Span) -> pd.DataFrame:
    """Child-welfare institutions: two visits a year, four for some, spread over the time they are in operation."""
    service = np.flatnonzero(who.table["service_type"] == "child_institution")
    yearly = np.where(who.table["visits_high"].to_numpy()[service], p.INSTITUTION_VISITS_HIGH, p.INSTITUTION_VISITS)
    visits = np.round(yearly[:, None] * np.minimum(who.exposure[service], 1.0)).astype(np.int64)
    row, year = np.nonzero(visits)
    times = visits[row, year]
    return pd.DataFrame({
        "service": np.repeat(service[row], times), "selection": "statutory", "year": np.repeat(year, times),
        "selection_probability": np.nan,
    })  # fmt: skip


def _add_form(rng: Rng, table: pd.DataFrame) -> None:
    """Adds kind and person_days, by what the selection usually leads to."""
    table["kind"], table["person_days"] = "", 0.0
    for selection, forms in _FORMS.items():
        rows = table.index[table["selection"] == selection]
        pick = rng.choice(len(forms), size=len(rows), p=[share for _, share, _, _ in forms])
        low, high = (np.array([form[i] for form in forms])[pick] for i in (2, 3))
        table.loc[rows, "kind"] = np.array([form[0] for form in forms])[pick]
        table.loc[rows, "person_days"] = np.round(low + rng.random(len(rows)) * (high - low), 1)


def topics(rng: Rng, who: Services, service: Ints) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """What each supervision looked at: a subject of the service's sector."""
    kinds = [SUBJECTS[SECTORS.get(name, "health")] for name in TYPE_NAMES]
    longest = max(map(len, kinds))
    stock, counts = np.array([(own * longest)[:longest] for own in kinds]), np.array([len(own) for own in kinds])
    code = who.type_code[service]
    return np.asarray(stock[code, (rng.random(len(code)) * counts[code]).astype(np.int64)])


def supervisions(rng: Rng, visits: pd.DataFrame, who: Services, span: Span) -> pd.DataFrame:
    """The contract table: the office knows of its own supervision within two weeks."""
    known = visits["day"].to_numpy() + rng.integers(0, 15, len(visits))
    office = np.sort(who.table["office"].unique())[visits["office"]]
    frame = pd.DataFrame({
        "supervision_id": visits["supervision_id"], "service_id": who.table["service_id"].to_numpy()[visits["service"]],
        "event_date": to_dates(visits["day"].to_numpy()), "known_date": to_dates(known), "kind": visits["kind"],
        "selection": visits["selection"], "selection_probability": visits["selection_probability"], "office": office,
        "team": "lag " + (visits["team"] + 1).astype("str"), "person_days": visits["person_days"],
        "topics": topics(rng, who, visits["service"].to_numpy()),
    })  # fmt: skip
    return CONTRACTS["supervisions"].conform(frame[known <= span.last].reset_index(drop=True))
