"""Handing in by file: a template to fill in, and a filled one read, its faults told by cell, and taken in."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from risiko.app import login, session, voice_data
from risiko.app.data import Opened
from risiko.app.voice_items import method_name
from risiko.app.voice_summary import as_list
from risiko.app.widgets import notices, voice_send, voice_upload
from risiko.app.widgets.exports import XLSX
from risiko.errors import RisikoError
from risiko.i18n import Translator
from risiko.intake.methods import METHOD_FORMS
from risiko.intake.submission import Submission
from risiko.pipeline.intake import IntakeRefused
from risiko.reports.names import Names
from risiko.vocabulary import METHODS

_METHOD, _FILE, _FAULT, _HELD = "voice.file.method", "voice.file", "voice.file.fault", "voice.file.read"


def show(at: Opened, names: Names) -> None:
    """The template to take along, and the place to hand in a filled one."""
    t = names.t
    st.header(t("voice.files"), anchor=False, divider="gray")
    st.markdown(t("voice.files_help"))
    _template(at, t)
    key = session.widget_key(_FILE)
    largest = voice_data.authority(at).settings.voices.largest_file_mb
    file = voice_upload.uploader(t("voice.upload"), key, largest)
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        _refused(fault, t)
    if file is not None:
        _read(at, file, names)


def _template(at: Opened, t: Translator) -> None:
    visit, known = login.visit(), voice_data.known(at)
    method = st.selectbox(t("voice.template_for"), METHODS, key=_METHOD, format_func=lambda one: method_name(one, t),
                          filter_mode=None)  # fmt: skip

    def made() -> bytes:
        from risiko.intake.template import template_xlsx

        visit.require("submit")  # asked when the button is pressed, in a thread that knows no session
        return template_xlsx(METHOD_FORMS[method].method, t, known=known)

    st.download_button(t("voice.template"), made, f"{method_name(method, t)}.xlsx", XLSX, on_click="ignore",
                       icon=":material/download:", key="voice.template")  # fmt: skip


def _read(at: Opened, file: UploadedFile, names: Names) -> None:
    t = names.t
    known_by, read = st.session_state.get(_HELD, ("", None))
    if read is None or known_by != file.file_id:  # read once, however often the page is made
        with st.spinner(t("voice.reading")):
            read = voice_data.read_file(at, file.getvalue(), file.name)
        st.session_state[_HELD] = file.file_id, read
    wrong = [fault for fault in read.faults if fault.rejected]
    if wrong:
        st.warning(t.plural("voice.file_faults", len(wrong)))
    if read.faults:
        voice_upload.faults(read.faults, t)
    if read.submission is None:
        return
    told = _own(at, read.submission)
    st.subheader(t("voice.read"), anchor=False)
    st.markdown(as_list(told, names, voice_data.known(at)))
    st.button(t("voice.take"), type="primary", on_click=_take, args=(at, told), key="voice.take")


def _own(at: Opened, submission: Submission) -> Submission:
    """A file that names no organisation is that of the one who brings it."""
    bound = voice_data.bound_to(at, login.visit().person())
    return replace(submission, organisation=bound) if bound and not submission.organisation else submission


def _take(at: Opened, submission: Submission) -> None:
    try:
        taken = voice_data.take(at, submission)
    except RisikoError as error:
        st.session_state[_FAULT] = error
        return
    voice_send.taken_in(taken)
    st.session_state.pop(_HELD, None)
    session.forget_widgets()


def _refused(error: RisikoError, t: Translator) -> None:
    """What stood in the way; each fault in words where there are several."""
    if isinstance(error, IntakeRefused):
        voice_upload.faults(error.faults, t)
    else:
        notices.fault(t, t("voice.not_sent"), error)
