"""The composition root: where stores, settings and the pure stages meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from risiko import asof, cohorts, explain, features, scoring, settings
from risiko.batch import Batch, Part, Receipt, no_rejects
from risiko.contracts import CONTRACTS, Tables
from risiko.errors import InputError
from risiko.store.base import Store

if TYPE_CHECKING:
    from risiko.i18n import Translator
    from risiko.reports.names import Names
    from risiko.signals import SignalSpec
    from risiko.synthetic import World

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Authority:
    """An open store and the settings it is read with."""

    store: Store
    settings: settings.Settings


@dataclass(frozen=True)
class Prepared:
    """Everything that does not depend on weights: what was known at the date, who is scored, and their signals."""

    as_of: date
    settings: settings.Settings
    known: Tables
    cohort: cohorts.Cohort
    features: features.Features
    data_version: str = ""


@dataclass(frozen=True)
class Run:
    """A scored cohort."""

    prepared: Prepared
    table: scoring.ScoreTable

    @property
    def as_of(self) -> date:
        return self.prepared.as_of

    @property
    def excluded(self) -> pd.Series:
        """Services left out, by reason: natural_person, closed, not_started."""
        return self.prepared.cohort.excluded

    @property
    def weights(self) -> dict[str, float]:
        return self.table.weights

    @property
    def signals(self) -> tuple[SignalSpec, ...]:
        return self.prepared.features.signals


def open_authority(address: str, settings_path: Path | None = None, *, create: bool = False) -> Authority:
    """Open a store by path or URL and load the settings. Raises StoreError or SettingsError."""
    from risiko.store import open_store

    loaded = settings.load(settings_path)
    return Authority(open_store(address, create=create), loaded)


def data_version(authority: Authority) -> str:
    """Changes whenever an import has changed what the store says."""
    parts = authority.store.imports()
    return f"{len(parts)}-{parts['replaced_by'].notna().sum()}-{parts['part_id'].max() if len(parts) else 0}"


def last_known_date(authority: Authority) -> date | None:
    """The newest date anything became known: the natural as-of date. None for an empty store."""
    return newest_known(authority.store.read([name for name, contract in CONTRACTS.items() if not contract.timeless]))


def newest_known(tables: Tables) -> date | None:
    """The newest known date of an event, or of any row where there are no events; None where there are no rows."""
    dated = {name: f["known_date"].max() for name, f in tables.items() if "known_date" in f and len(f)}
    events = [day for name, day in dated.items() if CONTRACTS[name].event_column]
    newest = max(events or dated.values(), default=None)
    return None if newest is None else newest.date()


def prepare(authority: Authority, as_of: date) -> Prepared:
    """Read the store once and compute cohort and signals at the date. Raises NothingToScore for an empty cohort."""
    version = data_version(authority)
    return replace(prepare_tables(authority.store.read(), as_of, authority.settings), data_version=version)


def prepare_tables(tables: Tables, as_of: date, chosen: settings.Settings) -> Prepared:
    """The same from tables in memory: nothing known after the date gets past the first line."""
    known = asof.known_at(tables, as_of)
    cohort = cohorts.cohort_at(known, as_of, chosen)
    return Prepared(as_of, chosen, known, cohort, features.assemble(known, cohort, as_of, chosen))


def rank(prepared: Prepared, weights: Mapping[str, float] | None = None) -> Run:
    """Score a prepared cohort, with the settings' weights or a planner's own for some signals."""
    chosen = prepared.settings.with_weights(weights) if weights else prepared.settings
    return Run(prepared, scoring.score(prepared.features, prepared.cohort, chosen))


def ranking(run: Run) -> pd.DataFrame:
    """The list a planner reads, one row per service in rank order.

    service_id, rank, rank_low, rank_high, name, county, office, sector, service_type, users, likelihood, consequence,
    evidence, evidence_dots (1–3), priority, group_* (log-odds), raising and missing (lists of signal names),
    complaints_24m (list of 24 monthly counts, oldest first), last_supervised (NaT: never, as far as is known).
    """
    services, scores = run.prepared.cohort.services, run.table.scores
    two, three = run.prepared.settings.score.evidence_dots
    shown = scores.join(services[["name", "county", "office", "sector", "service_type", "users"]])
    shown["name"] = shown["name"].fillna(shown.index.to_series())
    shown["evidence_dots"] = 1 + (scores["evidence"] >= two).astype(int) + (scores["evidence"] >= three).astype(int)
    shown = shown.join(run.table.by_group().add_prefix("group_"))
    shown["raising"] = explain.main_reasons(run.table)
    shown["missing"] = explain.silent_sources(run.prepared.features)
    shown["complaints_24m"] = _monthly_complaints(run.prepared, 24)
    visits = run.prepared.known["supervisions"]
    shown["last_supervised"] = visits.groupby("service_id")["event_date"].max().reindex(shown.index)
    return shown.sort_values(["rank", "service_id"]).reset_index()


def _monthly_complaints(prepared: Prepared, months: int) -> pd.Series:
    services, events = prepared.cohort.services, prepared.known["complaints"]
    # A row that is exact only to the year belongs to no month.
    events = events[
        asof.in_window(events["event_date"], prepared.as_of, months) & (events["date_precision"] != "year").to_numpy()
    ]
    place = services.index.get_indexer(events["service_id"])
    start = asof.window_start(prepared.as_of, months)
    days = (events["event_date"] - start).dt.days.to_numpy() - 1
    span = (pd.Timestamp(prepared.as_of) - start).days
    table = pd.DataFrame({"place": place, "month": days * months // span, "n": events["n"].to_numpy(dtype=float)})
    counts = table[table["place"] >= 0].groupby(["place", "month"])["n"].sum().unstack("month")
    full = counts.reindex(index=range(len(services)), columns=range(months)).fillna(0.0)
    return pd.Series(full.to_numpy().tolist(), index=services.index)


@dataclass(frozen=True)
class Detail:
    """One service: who it is, where it stands, why, and what supervisions have found."""

    as_of: date
    service: dict[str, object]
    place: dict[str, float]
    criteria: pd.DataFrame
    contributions: pd.DataFrame
    base: float
    supervisions: pd.DataFrame


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
    place = {**scores.to_dict(), "of": float(len(table.scores))}
    source = {d: "declared" if row[f"{d}_declared"] else "default" for d in cohorts.DEGREES}
    criteria = pd.DataFrame(
        [
            ("probability", scores["likelihood"], "measured"),
            ("consequence", scores["consequence"], "measured" if pd.notna(row["users"]) else "default"),
            ("legal_protection", row["coercion"], source["coercion"]),
            ("self_advocacy", row["dependency"], source["dependency"]),
        ],
        columns=["criterion", "value", "source"],
    )
    parts = explain.contribution_table(table, run.prepared.features, service_id)
    return Detail(run.as_of, service, place, criteria, parts, table.base, _supervisions(run.prepared, service_id))


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

    return ranking_csv(shown, _names(run, t))


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
    )
    return ranking_xlsx(shown, _names(run, t), about)


def _names(run: Run, t: Translator) -> Names:
    from risiko.reports.names import Names

    return Names.of(t, run.prepared.settings, run.prepared.known["metadata_columns"])


@dataclass(frozen=True)
class ImportReport:
    """What an import did or would do. moves: who would change place; only for a dry run on a store with services."""

    receipt: Receipt
    dry_run: bool
    moves: pd.DataFrame | None = None


def import_source(
    authority: Authority,
    source: Path,
    mapping: str,
    *,
    now: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Read a regulator's files by a mapping and take them into the store, whole or not at all.

    dry_run keeps nothing and tells instead who would move in the ranking as of the day of `now`.
    """
    from risiko import ingest

    rules = ingest.load_mapping(Path(mapping))
    ids = authority.store.read(["services", "supervisions"])
    batch = ingest.read(
        source, rules, today=now.date(), imported_at=now, progress=progress,
        known_services=frozenset(ids["services"]["service_id"]),
        known_supervisions=frozenset(ids["supervisions"]["supervision_id"]),
    )  # fmt: skip
    if not dry_run:
        return ImportReport(authority.store.commit(batch), dry_run=False)
    receipt, after = authority.store.rehearse(batch)
    before = authority.store.read()
    moves = None
    if len(before["services"]) and len(after["services"]):
        moves = moved(*(rank(prepare_tables(t, now.date(), authority.settings)) for t in (before, after)))
    return ImportReport(receipt, dry_run=True, moves=moves)


