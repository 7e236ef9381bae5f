"""Graded visits: what each supervision of a service is known to have found, one row per service and day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, age_years
from risiko.signals.registry import Context, places

# What every signal reads that rests on graded visits.
VISITS_READ: Mapping[str, tuple[str, ...]] = {
    "supervisions": ("service_id", "office"),
    "findings": ("supervision_id", "severity", "severity_score", "dimension", "corrected_date"),
}


def finding_levels(context: Context) -> pd.DataFrame:
    """Every known finding of a known supervision of a service that is not a natural person.

    visit (row of graded_visits), service (row of known services), event_date, office, level (0–3: the regulator's own
    finer grading, or the word's value in settings), finer (whether it is the former), dimension, breach (whether its
    word is breach or worse), serious (whether it is serious_breach) and corrected_date.
    """
    visits, findings, services = (context.known[name] for name in ("supervisions", "findings", "services"))
    row = places(findings["supervision_id"], visits["supervision_id"])
    service = places(visits["service_id"], services["service_id"])
    solo = np.append(services["natural_person"].to_numpy(dtype=bool), True)  # the last one for visits to no service
    service = np.append(np.where(solo[service], -1, service), -1)[row]  # and here for findings of no visit
    words = context.settings.history.severity
    code, said = pd.factorize(findings["severity"])
    word = np.array([*(words.get(name, np.nan) for name in said), np.nan])[code]
    level = findings["severity_score"].fillna(pd.Series(word, findings.index)).to_numpy(dtype=float)
    whole = (row >= 0) & (service >= 0) & ~np.isnan(level)
    row, service = row[whole], service[whole]
    day = visits["event_date"].to_numpy()[row]
    number = service * 200_000 + day.astype("datetime64[D]").astype(np.int64)  # more days than any date has
    return pd.DataFrame({
        "visit": np.unique(number, return_inverse=True)[1], "service": service, "event_date": day,
        "office": visits["office"].array[row], "level": level[whole], "dimension": findings["dimension"].array[whole],
        "finer": findings["severity_score"].notna().to_numpy()[whole],
        "breach": (word >= words["breach"])[whole],
        "serious": np.array([*(said == "serious_breach"), False])[code][whole],
        "corrected_date": findings["corrected_date"].array[whole],
    })  # fmt: skip


def graded_visits(context: Context) -> pd.DataFrame:
    """Every graded visit: `visits_of` with the worst finding (0–3) as severity.

    Supervisions without known findings are not in it: pending is not clean.
    """
    levels = context.once(finding_levels)
    return visits_of(context, levels, levels["level"].to_numpy())


def visits_of(context: Context, levels: pd.DataFrame, severity: FloatArray) -> pd.DataFrame:
    """The visits behind some rows of finding_levels, one row per service and day, by service and then oldest first.

    service (row of known services, closed ones too), position (in the cohort, −1 outside it), service_type and
    provider_id (codes in the order they first come in known services; −1 where the provider is unknown), event_date,
    years (age), severity (the highest of the findings'), n (findings), office (that carried it out).
    Same-day visits are one. Sole practitioners are not in it.
    """
    visit, rows = levels["visit"].to_numpy(), np.arange(len(levels))
    n = np.bincount(visit)
    first, worst = np.zeros(len(n), dtype=np.int64), np.zeros(len(n))
    first[visit[::-1]] = rows[::-1]  # the last one written stays
    np.maximum.at(worst, visit, severity)
    some = n > 0
    visits = levels[["service", "event_date", "office"]].iloc[first[some]].reset_index(drop=True)
    own = context.once(known_services).iloc[visits["service"].to_numpy()].reset_index(drop=True)
    return visits.assign(
        severity=worst[some], n=n[some], service_type=own["service_type"], provider_id=own["provider_id"],
        position=own["position"], years=age_years(visits["event_date"], context.as_of),
    )  # fmt: skip


def known_services(context: Context) -> pd.DataFrame:
    """Every known service, closed ones too: codes of service_type and provider_id, and position (in the cohort)."""
    services = context.known["services"]
    codes = {name: pd.factorize(services[name])[0] for name in ("service_type", "provider_id")}
    position = places(services["service_id"], context.services.index.to_series())
    return pd.DataFrame({**codes, "position": position})
