"""What came of a plan, all in one: hit rates, prevalence, other lists, overrides and the effect of supervision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko import asof, cohorts
from risiko.contracts import Tables
from risiko.errors import NothingToScore
from risiko.evaluate import before_after, effect, override_results, signal_change
from risiko.evaluate.other_lists import OtherLists, other_lists, reach
from risiko.evaluate.plan_results import Drawn, by_ground, prevalence
from risiko.evaluate.signal_change import Change
from risiko.pipeline.matching import carried_out
from risiko.pipeline.plans import KeptPlan, decisions, kept_plans
from risiko.pipeline.runs import LARGE, Authority, newest_known, prepare_tables, rank, read_tables
from risiko.scoring.table import POINTS
from risiko.settings import Settings

# The lists a plan's own is held against. "priority" is likelihood × consequence of the plan's own list, straight down.
OWN, PRIORITY, LAST_YEAR = "own", "priority", "last_year"
LISTS = (OWN, POINTS, PRIORITY, LAST_YEAR)


@dataclass(frozen=True, eq=False)
class Effect:
    """After supervision, of all supervisions and not of one plan's only. corrected: effect.corrected_on_time.

    again: effect.found_again. complaints: per 1,000 users a year. experience: points. deadline_days: what "on time" is.
    """

    corrected: pd.DataFrame
    again: pd.DataFrame
    complaints: Change
    experience: Change
    deadline_days: int


@dataclass(frozen=True, eq=False)
class PlanResults:
    """All about what came of one plan, as known at as_of.

    numbers: every kept plan that can be read. visits, outside: matching.carried_out. grounds: plan_results.by_ground.
    prevalence, others: of this plan. added, left_alone: override_results, over all kept plans (`plans` of them), since
    one plan has few of each. lists_missing: lists of LISTS that could not be made. over: the period has ended.
    """

    plan: KeptPlan
    as_of: date
    numbers: tuple[int, ...]
    visits: pd.DataFrame
    outside: pd.DataFrame
    grounds: pd.DataFrame
    prevalence: Drawn
    others: OtherLists
    lists_missing: tuple[str, ...]
    added: pd.DataFrame
    left_alone: pd.DataFrame
    plans: int

    @property
    def over(self) -> bool:
        """Whether the plan's period has ended at the date."""
        return self.plan.record.end <= self.as_of


def plan_results(
    authority: Authority, number: int | None = None, as_of: date | None = None, tables: Tables | None = None
) -> PlanResults | None:
    """What came of a plan (default: the newest not withdrawn) as known at a date (default: the newest known).

    tables: what runs.read_tables gave, where it is at hand. None where no plan is kept, or none of that number.
    """
    plans = {plan.number: plan for plan in kept_plans(authority)}
    chosen = plans.get(_newest(authority, plans) if number is None else number)
    if chosen is None:
        return None
    read, day = _read(authority, as_of, tables)
    known, rule = asof.known_at(read, day), authority.settings
    visits, outside = carried_out(chosen.record, known, rule)
    scores, missing = _scores(chosen, read, rule)
    shown = chosen.record.shown.set_index("service_id")
    others = other_lists(reach(visits, chosen.record.frame), scores, shown["likelihood"], OWN, rule.evaluation)
    added, alone = _overrides(list(plans.values()), known, rule)
    return PlanResults(
        plan=chosen, as_of=day, numbers=tuple(sorted(plans)), visits=visits, outside=outside,
        grounds=by_ground(visits), prevalence=prevalence(chosen.record.frame, visits), others=others,
        lists_missing=missing, added=added, left_alone=alone, plans=len(plans),
    )  # fmt: skip


def _newest(authority: Authority, numbers: Collection[int]) -> int:
    """The newest plan that nobody has taken back; where all have been, the newest of all; 0 where there is none."""
    said = decisions(authority).drop_duplicates("number", keep="last")
    back = set(said.loc[said["status"] == "withdrawn", "number"])
    return max([n for n in numbers if n not in back] or numbers, default=0)


def effect_of_supervision(authority: Authority, as_of: date | None = None, tables: Tables | None = None) -> Effect:
    """What followed supervisions up to a date (default: the newest known), whether or not any plan is kept."""
    read, day = _read(authority, as_of, tables)
    known, rule = asof.known_at(read, day), authority.settings
    rng = np.random.default_rng(rule.evaluation.seed)
    if LARGE not in read:
        known[LARGE] = authority.store.counted_complaints(day)
    complaints = before_after.complaint_rows(before_after.complaint_panel(known, day))
    spread = rule.experience.default_spread
    heard = before_after.experience_rows(before_after.experience_panel(known, day), spread)
    return Effect(
        corrected=effect.corrected_on_time(read, day, rule),
        again=effect.found_again(cohorts.judgements(known, rule).frame, day),
        complaints=signal_change.compare(complaints, rule.evaluation.resamples, rng),
        experience=signal_change.compare(heard, rule.evaluation.resamples, rng),
        deadline_days=rule.history.follow_up_days,
    )


def _read(authority: Authority, as_of: date | None, tables: Tables | None) -> tuple[Tables, date]:
    read = read_tables(authority) if tables is None else tables
    newest = newest_known(read, authority.store)
    return read, as_of or newest or date.min


def _scores(plan: KeptPlan, read: Tables, rule: Settings) -> tuple[dict[str, pd.Series], tuple[str, ...]]:
    """The lists by name: the plan's own as it was shown, and those made anew from what was known at the plan's date."""
    record = plan.record
    shown = record.shown.set_index("service_id")
    found = {OWN: -shown["rank"].astype(float), PRIORITY: shown["priority"]}
    before = (pd.Timestamp(record.as_of) - pd.DateOffset(years=1)).date()
    for name, day in ((POINTS, record.as_of), (LAST_YEAR, before)):
        if (name == POINTS == record.model_id) or LARGE not in read:
            continue
        try:
            found[name] = -rank(prepare_tables(read, day, rule)).table.scores["rank"].astype(float)
        except NothingToScore:
            continue
    return found, tuple(name for name in LISTS if name not in found and not (name == POINTS == record.model_id))


def _overrides(plans: Sequence[KeptPlan], known: Tables, rule: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Added visits, and services left alone, over all kept plans; a revised plan's same override counts once."""
    judged = cohorts.judgements(known, rule).frame
    every = pd.concat([_overridden(plan) for plan in plans], ignore_index=True)
    every = every.drop_duplicates(["service_id", "action", "reason", "since"], keep="last")
    visits = pd.concat([carried_out(plan.record, known, rule)[0].assign(plan=plan.number) for plan in plans])
    asked = visits.loc[visits["ground"] != "statutory", ["plan", "service_id", "state", "hit"]]
    rows = every[every["action"] == "add"].merge(asked, on=["plan", "service_id"])
    return override_results.added(rows), override_results.left_alone(every, judged)


def _overridden(plan: KeptPlan) -> pd.DataFrame:
    record = plan.record
    likelihood = record.shown.set_index("service_id")["likelihood"]
    rows = pd.DataFrame(
        [(o.service, o.action, o.reason) for o in record.rules.override], columns=["service_id", "action", "reason"]
    ).astype("str")
    chance = rows["service_id"].map(likelihood).astype(float)
    return rows.assign(likelihood=chance, since=pd.Timestamp(record.start), plan=plan.number)
