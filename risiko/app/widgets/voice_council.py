"""The user council's part: what should count for more, how the list would change, and a statement to the plan."""

from __future__ import annotations

from threading import Lock

import pandas as pd
import streamlit as st

from risiko import access
from risiko.app import council_data, data, login, session
from risiko.app.display import plain, plain_cells
from risiko.app.widgets import notices
from risiko.errors import RisikoError
from risiko.i18n import Translator
from risiko.pipeline.council import LONGEST_STATEMENT, MOST
from risiko.pipeline.named_weights import LONGEST_NAME
from risiko.reports.names import Names
from risiko.vocabulary import DIMENSIONS

_ASKED, _TOLD, _FAULT, _NOTHING = "council.asked", "council.told", "council.fault", "council.nothing"
_NAME, _TEXT = "council.name", "council.text"
_ONE_AT_A_TIME = Lock()


def show(at: data.Opened, names: Names) -> None:
    """Priorities, what they would change by type of service, the statement, and what was said before."""
    t = names.t
    st.header(t("council.title"), anchor=False, divider="gray")
    st.markdown(t("council.lead"))
    _told(t)
    asked = _priorities(t)
    with st.spinner(t("ranking.loading")):
        found = council_data.changed(at, asked)
    _changes(found, asked, names)
    if access.may(login.visit().person(), "council"):
        _statement(at, found, asked, t)
    _earlier(at, t)


def _priorities(t: Translator) -> dict[str, int]:
    """The priorities in force for this visit: chosen in a form, so that the list is made once for all six."""
    now: dict[str, int] = st.session_state.get(_ASKED, {})
    keys = {dimension: session.widget_key(f"council.{dimension}") for dimension in DIMENSIONS}

    def apply() -> None:
        st.session_state[_ASKED] = {d: int(st.session_state[key]) for d, key in keys.items()}

    st.subheader(t("council.priorities"), anchor=False)
    with st.form("council.priorities", border=False, enter_to_submit=False):
        for dimension in DIMENSIONS:
            st.radio(
                _capital(t.word("dimension", dimension)), range(MOST + 1), index=now.get(dimension, 0),
                key=keys[dimension],
                format_func=lambda p: t.word("council_priority", str(p)), horizontal=True,
            )  # fmt: skip
        st.form_submit_button(t("council.apply"), type="primary", on_click=apply)
    return now


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _changes(found: council_data.Changed, asked: dict[str, int], names: Names) -> None:
    t = names.t
    st.subheader(t("council.changes"), anchor=False)
    if not any(asked.values()):
        st.markdown(t("council.no_priorities"))
        return
    st.markdown(t.plural("council.moved", found.moved, of=t.number(found.top)))
    st.caption(t("council.changes_help"))
    counts = {t.word("council_column", name): [t.number(n) for n in found.by_type[name]]
              for name in ("before", "after", "enters", "leaves")}  # fmt: skip
    types = [names.service_type(one) for one in found.by_type["service_type"]]
    table = pd.DataFrame({t("column.type"): types, **counts})
    st.table(plain_cells(table), hide_index=True, border="horizontal")


def _statement(at: data.Opened, found: council_data.Changed, asked: dict[str, int], t: Translator) -> None:
    def enter() -> None:
        name, text = " ".join(str(st.session_state[_NAME]).split()), str(st.session_state[_TEXT])
        if not name and not text.strip():
            st.session_state[_NOTHING] = True
            return
        try:
            with _ONE_AT_A_TIME:
                if not (text.strip() and _just_said(at, text)):
                    council_data.say(at, text, name, found.weights, asked)
        except RisikoError as error:
            st.session_state[_FAULT] = error
            return
        st.session_state[_TOLD] = t("council.entered")
        st.session_state[_NAME] = st.session_state[_TEXT] = ""

    st.subheader(t("council.statement"), anchor=False)
    with st.form("council.statement", border=False, enter_to_submit=False):
        st.text_area(t("council.text"), key=_TEXT, max_chars=LONGEST_STATEMENT, height=120, help=t("decisions.masked"))
        st.text_input(t("council.name"), key=_NAME, max_chars=LONGEST_NAME, help=t("council.name_help"))
        st.form_submit_button(t("council.enter"), on_click=enter)


def _just_said(at: data.Opened, text: str) -> bool:
    """Whether the newest statement says the same: the button was pressed twice."""
    newest = council_data.statements(at)[:1]
    return bool(newest) and newest[0].text == council_data.masked(text)


def _earlier(at: data.Opened, t: Translator) -> None:
    st.subheader(t("council.earlier"), anchor=False)
    said = [
        f"{t.date(one.at)}, {plain(one.by)}: «{plain(one.text)}» "
        + (t("council.about_plan", n=t.number(one.plan)) if one.plan else t("council.next_plan"))
        for one in council_data.statements(at)
    ]
    st.markdown("\n".join(f"- {line}" for line in said) or t("council.none"))


def _told(t: Translator) -> None:
    if told := st.session_state.pop(_TOLD, ""):
        st.success(told)
    if st.session_state.pop(_NOTHING, False):
        st.warning(t("council.nothing"))
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        notices.fault(t, t("council.not_entered"), fault)
