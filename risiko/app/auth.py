"""Reading RISIKO_AUTH: the identity provider, and what its claims say of a person's roles."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from risiko.access import Person, identifier
from risiko.errors import SettingsError
from risiko.vocabulary import ROLES

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_SECRET = 32
EMAIL = "email"
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_OWN = ("person", "claim", "office", "organisation", "contact", "values")
_HINT = "docs/how-to/log-in-with-openid-connect.md shows a whole file"


@dataclass(frozen=True)
class Auth:
    """What a RISIKO_AUTH file says. Its secrets are left in the file, where Streamlit reads them by itself.

    person: the claim that names a person. claim: the one that holds roles or groups; blank: none does. values: value of
    that claim -> role. office, organisation: the claims that hold them; blank: none does. contact: whom somebody
    without a role is to ask. A claim within another is written with dots (realm_access.roles).
    """

    path: Path
    redirect_uri: str
    person: str = EMAIL
    claim: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    office: str = ""
    organisation: str = ""
    contact: str = ""


@lru_cache(maxsize=4)
def read(path: Path) -> Auth:
    """The file, once: a change counts when the application is started again, as it does for Streamlit.

    Raises SettingsError for a file that is absent, is not TOML, lacks a key, holds an unknown one, or would send
    secrets in the open. No message repeats a value of the file.
    """
    said = _tables(path)
    auth, own = said["auth"], said.get("roles", {})
    for key in _NEEDED:
        if not isinstance(auth.get(key), str) or not auth[key].strip():
            raise _wrong(path, f"auth.{key}", "is missing")
    if len(auth["cookie_secret"]) < SHORTEST_SECRET:
        raise _wrong(path, "auth.cookie_secret", f"has fewer than {SHORTEST_SECRET} characters: it could be guessed")
    if not auth["redirect_uri"].endswith("/oauth2callback"):
        raise _wrong(path, "auth.redirect_uri", "does not end in /oauth2callback")
    for key in ("redirect_uri", "server_metadata_url"):
        address = urlsplit(auth[key])
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
            raise _wrong(path, f"auth.{key}", "is not an https address; http is for this machine alone")
    values = own.get("values", {})
    texts = {key: own.get(key, "") for key in _OWN if key != "values"}
    for key in (*(k for k in own if k not in _OWN), *(k for k, v in texts.items() if not isinstance(v, str))):
        raise _wrong(path, f"roles.{key}", "is not understood")
    if not isinstance(values, dict) or any(role not in ROLES for role in values.values()):
        raise _wrong(path, "roles.values", f"holds something else than the roles {', '.join(ROLES)}")
    if bool(values) != bool(texts["claim"]):
        raise _wrong(path, "roles", "needs both claim and values, or neither")
    return Auth(path, auth["redirect_uri"], **(texts | {"person": texts["person"] or EMAIL, "values": values}))


def key_of(auth: Auth, claims: Mapping[str, Any]) -> str:
    """What a person is called in the table of roles and in the log.

    Their e-mail address in small letters, where the provider says it is verified; else "claim:value" of the claim that
    the file names, or of sub, which no person can choose. So nobody gets another's roles by typing in an address.
    """
    if auth.person == EMAIL:
        if claims.get(EMAIL) and claims.get("email_verified") in (True, "true"):
            return identifier(str(claims[EMAIL]))
        return f"sub:{claims.get('sub', '')}"
    value = found(claims, auth.person)
    return f"{auth.person}:{value[0]}" if value else f"sub:{claims.get('sub', '')}"


def person_of(auth: Auth, claims: Mapping[str, Any]) -> Person:
    """The person and the roles that the claims give; none where the claim is absent or its values are not mapped.

    Missing is not "all": where the file names a claim for the office, a planner without it plans for nobody, and the
    role organisation without an organisation sees nothing. Neither role is given then.
    """
    roles = {auth.values[value] for value in found(claims, auth.claim) if value in auth.values}
    office, organisation = (next(iter(found(claims, name)), "") for name in (auth.office, auth.organisation))
    if auth.office and not office:
        roles.discard("planner")
    if not organisation:
        roles.discard("organisation")
    return Person(key_of(auth, claims), frozenset(roles), office, organisation)


def found(claims: Mapping[str, Any], name: str) -> list[str]:
    """The texts under a claim: of a list each, else the one; none where it is absent or is something else."""
    value: Any = claims
    if name in claims:  # some providers name a claim by an address, which has dots too
        value = claims[name]
    else:
        for step in name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
    values = value if isinstance(value, list | tuple) else [value]
    return [text for text in values if isinstance(text, str) and text.strip()]


def expired(claims: Mapping[str, Any], now: float) -> bool:
    """Whether the ID token has run out at a moment (seconds since 1970); one that never does is taken for expired."""
    until = claims.get("exp")
    return isinstance(until, bool) or not isinstance(until, int | float) or until <= now


def _tables(path: Path) -> dict[str, Any]:
    where = str(path)
    if path.suffix != ".toml":
        raise SettingsError("RISIKO_AUTH is not the name of a .toml file.", where=where, hint=_HINT)
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "RISIKO_AUTH must name a file that this user may read"
        what = f"The file for logging in cannot be read: {error.strerror}."
        raise SettingsError(what, where=where, hint=hint) from None
    except ValueError:  # its message may quote a line of the file
        raise SettingsError("The file for logging in is not valid TOML.", where=where, hint=_HINT) from None
    for table in said:  # a value outside a table would be put into the environment by Streamlit
        if table not in ("auth", "roles") or not isinstance(said[table], dict):
            raise _wrong(path, table, "is not understood")
    if "auth" not in said:
        raise _wrong(path, "auth", "is missing")
    return said


def _wrong(path: Path, key: str, what: str) -> SettingsError:
    return SettingsError(f"The file for logging in cannot be used: {key} {what}.", where=str(path), hint=_HINT)
