"""The page Oversikt: what is new since last time, and what nobody has said."""

from __future__ import annotations

from datetime import date

import streamlit as st

from risiko.app import data, login, session, shown
from risiko.app.widgets import filters, intro, notices, overview
from risiko.errors import NothingToScore
from risiko.i18n import Translator
from risiko.pipeline import Overview
from risiko.reports.names import Names


def show() -> None:
    """The dates and the capacity line in the sidebar, one call for the comparison, then its parts."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "read") else None
        if at is None:
            return
        with st.sidebar:
            filters.as_of_date(t, at.as_of, at.latest)
        with st.spinner(t("overview.loading")):
            ranked = data.ranked(at.address, at.settings, at.as_of, session.query().weights)
        shown.list_seen(at, ranked.run)
        since = _since(ranked, at.as_of)
        capacity = min(session.query().capacity or data.default_capacity(ranked), len(ranked.ranking))
        with st.sidebar:
            filters.comparison(t, since, at.as_of, capacity, len(ranked.ranking))
        try:
            with st.spinner(t("overview.loading")):
                found, how = data.overview(at, since, session.query().weights, capacity)
        except NothingToScore:
            return notices.nothing_to_compare(t, since)
        _page(found, data.names(ranked, t), t, ranked, how)


def _since(ranked: data.Ranked, as_of: date) -> date:
    chosen = session.query().since
    return chosen if chosen and chosen < as_of else data.default_since(ranked)


def _page(found: Overview, names: Names, t: Translator, ranked: data.Ranked, how: str) -> None:
    st.markdown(
        t(
            "overview.lead", date=t.date(found.as_of), since=t.date(found.since), capacity=t.number(found.capacity),
            new=t.number(len(found.entered)), moved=t.number(found.n_moved),
        )
        + f" **{t('ranking.caveat')}**"
    )  # fmt: skip
    intro.which_score(ranked, t)
    if how != "same":
        st.caption(t.word("overview_score", how))
    overview.figures(found, names)
    overview.crossed(found, names)
    overview.movers(found, names)
    overview.surges(found, names)
    overview.quiet(found, names)
    overview.never(found, names)
    overview.counties(found, names)
    overview.sources(found, names)


if __name__ == "__main__":
    show()
