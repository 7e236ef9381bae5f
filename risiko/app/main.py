"""The router: language, page frame and navigation. Streamlit runs this file for every visit."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from risiko.app import session
from risiko.i18n import LANGUAGES

_HERE = Path(__file__).parent


def main() -> None:
    """Set up the page in the reader's language and hand over to the chosen view."""
    t = session.translator()
    st.set_page_config(page_title=t("app.title"), layout="wide", initial_sidebar_state="auto", menu_items={})
    st.html(_HERE / "page.css")
    # The server writes the first <html lang>; a change of language within the visit is told to the browser here.
    st.html(f"<script>document.documentElement.lang = '{t.language}'</script>", unsafe_allow_javascript=True)
    page = st.navigation(
        [st.Page(_HERE / "views" / "rangering.py", title=t("nav.ranking"), url_path="rangering", default=True)]
    )
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(page.title, anchor=False, width="content")
        st.segmented_control(
            t("language.choose"),
            LANGUAGES,
            default=t.language,
            required=True,
            key="language",
            format_func=lambda code: t.word("language", code),
            label_visibility="collapsed",
            on_change=lambda: session.change(lang=st.session_state["language"]),
        )
    page.run()


if __name__ == "__main__":
    main()
