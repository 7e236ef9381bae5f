"""The page Rangering: which services to look at first, why, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from risiko import pipeline
from risiko.app import data, login, session
from risiko.app.filtering import narrow
from risiko.app.shown import list_seen
from risiko.app.widgets import certainty, detail, draw, exports, filters, grid, intro, notices, score_choice, weights
from risiko.errors import NothingToScore
from risiko.i18n import Translator
from risiko.reports.names import Names
from risiko.scoring.table import POINTS


def show() -> None:
    """Widgets, one call for the list, empty states, then the list and the chosen service."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "read") else None
        if at is None:
            return
        try:
            with st.spinner(t("ranking.loading")):
                ranked = data.ranked(at.address, at.settings, at.as_of, session.query().weights)
        except NothingToScore:
            with st.sidebar:
                filters.as_of_date(t, at.as_of, at.latest)
            raise
        list_seen(at, ranked.run)
        _page(ranked, data.names(ranked, t), t, at)


def _page(ranked: data.Ranked, names: Names, t: Translator, at: data.Opened) -> None:
    run = ranked.run
    with st.sidebar:
        filters.show(ranked.ranking, names, run.as_of, at.latest)
        filters.room(t, run.table.top, len(ranked.ranking))
        score_choice.choose(ranked.promoted, t)
        now = {**ranked.default_weights, **run.weights}
        weights.weights_form(run.signals, ranked.default_weights, now, names)
    shown = narrow(ranked.ranking, session.query())
    intro.lead(ranked, len(shown), t)
    if shown.empty:
        notices.no_match(t)
        return draw.show(at, run, names)
    _list_and_detail(run, ranked.ranking, shown, names)
    rows = shown.head(session.query().top)
    certainty.order_certainty(rows, run.table.top, names)
    draw.show(at, run, names)
    grid.as_table(rows, names)


@st.fragment
def _list_and_detail(run: pipeline.Run, ranking: pd.DataFrame, shown: pd.DataFrame, names: Names) -> None:
    """Choosing a service reruns this part only, so it asks by itself who is here."""
    with notices.told(names.t):
        if not login.allowed(names.t, "read"):
            return
    rows = shown.head(session.query().top)
    grid.choose_by_name(rows, names)
    grid.grid(rows, names, learned=run.table.model_id != POINTS)
    exports.buttons(run, shown, names)
    service = session.query().service
    if not service:
        return
    if service not in set(ranking["service_id"]):
        return notices.unknown_service(names.t, service, run.as_of)
    if service not in set(rows["service_id"]):
        st.info(names.t("detail.not_listed"))
    with notices.told(names.t):
        st.page_link(
            str(Path(__file__).with_name("tjeneste.py")), label=names.t("service.open"), icon=":material/open_in_full:",
            query_params=session.leading_to(service),
        )  # fmt: skip
        detail.panel(pipeline.detail(run, service), grid.complaints_of(ranking, service), names)


if __name__ == "__main__":
    show()
