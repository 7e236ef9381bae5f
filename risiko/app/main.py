"""The router: language, page frame and navigation. Streamlit runs this file for every visit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from risiko.access import Person, may
from risiko.app import login, session
from risiko.app.widgets import notices
from risiko.i18n import LANGUAGES, Translator

_HERE = Path(__file__).parent
# file in views (and its address), its title, and what one must be allowed to do to open it
PAGES: tuple[tuple[str, Callable[[Translator], str], str], ...] = (
    ("oversikt", lambda t: t("nav.overview"), "read"),
    ("rangering", lambda t: t("nav.ranking"), "read"),
    ("tjeneste", lambda t: t("nav.service"), "read"),
    ("scenario", lambda t: t("nav.scenario"), "read"),
    ("plan", lambda t: t("nav.plan"), "read"),
    ("resultater", lambda t: t("nav.results"), "read"),
    ("brukererfaring", lambda t: t("nav.voices"), "voices"),
    ("likebehandling", lambda t: t("nav.equity"), "read"),
    ("validering", lambda t: t("nav.validation"), "read"),
    ("modell", lambda t: t("nav.model"), "read"),
    ("logg", lambda t: t("nav.log"), "log"),
)
FIRST = "rangering"
# The server writes the first <html lang>; a change of language within the visit is told to the browser here. A table
# that is wider than a small screen scrolls, and what scrolls must be reachable by keyboard (WCAG 2.1.1).
_SCRIPT = """{{
document.documentElement.lang = '{language}';
window.scrollLabel = '{label}';
const reach = () => document.querySelectorAll('[data-testid="stTable"] > div').forEach(box => {{
  if (box.scrollWidth > box.clientWidth) {{
    const heads = [...box.querySelectorAll('th')].map(cell => cell.textContent.trim()).filter(Boolean).join(', ');
    box.tabIndex = 0; box.setAttribute('role', 'region');
    box.setAttribute('aria-label', `${{window.scrollLabel}}: ${{heads}}`);
  }}
}});
if (!window.scrollWatch) {{
  window.scrollWatch = new MutationObserver(reach);
  window.scrollWatch.observe(document.body, {{childList: true, subtree: true}});
  window.addEventListener('resize', reach);
}}
reach();
}}"""


def pages(who: Person, t: Translator) -> list[StreamlitPage]:
    """The pages that the person may open, the one they begin with marked; the way in where there are none."""
    open_to = [(name, title) for name, title, action in PAGES if may(who, action)]
    first = FIRST if FIRST in [name for name, _ in open_to] else next((name for name, _ in open_to), "")
    if not first:
        return [st.Page(_login, title=t("login.title"), url_path="innlogging", default=True)]
    return [
        st.Page(_HERE / "views" / f"{name}.py", title=title(t), url_path=name.replace("_", "-"), default=name == first)
        for name, title in open_to
    ]


def _login() -> None:
    t = session.translator()
    with notices.told(t):
        login.ask(t)


def main() -> None:
    """Set up the page in the reader's language and hand over to the chosen view."""
    t = session.translator()
    st.set_page_config(page_title=t("app.title"), layout="wide", initial_sidebar_state="auto", menu_items={})
    st.html(_HERE / "page.css")
    st.html(
        f"<script>{_SCRIPT.format(language=t.language, label=t('table.scroll'))}</script>", unsafe_allow_javascript=True
    )
    who = login.NOBODY
    with notices.told(t):  # a faulty RISIKO_AUTH or store lets nobody in
        who = login.visit().person()
    page = st.navigation(pages(who, t))
    chosen = session.widget_key("language")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(page.title, anchor=False, width="content")
        login.frame(t, who)
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
