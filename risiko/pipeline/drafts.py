"""Drafts of submissions: kept for the person who writes them, seen by nobody else, gone when handed in or removed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from risiko.access import NotAllowed, Person, require
from risiko.errors import InputError
from risiko.intake.masked import masked
from risiko.intake.rows import as_dict, from_dict
from risiko.intake.submission import Submission
from risiko.pipeline.runs import Authority


@dataclass(frozen=True)
class Draft:
    """A submission that has not been handed in. by: whose it is. saved_at: naive UTC. Its texts are masked already."""

    draft_id: str
    by: str
    saved_at: datetime
    submission: Submission


def save(authority: Authority, who: Person, submission: Submission, *, draft_id: str | None, now: datetime) -> str:
    """Keep a draft and give its id; it may be as incomplete as it likes, and nothing in it is held against anything.

    draft_id: of the person's own earlier draft, which this takes the place of; None: a new one. Every free text is
    masked first, because a draft is kept too. Raises NotAllowed, and StoreError where the id is somebody else's.
    """
    require(who, "submit")
    body = json.dumps(as_dict(masked(submission)))
    if draft_id is None:
        said = json.dumps([who.name, now.isoformat(), body])
        draft_id = f"draft-{hashlib.sha256(said.encode()).hexdigest()[:12]}"
    authority.store.save_draft(draft_id, who.name, body, now)
    return draft_id


def drafts(authority: Authority, who: Person) -> list[Draft]:
    """The person's own drafts, the one saved last first. Those that cannot be read are left out: see `unreadable`."""
    return _own(authority, who)[0]


def unreadable(authority: Authority, who: Person) -> list[str]:
    """The ids of the person's own drafts that cannot be read, as of another version of risiko: to be told, and removed.
    """
    return _own(authority, who)[1]


def remove(authority: Authority, who: Person, draft_id: str) -> None:
    """Remove the person's own draft; nothing where there is none. Raises NotAllowed where it is somebody else's."""
    require(who, "submit")
    held = authority.store.drafts()
    whose = held.loc[held["draft_id"] == draft_id, "by"].tolist()
    if whose and whose != [who.name.strip()]:
        raise NotAllowed("This draft is somebody else's.", where=draft_id, hint="only who writes a draft may remove it")
    if whose:
        authority.store.remove_draft(draft_id)


def _own(authority: Authority, who: Person) -> tuple[list[Draft], list[str]]:
    require(who, "submit")
    found: list[Draft] = []
    bad: list[str] = []
    for row in authority.store.drafts(who.name.strip()).iloc[::-1].itertuples():
        try:
            submission = from_dict(json.loads(str(row.body)))
        except (InputError, ValueError):
            bad.append(str(row.draft_id))
            continue
        found.append(Draft(str(row.draft_id), str(row.by), row.saved_at.to_pydatetime(), submission))
    return found, bad
