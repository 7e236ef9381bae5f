"""A new step begins at its heading, for the eye and for a screen reader, and not at the button pressed last."""

from __future__ import annotations

import streamlit as st

_SCRIPT = (
    "{ const head = document.querySelector('[data-testid=stMain] h2'); "
    "if (head) { head.tabIndex = -1; head.focus(); head.scrollIntoView({block: 'center'}); } }"
)


def to_first_heading(mark: str) -> None:
    """Move there when the mark is new. Made at every turn: the browser runs what has not changed no more, and what
    stands below keeps its place and so its focus."""
    st.html(f"<script>{_SCRIPT} // {mark}</script>", unsafe_allow_javascript=True)
