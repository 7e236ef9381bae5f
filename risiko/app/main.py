"""The router: language, page frame and navigation. Streamlit runs this file for every visit."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from risiko.app import session
from risiko.i18n import LANGUAGES

_HERE = Path(__file__).parent
# The server writes the first <html lang>; a change of language within the visit is told to the browser here. A table
# that is wider than a small screen scrolls, and what scrolls must be reachable by keyboard (WCAG 2.1.1).
_SCRIPT = """{{
document.documentElement.lang = '{language}';
window.scrollLabel = '{label}';
const reach = () => document.querySelectorAll('[data-testid="stTable"] > div').forEach(box => {{
  if (box.scrollWidth > box.clientWidth) {{
    box.tabIndex = 0; box.setAttribute('role', 'region'); box.setAttribute('aria-label', window.scrollLabel);
  }}
}});
if (!window.scrollWatch) {{
  window.scrollWatch = new MutationObserver(reach);
  window.scrollWatch.observe(document.body, {{childList: true, subtree: true}});
  window.addEventListener('resize', reach);
}}
reach();
}}"""


def main() -> None:
    """Set up the page in the reader's language and hand over to the chosen view."""
    t = session.translator()
    st.set_page_config(page_title=t("app.title"), layout="wide", initial_sidebar_state="auto", menu_items={})
    st.html(_HERE / "page.css")
    st.html(
        f"<script>{_SCRIPT.format(language=t.language, label=t('table.scroll'))}</script>", unsafe_allow_javascript=True
    )
    page = st.navigation(
        [
            st.Page(_HERE / "views" / "oversikt.py", title=t("nav.overview"), url_path="oversikt"),
            st.Page(_HERE / "views" / "rangering.py", title=t("nav.ranking"), url_path="rangering", default=True),
            st.Page(_HERE / "views" / "tjeneste.py", title=t("nav.service"), url_path="tjeneste"),
            st.Page(_HERE / "views" / "scenario.py", title=t("nav.scenario"), url_path="scenario"),
            st.Page(_HERE / "views" / "likebehandling.py", title=t("nav.equity"), url_path="likebehandling"),
            st.Page(_HERE / "views" / "validering.py", title=t("nav.validation"), url_path="validering"),
            st.Page(_HERE / "views" / "modell.py", title=t("nav.model"), url_path="modell"),
        ]
    )
    chosen = session.widget_key("language")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(page.title, anchor=False, width="content")
        st.segmented_control(
            t("language.choose"),
            LANGUAGES,
            default=t.language,
            required=True,
            key=chosen,
            format_func=lambda code: t.word("language", code),
            label_visibility="collapsed",
            on_change=lambda: session.change(lang=st.session_state[chosen]),
        )
    page.run()


if __name__ == "__main__":
    main()
