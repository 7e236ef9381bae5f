"""The end of the form: everything to look over, what is still missing, sending, and what happens then."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from risiko.app import session, voice_data, voice_work
from risiko.app.data import Opened
from risiko.app.voice_sheet import Filled, filled
from risiko.app.voice_steps import STEPS, step_of
from risiko.app.voice_summary import as_list
from risiko.app.voice_work import Work
from risiko.app.widgets import notices
from risiko.app.widgets.voice_field import said
from risiko.app.widgets.voice_top import to_first_heading
from risiko.errors import RisikoError
from risiko.i18n import Translator
from risiko.intake.submission import Fault
from risiko.pipeline.intake import IntakeRefused, Taken
from risiko.reports.names import Names

_DONE, _FAULT = "voice.done", "voice.send.fault"


def summary(at: Opened, work: Work, held: Filled, found: Sequence[Fault], names: Names) -> None:
    """What will be sent, what must be corrected first, and the button."""
    t = names.t
    work.tried |= set(STEPS)
    st.subheader(t("voice.look_over"), anchor=False, divider="gray")
    st.markdown(as_list(held.submission, names, voice_data.known(at)))
    wrong = [fault for fault in found if fault.rejected]
    if wrong:
        st.warning(_listed(t("voice.must"), wrong, t))
        _ways_back(work, held, wrong, t)
    if doubts := [fault for fault in found if not fault.rejected]:
        st.info(_listed(t("voice.may"), doubts, t))
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        notices.fault(t, t("voice.not_sent"), fault)
    st.button(
        t("voice.send"), type="primary", on_click=_send, args=(at,), key="voice.send", disabled=bool(wrong),
        icon=":material/send:",
    )  # fmt: skip


def done(t: Translator) -> None:
    """What became of the last one sent: thanks, its number, and what happens with it now."""
    taken: Taken | None = st.session_state.pop(_DONE, None)
    if taken is None:
        return
    st.header(t("voice.done"), anchor=False, divider="gray")
    to_first_heading(taken.submission_id)
    told = [t.word("voice_taken", taken.status), t("voice.taken_id", id=taken.submission_id)]
    if taken.masked:
        told.append(t("voice.taken_masked"))
    st.success(" ".join(told))
    st.markdown(t("voice.what_now"))
    for doubt in taken.doubts:
        st.info(_line(doubt, t))
    st.button(t("voice.follow"), on_click=lambda: session.change(section="use"), key="voice.follow")


def taken_in(taken: Taken) -> None:
    """Remember what became of it for the next turn of the page."""
    st.session_state[_DONE] = taken


def named(field: str, t: Translator) -> str:
    """What a field of a submission is called: "Hva ble sagt 2, Tall"."""
    part, _, rest = field.partition(".")
    number, _, name = rest.partition(".")
    if not number:
        return t.word("voice_field", part)
    row = t("voice.row", part=t.word("voice_field", part), n=t.number(int(number)))
    return f"{row}, {t.word('voice_field', name).lower()}" if name else row


def _ways_back(work: Work, held: Filled, wrong: Sequence[Fault], t: Translator) -> None:
    def go(step: str) -> None:
        if (now := voice_work.now()) is not None:
            now.step = step

    with st.container(horizontal=True):
        for step in dict.fromkeys(step_of(held.path(fault.field)) for fault in wrong):
            if step != work.step:
                st.button(t("voice.fix", step=t.word("voice_step", step)), on_click=go, args=(step,),
                          key=f"voice.fix.{step}")  # fmt: skip


def _listed(title: str, found: Sequence[Fault], t: Translator) -> str:
    return f"**{title}**\n\n" + "\n".join(f"- {_line(fault, t)}" for fault in found)


def _line(fault: Fault, t: Translator) -> str:
    name = named(fault.field, t)
    return f"{name}{'' if name.endswith('?') else ':'} {said(fault, t)}"


def _send(at: Opened) -> None:
    work = voice_work.now()
    if work is None:
        return  # pressed twice before the page had answered
    try:
        taken = voice_data.take(at, filled(work.sheet).submission)
    except IntakeRefused:
        return  # the page tells of each fault by itself
    except RisikoError as error:
        st.session_state[_FAULT] = error
        return
    taken_in(taken)
    voice_work.put_away()
    if work.draft_id is not None:
        with suppress(RisikoError):  # a draft that stays can be sent once more, which changes nothing
            voice_data.remove_draft(at, work.draft_id)
