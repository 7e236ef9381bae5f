"""The page Modell og data: which score is in force and why, what it weighs, and what it and the list rest on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import data, login, session
from risiko.app.widgets import filters, model, model_data, notices
from risiko.errors import RisikoError
from risiko.i18n import Translator

MISSING = "model.show_missing"  # whether the reader has asked how often each signal is missing


def show() -> None:
    """The date in the sidebar, one call for the page, then its parts; what takes long waits for a button."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "read") else None
        if at is None:
            return
        with st.sidebar:
            filters.as_of_date(t, at.as_of, at.latest)
        with st.spinner(t("model.loading")):
            found, names = data.model_page(at), data.model_names(at, t)
        st.markdown(t("model.lead", date=t.date(at.as_of)))
        model.in_force(found, names)
        model.weights(found, names)
        if model.checks(data.check_results(at), names):
            _run_checks(at, t)
        model.card(found, names)
        if model_data.signals(found, _missing(at, t), names):
            st.session_state[MISSING] = True
            st.rerun()
        model_data.settings(found, names)
        model_data.data(found, names)


def _run_checks(at: data.Opened, t: Translator) -> None:
    try:
        with st.spinner(t("model.checks_running")):
            data.run_checks(at, login.visit().person())
    except RisikoError as error:
        return notices.fault(t, t("error.title"), error)
    st.rerun()


def _missing(at: data.Opened, t: Translator) -> pd.Series | None:
    if not st.session_state.get(MISSING):
        return None
    with st.spinner(t("model.missing_running")):
        return data.missing_shares(at)


if __name__ == "__main__":
    show()
