"""What the page Plan asks for: the planner's rules, the preview, the draft, and the plans that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from risiko import access, pipeline
from risiko.access import Person
from risiko.app import login
from risiko.app.data import Opened, authority, prepared
from risiko.app.plan_form import Places, offices_asked
from risiko.errors import NothingToScore
from risiko.pipeline import planning, plans
from risiko.pipeline.decisions import in_force, with_overrides
from risiko.pipeline.evidence_use import note_use
from risiko.pipeline.planning import Draft
from risiko.pipeline.plans import KeptPlan, Unreadable
from risiko.pipeline.statements import statements_of
from risiko.plan import rules as plan_rules
from risiko.plan.archive import PlanRecord
from risiko.plan.eligible import period
from risiko.plan.rules import Rules
from risiko.plan.selection import Progress, Selection
from risiko.plan.statement import Statement

_ASKED, _MADE, _GROUPS = "plan.asked", "plan.made", "plan.groups"


@dataclass(frozen=True)
class Asked:
    """What the planner asks for, kept in the session. title: what the plan is called."""

    rules: Rules
    seed: int
    title: str = ""


@dataclass(frozen=True, eq=False)
class Made:
    """A plan that has been made and not been kept. key: of what it was made from. after: the newest kept plan then."""

    key: tuple[object, ...]
    draft: Draft
    after: int


def asked(at: Opened) -> Asked:
    """The rules, seed and title in the session; the shipped rules and the as-of date as seed where nothing is asked.

    The date is known to everyone beforehand, and nobody has picked it.
    """
    now = st.session_state.get(_ASKED)
    return now if isinstance(now, Asked) else Asked(plan_rules.shipped(), int(f"{at.as_of:%Y%m%d}"))


def ask(now: Asked) -> None:
    """Keep what the planner asks for, for as long as the session lasts."""
    st.session_state[_ASKED] = now


def council(at: Opened, plan: KeptPlan | None = None) -> list[Statement]:
    """What the user council has said that follows the plan; None: the draft."""
    return statements_of(authority(at.address, at.settings), plan.number if plan else None)


def own_offices(run: pipeline.Run, who: Person) -> list[str] | None:
    """The offices that the person may plan for; None: all of them."""
    if access.may(who, "plan"):
        return None
    return [name for name in places(run).offices if access.may(who, "plan", name)]


def places(run: pipeline.Run) -> Places:
    """The offices, counties and types of service of the list, and the person-days on record."""
    services = run.prepared.cohort.services
    offices, counties, types = (
        tuple(sorted({*services[name].dropna()} - {""})) for name in ("office", "county", "service_type")
    )
    return Places(offices, counties, types, planning.spent(run, plan_rules.shipped()).to_dict())


def rules_in_force(at: Opened, run: pipeline.Run, now: Asked, who: Person) -> Rules:
    """The rules the plan is made by: for the planner's own offices, with the overrides that hold when it begins."""
    mine = offices_asked(now.rules, own_offices(run, who))
    return with_overrides(authority(at.address, at.settings), mine, period(mine, run.as_of)[0])


def key_of(at: Opened, run: pipeline.Run, rules: Rules, seed: int) -> tuple[object, ...]:
    """What a plan is made from: records, date, list, rules and seed."""
    said = rules.model_dump_json()
    return at.address, at.settings, run.prepared.data_version, run.as_of, run.key, said, seed


def preview(at: Opened, run: pipeline.Run, rules: Rules, seed: int) -> Selection:
    """A greedy plan with a bound; what does not depend on anything but these is computed once."""
    return _preview(key_of(at, run, rules, seed), run, rules, seed)


@st.cache_resource(max_entries=8, show_spinner=False)
def _preview(key: tuple[object, ...], _run: pipeline.Run, _rules: Rules, _seed: int) -> Selection:
    return planning.choose(_run, _rules, seed=_seed, fast=True)


