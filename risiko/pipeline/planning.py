"""A plan from a scored list: who could be visited, what is chosen under the rules, and the record of it all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from risiko import reasons
from risiko.asof import in_window
from risiko.errors import InputError
from risiko.pipeline.runs import Run
from risiko.plan import archive, select
from risiko.plan.archive import PlanRecord, conform
from risiko.plan.beside import beside, top_ids
from risiko.plan.burden import busy_months, visits_by_others
from risiko.plan.calendar import months
from risiko.plan.eligible import candidates_of, eligible, notice, notices_frame, period, worth_at
from risiko.plan.rules import Rules
from risiko.plan.selection import Progress, Selection, chosen_visits, offices, prices_frame

if TYPE_CHECKING:
    from risiko.plan.eligible import Eligible

YEAR = 12
_OTHER_GROUNDS = ("statutory", "incident")  # supervisions that no list has chosen


@dataclass(frozen=True, eq=False)
class Draft:
    """A plan that nobody has kept yet. record: None where no plan keeps the rules (see selection.conflicts)."""

    run: Run
    selection: Selection
    record: PlanRecord | None


def candidates(run: Run, rules: Rules) -> pd.DataFrame:
    """Every service of the list as a candidate for a visit (plan.eligible.candidates_of)."""
    from scipy.special import ndtri

    known, table = run.prepared.known, run.table
    quantile = rules.objective.quantile
    priority = table.scores["priority"]
    worth = worth_at(quantile, priority.to_numpy(dtype=float), table.law.quantile(float(ndtri(quantile))))
    quiet = run.prepared.features.silence["flag"].eq("quiet_and_dependent")
    return candidates_of(
        run.prepared.cohort.services, table.scores, pd.Series(worth, index=priority.index),
        areas=known["service_areas"], supervisions=known["supervisions"], quiet=quiet, rules=rules, as_of=run.as_of,
    )  # fmt: skip


def spent(run: Run, rules: Rules) -> pd.Series:
    """Person-days by office of the supervisions of the last twelve months; where a row tells none, its kind's cost."""
    visits = run.prepared.known["supervisions"]
    visits = visits[in_window(visits["event_date"], run.as_of, YEAR)]
    own = visits["service_id"].map(run.prepared.cohort.services["office"])
    days = visits["person_days"].fillna(visits["kind"].map(rules.cost.person_days).astype(float))
    return days.groupby(visits["office"].fillna(own)).sum()


def who_could(run: Run, rules: Rules) -> Eligible:
    """Who could be visited under the rules, who not and why, and what each office has (plan.eligible.eligible)."""
    found = candidates(run, rules)
    services = run.prepared.known["services"]
    gone = services[~services["service_id"].isin(found["service_id"])].set_index("service_id")["name"]
    closed = gone.fillna(gone.index.to_series()).to_dict()
    return eligible(
        found, rules, as_of=run.as_of, spent=spent(run, rules), free=free_months(run, rules), closed=closed
    )


def free_months(run: Run, rules: Rules) -> pd.DataFrame:
    """Services × months of the period ("2026-09"): whether a visit is possible, with others' visits and postponements.

    A service whose visit is postponed into the period is not free before the month of that date.
    """
    start, end = period(rules, run.as_of)
    known, services = run.prepared.known, run.prepared.cohort.services
    free = ~busy_months(known["busy_periods"], services, known["service_areas"], start, end)
    for override in rules.override:  # a planner's own handful
        if override.until and override.service in free.index:
            free.loc[override.service, [m for m in free.columns if m < f"{override.until:%Y-%m}"]] = False
    return free


def choose(
    run: Run, rules: Rules, *, seed: int, fast: bool = False, priced: bool = True, progress: Progress | None = None
) -> Selection:
    """The draw and the plan under the rules (plan.select). fast: a greedy plan with a bound, without prices."""
    if seed < 0:
        raise InputError("A seed is a whole number from 0.", where="seed", hint="agree on one before you draw")
    start, end = period(rules, run.as_of)
    known = run.prepared.known
    others = visits_by_others(
        known["busy_periods"], run.prepared.cohort.services, known["service_areas"], start, end
    )
    return select(
        who_could(run, rules), rules, as_of=run.as_of, seed=seed, others=others, fast=fast, priced=priced,
        progress=progress,
    )  # fmt: skip


def draft(
    run: Run, rules: Rules, *, seed: int, made_at: datetime, by: str, title: str = "", progress: Progress | None = None
) -> Draft:
    """A whole plan with its record: chosen, dated, priced, with grounds and reasons, beside other ways to choose.

    made_at: naive UTC or with a time zone. Where no plan keeps the rules the record is None.
    """
    selection = choose(run, rules, seed=seed, progress=progress)
    return Draft(run, selection, record_of(run, selection, seed, made_at, by, title) if selection.feasible else None)


def record_of(run: Run, selection: Selection, seed: int, made_at: datetime, by: str, title: str) -> PlanRecord:
    """The record of a selection that keeps the rules."""
    from risiko.store.log import naive_utc

    rules, found = selection.rules, selection.eligible
    visits = _dated(run, selection, chosen_visits(selection))
    visits = _explained(run, visits)
    blank = int((visits["month"] == "").sum())
    said = [selection.notices] + ([notices_frame([notice("months_blank", number=blank)])] if blank else [])
    table = run.table
    return PlanRecord(
        as_of=run.as_of, model_id=table.model_id, weights=dict(table.weights),
        data_version=run.prepared.data_version, settings_version=run.prepared.settings.version,
        list_seed=run.prepared.settings.score.seed, top=table.top, rules=rules, seed=seed, start=found.start,
        end=found.end, made_at=naive_utc(made_at), by=by.strip(), title=title.strip(), worth=selection.solution.worth,
        bound=selection.solution.bound, proved=selection.solution.status == "optimal",
        visits=conform("visits", visits), frame=selection.frame, left_out=found.left_out,
        offices=offices(selection), prices=prices_frame(selection), beside=_beside(run, selection, seed),
        notices=pd.concat([part for part in said if len(part)] or [archive.empty("notices")], ignore_index=True),
        shown=_shown(run),
    )  # fmt: skip


