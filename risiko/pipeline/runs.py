"""One run from store to score: read, cut at the as-of date, compute signals, score."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from risiko import asof, cohorts, features, scoring, settings
from risiko.contracts import CONTRACTS, Tables
from risiko.errors import InputError
from risiko.pipeline.texts import reader
from risiko.store.base import Store

if TYPE_CHECKING:
    from risiko.registry import LoadedModel
    from risiko.signals import SignalSpec

LARGE = "complaints"  # the one table that may outgrow memory


@dataclass(frozen=True)
class Authority:
    """An open store, the settings it is read with, and the folder of its models."""

    store: Store
    settings: settings.Settings
    models: Path = Path("models")


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
    def key(self) -> tuple[tuple[str, float], ...]:
        """What tells this run's list from another's of the same records and date: the model, weights and capacity."""
        return ((self.table.model_id, float(self.table.top)), *sorted(self.weights.items()))

    @property
    def signals(self) -> tuple[SignalSpec, ...]:
        return self.prepared.features.signals


def open_authority(address: str, settings_path: Path | None = None, models: Path | None = None) -> Authority:
    """Open a store that exists, by path or URL, and load the settings. Raises StoreError or SettingsError.

    models: the folder of model files; blank: `models` in the working folder.
    """
    from risiko.store import open_store

    loaded = settings.load(settings_path)
    return Authority(open_store(address, create=False), loaded, models or Path("models"))


def data_version(authority: Authority) -> str:
    """Changes whenever an import or a purge has changed what the store says, and where another store takes its place.

    Counts alone would be the same for two stores built alike, and what is kept beside the first be read for the second.
    """
    parts = authority.store.imports()
    active = parts[parts["replaced_by"].isna()].sort_values("part_id")
    contents = hashlib.sha256("\n".join(active["content_hash"]).encode()).hexdigest()[:8]
    newest = parts["part_id"].max() if len(parts) else 0
    purges = len(authority.store.log(["purge"]))  # what was computed from texts that are gone is computed anew
    return f"{len(parts)}-{len(parts) - len(active)}-{newest}-{contents}" + (f"-{purges}" if purges else "")


def scored_columns() -> dict[str, set[str]]:
    """The event tables that a score and its list rest on, each with the columns they use."""
    from risiko.signals import columns_read

    wanted = {"complaints": {"date_precision"}}  # the list tells a year's count from a month's
    for table, columns in columns_read().items():
        own = {*CONTRACTS[table].key, CONTRACTS[table].event_column or "known_date"}
        wanted[table] = wanted.get(table, set()) | own | columns
    return wanted


def newest_known(tables: Tables, store: Store | None = None) -> date | None:
    """The newest date on which anything became known that a score rests on; None where there are no rows.

    It is the natural as-of date: a score at it uses everything there is. store: knows of the table left out as large.
    """
    known = [tables[name]["known_date"].max() for name in ("services", *scored_columns()) if name in tables]
    found = [day.date() for day in known if not pd.isna(day)]
    counted = store.newest_known(LARGE) if store is not None and LARGE not in tables else None
    return max([*found, *([counted] if counted else [])], default=None)


def as_of_date(chosen: str | date | None, tables: Tables, store: Store, *, today: date | None = None) -> date:
    """The date to score at: the one chosen (ISO text or date), or the newest known. Raises InputError.

    tables: what was read from the store. today: where it is given, a later date is refused.
    """
    if chosen is None:
        newest = newest_known(tables, store)
        if newest is None:
            raise InputError("The store is empty.", where=store.address, hint="risiko import SOURCE --mapping FILE")
        return newest
    try:
        day = date.fromisoformat(chosen) if isinstance(chosen, str) else chosen
    except ValueError:
        raise InputError(f"{chosen!r} is not a date.", where="as-of date", hint="write it as 2023-03-31") from None
    if today is not None and day > today:
        raise InputError(f"{day} lies in the future: nothing is known as of then.", where="as-of date", hint="today")
    return day


def is_large(authority: Authority) -> bool:
    """Whether the store holds more complaints than are read into memory (settings.store.large_rows)."""
    return authority.store.size(LARGE) > authority.settings.store.large_rows


def read_tables(authority: Authority) -> Tables:
    """Every table to prepare from; where complaints are many they are left out, and `prepare` has them counted."""
    left_out = {LARGE} if is_large(authority) else set()
    return authority.store.read([name for name in CONTRACTS if name not in left_out])


def read_scored(authority: Authority) -> Tables:
    """The same, but only the tables and columns that a score and its list rest on."""
    wanted = scored_columns()
    left_out = {LARGE} if is_large(authority) else set()
    names = ["services", "metadata_columns", *wanted]
    return authority.store.read([name for name in names if name not in left_out], only=wanted)


def catalogue(authority: Authority) -> pd.DataFrame:
    """Every signal there is for these records, those of families too (features.catalogue)."""
    only = {LARGE: {*CONTRACTS[LARGE].key, "stream"}}  # which streams there are; nothing else of many rows is read
    tables = authority.store.read(["services", "metadata_columns", LARGE], only=only)
    return features.catalogue(tables, authority.settings)


def prepare(authority: Authority, as_of: date, tables: Tables | None = None) -> Prepared:
    """Compute cohort and signals at the date. Raises NothingToScore for an empty cohort.

    tables: what `read_tables` or `read_scored` gave, where it is at hand; otherwise the store is read. Complaints
    that were left out as too many come from the store as counted rows, which give the same counts by month.
    """
    read = read_tables(authority) if tables is None else tables
    known = asof.known_at(read, as_of)
    if LARGE not in read:
        known[LARGE] = authority.store.counted_complaints(as_of)
    return replace(_prepared(known, as_of, authority.settings), data_version=data_version(authority))


def prepare_tables(tables: Tables, as_of: date, chosen: settings.Settings) -> Prepared:
    """The same from tables in memory: nothing known after the date gets past the first line."""
    return _prepared(asof.known_at(tables, as_of), as_of, chosen)


def _prepared(known: Tables, as_of: date, chosen: settings.Settings) -> Prepared:
    cohort = cohorts.cohort_at(known, as_of, chosen)
    return Prepared(as_of, chosen, known, cohort, features.assemble(known, cohort, as_of, chosen, reader(chosen)))


def rank(
    prepared: Prepared, weights: Mapping[str, float] | None = None, model: LoadedModel | None = None,
    *, hindsight: bool = False, top: int | None = None,
) -> Run:  # fmt: skip
    """Score a prepared cohort: by a model, or by points with the settings' weights or a planner's own for some signals.

    top: how many the capacity allows; the order of the list is by the chance of being among them (default: settings).

    A model that was trained for a later date than the cohort's has seen what came after it: points are used instead.
    hindsight: use it all the same, to see what has moved its list since then; never to judge the score.
    """
    if model is not None and not weights and (hindsight or model.facts.as_of <= prepared.as_of):
        from risiko.scoring.by_model import score_by

        chosen = prepared.settings
        model_id = model.entry.model_id
        return Run(prepared, score_by(model.model, model_id, prepared.features, prepared.cohort, chosen, top))
    chosen = prepared.settings.with_weights(weights) if weights else prepared.settings
    return Run(prepared, scoring.score(prepared.features, prepared.cohort, chosen, top))


def with_capacity(run: Run, top: int) -> Run:
    """The same run with places for `top` services: chances of a place, and the order they give. InputError below 1."""
    if top < 1:
        raise InputError("Capacity must be at least one service.", where="capacity", hint="give a whole number from 1")
    from risiko.scoring.placed import at_capacity

    return replace(run, table=at_capacity(run.table, top, run.prepared.settings))


def point_weights(prepared: Prepared) -> dict[str, float]:
    """Signal -> what the settings let it count in the points score."""
    from risiko.scoring.points import point_weights as weights

    return weights(prepared.features.signals, prepared.settings)


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
