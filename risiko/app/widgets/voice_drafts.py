"""Drafts: kept at each step, listed until they are sent, and still there when the browser has been closed."""

from __future__ import annotations

from datetime import UTC

import streamlit as st

from risiko.app import voice_data, voice_work
from risiko.app.data import Opened
from risiko.app.voice_items import method_name
from risiko.app.voice_sheet import filled, sheet_of
from risiko.app.voice_steps import FIRST
from risiko.app.voice_work import Work
from risiko.app.widgets import notices
from risiko.errors import RisikoError
from risiko.i18n import Translator
from risiko.intake.submission import Submission

_TOLD, _FAULT = "voice.draft.told", "voice.draft.fault"


def listed(at: Opened, t: Translator) -> None:
    """What the reader has begun and not sent, each to go on with or to delete."""
    told(t)
    found, lost = voice_data.kept_drafts(at), voice_data.lost_drafts(at)
    if not found and not lost:
        return
    st.header(t("voice.drafts"), anchor=False, divider="gray")

    def go_on(submission: Submission, draft_id: str) -> None:
        voice_work.begin(sheet_of(submission), FIRST, draft_id)

    def delete(draft_id: str) -> None:
        try:
            voice_data.remove_draft(at, draft_id)
        except RisikoError as error:
            st.session_state[_FAULT] = error
            return
        st.session_state[_TOLD] = t("voice.draft_deleted")

    for draft_id in lost:
        st.warning(t("voice.draft_lost"))
        st.button(t("voice.draft_delete", draft=draft_id), on_click=delete, args=(draft_id,),
                  key=f"voice.draft.delete.{draft_id}")  # fmt: skip
    for draft in found:
        at_home = draft.saved_at.replace(tzinfo=UTC).astimezone()  # as the clock on the wall
        method, day, hour = method_name(draft.submission.method, t), t.date(at_home), f"{at_home:%H:%M}"
        what = t("voice.draft", method=method[:1].lower() + method[1:], date=day, time=hour)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(what, width="content")
            name = f"{method}, {day} {hour}"
            st.button(t("voice.draft_go_on", draft=name), on_click=go_on, args=(draft.submission, draft.draft_id),
                      key=f"voice.draft.on.{draft.draft_id}")  # fmt: skip
            st.button(t("voice.draft_delete", draft=name), on_click=delete, args=(draft.draft_id,),
                      key=f"voice.draft.delete.{draft.draft_id}")  # fmt: skip


def keep(at: Opened, work: Work, t: Translator, *, say: bool = False) -> bool:
    """Keep what is written so far; whether that went well. say: tell that it did."""
    work.kept = filled(work.sheet).submission
    try:
        work.draft_id = voice_data.save_draft(at, work.kept, work.draft_id)
    except RisikoError as error:
        st.session_state[_FAULT] = error
        return False
    if say:
        st.session_state[_TOLD] = t("voice.draft_kept")
    return True


def keep_changed(at: Opened, work: Work, t: Translator) -> None:
    """Keep what has changed since the form was opened or kept last: a browser may be closed at any moment."""
    now = filled(work.sheet).submission
    if work.kept is not None and work.kept != now:
        keep(at, work, t)
    work.kept = now


def buttons(at: Opened, work: Work, t: Translator) -> None:
    """Keep the draft; keep it and go out of the form."""

    def save(leave: bool) -> None:
        now = voice_work.now()
        if now is not None and keep(at, now, t, say=True) and leave:
            voice_work.put_away()

    st.button(t("voice.draft_keep"), on_click=save, args=(False,), key="voice.draft.keep")
    st.button(t("voice.draft_leave"), on_click=save, args=(True,), key="voice.draft.leave")


def told(t: Translator) -> None:
    """What became of the draft."""
    if done := st.session_state.pop(_TOLD, ""):
        st.success(done)
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        notices.fault(t, t("voice.draft_not_kept"), fault)