def again(run: Run, record: PlanRecord) -> PlanRecord | None:
    """The plan made anew from what its record says (rules, seed), on the list of this run; None: there is no plan.

    The same records and settings give the same plan; `archive.differences` tells whether they did.
    """
    made = draft(run, record.rules, seed=record.seed, made_at=record.made_at, by=record.by, title=record.title)
    return made.record


def _dated(run: Run, selection: Selection, visits: pd.DataFrame) -> pd.DataFrame:
    rules, found = selection.rules, selection.eligible
    free = free_months(run, rules)
    limit = _per_month(visits, rules.burden.per_month, len(free.columns))
    month = months(visits, start=found.start, end=found.end, per_month=limit, free=free)
    return visits.assign(month=month.to_numpy())


def _per_month(visits: pd.DataFrame, most: int, n_months: int) -> pd.Series:
    """Most visits a month by municipality: the rule's number, or where there are too many visits for that, half as many
    again as an even spread needs, since a large town with a visit a week is no town that is overrun. 0: no limit."""
    there = visits["municipalities"].str.split("|").explode().value_counts()
    even = np.ceil(1.5 * there / n_months)
    return (np.maximum(even, most) if most else even * 0).astype("int64")


def _explained(run: Run, visits: pd.DataFrame) -> pd.DataFrame:
    """The visits with what raises each service (signals, dimensions, reasons) and what the planner is to fill in.

    A statutory visit has topics but no reasons: no score has chosen it.
    """
    table, features = run.table, run.prepared.features
    ids = visits["service_id"].drop_duplicates()
    raising = reasons.main_reasons(table, features).reindex(ids)
    parts = table.by_dimension({s.name: s.dimensions for s in run.signals}).drop(columns="whole").loc[ids.to_list()]
    by_list = visits.loc[visits["ground"] != "statutory", "service_id"].drop_duplicates()
    told = {i: reasons.reasons_as_text(own) for i, own in reasons.reasons_of(table, features, by_list).items()}
    largest = np.argsort(-parts.to_numpy(), axis=1, kind="stable")[:, :2]
    names = [
        "|".join(parts.columns[c] for c in row if parts.iat[i, c] > 0) for i, row in enumerate(largest.tolist())
    ]  # fmt: skip
    return visits.assign(
        topics=visits["service_id"].map(raising.map("|".join)),
        reasons=visits["service_id"].map(lambda i: told.get(i, "")),
        dimensions=visits["service_id"].map(dict(zip(ids, names, strict=True))), involvement="", note="",
    )  # fmt: skip


def _beside(run: Run, selection: Selection, seed: int) -> pd.DataFrame:
    ranked, everyone, left = _list_alone(selection)
    chosen = selection.services()
    mine = set(chosen[chosen.isin(everyone["service_id"])])
    before = set(last_year(run))
    return beside(ranked, mine, days_by_office=left, seed=seed, last_year=before, scored=everyone)


def groups(made: Draft) -> pd.DataFrame:
    """How a plan looks by county, sector, type, size and office beside the plain list (plan.groups.by_group).

    The visits that the law asks for are made whichever way the others are chosen: they count with both.
    """
    from risiko.plan.groups import by_group

    ranked, _, left = _list_alone(made.selection)
    visits = [] if made.record is None else made.record.visits["service_id"].to_list()
    candidates = made.selection.eligible.candidates
    by_law = candidates.loc[candidates["statutory"] > 0, "service_id"]
    return by_group(candidates, visits, [*by_law, *top_ids(ranked, left)])


def _list_alone(selection: Selection) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    """Whom the plain list may choose, all who owe no statutory visit, and the person-days those leave each office."""
    found = selection.eligible
    everyone = found.candidates[(found.candidates["statutory"] == 0)]
    owed = (found.candidates["days"] * found.candidates["statutory"]).groupby(found.candidates["office"]).sum()
    left = (found.capacity - owed.reindex(found.capacity.index).fillna(0.0)).clip(lower=0.0)
    return everyone[everyone["barred"] == ""], everyone, {str(name): float(days) for name, days in left.items()}


def last_year(run: Run) -> pd.Series:
    """The services that were chosen for a supervision in the last twelve months (no statutory visits or incidents)."""
    visits = run.prepared.known["supervisions"]
    chosen = in_window(visits["event_date"], run.as_of, YEAR) & ~visits["selection"].isin(_OTHER_GROUNDS).to_numpy()
    return visits.loc[chosen, "service_id"].drop_duplicates().reset_index(drop=True)


def _shown(run: Run) -> pd.DataFrame:
    scores = run.table.scores.rename_axis("service_id").reset_index()
    return conform("shown", scores.sort_values(["rank", "service_id"], kind="stable"))


def with_fields(record: PlanRecord, involvement: pd.Series, note: pd.Series) -> PlanRecord:
    """The record with what the planner has filled in, by service_id: involvement (words joined by |) and note."""
    visits = record.visits
    filled = visits.assign(
        involvement=visits["service_id"].map(involvement).fillna(visits["involvement"]),
        note=visits["service_id"].map(note).fillna(visits["note"]),
    )  # fmt: skip
    return replace(record, visits=conform("visits", filled))
