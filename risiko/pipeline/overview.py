"""What is new since last time: who crossed the capacity line and why, what surges, who is silent, what is stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko import asof, reasons
from risiko.asof import DAYS_PER_YEAR
from risiko.contracts import CONTRACTS
from risiko.pipeline.runs import Prepared, Run, with_capacity
from risiko.scoring.placed import default_top
from risiko.signals.complaint_surge import surges
from risiko.signals.silence import dialogue_list

# Event table -> the column whose values are sources of their own.
# The authority's own records (supervisions, findings, actions) are one source each: a rare kind is not gone stale.
_SOURCE_OF = {"complaints": "stream", "experiences": "method"}


@dataclass(frozen=True)
class Overview:
    """The state of the list at a date and what has changed since an earlier one. Frames are in order of interest.

    capacity: places above the line. entered, left, movers: see reasons.moves, with name and county. surges: their
    complaints have set off the alarm since then. quiet: expected to be heard and not. never: no supervision on record.
    sources: table, source, n, newest_event, newest_known, months (since newest known), stale. counties: county, n,
    above, never, share (above / n).
    """

    as_of: date
    since: date
    capacity: int
    entered: pd.DataFrame
    left: pd.DataFrame
    movers: pd.DataFrame
    n_moved: int
    surges: pd.DataFrame
    quiet: pd.DataFrame
    never: pd.DataFrame
    sources: pd.DataFrame
    counties: pd.DataFrame


def default_capacity(run: Run) -> int:
    """Where the capacity line stands until the reader says otherwise: settings.overview.capacity_share, at least 1."""
    return default_top(run.prepared.settings, len(run.table.scores))


def overview(now: Run, before: Run, capacity: int, *, most: int = 10) -> Overview:
    """Compare two runs at the capacity line, both ordered for it; `most` limits the list of movers.

    Settings are those of `now`.
    """
    now, before = (with_capacity(run, min(capacity, len(run.table.scores))) for run in (now, before))
    moves = _told(reasons.moves(before.table, now.table), now)
    rank_now, rank_before = now.table.scores["rank"], before.table.scores["rank"]
    above, was_above = (set(rank.index[rank <= capacity]) for rank in (rank_now, rank_before))
    new = rank_now.to_frame("rank_after").loc[sorted(above - was_above)]
    new = _told(new.join(reasons.moves(before.table, now.table)[["rank_before", "places", "why", "change"]]), now)
    gone = moves[moves.index.isin(was_above - above)]
    movers = moves[moves["places"] != 0].sort_values("places", key=np.abs, ascending=False, kind="stable")
    return Overview(
        as_of=now.as_of,
        since=before.as_of,
        capacity=capacity,
        entered=new.sort_values("rank_after").rename_axis("service_id").reset_index(),
        left=gone.sort_values("rank_before").rename_axis("service_id").reset_index(),
        movers=movers.head(most).rename_axis("service_id").reset_index(),
        n_moved=len(movers),
        surges=_surges(now, before.as_of),
        quiet=_quiet(now),
        never=_never(now),
        sources=sources(now.prepared),
        counties=_counties(now, capacity),
    )


def _told(rows: pd.DataFrame, run: Run) -> pd.DataFrame:
    """The rows with the service's name, type and county."""
    cohort = run.prepared.cohort.services.reindex(rows.index)
    name = cohort["name"].fillna(cohort.index.to_series())
    return rows.assign(name=name, service_type=cohort["service_type"], county=cohort["county"])


def _surges(run: Run, since: date) -> pd.DataFrame:
    """Services whose complaints have set off the surge alarm since the date: alarm (month), n and expected that year.

    Newest alarm first.
    """
    context = run.prepared.features.context
    found = context.once(surges)
    rows = pd.DataFrame(
        {
            "alarm": found.latest(context),
            "n": np.nansum(found.observed[:, -12:], axis=1),
            "expected": np.nansum(found.expected[:, -12:], axis=1),
        },
        index=context.services.index,
    )
    rows = rows[(rows["alarm"] > pd.Timestamp(since)).to_numpy()].join(run.table.scores["rank"])
    return _told(rows.sort_values(["alarm", "n"], ascending=False), run).rename_axis("service_id").reset_index()


def _quiet(run: Run) -> pd.DataFrame:
    """Services heard less from than expected, whose users depend on them: those with most to learn by asking first."""
    rows = dialogue_list(run.prepared.features.silence).join(run.table.scores["rank"])
    return _told(rows[["expected_voice", "heard", "rank"]], run).rename_axis("service_id").reset_index()


def _never(run: Run) -> pd.DataFrame:
    """Services without a supervision on record, in the order of the list: service_id, name, …, rank, years."""
    visited = set(run.prepared.known["supervisions"]["service_id"])
    scores = run.table.scores
    rows = scores.loc[~scores.index.isin(visited), ["rank"]].sort_values("rank", kind="stable")
    began = run.prepared.cohort.services["valid_from"].reindex(rows.index)
    rows = rows.assign(years=asof.age_years(began, run.as_of))
    return _told(rows, run).rename_axis("service_id").reset_index()


def sources(prepared: Prepared, service_id: str | None = None) -> pd.DataFrame:
    """How fresh each source is: table, source, n, newest_event, newest_known, months since, stale; oldest first.

    service_id: only the rows about this service.
    """
    limits = prepared.settings.overview.stale_months
    tables = {name: _about(prepared, name, service_id) for name in limits}
    found = pd.concat([_source(name, frame) for name, frame in tables.items()], ignore_index=True)
    age = (pd.Timestamp(prepared.as_of) - found["newest_known"]).dt.days / (DAYS_PER_YEAR / 12)
    stale = age > found["table"].map(limits)
    return found.assign(months=age, stale=stale).sort_values("months", ascending=False, ignore_index=True)


def _about(prepared: Prepared, table: str, service_id: str | None) -> pd.DataFrame:
    frame, visits = prepared.known[table], prepared.known["supervisions"]
    if service_id is None:
        return frame
    if table == "findings":
        return frame[frame["supervision_id"].isin(visits.loc[visits["service_id"] == service_id, "supervision_id"])]
    return frame[(frame["service_id"] == service_id).to_numpy(dtype=bool)]


def _source(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    event = CONTRACTS[table].event_column
    column = _SOURCE_OF.get(table)
    by = frame[column].astype("str") if column else pd.Series("", index=frame.index, dtype="str")
    # A row of complaints may stand for many.
    n = frame["n"].fillna(0).astype(float) if table == "complaints" else 1.0
    dated = pd.DataFrame({"source": by, "n": n, "event": frame[event or "known_date"], "known": frame["known_date"]})
    groups = dated.groupby("source")
    newest = pd.DataFrame(
        {"n": groups["n"].sum(), "newest_event": groups["event"].max(), "newest_known": groups["known"].max()}
    ).reset_index()
    newest.insert(0, "table", table)
    return newest


def _counties(run: Run, capacity: int) -> pd.DataFrame:
    scores, cohort = run.table.scores, run.prepared.cohort.services
    seen = set(run.prepared.known["supervisions"]["service_id"])
    rows = pd.DataFrame(
        {
            "county": cohort["county"].fillna(""),
            "above": (scores["rank"] <= capacity).astype(int),
            "never": (~cohort.index.to_series().isin(seen)).astype(int),
        }
    )
    found = rows.groupby("county").agg(n=("above", "size"), above=("above", "sum"), never=("never", "sum"))
    return found.assign(share=found["above"] / found["n"]).sort_values("above", ascending=False).reset_index()
