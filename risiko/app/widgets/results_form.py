"""The form that registers what a supervision found."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from risiko.app import login, results_data
from risiko.app.data import Opened
from risiko.app.display import plain
from risiko.app.widgets import notices
from risiko.errors import RisikoError
from risiko.i18n import Translator
from risiko.pipeline.outcomes import Found, Outcome, Registered
from risiko.vocabulary import DIMENSIONS, FINDING_SEVERITIES, SELECTIONS, SUPERVISION_KINDS

FINDINGS = 3  # rows of the form; more are followed up by registering again
_FAULT, _DONE, _BLANK, _KEY = "results.fault", "results.done", "results.blank", "results.form"
_NOT_KNOWN = "not_known"


def form(at: Opened, numbers: tuple[int, ...], t: Translator) -> None:
    """Register an outcome; what became of the last one stands above."""
    st.header(t("results.form_title"), anchor=False, divider="gray")
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        notices.fault(t, t("results.not_kept"), fault)
    if blank := st.session_state.pop(_BLANK, False):
        st.warning(t("results.blank"))
    if (done := st.session_state.pop(_DONE, None)) is not None:
        _told(done, t)
    if not login.allowed(t, "outcome", login.visit().person().office or None):
        return
    with st.expander(t("results.form_open"), expanded=blank or fault is not None):  # what was typed stays in sight
        _form(at, numbers, t)


def _form(at: Opened, numbers: tuple[int, ...], t: Translator) -> None:
    services = results_data.service_names(at)
    st.caption(t("results.form_help"))
    with st.form(_KEY, border=False, enter_to_submit=False):
        left, right = st.columns(2)
        left.selectbox(t("results.service"), list(services), None, key=f"{_KEY}.service", placeholder=t("results.pick"),
                       format_func=lambda one: f"{services[one]} ({one})")  # fmt: skip
        right.date_input(t("results.day"), None, max_value=date.today(), key=f"{_KEY}.day", format="DD.MM.YYYY")
        left.selectbox(t("results.kind"), SUPERVISION_KINDS, 1, key=f"{_KEY}.kind", filter_mode=None,
                       format_func=lambda one: t.word("kind", one))  # fmt: skip
        right.selectbox(t("results.selection"), SELECTIONS, key=f"{_KEY}.selection", filter_mode=None,
                        format_func=lambda one: t.word("selection", one))  # fmt: skip
        left.number_input(t("results.days"), 0.0, 1000.0, None, step=0.5, key=f"{_KEY}.days")
        right.selectbox(t("results.plan"), sorted(numbers, reverse=True), 0 if numbers else None, key=f"{_KEY}.plan",
                        filter_mode=None, format_func=lambda n: t("results.number", n=t.number(n)),
                        placeholder=t("results.no_plan"))  # fmt: skip
        for n in range(1, FINDINGS + 1):
            _finding(n, t)
        st.form_submit_button(t("results.keep"), type="primary", on_click=lambda: _keep(at))


def _finding(n: int, t: Translator) -> None:
    what, which, when = st.columns(3)
    number = t.number(n)
    what.selectbox(t("results.finding", n=number), (_NOT_KNOWN, *FINDING_SEVERITIES), key=f"{_KEY}.severity.{n}",
                   filter_mode=None, format_func=lambda one: _severity(one, t))  # fmt: skip
    which.selectbox(t("results.dimension", n=number), DIMENSIONS, None, key=f"{_KEY}.dimension.{n}", filter_mode=None,
                    placeholder=t("results.not_told"), format_func=lambda one: t.word("dimension", one))  # fmt: skip
    when.date_input(t("results.corrected", n=number), None, key=f"{_KEY}.corrected.{n}", format="DD.MM.YYYY")
    st.text_input(t("results.text", n=number), key=f"{_KEY}.text.{n}", max_chars=2000)


def _severity(one: str, t: Translator) -> str:
    return t("results.not_known") if one == _NOT_KNOWN else t.word("severity", one)


def _keep(at: Opened) -> None:
    own = [str(key) for key in st.session_state if str(key).startswith(f"{_KEY}.")]
    said: dict[str, Any] = {key.removeprefix(f"{_KEY}."): st.session_state[key] for key in own}
    if said["service"] is None or said["day"] is None:
        st.session_state[_BLANK] = True
        return
    findings = tuple(
        Found(said[f"severity.{n}"], said[f"dimension.{n}"] or "", said[f"text.{n}"], said[f"corrected.{n}"])
        for n in range(1, FINDINGS + 1)
        if said[f"severity.{n}"] != _NOT_KNOWN
    )
    outcome = Outcome(
        said["service"], said["day"], said["kind"], said["selection"], findings, person_days=said["days"],
        plan=said["plan"],
    )  # fmt: skip
    try:
        st.session_state[_DONE] = results_data.keep(at, outcome, login.visit().person())
    except RisikoError as error:
        st.session_state[_FAULT] = error
        return
    for key in own:
        del st.session_state[key]


def _told(done: Registered, t: Translator) -> None:
    lines = [t.word("results_status", done.status)]
    if done.in_plan is False:
        lines.append(t("results.outside_plan"))
    if done.masked:
        lines.append(t("results.masked"))
    st.success(plain(" ".join(lines)))
