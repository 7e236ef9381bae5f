"""The page Resultater: what came of the plan, and what is learned from it."""

from __future__ import annotations

import streamlit as st

from risiko.app import data, login, results_data, session
from risiko.app.widgets import filters, notices, results, results_form
from risiko.reports.names import Names


def show() -> None:
    """The date in the sidebar, one plan's results, the effect of supervision, and the form for outcomes."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "read") else None
        if at is None:
            return
        with st.sidebar:
            filters.as_of_date(t, at.as_of, at.latest)
        with st.spinner(t("results.loading")):
            found = results_data.results(at, st.session_state.get("results.plan"))
            after = results_data.effect(at)
        names: Names = results_data.names(at, t)
        if found is None:
            st.info(t("results.no_plan_kept"))
        else:
            with st.sidebar:
                results.choice(found, t)
            results.lead(found, t)
            results.grounds(found, t)
            results.prevalence(found, t)
            results.others(found, names)
            results.overrides(found, t)
        results.effect(after, names)
        results_form.form(at, found.numbers if found else (), t)


if __name__ == "__main__":
    show()
