"""Who has which role: granted and revoked in the store's log, where the newest line of a person and a role holds."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from risiko.access import Person, identifier, require
from risiko.errors import InputError, StoreError
from risiko.vocabulary import ROLES

if TYPE_CHECKING:
    from risiko.pipeline.runs import Authority
    from risiko.store.base import Store

COLUMNS = ("person", "role", "office", "organisation", "since", "by")
_KIND = "role"


def people(store: Store) -> pd.DataFrame:
    """Who has which role now, one row per person and role, by person: COLUMNS.

    office: the one a planner plans for; blank: all. organisation: whose evidence that role sees. since: UTC.
    Raises StoreError where a line cannot be read.
    """
    return pd.DataFrame(_holding(store), columns=list(COLUMNS)).astype(
        {name: "datetime64[us]" if name == "since" else "str" for name in COLUMNS}
    )


def person_in(store: Store, name: str) -> Person:
    """The person by the table of roles alone; with no roles where nothing is granted. Raises as `people`."""
    own = [row for row in _holding(store) if row["person"] == identifier(name)]
    office = next((row["office"] for row in own if row["role"] == "planner"), "")
    organisation = next((row["organisation"] for row in own if row["role"] == "organisation"), "")
    return Person(identifier(name), frozenset(row["role"] for row in own), office, organisation)


def with_granted(store: Store, claimed: Person) -> Person:
    """The person with the roles that the identity provider claims for them and those of the table.

    Where both speak of an office or an organisation the table holds: an administrator has written it here on purpose.
    """
    table = person_in(store, claimed.name)
    office = table.office if "planner" in table.roles else claimed.office
    organisation = table.organisation if "organisation" in table.roles else claimed.organisation
    return Person(claimed.name, claimed.roles | table.roles, office, organisation)


def grant(
    authority: Authority, person: str, role: str, *, who: Person, now: datetime, office: str = "",
    organisation: str = "",
) -> bool:  # fmt: skip
    """Give a person a role; False where they have it already, just so, and nothing was written.

    person: their e-mail address, or "claim:value" as the page shows it to somebody without a role. who: must be an
    administrator. office: for a planner, one that services of the store belong to; organisation: for that role alone,
    which needs it. Raises InputError for what does not fit, and NotAllowed.
    """
    require(who, "roles")
    called, office, organisation = _called(person, role), office.strip(), organisation.strip()
    if office and role != "planner":
        raise InputError("Only a planner belongs to an office.", where="office", hint="leave it out")
    if bool(organisation) != (role == "organisation"):
        hint = "name it for the role organisation, and for no other"
        raise InputError("The organisation does not fit the role.", where="organisation", hint=hint)
    if office:
        _check_office(authority.store, office)
    asked = {"person": called, "role": role, "office": office, "organisation": organisation}
    if any(asked.items() <= row.items() for row in _holding(authority.store)):
        return False
    _write(authority.store, called, role, True, who, now, office=office, organisation=organisation)
    return True


def revoke(authority: Authority, person: str, role: str, *, who: Person, now: datetime) -> None:
    """Take a role from a person; it counts from the next thing they do. Raises InputError where they do not have it."""
    require(who, "roles")
    called = _called(person, role)
    if role not in person_in(authority.store, called).roles:
        what = f"{called} does not have the role {role} in this table."
        raise InputError(what, where="person", hint="roles that come from the identity provider are taken away there")
    _write(authority.store, called, role, False, who, now)


def _called(person: str, role: str) -> str:
    called = identifier(person)
    if not called:
        raise InputError("Nobody is named.", where="person", hint="give an e-mail address")
    if role not in ROLES:
        raise InputError(f"There is no role {role!r}.", where="role", hint=", ".join(ROLES))
    return called


def _check_office(store: Store, office: str) -> None:
    offices = store.read(["services"], only={"services": {"service_id", "office"}})["services"]["office"].dropna()
    known = sorted(offices.unique())
    if known and office not in known:
        raise InputError(f"No service belongs to an office {office!r}.", where="office", hint=", ".join(known))


def _write(store: Store, person: str, role: str, granted: bool, who: Person, now: datetime, **more: str) -> None:
    body = json.dumps({"role": role, "granted": granted, **more}, ensure_ascii=False, sort_keys=True)
    store.append(_KIND, person, body, now, who.name)


def _holding(store: Store) -> list[dict[str, Any]]:
    """The lines that hold. One person's lines are few, and so are people."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    log = store.log([_KIND])
    columns = (log[name].tolist() for name in ("seq", "at", "by", "about", "body"))
    for seq, at, by, about, text in zip(*columns, strict=True):
        body = _body(text, f"{store.address}, log entry {seq}")
        row = {
            "person": about, "role": body["role"], "office": body.get("office", ""),
            "organisation": body.get("organisation", ""), "since": at, "by": by,
        }  # fmt: skip
        newest.pop((row["person"], row["role"]), None)
        if body["granted"]:
            newest[row["person"], row["role"]] = row
    return [newest[key] for key in sorted(newest)]


def _body(text: str, where: str) -> dict[str, Any]:
    try:
        body: Any = json.loads(text)
    except ValueError:
        body = None
    texts = isinstance(body, dict) and all(isinstance(body.get(k, ""), str) for k in ("office", "organisation"))
    if not texts or body.get("role") not in ROLES or not isinstance(body.get("granted"), bool):
        raise StoreError("A line about a role cannot be read.", where=where, hint="risiko log verify tells more")
    return dict(body)
