"""The page Tjeneste: one service, whole, and reachable by its own link."""

from __future__ import annotations

import streamlit as st

from risiko import pipeline
from risiko.app import data, login, service_words, session, shown
from risiko.app.widgets import changes, decisions, detail, draw, filters, grid, intro, notices, service
from risiko.errors import NothingToScore
from risiko.i18n import Translator
from risiko.reports.names import Names
from risiko.scoring.table import POINTS


def show() -> None:
    """The date in the sidebar, the choice of service, then its parts."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "read") else None
        if at is None:
            return
        with st.sidebar:
            filters.as_of_date(t, at.as_of, at.latest)
        try:
            with st.spinner(t("ranking.loading")):
                ranked = data.ranked(at.address, at.settings, at.as_of, session.query().weights)
        except NothingToScore:
            return notices.nothing_at(t)
        shown.list_seen(at, ranked.run)
        names = data.names(ranked, t)
        grid.choose_by_name(ranked.ranking, names)
        chosen = session.query().service
        if not chosen:
            st.info(t("service.choose"))
        elif chosen not in set(ranked.ranking["service_id"]):
            notices.unknown_service(t, chosen, at.as_of)
        else:
            _page(at, ranked, chosen, names, t)


def _page(at: data.Opened, ranked: data.Ranked, chosen: str, names: Names, t: Translator) -> None:
    page = pipeline.service_page(ranked.run, chosen)
    if ranked.run.table.model_id == POINTS:
        intro.which_score(ranked, t)  # a learned one is named beside its estimate
    detail.head(page.detail, names)
    draw.of_service(at, ranked.run, chosen, names)
    changes.voices(at, ranked.run, chosen, names)
    changes.what_if(at, ranked.run, chosen, names)
    service.beside_others(page, names)
    _closer(ranked.run, page, names, t)
    service.silence(page, names)
    service.experience(page, names)
    service.quotes(page, names)
    left, right = st.columns(2, gap="large")
    with left:
        detail.history(page.detail, names)
    with right:
        service.follow_up(page, names)
    detail.gaps(page.detail, names)
    decisions.section(at, ranked.run, chosen, names)
    service.sources(page, names)


@st.fragment
def _closer(run: pipeline.Run, page: pipeline.ServicePage, names: Names, t: Translator) -> None:
    """Choosing a signal reruns this part only, so it asks by itself who is here."""
    if not login.allowed(t, "read"):
        return
    offered = service_words.choices(page)
    if not offered:
        return
    st.subheader(t("service.closer"))
    name = st.selectbox(t("service.choose_signal"), offered, format_func=names.signal, key="service.signal")
    service_id = str(page.detail.service["service_id"])
    service.closer(pipeline.beside(run, name, service_id), pipeline.over_time(run, name, service_id), names)


if __name__ == "__main__":
    show()
