"""What the supervisions found, seen through stricter and milder eyes, and what became of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.contracts import CONTRACTS
from risiko.synthetic import parameters as p
from risiko.synthetic.latent import Latent, probability
from risiko.synthetic.services import Services
from risiko.synthetic.span import Floats, Rng, Span, to_dates
from risiko.synthetic.visits import TEAMS
from risiko.vocabulary import DIMENSIONS, FINDING_SEVERITIES

NONE, REMARK, BREACH, SERIOUS = range(len(FINDING_SEVERITIES))
_CORRECTED_SHARE = 0.85  # the rest is not put right within the span (A)
_TEXTS = ("Ikke avdekket lovbrudd.", "Forbedringsområde: ledelsen bør følge opp egne rutiner.",
          "Lovbrudd: ledelsen sikrer ikke at tjenesten er i samsvar med kravene.",
          "Alvorlig lovbrudd: svikten har rammet eller kan ramme liv, helse eller rettssikkerhet.")  # fmt: skip


def eyes(rng: Rng, who: Services) -> Floats:
    """How strict each team's eye is (log-odds, its office's strictness in it), in the order of team numbers."""
    office = rng.normal(0, p.STRICTNESS_OFFICE, who.table["office"].nunique())
    team = rng.normal(0, p.STRICTNESS_TEAM, len(office) * TEAMS)
    return np.asarray(np.repeat(office, TEAMS) + team, dtype=float)


def judge(rng: Rng, visits: pd.DataFrame, who: Services, latent: Latent, strict: Floats) -> pd.DataFrame:
    """The visits with what was seen: worst (severity code), breaches, reported (day the report is published).

    One uniform draw decides, so that a serious failure is always also a breach. strict: of `eyes`; it shifts what is
    seen.
    """
    eye = strict[visits["team"]]
    quality = latent.quality[visits["service"], visits["year"]]
    theme, visit = (visits["selection"] == "theme").to_numpy(), (visits["selection"] == "statutory").to_numpy()
    shift = p.THEME_BREACH_SHIFT * theme + p.VISIT_BREACH_SHIFT * visit
    serious = probability(p.SEVERE_BASE + p.SEVERE_SLOPE * quality + eye + 0.8 * p.VISIT_BREACH_SHIFT * visit)
    any_breach = np.maximum(serious, probability(p.ANY_BASE + p.ANY_SLOPE * quality + eye + shift))
    u = rng.random(len(visits))
    remark = rng.random(len(visits)) < 0.35
    worst = np.where(u < serious, SERIOUS, np.where(u < any_breach, BREACH, np.where(remark, REMARK, NONE)))
    months = rng.uniform(*p.MONTHS_TO_REPORT, len(visits))
    return visits.assign(
        worst=worst,
        breaches=np.where(worst >= BREACH, 1 + rng.poisson(p.BREACHES_EXTRA, len(visits)), 0),
        reported=visits["day"] + (months * 30.4).astype(np.int64),
    )


def findings(rng: Rng, visits: pd.DataFrame, span: Span) -> pd.DataFrame:
    """One row per finding and version: as reported, and, where put right, with corrected_date once that was known."""
    times = np.maximum(visits["breaches"].to_numpy(), 1)
    row = np.repeat(np.arange(len(visits)), times)
    place = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    worst = visits["worst"].to_numpy()[row]
    severity = np.where((worst == SERIOUS) & (place > 0), BREACH, worst)  # the first one is the serious one
    reported = visits["reported"].to_numpy()[row]
    corrected = reported + 40 + rng.gamma(2.2, 80, len(row)).astype(np.int64)
    mended = (severity >= REMARK) & (rng.random(len(row)) < _CORRECTED_SHARE)
    base = pd.DataFrame({
        "finding_id": "F" + pd.Series(np.arange(1, len(row) + 1)).astype("str").str.zfill(6),
        "supervision_id": visits["supervision_id"].to_numpy()[row],
        "dimension": np.array(DIMENSIONS)[rng.choice(6, size=len(row), p=(0.2, 0.3, 0.2, 0.15, 0.03, 0.12))],
        "severity": np.array(FINDING_SEVERITIES)[severity], "text": np.array(_TEXTS)[severity], "known": reported,
    })  # fmt: skip
    base["dimension"] = base["dimension"].astype("str").where(severity != NONE)
    known = corrected + rng.integers(5, 60, len(row))
    later = base.assign(known=known, corrected_date=to_dates(corrected))[mended]
    both = pd.concat([base, later], ignore_index=True)
    both = both[(both["known"] <= span.last).to_numpy()].reset_index(drop=True)
    both["known_date"] = to_dates(both["known"].to_numpy())
    return CONTRACTS["findings"].conform(both)


def actions(rng: Rng, visits: pd.DataFrame, who: Services, span: Span) -> pd.DataFrame:
    """Deadlines and plans after breaches; notices, orders, fines and the rare closure after serious ones; each closed
    in a later version, unless it is still open."""
    bad, reported = visits["worst"].to_numpy(), visits["reported"].to_numpy()
    u = rng.random((6, len(visits)))
    institution = (who.table["service_type"] == "child_institution").to_numpy()[visits["service"]]
    noticed = (bad == SERIOUS) & (u[2] < 0.55)
    ordered = noticed & (u[3] < 0.6)
    lag = rng.integers(10, 60, (6, len(visits)))
    steps = {
        "deadline": ((bad >= BREACH) & (u[0] < 0.8), reported + lag[0] // 3),
        "correction_plan": ((bad >= BREACH) & (u[1] < 0.5), reported + lag[1]),
        "notice": (noticed, reported + lag[2]),
        "order": (ordered, reported + lag[2] + lag[3]),
        "coercive_fine": (ordered & (u[4] < 0.2), reported + lag[2] + lag[3] + 2 * lag[4]),
        "closure": (ordered & (u[5] < np.where(institution, 0.08, 0.01)), reported + lag[2] + lag[3] + lag[5]),
    }
    rows = {kind: (np.flatnonzero(taken), day[taken]) for kind, (taken, day) in steps.items()}
    parts = [pd.DataFrame({"visit": visit, "kind": kind, "day": day}) for kind, (visit, day) in rows.items()]
    table = pd.concat(parts, ignore_index=True)
    table["action_id"] = "A" + pd.Series(np.arange(1, len(table) + 1)).astype("str").str.zfill(6)
    table["known"] = table["day"] + rng.integers(0, 20, len(table))
    table["supervision_id"] = visits["supervision_id"].to_numpy()[table["visit"]]
    table["service_id"] = who.table["service_id"].to_numpy()[visits["service"]][table["visit"]]
    table["event_date"] = to_dates(table["day"].to_numpy())
    closed = table["known"].to_numpy() + 20 + rng.gamma(2.0, 90, len(table)).astype(np.int64)
    ends = (rng.random(len(table)) < 0.9) & (table["kind"] != "closure").to_numpy()
    later = table.assign(known=closed + rng.integers(0, 30, len(table)), closed_date=to_dates(closed))[ends]
    both = pd.concat([table, later], ignore_index=True)
    both = both[(both["known"] <= span.last).to_numpy()].reset_index(drop=True)
    both["known_date"] = to_dates(both["known"].to_numpy())
    return CONTRACTS["actions"].conform(both)


def office_assessments(rng: Rng, who: Services, latent: Latent, span: Span) -> pd.DataFrame:
    """The offices' own yearly assessment, 0–100 and higher is worse: noisy, by six of the ten offices, for part of
    the services. What it says of a year is known the January after."""
    office, names = pd.factorize(who.table["office"], sort=True)
    uses = rng.permutation(len(names)) < 6
    able = uses[office] & ~who.table["natural_person"].to_numpy()
    done = (rng.random(latent.quality.shape) < 0.4) & able[:, None] & (who.exposure > 0)
    service, year = np.nonzero(done)
    known = span.year_starts()[1:][year] + rng.integers(5, 40, len(service))
    value: Floats = np.clip(50 + 11 * latent.quality[service, year] + rng.normal(0, 14, len(service)), 0, 100).round(0)
    frame = pd.DataFrame({
        "service_id": who.table["service_id"].to_numpy()[service], "name": "kontorets egen vurdering",
        "known_date": to_dates(known), "value": value,
    })  # fmt: skip
    return CONTRACTS["external_scores"].conform(frame[known <= span.last].reset_index(drop=True))
