"""Who is here: the one user of this machine, or somebody who has logged in, with the roles that hold at the moment."""

from __future__ import annotations

import getpass
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from risiko import access
from risiko.access import Person
from risiko.app import data, session
from risiko.app.auth import LOOPBACK, Auth, expired, person_of, read
from risiko.app.display import plain
from risiko.errors import NoStoreYet
from risiko.i18n import Translator
from risiko.pipeline.people import with_granted
from risiko.store.base import Store
from risiko.vocabulary import ROLES

HERE, ELSEWHERE, NOT_SET_UP, LOGGED_OUT, EXPIRED, NO_ROLE = STATES = (
    "here", "elsewhere", "not_set_up", "logged_out", "expired", "no_role",
)  # fmt: skip
NOBODY = Person("", frozenset())


@dataclass(frozen=True)
class Visit:
    """Somebody's visit, as the browser's signed cookie tells of it; each question looks at the clock and roles anew.

    auth: None where nobody logs in. claims: of the ID token. store: where granted roles stand; None: claims alone
    count. local: whether the visit came to this machine by its own name.
    """

    auth: Auth | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    store: Store | None = None
    local: bool = True

    @property
    def state(self) -> str:
        """Of STATES: whether the person may be here at all, or why not."""
        return self._barred() or (HERE if self.person().roles else NO_ROLE)

    def person(self) -> Person:
        """Who it is, with what they may do now; somebody without a name and roles where nobody may be here."""
        if self._barred():
            return NOBODY
        if self.auth is None:
            return access.local(os.environ.get("RISIKO_USER", "").strip() or getpass.getuser())
        claimed = person_of(self.auth, self.claims)
        return with_granted(self.store, claimed) if self.store else claimed

    def require(self, action: str, office: str | None = None) -> Person:
        """The person, where they may do this now. Raises NotAllowed."""
        who = self.person()
        access.require(who, action, office)
        return who

    def _barred(self) -> str:
        """Why nobody is let in, whatever their roles; blank where that is not so."""
        if self.auth is None:
            return "" if self.local else ELSEWHERE
        if not self.claims.get("is_logged_in"):
            return LOGGED_OUT if "is_logged_in" in self.claims else NOT_SET_UP
        return EXPIRED if expired(self.claims, time.time()) else ""


def on() -> bool:
    """Whether people log in here (RISIKO_AUTH is set)."""
    return bool(os.environ.get("RISIKO_AUTH"))


def visit() -> Visit:
    """The visit that this run of a page or of a callback belongs to.

    Raises SettingsError for a faulty RISIKO_AUTH, and StoreError where the table of roles cannot be read.
    """
    if not on():
        return Visit(local=_to_this_machine())
    return Visit(read(Path(os.environ["RISIKO_AUTH"])), st.user.to_dict(), _store())


def require(action: str, office: str | None = None) -> Person:
    """Who is here, where they may do this now; every write of a page asks here first. Raises NotAllowed."""
    return visit().require(action, office)


def allowed(t: Translator, action: str, office: str | None = None) -> bool:
    """Whether who is here may do this; where not, the page has been told so."""
    if access.may(visit().person(), action, office):
        return True
    st.info(t("login.not_allowed"))
    return False


def ask(t: Translator) -> None:
    """The page of somebody who may not be here: why, and what to do about it."""
    here = visit()
    state = here.state
    st.markdown(t.word("login_state", state))
    if here.auth is not None and state == NO_ROLE:
        st.markdown(t("login.your_name", name=plain(here.person().name)))
        if here.auth.contact:
            st.markdown(t("login.contact", contact=plain(here.auth.contact)))
    elif state in (LOGGED_OUT, EXPIRED) and st.button(t("login.log_in"), type="primary", key="login.in"):
        st.login()


def frame(t: Translator, who: Person) -> None:
    """Name, roles and office of whoever has logged in, and the way out; nothing on a machine of one's own."""
    if not on() or not who.name:
        return
    roles = [t.word("role", role) for role in ROLES if role in who.roles]
    of = [who.office] if who.office and "planner" in who.roles else []
    of += [who.organisation] if who.organisation and "organisation" in who.roles else []
    st.text(" · ".join(text for text in (who.name, ", ".join(roles), *of) if text), width="content")
    if st.button(t("login.log_out"), key="login.out", icon=":material/logout:"):
        st.logout()


def _to_this_machine() -> bool:
    """Whether the server listens on this machine alone and was asked by that name.

    A page elsewhere can make its own name point here; then the browser asks by that name (DNS rebinding).
    """
    host = st.context.headers.get("Host")
    asked = urlsplit(f"//{host}").hostname if host else None
    return st.get_option("server.address") in LOOPBACK and (asked is None or asked in LOOPBACK)


def _store() -> Store | None:
    address = session.store_address()
    try:
        return data.authority(address, session.settings_path()).store if address else None
    except NoStoreYet:
        return None
