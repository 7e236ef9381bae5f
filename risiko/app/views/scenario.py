"""The page Scenario: two lists side by side, and whether the difference is more than chance."""

from __future__ import annotations

import streamlit as st

from risiko.app import data, login, scenario_data, session, shown
from risiko.app.scenario_words import Sides
from risiko.app.widgets import filters, notices, scenario, scenario_choice, weight_sets
from risiko.errors import NothingToScore
from risiko.i18n import Translator
from risiko.pipeline import Side
from risiko.reports.names import Names


def show() -> None:
    """The dates, the capacity and the other list in the sidebar, one call for the comparison, then its parts."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "read") else None
        if at is None:
            return
        with st.sidebar:
            filters.as_of_date(t, at.as_of, at.latest)
        with st.spinner(t("scenario.loading")):
            ranked = data.ranked(at.address, at.settings, at.as_of, session.query().weights)
        shown.list_seen(at, ranked.run)
        names, saved = data.names(ranked, t), scenario_data.weight_sets(at)
        top = min(session.query().capacity or data.default_capacity(ranked), len(ranked.ranking))
        with st.sidebar:
            filters.room(t, top, len(ranked.ranking))
            side = scenario_choice.other(at, ranked, saved, names)
        if side is None:
            st.info(t("scenario.no_other_score"))
        else:
            with notices.told(t):
                _compared(at, ranked, side, top, names, t)
        weight_sets.show(at, ranked, saved, names)


def _compared(at: data.Opened, ranked: data.Ranked, side: Side, top: int, names: Names, t: Translator) -> None:
    try:
        with st.spinner(t("scenario.loading")):
            found = scenario_data.compared(at, ranked, side, top)
    except NothingToScore:
        return notices.nothing_to_compare(t, side.as_of)
    sides = Sides.of(found, ranked, side, names)
    scenario.takeaway(found, sides, names)
    scenario.slopes(found, sides, names)
    scenario.crossed(found, sides, names)
    scenario.alike(found, names)
    scenario.weights(found, sides, names)


if __name__ == "__main__":
    show()