def make(at: Opened, run: pipeline.Run, now: Asked, progress: Progress) -> Made:
    """Make the whole plan, proved and priced, and keep it in the session as a draft. Raises NotAllowed."""
    who, opened = login.visit().person(), authority(at.address, at.settings)
    rules, after = rules_in_force(at, run, now, who), plans.newest_seq(opened)
    for office in rules.office.only or (None,):
        access.require(who, "plan", office)
    draft = planning.draft(
        run, rules, seed=now.seed, made_at=datetime.now(UTC), by=who.name, title=now.title, progress=progress
    )
    made = Made(key_of(at, run, rules, now.seed), draft, after)
    st.session_state[_MADE] = made
    return made


def made() -> Made | None:
    """The plan that was made last in this session and is not kept."""
    found = st.session_state.get(_MADE)
    return found if isinstance(found, Made) else None


def put_away() -> None:
    """Forget the draft."""
    st.session_state.pop(_MADE, None)


def fill_in(involvement: Mapping[str, str], note: Mapping[str, str]) -> None:
    """Put what the planner has filled in, by service_id, into the draft."""
    now = made()
    if now is not None and now.draft.record is not None:
        filled = planning.with_fields(now.draft.record, _by_id(involvement), _by_id(note))
        st.session_state[_MADE] = replace(now, draft=replace(now.draft, record=filled))


def save(at: Opened, record: PlanRecord, after: int) -> KeptPlan:
    """Keep the draft. Raises Stale where another plan has been kept since `after`, and NotAllowed."""
    who, opened, now, draft = login.visit().person(), authority(at.address, at.settings), datetime.now(UTC), made()
    kept = plans.save_plan(opened, record, who, at=now, after=after)
    if draft is not None:  # what lay behind it, from the very tables it was made from
        note_use(opened, kept, draft.draft.run.prepared.known, who, at=now)
    return kept


def newest(at: Opened) -> int:
    """The log entry of the newest kept plan; 0: there is none."""
    return plans.newest_seq(authority(at.address, at.settings))


def kept(at: Opened) -> tuple[list[KeptPlan], list[Unreadable]]:
    """The plans that are kept, oldest first, and those that cannot be read, each with why."""
    opened = authority(at.address, at.settings)
    return _kept(at.address, at.settings, plans.newest_seq(opened), opened)


@st.cache_resource(max_entries=2, show_spinner=False)
def _kept(
    address: str, settings_path: Path | None, newest_seq: int, _opened: pipeline.Authority
) -> tuple[list[KeptPlan], list[Unreadable]]:
    return plans.kept_plans(_opened), plans.unreadable_plans(_opened)


def decisions(at: Opened) -> pd.DataFrame:
    """Every decision about plans (pipeline.plans.decisions)."""
    return plans.decisions(authority(at.address, at.settings))


def decide(at: Opened, number: int, status: plans.Status, note: str) -> None:
    """Approve or withdraw a kept plan in the name of whoever is here. Raises InputError, NotAllowed, StoreError."""
    who = login.visit().person()
    plans.decide(authority(at.address, at.settings), number, status, note, who, at=datetime.now(UTC))


def overrides(at: Opened, day: date) -> pd.DataFrame:
    """The overrides that hold on the day (pipeline.decisions.in_force)."""
    return in_force(authority(at.address, at.settings), day)


def groups() -> pd.DataFrame:
    """How the draft looks by group beside the plain list (pipeline.planning.groups); computed once for a draft."""
    now = made()
    if now is None:
        return pd.DataFrame()
    if st.session_state.get(f"{_GROUPS}.key") != now.key:
        st.session_state[_GROUPS], st.session_state[f"{_GROUPS}.key"] = planning.groups(now.draft), now.key
    found: pd.DataFrame = st.session_state[_GROUPS]
    return found


def called(at: Opened, as_of: date) -> Mapping[str, str]:
    """service_id -> name, of all services of the list that have one; of none where there is no list at the date.

    A kept plan is read at any date; it holds the names of those it visits itself.
    """
    try:
        found: dict[str, Any] = prepared(at, as_of).cohort.services["name"].dropna().to_dict()
    except NothingToScore:
        return {}
    return found


def _by_id(found: Mapping[str, str]) -> pd.Series:
    return pd.Series(dict(found), dtype="str")
