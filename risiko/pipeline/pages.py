"""What the pages show: the list, one service, and the list as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from risiko import cohorts, reasons
from risiko.aggregate import condense
from risiko.errors import InputError
from risiko.pipeline.runs import Prepared, Run

if TYPE_CHECKING:
    from risiko.i18n import Translator
    from risiko.reports.names import Names


def ranking(run: Run) -> pd.DataFrame:
    """The list a planner reads, one row per service in rank order.

    service_id, rank, rank_low, rank_high, name, county, office, sector, service_type, users, likelihood, consequence,
    evidence, evidence_dots (1–3), priority, group_* (log-odds), raising and missing (lists of signal names),
    complaints_24m (list of 24 monthly counts, oldest first; None where the
    source is silent about the whole type), last_supervised (NaT: never, as far as is known).
    """
    services, scores = run.prepared.cohort.services, run.table.scores
    two, three = run.prepared.settings.score.evidence_dots
    shown = scores.join(services[["name", "county", "office", "sector", "service_type", "users"]])
    shown["name"] = shown["name"].fillna(shown.index.to_series())
    shown["evidence_dots"] = 1 + (scores["evidence"] >= two).astype(int) + (scores["evidence"] >= three).astype(int)
    shown = shown.join(run.table.by_group().add_prefix("group_"))
    shown["raising"] = reasons.main_reasons(run.table, run.prepared.features)
    shown["missing"] = reasons.silent_sources(run.table, run.prepared.features)
    shown["complaints_24m"] = _monthly_complaints(run.prepared, 24)
    visits = run.prepared.known["supervisions"]
    shown["last_supervised"] = visits.groupby("service_id")["event_date"].max().reindex(shown.index)
    return shown.sort_values(["rank", "service_id"]).reset_index()


def _monthly_complaints(prepared: Prepared, months: int) -> pd.Series:
    services, events = prepared.cohort.services, prepared.known["complaints"]
    # A row that is exact only to the year belongs to no month.
    dated = events[(events["date_precision"] != "year").to_numpy()]
    counted = condense(dated, prepared.as_of, by=("service_id",)).pivot(
        index="service_id", columns="months_ago", values="n"
    )
    full = counted.reindex(index=services.index, columns=range(months - 1, -1, -1)).astype(float).fillna(0.0)
    reading = prepared.features.readings["complaint_rate_long"]
    silent = (reading["missing"] == "source_silent").to_numpy(dtype=bool)
    found = [None if gone else months for gone, months in zip(silent, full.to_numpy().tolist(), strict=True)]
    return pd.Series(found, index=services.index, dtype="object")


@dataclass(frozen=True)
class Detail:
    """One service: who it is, where it stands, why, and what supervisions have found. model_id: the score's.

    place: its scores (scoring.SCORE_COLUMNS), `of` (services on the list), `top` (capacity) and `in_tier` (services of
    its tier). groups, dimensions: its contributions summed, in log-odds (ScoreTable.by_group, by_dimension).
    reasons: at most three that lift it, what is missing, and how sure the place is.
    """

    as_of: date
    service: dict[str, object]
    place: dict[str, float]
    criteria: pd.DataFrame
    contributions: pd.DataFrame
    base: float
    groups: pd.Series
    dimensions: pd.Series
    reasons: list[reasons.Reason]
    supervisions: pd.DataFrame
    model_id: str

    @property
    def log_odds(self) -> float:
        """The base and all that is added."""
        return self.base + float(self.contributions["contribution"].sum())


def detail(run: Run, service_id: str) -> Detail:
    """Everything the page shows of one service. Raises InputError for an id outside the cohort.

    criteria: the ministry's four, never merged into one number: probability (likelihood 0–1), consequence (1 =
    reference), legal_protection (coercion 0–3), self_advocacy (dependency 0–3), with source
    measured, declared or default.
    """
    cohort, table = run.prepared.cohort.services, run.table
    if service_id not in cohort.index:
        raise InputError(
            f"No service {service_id!r} is scored as of {run.as_of:%Y-%m-%d}.",
            hint="check the id, or choose a date when it was in operation; sole practitioners are never scored",
        )
    row = cohort.loc[service_id]
    areas = run.prepared.known["service_areas"]
    here = areas[(areas["service_id"] == service_id) & (areas["share"].fillna(1) > 0)]
    keys = ("name", "county", "office", "sector", "service_type", "users", "provider_id", "valid_from")
    service = {"service_id": service_id, **{k: row[k] for k in keys}, "municipalities": sorted(here["municipality"])}
    scores = table.scores.loc[service_id]
    in_tier = int((table.scores["tier"] == scores["tier"]).sum())
    place = {**scores.to_dict(), "of": float(len(table.scores)), "top": float(table.top), "in_tier": float(in_tier)}
    source = {d: "declared" if row[f"{d}_declared"] else "default" for d in cohorts.DEGREES}
    criteria = pd.DataFrame(
        [
            ("probability", scores["likelihood"], "measured"),
            ("consequence", scores["consequence"], "measured" if row["users"] > 0 else "default"),
            ("legal_protection", row["coercion"], source["coercion"]),
            ("self_advocacy", row["dependency"], source["dependency"]),
        ],
        columns=["criterion", "value", "source"],
    )
    parts = reasons.contribution_table(table, run.prepared.features, service_id)
    visits = _supervisions(run.prepared, service_id)
    dimensions = table.by_dimension({s.name: s.dimensions for s in run.signals}).loc[service_id]
    groups = table.by_group().loc[service_id]
    why = reasons.reasons_for(table, run.prepared.features, service_id)
    return Detail(
        run.as_of, service, place, criteria, parts, table.base, groups, dimensions, why, visits, table.model_id
    )


def _supervisions(prepared: Prepared, service_id: str) -> pd.DataFrame:
    visits, found = prepared.known["supervisions"], prepared.known["findings"]
    visits = visits[visits["service_id"] == service_id]
    found = found[found["supervision_id"].isin(visits["supervision_id"])]
    level = found["severity"].map(prepared.settings.history.severity).astype(float)
    worst = found.assign(level=level).sort_values("level").groupby("supervision_id").agg(
        worst_severity=("severity", "last"), n_findings=("finding_id", "size")
    )  # fmt: skip
    shown = visits[["supervision_id", "event_date", "known_date", "kind", "selection"]].join(worst, on="supervision_id")
    return shown.sort_values("event_date", ascending=False, ignore_index=True)


def export_csv(run: Run, shown: pd.DataFrame, t: Translator) -> bytes:
    """The rows of `ranking` that are shown, as a CSV that Norwegian Excel opens."""
    from risiko.reports.ranking_export import ranking_csv

    return ranking_csv(shown, _names(run, t), run.table.model_id)


def export_xlsx(run: Run, shown: pd.DataFrame, t: Translator, filters: Sequence[tuple[str, str]] = ()) -> bytes:
    """The same as a workbook whose first sheet says what it rests on; filters: (name, value) in the reader's words."""
    from risiko.reports.ranking_export import Provenance, ranking_xlsx

    about = Provenance(
        as_of=run.as_of,
        settings_version=run.prepared.settings.version,
        data_version=run.prepared.data_version,
        filters=filters,
        weights=run.weights,
        excluded=run.excluded.astype(int).to_dict(),
        n_ranked=len(run.table.scores),
        model_id=run.table.model_id,
        population=run.prepared.settings.outcome.population,
    )
    return ranking_xlsx(shown, _names(run, t), about)


def _names(run: Run, t: Translator) -> Names:
    from risiko.reports.names import Names

    return Names.of(t, run.prepared.settings, run.prepared.known["metadata_columns"])
