"""Evidence: what the numbered checks may look at, gathered for the score in force at one date."""

from __future__ import annotations

from typing import Any

import pandas as pd

from risiko.asof import SERVICE_VERSIONS
from risiko.evaluate.backtest import ALL
from risiko.evaluate.checks import Evidence
from risiko.pipeline.equal_places import places_by_group
from risiko.pipeline.list_movement import compared_lists
from risiko.pipeline.subject import Subject, standings
from risiko.pipeline.validation import Validation
from risiko.scoring.inputs import TYPE

MEASURED = ("auc", "auc_within_office", "calibration_in_the_large", "calibration_slope")
OWN = ("users", TYPE)  # columns of every register that a score reads, beside those the authority has declared


def evidence_of(subject: Subject, validation: Validation | None) -> Evidence:
    """All that can be known at the date; what cannot is left out, and the checks that need it then say so."""
    services = subject.run.prepared.cohort.services
    return Evidence(
        as_of=subject.as_of, newest_known=newest_known(subject), versions=versions(subject),
        inputs_now=subject.inputs_now, contributions=subject.run.table.contributions,
        skill=skill(subject, validation), equity=places_by_group(subject.run),
        office=services["office"], strata=services[TYPE], **training(subject), **compared_lists(subject),
    )  # fmt: skip


def training(subject: Subject) -> dict[str, Any]:
    """label_rows, outcomes, inputs_then, levels_then and levels_now; nothing where nothing can be learned from.

    inputs_then: of the newest cohort with a whole window, supervised or not. levels_then: every value that a labelled
    service had by the newest cohort's date.
    """
    rows = subject.rows
    if rows is None:
        return {}
    dated = rows.cohorts.loc[rows.cohorts.index.repeat(rows.cohorts["n"]), ["as_of", "window_end"]]
    newest = subject.learner.moments.at(rows.whole["as_of"].iloc[-1])
    seen = known_versions(subject)
    last = pd.Timestamp(rows.cohorts["as_of"].iloc[-1])
    seen = seen[seen["service_id"].isin(rows.X.index) & (seen["known_date"] <= last)]
    declared = declared_columns(subject)
    words = declared[(declared["kind"] == "category") & ~declared["audit_only"].astype(bool)]
    categories = [TYPE, *words["name"]]
    return {
        "label_rows": dated.assign(known_from=rows.known_from.to_numpy(), used_at=rows.at),
        "outcomes": pd.DataFrame({"service_id": rows.X.index, "outcome": rows.y}),
        "inputs_then": standings(newest.inputs, subject.signals),
        "levels_then": seen[categories],
        "levels_now": subject.run.prepared.cohort.services[categories],
    }


def newest_known(subject: Subject) -> pd.DataFrame:
    """signal, newest_known: the newest row of any table that the signal looks at; every signal looks at services."""
    known = subject.run.prepared.known
    newest = {name: frame["known_date"].max() for name, frame in known.items() if "known_date" in frame}
    reads = {s.name: {"services", SERVICE_VERSIONS, *s.reads} for s in subject.run.signals if s.name in subject.signals}
    found = {name: pd.Series([newest[t] for t in tables if t in newest]).max() for name, tables in reads.items()}
    return pd.DataFrame({"signal": list(found), "newest_known": pd.to_datetime(list(found.values()))})


def known_versions(subject: Subject) -> pd.DataFrame:
    """Every version of the services that was known at the date, oldest first."""
    return subject.run.prepared.known[SERVICE_VERSIONS].sort_values("known_date", kind="stable")


def declared_columns(subject: Subject) -> pd.DataFrame:
    """The declared columns that the records have, but not the one that names leaders: it is there to change."""
    prepared = subject.run.prepared
    declared, leader = prepared.known["metadata_columns"], prepared.settings.metadata.leader_column
    return declared[declared["name"].isin(prepared.known["services"].columns) & (declared["name"] != leader)]


def versions(subject: Subject) -> pd.DataFrame:
    """Versions from the first training cohort on; what was known before stands as known at its date."""
    known = known_versions(subject)
    if subject.rows is not None:
        start = pd.Timestamp(subject.rows.cohorts["as_of"].iloc[0])
        known = known.assign(known_date=known["known_date"].clip(lower=start))
    return known[["service_id", "known_date", *OWN, *declared_columns(subject)["name"]]]


def skill(subject: Subject, validation: Validation | None) -> pd.DataFrame | None:
    """What the last backtest measured of scores of this kind; what it says nothing of, from the model's own facts."""
    tried = pd.DataFrame(columns=["method", "against", "metric"])
    if validation is not None:
        tried = validation.backtest.mean()
        if tried.empty:  # one date only
            comparison = validation.backtest.comparison
            tried = comparison[comparison["population"] == ALL]
    told = pd.DataFrame(list(subject.model.facts.metrics)) if subject.model is not None else pd.DataFrame()
    told = told[told["as_of"].isna()] if len(told) else tried.head(0)
    for found in (tried, told):
        wanted = (found["method"] == subject.kind) & (found["against"] == "") & found["metric"].isin(MEASURED)
        if wanted.any():
            return found[wanted]
    return None
