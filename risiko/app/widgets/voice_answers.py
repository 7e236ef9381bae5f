"""A step of the form: a file with everybody's answers, reduced to means and laid to what is written by hand."""

from __future__ import annotations

import streamlit as st

from risiko.app import session, voice_data, voice_work
from risiko.app.data import Opened
from risiko.app.voice_sheet import FROM_FILE
from risiko.app.widgets import voice_upload
from risiko.app.widgets.voice_field import Fields
from risiko.intake.answer_file import ReadAnswers

_FILE, _HELD = "voice.answers", "voice.answers.read"


def show(at: Opened, fields: Fields) -> None:
    """What came from a file, and the place to hand one in; a faulty file leaves the form as it is."""
    t, answers = fields.t, fields.work.sheet.answers
    st.subheader(t("voice.answers"), anchor=False, divider="gray")
    fields.told(FROM_FILE)
    if answers.items:
        asked = {(one.instrument, one.item, one.wording) for one in answers.items}
        about = {(one.service_id, one.service_type, one.area) for one in answers.items}
        most = t.number(max(one.n for one in answers.items))
        st.markdown(t("voice.answers_held", questions=t.number(len(asked)), places=t.number(len(about)), n=most))
        st.button(t("voice.answers_remove"), on_click=_remove, key="voice.answers.remove", icon=":material/delete:")
        return
    st.markdown(t("voice.answers_help"))
    largest = voice_data.authority(at).settings.voices.largest_file_mb
    file = voice_upload.uploader(t("voice.answers_upload"), session.widget_key(_FILE), largest)
    if file is None:
        return
    known_by, read = st.session_state.get(_HELD, ("", None))
    if read is None or known_by != file.file_id:  # read once, however often the page is made
        with st.spinner(t("voice.reading")):
            read = voice_data.read_answers(at, file.getvalue(), file.name)
        st.session_state[_HELD] = file.file_id, read
    if wrong := sum(fault.rejected for fault in read.faults):
        st.warning(t.plural("voice.file_faults", wrong))
    if read.faults:
        voice_upload.faults(read.faults, t)
    if read.items:
        st.markdown(t("voice.answers_read", n=t.number(read.n)))
        st.button(t("voice.answers_take"), on_click=_take, args=(read,), key="voice.answers.take", type="primary")


def _take(read: ReadAnswers) -> None:
    if (work := voice_work.now()) is not None:
        work.sheet.lay_to(read.items, read.said, read.n)
        _forget()


def _remove() -> None:
    if (work := voice_work.now()) is not None:
        work.sheet.lay_to((), (), None)
        _forget()


def _forget() -> None:
    st.session_state.pop(_HELD, None)
    session.forget_widgets()
