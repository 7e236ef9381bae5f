"""Leave one out: where a service would stand without one of the sources or organisations that have spoken of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from risiko.asof import SERVICE_VERSIONS
from risiko.contracts import Tables
from risiko.errors import InputError
from risiko.organisations import one_name
from risiko.pipeline.other_evidence import SameScore, with_evidence
from risiko.pipeline.runs import Prepared, Run
from risiko.pipeline.spoken_of import spoken_of
from risiko.signals.peers import BoolArray

if TYPE_CHECKING:
    from risiko.registry import LoadedModel

SOURCE, ORGANISATION = "source", "organisation"
COLUMNS = (
    "kind", "table", "name", "n", "rank_with", "rank_without", "places", "likelihood_with", "likelihood_without",
)  # fmt: skip
_PIECE = ["event_date", "method", "organisation"]


@dataclass(frozen=True)
class Source:
    """Who has spoken of a service: kind, table, name, pieces about it, and the tables without all it has said."""

    kind: str
    table: str
    name: str
    n: int
    left: Tables
    groups: tuple[str, ...] = ()


def without_each_source(run: Run, service_id: str, model: LoadedModel | None = None) -> pd.DataFrame:
    """Where the service would stand without each source and each organisation, one row each; farthest moved first.

    kind: "source" or "organisation". table, name: "complaints" and the stream, "experiences" and the method or the
    organisation, "services" and the declared column; "supervisions" (findings and actions with them) and
    "external_scores" have no name but the latter's own. n: complaints, pieces of experience, supervisions or values
    about this service (and, for experience, about its type in its area). rank_*: place by priority as scored, nothing
    drawn, so rank_with may differ from the list's. places: above 0, the source lifts the service that many places.
    likelihood_*: 0–1. What a source has said of any service is left out; signals that read it are computed anew. Only
    those that have spoken of this service are tried; that a source is silent about it is not. model: the one that made
    the run. Raises InputError for an id outside the cohort, ModelError where the run's model is not the one given.
    """
    if service_id not in run.prepared.cohort.services.index:
        raise InputError(f"No service {service_id!r} is scored as of {run.as_of:%Y-%m-%d}.", hint="check the id")
    score = SameScore(run, model)
    at = int(run.prepared.cohort.services.index.get_loc(service_id))
    rank, likelihood = _stands(score, run.prepared, at)
    rows = []
    for source in _sources(run.prepared, service_id):
        other_rank, other = _stands(score, with_evidence(run.prepared, source.left, source.groups), at)
        who = (source.kind, source.table, source.name, source.n)
        rows.append((*who, rank, other_rank, other_rank - rank, likelihood, other))
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found.sort_values("places", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def _stands(score: SameScore, prepared: Prepared, at: int) -> tuple[int, float]:
    """The service's place and likelihood."""
    rank, likelihood = score.stands(prepared)
    return int(rank[at]), float(likelihood[at])


def _sources(prepared: Prepared, service_id: str) -> Iterator[Source]:
    yield from _streams(prepared.known, service_id)
    yield from _voices(prepared, service_id)
    yield from _supervisions(prepared.known, service_id)
    yield from _declared(prepared, service_id)
    yield from _external(prepared, service_id)


def _streams(known: Tables, service_id: str) -> Iterator[Source]:
    rows = known["complaints"]
    own = rows[(rows["service_id"] == service_id).to_numpy(dtype=bool)]
    for name, n in own.groupby("stream")["n"].sum().items():
        left = rows[(rows["stream"] != name).to_numpy(dtype=bool)]
        yield Source(SOURCE, "complaints", str(name), int(n), {"complaints": left})


def _voices(prepared: Prepared, service_id: str) -> Iterator[Source]:
    """Methods, then organisations (all spellings of one together)."""
    rows = prepared.known["experiences"]
    named = {"method": rows["method"], "organisation": one_name(rows["organisation"], prepared.settings.organisations)}
    here = _about(prepared, rows, service_id)
    for column, kind in (("method", SOURCE), ("organisation", ORGANISATION)):
        names = named[column].astype("str")
        pieces = rows.loc[here, _PIECE].assign(name=names[here]).drop_duplicates()
        for name, n in pieces["name"].value_counts(sort=False).sort_index().items():
            left = rows[(names != name).to_numpy(dtype=bool)]
            yield Source(kind, "experiences", str(name), int(n), {"experiences": left})


def _about(prepared: Prepared, rows: pd.DataFrame, service_id: str) -> BoolArray:
    """Experience told about the service, or about its type in a municipality it serves or its county."""
    told = spoken_of(prepared, rows)
    here = np.zeros(len(rows), dtype=bool)
    here[told.loc[told["service_id"] == service_id, "place"]] = True
    return here


def _supervisions(known: Tables, service_id: str) -> Iterator[Source]:
    n = sum(int((known[name]["service_id"] == service_id).sum()) for name in ("supervisions", "actions"))
    visits = int((known["supervisions"]["service_id"] == service_id).sum())
    if n:
        left = {name: known[name].head(0) for name in ("supervisions", "findings", "actions")}
        yield Source(SOURCE, "supervisions", "", visits, left)


def _declared(prepared: Prepared, service_id: str) -> Iterator[Source]:
    declared, services = prepared.known["metadata_columns"], prepared.cohort.services
    told = (declared["direction"] != "none") | (declared["name"] == prepared.settings.metadata.leader_column)
    usable = declared[told.to_numpy(dtype=bool) & ~declared["audit_only"].to_numpy(dtype=bool)]
    for name in usable["name"]:
        if name in services and pd.notna(services.loc[service_id, name]):
            tables = {table: prepared.known[table] for table in ("services", SERVICE_VERSIONS)}
            left = {table: rows.assign(**{name: rows[name].mask(rows[name].notna())}) for table, rows in tables.items()}
            yield Source(SOURCE, "services", str(name), 1, left, ("metadata",))


def _external(prepared: Prepared, service_id: str) -> Iterator[Source]:
    """Another system's score, where a learned score reads it."""
    name, rows = prepared.settings.learning.external_score, prepared.known["external_scores"]
    if name and ((rows["service_id"] == service_id) & (rows["name"] == name)).any():
        left = rows[(rows["name"] != name).to_numpy(dtype=bool)]
        yield Source(SOURCE, "external_scores", name, 1, {"external_scores": left})
