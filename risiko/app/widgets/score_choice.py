"""Which score orders the list: the learned one in force, or the points score beside it."""

from __future__ import annotations

import streamlit as st

from risiko.app import session
from risiko.i18n import Translator


def choose(promoted: str, t: Translator) -> None:
    """A choice between the two where a learned model is in force for the date; nothing where there is none.

    Weights of the reader's own are the points score's, so they switch to it.
    """
    if not promoted:
        return
    key, query = session.widget_key("score"), session.query()
    st.radio(
        t("score.choose"), ["learned", "points"], index=int(query.points or bool(query.weights)), key=key,
        format_func=lambda kind: t.word("score_kind", kind), help=t("score.help"),
        on_change=lambda: session.change(points=st.session_state[key] == "points", weights={}),
    )  # fmt: skip
