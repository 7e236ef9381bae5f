"""Saved weight sets: what there is, a form to save one, and one to use or remove it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from risiko.app import data, scenario_data, session
from risiko.app import scenario_words as words
from risiko.app.display import plain, plain_cells
from risiko.app.query import WEIGHTS, Other
from risiko.app.widgets import notices
from risiko.errors import RisikoError
from risiko.pipeline.named_weights import LONGEST_NAME
from risiko.reports.names import Names

_NAME = "weight_sets.name"
_TOLD, _FAULT, _NAMELESS = "weight_sets.told", "weight_sets.fault", "weight_sets.nameless"


def show(at: data.Opened, ranked: data.Ranked, saved: Mapping[str, Mapping[str, float]], names: Names) -> None:
    """What is saved, and the forms; what was done last is said above them."""
    t = names.t
    st.header(t("weight_sets.title"), anchor=False, divider="gray")
    st.caption(t("weight_sets.help"))
    if told := st.session_state.pop(_TOLD, ""):
        st.success(told)
    if st.session_state.pop(_NAMELESS, False):
        st.warning(t("weight_sets.no_name"))
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        notices.fault(t, t("weight_sets.not_saved"), fault)
    if saved:
        st.table(plain_cells(words.weight_sets(saved, ranked, names)), hide_index=True, border="horizontal")
    else:
        st.markdown(t("weight_sets.none"))
    left, right = st.columns(2, gap="large")
    with left:
        _save(at, ranked, saved, names)
    if saved:
        with right:
            _use_or_remove(at, ranked, saved, names)


def _save(at: data.Opened, ranked: data.Ranked, saved: Mapping[str, Mapping[str, float]], names: Names) -> None:
    """Save the weights typed in for the comparison where there are any, else those of the reader's list."""
    t, query, default = names.t, session.query(), ranked.default_weights
    typed = query.other.by == WEIGHTS and bool(query.other.weights)
    now = {**default, **(query.other.weights if typed else query.weights)}
    counting = {name: w for name, w in now.items() if w > 0 or default.get(name, 0.0) > 0}
    with st.form("weight_sets.save", border=False, enter_to_submit=False):
        st.caption(t("weight_sets.save_typed") if typed else t("weight_sets.save_now"))
        st.text_input(t("weight_sets.name"), key=_NAME, max_chars=LONGEST_NAME)
        st.form_submit_button(
            t("weight_sets.save"), type="primary",
            on_click=lambda: _record(at, " ".join(str(st.session_state[_NAME]).split()), counting, saved, names),
        )  # fmt: skip


def _use_or_remove(
    at: data.Opened, ranked: data.Ranked, saved: Mapping[str, Mapping[str, float]], names: Names
) -> None:
    t, key = names.t, session.widget_key("weight_sets.which")

    def use() -> None:
        default = ranked.default_weights
        chosen = {name: w for name, w in saved[st.session_state[key]].items() if w != round(default.get(name, 0.0), 2)}
        st.session_state[_TOLD] = t("weight_sets.used", name=plain(st.session_state[key]))
        session.change(weights=chosen)
        session.forget_widgets()

    with st.form("weight_sets.remove", border=False, enter_to_submit=False):
        st.caption(t("weight_sets.use_help"))
        st.selectbox(t("weight_sets.which"), list(saved), key=key, filter_mode=None)
        with st.container(horizontal=True):
            st.form_submit_button(t("weight_sets.use"), on_click=use)
            st.form_submit_button(
                t("weight_sets.remove"), on_click=lambda: _record(at, str(st.session_state[key]), None, saved, names)
            )


def _record(
    at: data.Opened, name: str, weights: Mapping[str, float] | None, saved: Mapping[str, Mapping[str, float]],
    names: Names,
) -> None:  # fmt: skip
    """Write it, and keep what is to be said of it for the page that follows."""
    t, done = names.t, "removed" if weights is None else "replaced" if name in saved else "saved"
    if not name:
        st.session_state[_NAMELESS] = True
        return
    try:
        scenario_data.save_weight_set(at, name, weights)
    except RisikoError as error:
        st.session_state[_FAULT] = error
        return
    st.session_state[_TOLD] = t.word("weight_set_done", done).format(name=plain(name))
    if weights is None and session.query().other.weight_set == name:
        session.change(other=Other(by=WEIGHTS))
    st.session_state[_NAME] = ""
    session.forget_widgets()
