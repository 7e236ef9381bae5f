"""Entering in the log who saw a list and who took it along, once a session for each list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from risiko import pipeline
from risiko.app import data, login, session
from risiko.pipeline.shown import list_key, note_shown

_SEEN = "shown.lists"


def list_seen(at: data.Opened, run: pipeline.Run) -> None:
    """Enter it where people log in and the session has not seen this list before.

    On a machine of one's own nobody else sees it, and only what is taken along is entered. Raises StoreError where it
    cannot be entered: the list is not shown then.
    """
    seen: set[tuple[object, ...]] = st.session_state.setdefault(_SEEN, set())
    if not login.on() or list_key(run) in seen:
        return
    store = data.authority(at.address, at.settings).store
    note_shown(store, run, "page", who=login.require("read"), now=datetime.now(UTC))
    seen.add(list_key(run))


def taken(run: pipeline.Run, how: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """What makes a file, and enters it first: asked when the button is pressed, in a thread that knows no session.

    So the visit goes along, and whether it may still read is asked then. It raises NotAllowed and StoreError: no file.
    """
    visit = login.visit()
    store = data.authority(session.store_address(), session.settings_path()).store

    def made() -> bytes:
        note_shown(store, run, how, who=visit.require("read"), now=datetime.now(UTC))
        return make()

    return made
