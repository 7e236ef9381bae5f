"""Where no plan keeps the rules: which of them collide, and what to change."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from risiko.app.display import plain
from risiko.app.widgets.plan import notices
from risiko.plan.selection import Selection
from risiko.reports.names import Names
from risiko.reports.plan_conflict_words import asked, head, ways
from risiko.reports.plan_words import notice_lines


def show(selection: Selection, called: Mapping[str, str], names: Names) -> None:
    """Each collision with what its rules ask, and the smallest changes that would make room."""
    t = names.t

    def name(one: str) -> str:
        return called.get(one, one)

    st.header(t("plan_conflict.title"), anchor=False, divider="gray")
    if not selection.conflicts:
        st.warning(t("plan_conflict.not_found"))
    for conflict in selection.conflicts:
        st.warning(plain(head(conflict, t)))
        st.markdown("\n".join(f"- {plain(line)}" for line in asked(conflict, selection, name, t)))
        told = ways(conflict, selection, name, t)
        if told:
            st.markdown(f"**{t.plural('plan_conflict.ways', len(told))}**")
            st.markdown("\n".join(f"- {plain(line)}" for line in told))
    st.caption(t("plan_conflict.help"))
    notices(notice_lines(selection.notices, name, t), t)
