"""The report back to an organisation: its facts gathered, put into words, and entered in the log when taken along."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from risiko import asof
from risiko.access import ACTIONS, Person, may
from risiko.contracts import Tables
from risiko.errors import InputError
from risiko.ledger.pieces import piece_ids
from risiko.ledger.uses import links
from risiko.organisations import is_of
from risiko.pipeline.decisions import overrides
from risiko.pipeline.evidence_use import READS
from risiko.pipeline.half_years import period_of
from risiko.pipeline.ledger import never_used
from risiko.pipeline.plans import KeptPlan, decisions, kept_plans, masked
from risiko.pipeline.received import received
from risiko.pipeline.report_done import done
from risiko.pipeline.report_given import given
from risiko.pipeline.runs import Authority, Run
from risiko.pipeline.without_organisation import without_organisation
from risiko.reports.organisation_facts import ReportBack

if TYPE_CHECKING:
    from risiko.registry import LoadedModel
    from risiko.reports.organisation_words import OrganisationWords

TABLES = (*READS, "quotes", "supervisions", "findings")  # of the store, beside what the run was made from


def report_back(
    authority: Authority, organisation: str, period: str, *, today: date, run: Run, model: LoadedModel | None = None
) -> ReportBack:
    """All that may be told an organisation about what it gave in a period, by the day it was received.

    organisation: any spelling. period: see half_years.period_of. today: nothing known, planned or decided later is told
    of. run, model: the list whose places are told, and what made it. Raises InputError for a period that cannot be
    read or has not begun, and for a blank name. An organisation that gave nothing gets a report that says so.
    """
    asked, settings = period_of(period), authority.settings
    if not organisation.strip():
        raise InputError("A report back needs the name of an organisation.", where="organisation", hint="name one")
    if asked.first > today:
        raise InputError("The period has not begun.", where=f"{asked.first}", hint="ask for an earlier one")
    tables = authority.store.read(list(TABLES))
    known = asof.known_at(tables, today)
    everyone = received(known, tables, authority, asked.first, asked.last)
    mine = is_of(everyone["organisation"], organisation, settings.organisations)
    own, others = everyone[mine], everyone[~mine]
    cohort = run.prepared.cohort.services
    linked = links(own, known, today, settings, cohort.index)
    rows = known["experiences"]
    only = rows.loc[piece_ids(rows, settings).isin(own["piece_id"]).to_numpy(), "experience_id"]
    moves = without_organisation(run, organisation, model, only=set(only))
    plans = _holding(authority, today)
    said = overrides(authority, by=today)
    unused = never_used(authority, tables, run, organisation)
    unused = unused[unused["piece_id"].isin(own["piece_id"])].drop_duplicates("piece_id")
    first = own["known_date"].min()
    since = [plan for plan in plans if pd.Timestamp(plan.record.as_of) >= first]
    return ReportBack(
        organisation=_called(own, organisation), period=asked, today=today, as_of=run.as_of, ranked=len(cohort),
        after=int(own.loc[(own["known_date"] > pd.Timestamp(run.as_of)).to_numpy(), "piece_id"].nunique()),
        few=settings.voices.few, open=asked.last >= today,
        received=own["piece_id"].nunique(), speaks=len(linked) > 0,
        given=given(own, others, known, today, settings),
        done=done(linked, own, moves, cohort, since, said, known, named=settings.voices.named_services),
        plans=_plans(since, authority), next_plan=_next(plans, today),
        answer_on=(pd.Timestamp(today) + pd.DateOffset(months=settings.voices.answer_months)).date(),
        unused=_counted(unused), wishes=_wishes(own, unused, known),
    )  # fmt: skip


def note_report(
    authority: Authority, report: ReportBack, data: bytes, how: str, *, who: Person, now: datetime
) -> int:
    """Enter in the log that a report was taken along; its place there. how: "html" or "docx"; data: the file."""
    body = {
        "organisation": report.organisation, "first": f"{report.period.first}", "last": f"{report.period.last}",
        "how": how, "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip
    told = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return authority.store.append("report_back", report.organisation, told, now, who.name)


def may_have(authority: Authority, who: Person, organisation: str) -> bool:
    """Whether the person may have the report to this organisation: with no other role, only to her own."""
    if who.roles & frozenset(ACTIONS["own_evidence"]) != {"organisation"}:
        return may(who, "own_evidence")
    own = pd.Series([who.organisation], dtype="str")
    return bool(is_of(own, organisation, authority.settings.organisations)[0])


def report_words(authority: Authority, report: ReportBack, language: str) -> OrganisationWords:
    """The report as a reader of this language is told it."""
    from risiko.i18n import Translator
    from risiko.reports.names import Names
    from risiko.reports.organisation_words import OrganisationWords

    declared = authority.store.read(["metadata_columns"])["metadata_columns"]
    return OrganisationWords(report, Names.of(Translator(language), authority.settings, declared))


def _holding(authority: Authority, today: date) -> list[KeptPlan]:
    """Plans kept by today that nobody has taken back since, oldest first."""
    said = _status(authority)
    back = set(said.index[said == "withdrawn"])
    return [plan for plan in kept_plans(authority) if plan.made_at.date() <= today and plan.number not in back]


def _status(authority: Authority) -> pd.Series:
    return decisions(authority).drop_duplicates("number", keep="last").set_index("number")["status"]


def _plans(plans: Sequence[KeptPlan], authority: Authority) -> pd.DataFrame:
    said = _status(authority)
    rows = [
        (p.number, p.made_at.date(), p.record.start, p.record.end, str(said.get(p.number, ""))) for p in plans
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["number", "made_on", "first", "last", "status"])


def _next(plans: Sequence[KeptPlan], today: date) -> date | None:
    ends = [plan.record.end for plan in plans if plan.record.end >= today]
    return max(ends) + timedelta(days=1) if ends else None


def _counted(unused: pd.DataFrame) -> pd.DataFrame:
    found = unused.groupby("reason").size().rename("pieces").reset_index()
    return found.sort_values(["pieces", "reason"], ascending=[False, True], ignore_index=True)


def _wishes(own: pd.DataFrame, unused: pd.DataFrame, known: Tables) -> pd.DataFrame:
    given_in = known["submissions"]
    asked = given_in[(given_in["submission_id"].isin(own["piece_id"]) & given_in["wants_back"].notna()).to_numpy()]
    reasons = asked["submission_id"].map(unused.set_index("piece_id")["reason"]).astype("str").fillna("")
    return pd.DataFrame({"text": asked["wants_back"], "reason": reasons}).drop_duplicates(ignore_index=True)


def _called(own: pd.DataFrame, organisation: str) -> str:
    return str(own["organisation"].iloc[0]) if len(own) else masked(organisation)
