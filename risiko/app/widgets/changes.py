"""What has moved a service and what could: whose voice, and which piece of evidence; reckoned when asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from risiko import pipeline
from risiko.app import change_data, data
from risiko.app.display import plain, plain_cells
from risiko.app.widgets import notices
from risiko.reports import what_if_words as words
from risiko.reports.names import Names

Sentences = Callable[[pd.DataFrame, Names], list[str]]
Table = Callable[[pd.DataFrame, Names], pd.DataFrame]


def voices(at: data.Opened, run: pipeline.Run, service_id: str, names: Names) -> None:
    """Where the service would have stood without each source and organisation that has spoken of it."""
    title, explained = names.t("changes.voices"), names.t("changes.voices_help")
    found = partial(change_data.without, at, run, service_id)
    _part("voices", title, explained, service_id, found, words.without_sentences, words.without_table, names)


def what_if(at: data.Opened, run: pipeline.Run, service_id: str, names: Names) -> None:
    """Where one more piece of evidence would put the service, and which kind there is most to learn from."""
    title, explained = names.t("changes.what_if"), names.t("changes.what_if_help")
    found = partial(change_data.what_if, at, run, service_id)
    _part("what_if", title, explained, service_id, found, words.what_if_sentences, words.what_if_table, names)


@st.fragment
def _part(
    what: str, title: str, explained: str, service_id: str, reckon: Callable[[], pd.DataFrame], sentences: Sentences,
    table: Table, names: Names,
) -> None:  # fmt: skip
    with notices.told(names.t):
        if _asked(what, title, explained, service_id, names):
            with st.spinner(names.t("changes.reckoning")):
                found = reckon()
            _told(found, sentences, table, names)


def _asked(what: str, title: str, explained: str, service_id: str, names: Names) -> bool:
    """The heading, and a button until it has been pressed for this service: it takes some seconds."""
    key = f"changes.{what}.for"
    st.subheader(title)
    st.caption(explained)
    if st.session_state.get(key) != service_id:
        st.button(
            names.t("changes.go"), key=f"changes.{what}", on_click=lambda: st.session_state.update({key: service_id})
        )
    return bool(st.session_state.get(key) == service_id)


def _told(found: pd.DataFrame, sentences: Sentences, table: Table, names: Names) -> None:
    st.markdown("\n".join(f"- {plain(said)}" for said in sentences(found, names)))
    if len(found):
        st.table(plain_cells(table(found, names)), hide_index=True, border="horizontal")
