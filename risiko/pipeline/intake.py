"""Evidence handed in by people: checked, masked, kept as rows of the source "submission", and entered in the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from risiko.access import ACTIONS, NotAllowed, Person, require
from risiko.batch import Batch, Part, no_rejects
from risiko.contracts import CONTRACTS, Tables
from risiko.errors import InputError
from risiko.intake.checking import faults
from risiko.intake.masked import masked_fields
from risiko.intake.rows import SOURCE, batch, content_hash, submission_id
from risiko.intake.submission import Fault, Known, Submission
from risiko.organisations import one_name, spelling
from risiko.pipeline.intake_doubts import delivered_twice, stands_already
from risiko.pipeline.people import people
from risiko.pipeline.runs import Authority

if TYPE_CHECKING:
    from risiko.intake.guard import Source
    from risiko.intake.workbook import Read

KIND = "submission"
_KNOWN = {
    "services": {"service_id", "known_date", "name", "service_type", "county"},
    "service_areas": {"service_id", "municipality", "known_date"},
    "experiences": {"organisation"},
    "submissions": {"organisation"},
}
_PURGED = (("submissions", "asked_by"), ("submissions", "reached_how"), ("quotes", "text"), ("experiences", "text"))


class IntakeRefused(InputError):
    """A submission that cannot be taken in; faults says what is wrong with it, doubts included."""

    def __init__(self, found: Sequence[Fault]) -> None:
        self.faults = tuple(found)
        wrong = [fault for fault in self.faults if fault.rejected]
        where = ", ".join(dict.fromkeys(fault.cell or fault.field for fault in wrong))
        super().__init__(f"{len(wrong)} things must be corrected before this can be taken in.", where=where,
                         hint="correct them and hand it in again; nothing was kept")  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """What became of a submission. status: "added"; "already": it stood there and nothing was written; "changed": it
    stood there and its use was told anew, or it took the place of the one it corrects.

    masked: identifiers in the texts gave way to words in brackets. doubts: what its reader should look at again.
    """

    submission_id: str
    status: str
    masked: bool
    doubts: tuple[Fault, ...] = ()


def known_for_intake(authority: Authority, today: date) -> Known:
    """What a submission is checked against: services, types, areas and organisations.

    They are those on record and in the settings; an organisation also where somebody has a role for it, for it may not
    have handed in before.
    """
    rows = authority.store.read(list(_KNOWN), only=_KNOWN)
    services = rows["services"].sort_values("known_date", kind="stable").drop_duplicates("service_id", keep="last")
    named = services["name"].fillna(services["service_id"])
    chosen = authority.settings
    declared = [name for own, others in chosen.organisations.items() for name in (own, *others)]
    told = [rows[name]["organisation"].dropna().astype("str") for name in ("experiences", "submissions")]
    granted = people(authority.store)["organisation"]
    areas = pd.concat([rows["service_areas"]["municipality"], services["county"]]).dropna()
    return Known(
        services=dict(zip(services["service_id"], named, strict=True)),
        service_types=tuple(sorted({*services["service_type"].dropna(), *chosen.service_types})),
        areas=tuple(sorted(areas.unique())),
        organisations=tuple(sorted({*declared, *pd.concat(told).unique(), *granted[granted != ""]})),
        today=today,
        keep_months=chosen.voices.keep_months,
        type_names={slug: (one.name.nb, one.name.nn, one.name.en) for slug, one in chosen.service_types.items()},
    )


def take(
    authority: Authority, submission: Submission, who: Person, *, now: datetime, replaces: str = ""
) -> Taken:  # fmt: skip
    """Keep a submission: rows known from today on, and an entry of kind "submission" that holds no text.

    The same evidence again changes nothing; where only its use is told anew (consent, purpose, how long it is kept,
    what is wanted back, who may read a quote), that is kept. replaces: the id of one that this one corrects; it counts
    no longer and stays in the store's history. Raises IntakeRefused with every fault, NotAllowed for an organisation's
    person who hands in for another, and InputError where there is nothing to replace.
    """
    require(who, "submit")
    _own_organisation(authority, submission.organisation, who)
    found = faults(submission, known_for_intake(authority, now.date()))
    if any(fault.rejected for fault in found):
        raise IntakeRefused(found)
    own = submission_id(content_hash(submission))
    rows = authority.store.read(["submissions", "quotes", "experiences"])
    gone = _replaced(authority, rows, replaces, who) if replaces not in ("", own) else ()
    if gone:
        rows = {name: _without(frame, CONTRACTS[name].id_columns[0], replaces) for name, frame in rows.items()}
    before = rows["submissions"][rows["submissions"]["submission_id"] == own]
    since = None
    if len(before):  # the name stays as it was first spelt
        since, name = before["known_date"].iloc[0].date(), before["organisation"].iloc[0]
        submission = replace(submission, organisation="" if pd.isna(name) else str(name))
    kept = batch(submission, now=now, settings=authority.settings, known_date=since)
    doubts = (*found, *stands_already(_rows(kept, "submissions"), rows["submissions"], authority.settings),
              *delivered_twice(_rows(kept, "experiences"), rows, own,
                               authority.settings.experience.survey_minimum))  # fmt: skip
    parts = (*(_told_anew(kept, rows) if len(before) else kept.parts), *gone)
    changed = bool(parts) and authority.store.commit(Batch(parts, now)).changed
    status = ("changed" if len(before) or gone else "added") if changed else "already"
    if changed or not _entered(authority, own):  # else the machine went down between the rows and the entry
        _enter(authority, own, submission, status, who, now, replaces=replaces if gone else "")
    return Taken(own, status, bool(masked_fields(submission)), doubts)


def read_file(authority: Authority, data: Source, name: str, *, today: date) -> Read:
    """A filled template (its bytes, path or an open stream) as a submission, with every fault by cell; nothing is kept.

    One larger than settings.voices.largest_file_mb is not read.
    """
    from risiko.intake.workbook import read_workbook

    largest = authority.settings.voices.largest_file_mb
    return read_workbook(data, name, known_for_intake(authority, today), largest_mb=largest)


def may_hand_in_for(authority: Authority, who: Person, organisation: str) -> bool:
    """Whether the person may hand in for the organisation: with no other role than organisation only for her own."""
    if who.roles & frozenset(ACTIONS["submit"]) != {"organisation"}:
        return bool(who.roles & frozenset(ACTIONS["submit"]))
    names = one_name(pd.Series([organisation, who.organisation], dtype="str"), authority.settings.organisations)
    given, own = spelling(names.astype("str"))
    return bool(who.organisation.strip()) and given == own


def _own_organisation(authority: Authority, organisation: str, who: Person) -> None:
    if not may_hand_in_for(authority, who, organisation):
        what = f"{who.name} may hand in for {who.organisation or 'no organisation'} only."
        raise NotAllowed(what, where="organisation", hint="choose your own organisation")


def _rows(kept: Batch, table: str) -> pd.DataFrame:
    return next((part.rows for part in kept.parts if part.table == table), CONTRACTS[table].empty())


def _replaced(authority: Authority, rows: Tables, old: str, who: Person) -> tuple[Part, ...]:
    """The parts of a submission without their rows: it is corrected by another."""
    held = rows["submissions"][rows["submissions"]["submission_id"] == old]
    if held.empty:
        raise InputError("There is no such submission.", where=old, hint="use the id that was told when it came in")
    _own_organisation(authority, held["organisation"].fillna("").iloc[0], who)
    parts = authority.store.imports()
    standing = parts[(parts["source"] == SOURCE) & (parts["file"] == old) & parts["replaced_by"].isna()]
    return tuple(
        Part(SOURCE, table, old, table, "replaced", CONTRACTS[table].empty(), no_rejects(), 0)
        for table in standing["table"]
    )


def _without(frame: pd.DataFrame, key: str, old: str) -> pd.DataFrame:
    ids = frame[key]
    return frame[~((ids == old) | ids.str.startswith(f"{old}-")).to_numpy(dtype=bool)]


def _told_anew(kept: Batch, rows: Tables) -> tuple[Part, ...]:
    """The parts that tell of use; none where texts of it have been purged: they were to be gone, and stay so."""
    for table, column in _PURGED:
        key = CONTRACTS[table].id_columns[0]
        held = rows[table].drop_duplicates(key, keep="last").set_index(key)[column]
        given = _rows(kept, table).set_index(key)[column].dropna()
        if held.reindex(given.index).isna().any():
            return ()
    return tuple(part for part in kept.parts if part.table in ("submissions", "quotes"))


def _entered(authority: Authority, own: str) -> bool:
    return bool(authority.store.log([KIND])["about"].eq(own).any())


def _enter(
    authority: Authority, own: str, submission: Submission, status: str, who: Person, now: datetime, *, replaces: str
) -> None:
    body = {
        "submission_id": own, "method": submission.method, "organisation": submission.organisation, "status": status,
        "said": len(submission.said), "quotes": len([q for q in submission.quotes if q.agreed]),
        "items": len(submission.items), "replaces": replaces,
    }  # fmt: skip
    authority.store.append(KIND, own, json.dumps(body, ensure_ascii=False), now, who.name)
