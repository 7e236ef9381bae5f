"""Graded visits: what each supervision of a service is known to have found, one row per service and day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from risiko.asof import age_years
from risiko.signals.registry import Context

# What every signal reads that rests on graded visits.
VISITS_READ: Mapping[str, tuple[str, ...]] = {
    "supervisions": ("service_id", "office"),
    "findings": ("supervision_id", "severity", "severity_score", "dimension", "corrected_date"),
}


def finding_levels(context: Context) -> pd.DataFrame:
    """Every known finding of a known supervision of a service that is not a natural person.

    visit (row of graded_visits), service (row of known services), event_date, office, level (0–3: the regulator's own
    finer grading, or the word's value in settings), dimension, breach (whether its word is
    breach or worse) and corrected_date.
    """
    visits, findings, services = (context.known[name] for name in ("supervisions", "findings", "services"))
    row = pd.Index(visits["supervision_id"]).get_indexer(findings["supervision_id"])
    service = pd.Index(services["service_id"]).get_indexer(visits["service_id"])
    solo = np.append(services["natural_person"].to_numpy(dtype=bool), True)  # the last one for visits to no service
    service = np.append(np.where(solo[service], -1, service), -1)[row]  # and here for findings of no visit
    words = context.settings.history.severity
    word = findings["severity"].map(words).astype(float)
    level = findings["severity_score"].fillna(word).to_numpy(dtype=float)
    whole = (row >= 0) & (service >= 0) & ~np.isnan(level)
    row, service = row[whole], service[whole]
    day = visits["event_date"].to_numpy()[row]
    number = service * 200_000 + day.astype("datetime64[D]").astype(np.int64)  # more days than any date has
    return pd.DataFrame({
        "visit": np.unique(number, return_inverse=True)[1], "service": service, "event_date": day,
        "office": visits["office"].array[row], "level": level[whole], "dimension": findings["dimension"].array[whole],
        "breach": (word >= words["breach"]).to_numpy()[whole],
        "corrected_date": findings["corrected_date"].array[whole],
    })  # fmt: skip


def graded_visits(context: Context) -> pd.DataFrame:
    """Every graded visit, one row per service and day, by service and then oldest first; same-day visits are one.

    service (row of known services, closed ones too), position (in the cohort, −1 outside it), service_type and
    provider_id (codes in the order they first come in known services; −1 where the provider is unknown), event_date,
    years (age), severity (worst finding, 0–3), n (findings), office (that carried it out).
    Supervisions without known findings are not in it: pending is not clean. Sole practitioners are not in it.
    """
    levels, services = context.once(finding_levels), context.known["services"]
    visit, first = levels["visit"].to_numpy(), ~levels["visit"].duplicated().to_numpy()
    visits = levels.loc[first, ["visit", "service", "event_date", "office"]].sort_values("visit", ignore_index=True)
    severity = np.zeros(len(visits))
    np.maximum.at(severity, visit, levels["level"].to_numpy())
    visits = visits.drop(columns="visit").assign(severity=severity, n=np.bincount(visit, minlength=len(visits)))
    place = visits["service"].to_numpy()
    own = {column: pd.factorize(services[column])[0][place] for column in ("service_type", "provider_id")}
    position = context.services.index.get_indexer(services["service_id"])[place]
    return visits.assign(**own, position=position, years=age_years(visits["event_date"], context.as_of))
