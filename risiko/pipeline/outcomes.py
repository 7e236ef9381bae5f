"""What a supervision found, registered by a person: contract rows of the source "app", and an entry in the log."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from risiko.access import Person, require
from risiko.batch import Batch, Part, no_rejects
from risiko.checks import check
from risiko.contracts import CONTRACTS, Tables
from risiko.errors import InputError
from risiko.masking import mask
from risiko.pipeline.plans import KeptPlan, kept_plan
from risiko.pipeline.record import bodies
from risiko.pipeline.runs import Authority

SOURCE = "app"
_READ = ("services", "supervisions", "findings")


@dataclass(frozen=True)
class Found:
    """One finding. severity "none": looked and found nothing. corrected: the day it was put right, if it has been."""

    severity: str
    dimension: str = ""
    text: str = ""
    corrected: date | None = None


@dataclass(frozen=True)
class Outcome:
    """A supervision that was carried out, as a person registers it.

    findings: none yet known where empty; one of severity "none" where nothing was found. office: who carried it out;
    blank: whom the plan sends, else the service's own. person_days: None for not told. plan: the number of the plan it
    belongs to, None for none.
    """

    service_id: str
    carried_out: date
    kind: str
    selection: str
    findings: tuple[Found, ...] = ()
    office: str = ""
    person_days: float | None = None
    plan: int | None = None


@dataclass(frozen=True)
class Registered:
    """What became of it. status: "added"; "changed": an earlier registration of the same supervision was followed up;
    "already": it stood there word for word, or had been imported, and nothing was written.

    in_plan: whether the plan holds a visit to the service; None without a plan. masked: identifiers in the texts gave
    way to words in brackets.
    """

    supervision_id: str
    status: str
    in_plan: bool | None
    masked: bool


def register(authority: Authority, outcome: Outcome, who: Person, *, now: datetime) -> Registered:
    """Keep an outcome: rows of supervisions and findings, known from today on, and an entry of kind "outcome".

    The same service, day and kind again is the same supervision: the same words change nothing, other words become a
    newer version (what was known before stays known as of then). Raises NotAllowed, and InputError for a service that
    is not known, a day that lies in the future or outside the plan named, a correction before the supervision, and
    values that the contract tables do not allow.
    """
    tables = authority.store.read(list(_READ))
    plan = None if outcome.plan is None else kept_plan(authority, outcome.plan)
    own_office = _office(tables, outcome.service_id)
    sent = _sent(plan, outcome.service_id)
    office = outcome.office or (sent[0] if len(sent) else own_office)
    _allowed(who, office, own_office, sent)
    _check_days(outcome, plan, now.date())
    in_plan = None if plan is None else outcome.service_id in set(plan.record.visits["service_id"])
    own, imported = _own_id(outcome), _imported(tables, outcome)
    if imported:
        return Registered(imported, "already", in_plan, masked=False)
    before = tables["supervisions"]["supervision_id"].eq(own).any()
    visits, findings = _supervision(own, outcome, office, now.date()), _findings(own, outcome, tables, now.date())
    plain = findings["text"]
    findings = findings.assign(text=mask(plain))
    hidden = bool((findings["text"].fillna("") != plain.fillna("")).any())
    if _same(tables, visits, findings):
        if not _entered(authority, own):  # the machine went down between the rows and the entry
            _enter(authority, own, outcome, office, in_plan, who, now)
        return Registered(own, "already", in_plan, hidden)
    parts = [_part(name, own, rows, now.date()) for name, rows in (("supervisions", visits), ("findings", findings))]
    authority.store.commit(Batch(tuple(part for part in parts if len(part.rows)), now))
    _enter(authority, own, outcome, office, in_plan, who, now)
    return Registered(own, "changed" if before else "added", in_plan, hidden)


def registered(authority: Authority) -> pd.DataFrame:
    """Every entry about outcomes, oldest first: seq, at, by, plan (missing for none), supervision_id, service_id."""
    rows = authority.store.log(["outcome"])
    said = pd.DataFrame(bodies(rows, authority.store.address), columns=["plan", "supervision_id", "service_id"])
    frame: pd.DataFrame = rows[["seq", "at", "by"]].reset_index(drop=True)
    return frame.assign(plan=said["plan"].astype("Int64"), supervision_id=said["supervision_id"].astype("str"),
                        service_id=said["service_id"].astype("str"))  # fmt: skip


def _office(tables: Tables, service_id: str) -> str:
    own = tables["services"][tables["services"]["service_id"] == service_id].sort_values("known_date", kind="stable")
    if own.empty:
        raise InputError(f"There is no service {service_id!r}.", where="service", hint="use the id that the list shows")
    office = own["office"].iloc[-1]
    return "" if pd.isna(office) else str(office)


def _sent(plan: KeptPlan | None, service_id: str) -> list[str]:
    """The offices that the plan sends to the service."""
    if plan is None:
        return []
    visits = plan.record.visits
    offices: list[str] = visits.loc[visits["service_id"] == service_id, "office"].drop_duplicates().tolist()
    return offices


def _allowed(who: Person, office: str, own_office: str, sent: list[str]) -> None:
    """The office that went, and the service's own where no plan sent another: to claim another's visit is no way in."""
    require(who, "outcome", office or None)
    if office not in sent:
        require(who, "outcome", own_office or None)


def _check_days(outcome: Outcome, plan: KeptPlan | None, today: date) -> None:
    if outcome.carried_out > today:
        what = "The supervision lies in the future."
        raise InputError(what, where=f"{outcome.carried_out}", hint="register it when it has been carried out")
    record = plan.record if plan else None
    if record and not record.start <= outcome.carried_out <= record.end:
        what = f"The supervision lies outside the period of plan {outcome.plan} ({record.start} to {record.end})."
        raise InputError(what, where=f"{outcome.carried_out}", hint="correct the day, or register it without the plan")
    for found in outcome.findings:
        if found.corrected is not None and found.corrected < outcome.carried_out:
            what = "A finding cannot have been put right before the supervision that made it."
            raise InputError(what, where=f"{found.corrected}", hint="correct one of the two days")
        if found.corrected is not None and found.severity == "none":
            raise InputError("Where nothing was found there is nothing to put right.", where="corrected",
                             hint="leave the day blank, or say how serious the finding was")  # fmt: skip


def _own_id(outcome: Outcome) -> str:
    text = f"{outcome.service_id}\n{outcome.carried_out}\n{outcome.kind}"
    return f"app-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _imported(tables: Tables, outcome: Outcome) -> str:
    """The id of the same supervision where it has come with an import; blank where it has not."""
    rows = tables["supervisions"]
    same = rows[(rows["service_id"] == outcome.service_id) & (rows["kind"] == outcome.kind)]
    same = same[same["event_date"] == pd.Timestamp(outcome.carried_out)]
    same = same[same["supervision_id"] != _own_id(outcome)]
    return str(same["supervision_id"].iloc[0]) if len(same) else ""


def _supervision(own: str, outcome: Outcome, office: str, today: date) -> pd.DataFrame:
    row = {
        "supervision_id": own, "service_id": outcome.service_id, "event_date": outcome.carried_out, "known_date": today,
        "kind": outcome.kind, "selection": outcome.selection, "office": office or None,
        "person_days": outcome.person_days,
    }  # fmt: skip
    return _conformed("supervisions", [row], today)


def _findings(own: str, outcome: Outcome, tables: Tables, today: date) -> pd.DataFrame:
    """The findings; one that was registered before and is not said any more becomes "none".

    Where the records carry the finer grading a finding needs one to count (settings.outcome.graded_only): the word's.
    """
    graded = tables["findings"]["severity_score"].notna().any()
    earlier = tables["findings"].loc[tables["findings"]["supervision_id"] == own, "finding_id"].nunique()
    gone = [Found("none")] * max(earlier - len(outcome.findings), 0)
    rows: list[dict[str, object]] = [
        {"finding_id": f"{own}-{place}", "supervision_id": own, "known_date": today, "severity": found.severity,
         "dimension": found.dimension or None, "text": found.text.strip() or None, "corrected_date": found.corrected,
         "severity_score": float(_SCALE.get(found.severity, 0)) if graded else None}
        for place, found in enumerate([*outcome.findings, *gone], start=1)
    ]  # fmt: skip
    return _conformed("findings", rows, today)


_SCALE = {word: place for place, word in enumerate(("none", "remark", "breach", "serious_breach"))}


def _conformed(name: str, rows: list[dict[str, object]], today: date) -> pd.DataFrame:
    contract = CONTRACTS[name]
    frame = contract.conform(pd.DataFrame(rows)) if rows else contract.empty()
    faults = check(name, frame, today=today).faults
    wrong = faults[faults["severity"] == "rejected"]
    if len(wrong):
        first = wrong.iloc[0]
        what = f"{first['column']} cannot be {first['value']!r}: {first['message']}."
        raise InputError(what, where=f"{name}.{first['column']}", hint="correct it; nothing was kept")
    return frame


def _same(tables: Tables, visits: pd.DataFrame, findings: pd.DataFrame) -> bool:
    """Whether the newest versions on record say just this, whatever the day they became known."""
    for name, rows in (("supervisions", visits), ("findings", findings)):
        ids = CONTRACTS[name].id_columns[0]
        said = tables[name].sort_values("known_date", kind="stable").drop_duplicates(ids, keep="last")
        held = said[said["supervision_id"] == visits["supervision_id"].iloc[0]].sort_values(ids)
        columns = [column for column in rows if column not in ("known_date", "severity_score")]
        if not held[columns].reset_index(drop=True).equals(rows.sort_values(ids)[columns].reset_index(drop=True)):
            return False
    return True


def _part(name: str, own: str, rows: pd.DataFrame, today: date) -> Part:
    content = hashlib.sha256(rows.to_csv().encode()).hexdigest()
    # The day is in the name, so that what was known on an earlier day stays; the same day's is replaced.
    return Part(SOURCE, name, f"{own}@{today}", name, content, rows, no_rejects(), len(rows))


def _entered(authority: Authority, own: str) -> bool:
    return bool(registered(authority)["supervision_id"].eq(own).any())


def _enter(
    authority: Authority, own: str, outcome: Outcome, office: str, in_plan: bool | None, who: Person, now: datetime
) -> None:
    body = {
        "plan": outcome.plan, "supervision_id": own, "service_id": outcome.service_id, "in_plan": in_plan,
        "carried_out": f"{outcome.carried_out}", "kind": outcome.kind, "selection": outcome.selection, "office": office,
        "findings": [found.severity for found in outcome.findings],
    }  # fmt: skip
    about = outcome.service_id if outcome.plan is None else str(outcome.plan)
    authority.store.append("outcome", about, json.dumps(body, ensure_ascii=False), now, who.name)
