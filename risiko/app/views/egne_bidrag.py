"""The page Egne bidrag: what a user organisation has delivered; no list, no score, no other's evidence."""

from __future__ import annotations

from risiko.app import data, login, session
from risiko.app.widgets import notices, own_evidence
from risiko.reports.names import Names


def show() -> None:
    """The organisation, by the person's role, and its evidence counted."""
    t = session.translator()
    with notices.told(t):
        address = session.store_address()
        if not login.allowed(t, "own_evidence"):
            return
        if not address:
            return notices.no_store(t)
        authority = data.authority(address, session.settings_path())
        names = Names(t, authority.settings)
        organisation = own_evidence.whose(authority, login.visit().person(), names)
        if organisation:
            own_evidence.show(authority, organisation, names)


if __name__ == "__main__":
    show()
