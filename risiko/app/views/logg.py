"""The page Logg: everything that was imported, decided and overridden, and whether the record of it is whole."""

from __future__ import annotations

import streamlit as st

from risiko.app import data, login, session
from risiko.app.widgets import log, notices
from risiko.pipeline.record import log_entries, verify_log


def show() -> None:
    """The verdict on the chain first, then the filters and the entries, newest first."""
    t = session.translator()
    with notices.told(t):
        if not login.allowed(t, "log"):
            return
        address = session.store_address()
        if not address:
            return notices.no_store(t)
        store = data.authority(address, session.settings_path()).store
        with st.spinner(t("log.verifying")):
            found, every = verify_log(store), log_entries(store)
        st.markdown(t("log.lead"))
        log.verdict(found, t)
        chosen = log.choose(every, t)
        shown = log_entries(store, chosen.kinds or None, by=chosen.by, since=chosen.since, until=chosen.until)
        log.entries(shown, len(every), found, t)
        visit = login.visit()
        log.download(shown, found, lambda: visit.require("log"), t)


if __name__ == "__main__":
    show()
