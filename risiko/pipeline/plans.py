"""Kept plans: saved into the append-only log, read back, decided on, and made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from risiko.access import Person, require
from risiko.errors import InputError
from risiko.masking import mask
from risiko.pipeline.record import bodies
from risiko.pipeline.runs import Authority
from risiko.pipeline.statements import statements_of
from risiko.plan.archive import PlanRecord, as_text, from_text

if TYPE_CHECKING:
    from risiko.i18n import Translator
    from risiko.reports.plan_words import PlanWords

Status = Literal["approved", "withdrawn"]
STATUSES: tuple[Status, ...] = ("approved", "withdrawn")
DECISIONS = ("number", "status", "note", "at", "by", "seq")


@dataclass(frozen=True, eq=False)
class KeptPlan:
    """A plan in the log. number: 1 for the first plan kept; seq, sha256: of its log entry; made_at: naive UTC."""

    number: int
    seq: int
    sha256: str
    record: PlanRecord
    made_at: datetime
    by: str


@dataclass(frozen=True)
class Unreadable:
    """A plan in the log that this version cannot read, with why in a sentence; it stays as it is."""

    number: int
    seq: int
    why: str


def save_plan(
    authority: Authority, record: PlanRecord, who: Person, *, at: datetime, after: int | None = None
) -> KeptPlan:
    """Keep a plan. Its free text (title, notes) is masked first.

    after: `newest_seq` as it was when the planner began; where another plan has been kept since, nothing is, and Stale
    says whose it is. Raises NotAllowed where a planner's plan holds visits of other offices.
    """
    for office in sorted({*record.visits["own_office"], *record.visits["office"]}) or [None]:
        require(who, "plan", office)
    clean = _masked(record)
    text = as_text(clean)
    seq = authority.store.append("plan", digest(clean), text, at, who.name, after=after)
    return next(plan for plan in reversed(kept_plans(authority)) if plan.seq == seq)


def kept_plans(authority: Authority) -> list[KeptPlan]:
    """Every kept plan that can be read, oldest first; see `unreadable_plans` for the others."""
    return [plan for plan in _all(authority) if isinstance(plan, KeptPlan)]


def unreadable_plans(authority: Authority) -> list[Unreadable]:
    """Kept plans of another version of risiko, or damaged ones: each with the reason."""
    return [plan for plan in _all(authority) if isinstance(plan, Unreadable)]


def kept_plan(authority: Authority, number: int) -> KeptPlan:
    """One kept plan. Raises InputError where there is none of that number, or it cannot be read."""
    for plan in _all(authority):
        if plan.number == number:
            if isinstance(plan, Unreadable):
                raise InputError(plan.why, where=f"plan {number}", hint="nothing was changed; the log still holds it")
            return plan
    raise InputError(f"There is no plan {number}.", where="plan", hint="`risiko plan --list` shows those that are kept")


def newest_seq(authority: Authority) -> int:
    """The log entry of the newest plan, 0 where none is kept: what `save_plan(after=)` asks for."""
    rows = authority.store.log(["plan"])
    return int(rows["seq"].iloc[-1]) if len(rows) else 0


def digest(record: PlanRecord) -> str:
    """SHA-256 of the record as JSON: what an export carries."""
    return hashlib.sha256(as_text(record).encode()).hexdigest()


def decide(authority: Authority, number: int, status: Status, note: str, who: Person, *, at: datetime) -> None:
    """Enter a decision about a kept plan; the newest holds. Raises InputError, NotAllowed."""
    plan = kept_plan(authority, number)
    if status not in STATUSES:
        raise InputError(f"{status!r} is no decision.", where="status", hint=", ".join(STATUSES))
    if not note.strip():
        raise InputError("A decision needs a written reason.", where="note", hint="say why in a sentence")
    for office in sorted({*plan.record.visits["own_office"]}) or [None]:
        require(who, "decide", office)
    body = {"number": number, "status": status, "note": masked(note)}
    authority.store.append("decision", str(number), json.dumps(body, ensure_ascii=False), at, who.name)


def decisions(authority: Authority) -> pd.DataFrame:
    """Every decision about plans, oldest first: DECISIONS."""
    rows = authority.store.log(["decision"])
    frame = pd.DataFrame(bodies(rows, authority.store.address), columns=["number", "status", "note"])
    return frame.assign(at=rows["at"].to_numpy(), by=rows["by"].to_numpy(), seq=rows["seq"].to_numpy())[list(DECISIONS)]


def masked(text: str) -> str:
    """A person's free text without identifiers, as everything that is kept."""
    return str(mask(pd.Series([text.strip()], dtype="str"))[0])


def _all(authority: Authority) -> Iterable[KeptPlan | Unreadable]:
    for number, row in enumerate(authority.store.log(["plan"]).to_dict("records"), start=1):
        where = f"{authority.store.address}, plan {number}"
        try:
            record = from_text(row["body"], where)
        except InputError as error:
            yield Unreadable(number, int(row["seq"]), error.what)
            continue
        if pd.isna(row["at"]):
            yield Unreadable(number, int(row["seq"]), "The moment it was kept has been changed and cannot be read.")
            continue
        if hashlib.sha256(row["body"].encode()).hexdigest() != row["about"]:
            why = "The plan is not as it was kept: it has been changed in the store."
            yield Unreadable(number, int(row["seq"]), why)
            continue
        at = row["at"].to_pydatetime()
        yield KeptPlan(number, int(row["seq"]), row["sha256"], record, at, row["by"])


def _masked(record: PlanRecord) -> PlanRecord:
    overrides = [o.model_copy(update={"text": masked(o.text)}) for o in record.rules.override]
    rules = record.rules.model_copy(update={"override": tuple(overrides)})
    visits = record.visits.assign(note=mask(record.visits["note"]))
    left_out = record.left_out.assign(detail=mask(record.left_out["detail"]))
    return replace(record, rules=rules, visits=visits, left_out=left_out, title=masked(record.title))


def plan_file(authority: Authority, plan: KeptPlan | PlanRecord, target: Path, t: Translator) -> None:
    """Write a plan as .xlsx, .docx or .json, whole or not at all; one that is not kept says that it is a draft."""
    from risiko.reports.plan_files import write_plan

    words = plan_words(authority, plan, t)
    write_plan(words, target)


def plan_words(authority: Authority, plan: KeptPlan | PlanRecord, t: Translator) -> PlanWords:
    """A plan as the reader's language tells it, for pages and files."""
    from risiko.reports.names import Names
    from risiko.reports.plan_words import PlanWords

    tables = authority.store.read(["metadata_columns", "services"], only={"services": {"service_id", "name"}})
    named = tables["services"].dropna(subset=["name"]).drop_duplicates("service_id", keep="last")
    called = dict(zip(named["service_id"], named["name"], strict=True))
    names = Names.of(t, authority.settings, tables["metadata_columns"])
    if isinstance(plan, KeptPlan):
        said = statements_of(authority, plan.number)
        return PlanWords(plan.record, names, plan.number, plan.sha256, called, said)
    return PlanWords(plan, names, called=called, statements=statements_of(authority))
