"""The page Likebehandling: does the list fall differently on groups of services, and is that more than chance?"""

from __future__ import annotations

import streamlit as st

from risiko.app import data, login, session, shown
from risiko.app.widgets import equity, filters, intro, notices
from risiko.pipeline.equity import MEASURES


def show() -> None:
    """The date and the choices in the sidebar, the groups, pairs across offices, voices, caveats."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "read") else None
        if at is None:
            return
        with st.sidebar:
            filters.as_of_date(t, at.as_of, at.latest)
        query = session.query()
        with st.spinner(t("equity.loading")):
            ranked = data.ranked(at.address, at.settings, at.as_of, query.weights)
            shown.list_seen(at, ranked.run)
            capacity = min(query.capacity or data.default_capacity(ranked), len(ranked.ranking))
            found, pairs = data.equity(ranked, at, query.grouping, capacity)
        names = data.names(ranked, t)
        measure = query.measure if query.measure in MEASURES else MEASURES[0]
        with st.sidebar:
            equity.choices(found, measure, names)
        st.markdown(
            t("equity.lead", date=t.date(at.as_of), n=t.number(found.n), capacity=t.number(capacity))
            + f" **{t('equity.caveat')}**"
        )
        intro.which_score(ranked, t)
        equity.groups(found, measure, names)
        equity.pairs(pairs, found.n, names)
        equity.voices(found, measure, names)
        equity.caveats(names)


if __name__ == "__main__":
    show()