def moved(before: Run, after: Run) -> pd.DataFrame:
    """Who changes place between two runs: service_id, name, rank_before, rank_after, places (positive: up the list).

    Largest move first; a service that enters or leaves has one rank missing and stands first.
    """
    old, new = (r.table.scores["rank"].astype(float) for r in (before, after))
    both = pd.DataFrame({"rank_before": old, "rank_after": new})
    both.insert(
        0,
        "name",
        after.prepared.cohort.services["name"].reindex(both.index).fillna(before.prepared.cohort.services["name"]),
    )
    both["places"] = both["rank_before"] - both["rank_after"]
    both = both[both["places"] != 0]
    return (
        both.sort_values("places", key=lambda s: s.abs().fillna(float("inf")), ascending=False)
        .rename_axis("service_id")
        .reset_index()
    )


def store_world(store: Store, world: World, *, now: datetime) -> Receipt:
    """Put a synthetic authority's tables, and never its planted truth, into an empty store."""
    if len(store.imports()):
        raise InputError(
            "The demo authority goes into an empty store only.",
            where=store.address,
            hint="name a new file, or delete the old demo",
        )
    parts = tuple(
        Part(
            "demo",
            name,
            f"synthetic:{world.name}",
            name,
            f"{world.name}:{world.seed}:{len(rows)}",
            rows,
            no_rejects(),
            len(rows),
        )
        for name, rows in world.tables.items()
    )
    return store.commit(Batch(parts, now))


def build_demo(path: Path, *, now: datetime, world: str = "plain") -> Receipt:
    """Build a synthetic authority into a new file; an interrupted build leaves nothing behind that looks whole."""
    from risiko import synthetic
    from risiko.store import open_store

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    store = open_store(str(unfinished))
    receipt = store_world(store, synthetic.build(world=world), now=now)
    store.close()
    unfinished.replace(path)
    return receipt
