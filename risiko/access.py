"""Who may do what: roles, the actions they allow, and the office or organisation a person speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from risiko.errors import RisikoError
from risiko.vocabulary import ROLES

# action -> the roles that may do it. An action of a planner is bound to the planner's own office.
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "read": ("reader", "planner", "analyst", "admin"),
    "plan": ("planner", "admin"),
    "decide": ("planner", "admin"),
    "override": ("planner", "admin"),
    "comment": ("planner", "analyst", "admin"),
    "outcome": ("planner", "admin"),
    "draw": ("planner", "admin"),
    "weights": ("planner", "analyst", "council", "admin"),
    "check": ("analyst", "admin"),
    "log": ("analyst", "admin"),
    "roles": ("admin",),
    "own_evidence": ("organisation", "analyst", "admin"),
    "submit": ("organisation", "planner", "analyst", "admin"),
    "voices": ("organisation", "council", "reader", "planner", "analyst", "admin"),
    "council": ("council", "analyst", "admin"),
    "coverage": ("council", "reader", "planner", "analyst", "admin"),
    "purge": ("admin",),
}


class NotAllowed(RisikoError):
    """The person has no role that allows this, or speaks for another office."""

    exit_code = 10
    kind = "not_allowed"


@dataclass(frozen=True)
class Person:
    """Someone who reads or writes. name: what the log calls them. roles: of vocabulary.ROLES; none: nothing is allowed.

    office: the only office a planner plans for; blank: all of them. organisation: whose evidence the role organisation
    sees.
    """

    name: str
    roles: frozenset[str]
    office: str = ""
    organisation: str = ""


def local(name: str = "local") -> Person:
    """The one user of a machine of their own, or of the command line: whoever can open the store file may do all."""
    return Person(name, frozenset(ROLES) - {"organisation", "council"})


def identifier(text: str) -> str:
    """How a person is written wherever they are named: an e-mail address in small letters, "claim:value" as it is."""
    bare = text.strip()
    return bare.casefold() if "@" in bare and ":" not in bare else bare


def may(person: Person, action: str, office: str | None = None) -> bool:
    """Whether a person may do this; office: the office it is done for, None where it concerns none or all are meant.

    A planner of one office may write for that office only, so not for all at once either. Raises KeyError for an action
    that does not exist.
    """
    roles = person.roles & frozenset(ACTIONS[action])
    if not roles:
        return False
    bound = roles == {"planner"} and bool(person.office) and action in ("plan", "decide", "override", "outcome", "draw")
    return not bound or office == person.office


def require(person: Person, action: str, office: str | None = None) -> None:
    """Nothing where the person may do this. Raises NotAllowed otherwise. Every write asks here, not the page."""
    if not may(person, action, office):
        roles = ", ".join(sorted(person.roles)) or "no role"
        where = f"{action} for {office}" if office else action
        what = f"{person.name or 'Somebody who is not logged in'} may not do this ({roles})."
        raise NotAllowed(what, where=where, hint="ask an administrator for a role")
