"""Handing in by form: the method is chosen, then one short step at a time, and at the end all of it to look over."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from risiko.app import login, voice_data, voice_work
from risiko.app.data import Opened
from risiko.app.voice_items import method_name
from risiko.app.voice_sheet import Filled, Sheet, filled
from risiko.app.voice_steps import FIRST, LAST, step_of, steps
from risiko.app.voice_work import Work
from risiko.app.widgets import (
    voice_answers,
    voice_drafts,
    voice_files,
    voice_people,
    voice_questions,
    voice_said,
    voice_send,
)
from risiko.app.widgets.voice_field import Fields
from risiko.app.widgets.voice_top import to_first_heading
from risiko.errors import RisikoError
from risiko.i18n import Translator
from risiko.intake.checking import faults
from risiko.intake.methods import METHOD_FORMS
from risiko.intake.submission import Fault
from risiko.reports.names import Names
from risiko.vocabulary import METHODS

ICONS = {
    "survey": "ballot", "focus_group": "groups", "interview": "record_voice_over", "narrative": "auto_stories",
    "peer_interview": "diversity_3", "video": "videocam", "flow_chart": "route", "organisation_report": "description",
}  # fmt: skip

def show(at: Opened, names: Names) -> None:
    """The form that is open; where none is, what was sent last, drafts, and the choice of a method."""
    work = voice_work.now()
    if work is None:
        voice_send.done(names.t)
        voice_drafts.listed(at, names.t)
        _choice(names.t)
        return voice_files.show(at, names)
    _step(at, work, names)


def by_path(found: Sequence[Fault], held: Filled, work: Work) -> dict[str, list[Fault]]:
    """path -> what is wrong there; what is blank is told of only in a step that has been left once."""
    told: dict[str, list[Fault]] = {}
    for fault in found:
        path = held.path(fault.field)
        blank = work.sheet.get(path) in (None, False)
        if not blank or step_of(path) in work.tried:
            told.setdefault(path, []).append(fault)
    return told


def _choice(t: Translator) -> None:
    st.header(t("voice.choose_method"), anchor=False, divider="gray")
    st.markdown(t("voice.choose_method_help"))
    for pair in (METHODS[i : i + 2] for i in range(0, len(METHODS), 2)):
        for method, column in zip(pair, st.columns(2), strict=True):
            with column.container(border=True):
                st.button(
                    method_name(method, t), key=f"voice.method.{method}", on_click=_begin, args=(method,),
                    icon=f":material/{ICONS[method]}:",
                )  # fmt: skip
                st.markdown(t.word("voice_method", method))


def _begin(method: str) -> None:
    sheet = Sheet()
    sheet.values["method"] = method
    voice_work.begin(sheet, FIRST)


def _step(at: Opened, work: Work, names: Names) -> None:
    t, form, known = names.t, METHOD_FORMS[work.method], voice_data.known(at)
    bound = voice_data.bound_to(at, login.visit().person())
    if bound:
        work.sheet.values |= {"organisation": bound, "other": ""}
    voice_drafts.keep_changed(at, work, t)
    held, all_steps = filled(work.sheet), steps(form)
    found = faults(held.submission, known)
    fields = Fields(work, t, by_path(found, held, work), form.asked)
    number = 1 + all_steps.index(work.step)
    place = t("voice.step", n=t.number(number), of=t.number(len(all_steps)))
    st.header(f"{place}: {t.word('voice_step', work.step)}", anchor=False, divider="gray")
    to_first_heading(f"{work.number} {work.step}")
    st.caption(method_name(work.method, t))
    st.markdown(t.word("voice_step_help", work.step))
    with st.container():  # always there: what comes and goes must not move, and so make anew, the fields below it
        if work.step in work.tried and any(step_of(path) == work.step for path in fields.faults):
            st.warning(t("voice.step_faults"))
    match work.step:
        case "who":
            voice_people.collected(fields, form, known, bound)
        case "people":
            voice_people.people(fields, form)
        case "consent":
            voice_people.consent(fields, form, known)
        case "said":
            voice_said.said(fields, form, known, names)
        case "questions":
            voice_questions.show(fields, known, names)
            voice_answers.show(at, fields)
        case "quotes":
            voice_said.quotes(fields)
        case _:
            fields.words("wants_back")
            voice_send.summary(at, work, held, found, names)
    _onward(at, work, all_steps, t)


def _onward(at: Opened, work: Work, all_steps: list[str], t: Translator) -> None:
    """Back, on, and the draft; each keeps a draft first."""
    here = all_steps.index(work.step)

    def go(step: str) -> None:
        now = voice_work.now()
        if now is None:
            return
        onward = all_steps.index(step) > here
        first = work.step not in now.tried
        now.tried.add(now.step)
        voice_drafts.keep(at, now, t)
        if onward and first and _wrong(at, now):
            return  # told once; the next press goes on
        now.step = step

    with st.container():
        voice_drafts.told(t)
    with st.container(horizontal=True):
        if here:
            st.button(t("voice.back"), on_click=go, args=(all_steps[here - 1],), key="voice.back")
        if work.step != LAST:
            st.button(t("voice.on"), on_click=go, args=(all_steps[here + 1],), key="voice.on", type="primary")
        voice_drafts.buttons(at, work, t)


def _wrong(at: Opened, work: Work) -> bool:
    held = filled(work.sheet)
    try:
        found = faults(held.submission, voice_data.known(at))
    except RisikoError:
        return False  # the page itself tells
    return any(fault.rejected and step_of(held.path(fault.field)) == work.step for fault in found)
