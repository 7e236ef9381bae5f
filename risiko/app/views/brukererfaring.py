"""The page Brukererfaring: user voices come in, what is heard and not, what they were used for, and an answer back."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import streamlit as st

from risiko.access import may
from risiko.app import data, login, session, voice_data, voice_work
from risiko.app.data import Opened
from risiko.app.widgets import (
    notices,
    own_evidence,
    voice_compare,
    voice_council,
    voice_coverage,
    voice_form,
    voice_ledger,
    voice_report,
    voice_script,
)
from risiko.reports.names import Names

Section = Callable[[Opened, Names], None]


def _answer(at: Opened, names: Names) -> None:
    organisation = own_evidence.whose(voice_data.authority(at), login.visit().person(), names)
    if organisation:
        voice_report.show(at, names, organisation)


# section in the address -> what one must be allowed to do to see it, and who shows it
SECTIONS: dict[str, tuple[str, Section]] = {
    "give": ("submit", voice_form.show),
    "own": ("own_evidence", own_evidence.section),
    "answer": ("own_evidence", _answer),
    "heard": ("coverage", voice_coverage.show),
    "use": ("voices", voice_ledger.show),
    "compare": ("voices", voice_compare.show),
    "council": ("council", voice_council.show),
}


def show() -> None:
    """The section the address names, else the first that the person may see; no other is made."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "voices") else None
        if at is None:
            return
        voice_work.now()  # what was typed last is kept in the form also when another section is opened from it
        who = login.visit().person()
        open_to = [name for name, (action, _) in SECTIONS.items() if may(who, action)]
        if not open_to:
            st.info(t("login.not_allowed"))
            return
        asked, key = session.query().section, session.widget_key("voice.section")
        chosen = asked if asked in open_to else open_to[0]
        st.segmented_control(
            t("voice.section"), open_to, default=chosen, required=True, key=key, label_visibility="collapsed",
            format_func=lambda name: t.word("voice_section", name),
            on_change=lambda: session.change(section=st.session_state[key]),
        )  # fmt: skip
        voice_script.say(t, ceil(voice_data.authority(at).settings.voices.largest_file_mb))
        SECTIONS[chosen][1](at, voice_data.names(at, t))


if __name__ == "__main__":
    show()
