"""What people decide and say about services between plans: overrides with their reasons, and comments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from risiko.access import Person, require
from risiko.errors import InputError
from risiko.pipeline.plans import masked
from risiko.pipeline.record import bodies
from risiko.pipeline.runs import Authority
from risiko.plan.rules import Override, Rules
from risiko.vocabulary import OVERRIDE_ACTIONS, OVERRIDE_REASONS

RELEASE = "release"  # takes an override away; no action of its own in a plan
COLUMNS = ("service_id", "action", "reason", "text", "until", "at", "by", "seq")


def override(
    authority: Authority, service_id: str, action: str, reason: str, text: str, who: Person, *,
    at: datetime, office: str | None, until: date | None = None, after: int | None = None,
) -> int:  # fmt: skip
    """Enter an override and give its place in the log; the newest about a service holds, and RELEASE takes it away.

    office: the service's. Raises InputError for an unknown action or reason, a blank text, a postponement without its
    date or with one that has passed; NotAllowed; Stale (see Store.append).
    """
    require(who, "override", office)
    if action not in (*OVERRIDE_ACTIONS, RELEASE):
        raise InputError(f"{action!r} cannot be done.", where="action", hint=", ".join((*OVERRIDE_ACTIONS, RELEASE)))
    if reason not in OVERRIDE_REASONS and action != RELEASE:
        raise InputError(f"{reason!r} is no reason of the list.", where="reason", hint=", ".join(OVERRIDE_REASONS))
    if not text.strip():
        raise InputError("An override needs a written reason.", where="text", hint="say in a sentence what you know")
    if (action == "postpone") != (until is not None):
        what = "A postponement, and nothing else, needs the date it ends."
        raise InputError(what, where="until", hint="write it as 2027-01-15")
    if until is not None and until <= at.date():
        raise InputError(f"{until} has passed.", where="until", hint="postpone to a date that is still to come")
    body = {"action": action, "reason": reason, "text": masked(text), "until": until.isoformat() if until else None}
    told = json.dumps(body, ensure_ascii=False)
    return authority.store.append("override", service_id, told, at, who.name, after=after)


def overrides(authority: Authority, *, by: date | None = None) -> pd.DataFrame:
    """Every override ever entered, oldest first: COLUMNS; until is missing where there is none. by: up to that day."""
    rows = authority.store.log(["override"])
    if by is not None:
        rows = rows[(rows["at"] < pd.Timestamp(by) + pd.Timedelta(days=1)).to_numpy()]
    told = bodies(rows, authority.store.address)
    said = pd.DataFrame(told, columns=["action", "reason", "text", "until"])
    frame = said.assign(
        until=pd.to_datetime(said["until"]), service_id=rows["about"].to_numpy(), at=rows["at"].to_numpy(),
        by=rows["by"].to_numpy(), seq=rows["seq"].to_numpy(),
    )  # fmt: skip
    return frame[list(COLUMNS)]


def in_force(authority: Authority, day: date, *, by: date | None = None) -> pd.DataFrame:
    """The overrides that hold on a day: the newest of each service, neither released nor past its date."""
    newest = overrides(authority, by=by).drop_duplicates("service_id", keep="last")
    over = newest["until"] <= pd.Timestamp(day)
    return newest[~over.to_numpy() & newest["action"].ne(RELEASE).to_numpy()].reset_index(drop=True)


def with_overrides(authority: Authority, rules: Rules, day: date) -> Rules:
    """The rules with the overrides that hold on the day in front of the rules' own, which have the last word."""
    kept = in_force(authority, day)
    own = {o.service for o in rules.override}
    more = [_override(row) for row in kept.to_dict("records") if row["service_id"] not in own]
    return rules.model_copy(update={"override": (*more, *rules.override)})


def comment(authority: Authority, service_id: str, text: str, who: Person, *, at: datetime) -> int:
    """Enter a comment about a service, masked, and give its place in the log. Raises InputError, NotAllowed."""
    require(who, "comment")
    if not text.strip():
        raise InputError("The comment is empty.", where="text", hint="write what others should know")
    body = json.dumps({"text": masked(text)}, ensure_ascii=False)
    return authority.store.append("comment", service_id, body, at, who.name)


def comments(authority: Authority, service_id: str | None = None) -> pd.DataFrame:
    """Comments, newest first: service_id, text, at, by. service_id: of this one only."""
    rows = authority.store.log(["comment"])
    frame = pd.DataFrame({
        "service_id": rows["about"], "text": [body.get("text", "") for body in bodies(rows, authority.store.address)],
        "at": rows["at"], "by": rows["by"],
    })  # fmt: skip
    return frame[(service_id is None) | (frame["service_id"] == service_id)].iloc[::-1].reset_index(drop=True)


def _override(row: Mapping[str, Any]) -> Override:
    until = None if pd.isna(row["until"]) else row["until"].date()
    said = {name: row[name] for name in ("action", "reason", "text", "by")}
    return Override(service=row["service_id"], until=until, **said)
