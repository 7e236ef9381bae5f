"""What planners say about one service: add, skip or postpone it, and comments; all with who and when, in the log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Lock

import pandas as pd
import streamlit as st

from risiko import access, pipeline
from risiko.app import data, login, session
from risiko.app.display import plain
from risiko.app.widgets import notices
from risiko.errors import InputError, RisikoError
from risiko.i18n import Translator
from risiko.pipeline import decisions
from risiko.pipeline.plans import masked
from risiko.reports.names import Names
from risiko.vocabulary import OVERRIDE_ACTIONS, OVERRIDE_REASONS

_MOMENT, _ONE_AT_A_TIME = pd.Timedelta(seconds=10), Lock()
_TOLD, _FAULT, _ANEW = "decisions.told", "decisions.fault", "decisions.anew"
_ACTIONS = (*OVERRIDE_ACTIONS, decisions.RELEASE)


def section(at: data.Opened, run: pipeline.Run, service_id: str, names: Names) -> None:
    """What has been said about the service, newest first, and the forms to say more."""
    t = names.t
    st.subheader(t("decisions.title"))
    st.caption(t("decisions.help"))
    form(at, run, service_id, names)
    opened = data.authority(at.address, at.settings)
    lines = _lines(opened, service_id, t)
    st.markdown("\n".join(f"- {line}" for line in lines) or t("decisions.none"))
    if not access.may(login.visit().person(), "comment"):
        return

    def enter() -> None:
        try:
            who, said = login.require("comment"), str(st.session_state[key])
            with _ONE_AT_A_TIME:
                if not _just_said(decisions.comments(opened, service_id), who, said):
                    decisions.comment(opened, service_id, said, who, at=datetime.now(UTC))
        except RisikoError as error:
            st.session_state[_FAULT] = error
            return
        st.session_state[_TOLD] = t("decisions.commented")
        session.forget_widgets()

    key = session.widget_key(f"decisions.comment.{service_id}")
    with st.form("decisions.comment", border=False, enter_to_submit=False, clear_on_submit=False):
        st.text_area(t("decisions.comment"), key=key, max_chars=2000, height=80, help=t("decisions.masked"))
        st.form_submit_button(t("decisions.comment_go"), on_click=enter)


def form(at: data.Opened, run: pipeline.Run, service_id: str, names: Names) -> None:
    """The form to depart from the list for one service, folded away; what holds now stands above it."""
    t = names.t
    if told := st.session_state.pop(_TOLD, ""):
        st.success(told)
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        notices.fault(t, t("decisions.not_entered"), fault)
    opened = data.authority(at.address, at.settings)
    held = decisions.in_force(opened, date.today())
    now = held[held["service_id"] == service_id].to_dict("records")
    if now:
        st.info(t("decisions.holds", what=_said(now[0], t)))
    own = run.prepared.cohort.services["office"].get(service_id)
    office = None if pd.isna(own) else str(own)
    if not access.may(login.visit().person(), "override", office):
        st.caption(t("decisions.not_yours"))
        return
    with st.expander(t("decisions.make"), expanded=fault is not None):  # what was typed must not be folded away
        _fields(opened, service_id, office, bool(now), t)


def just_entered() -> bool:
    """Whether an override has been entered since this was last asked: what is made from it must be made anew."""
    return bool(st.session_state.pop(_ANEW, False))


def _fields(opened: pipeline.Authority, service_id: str, office: str | None, held: bool, t: Translator) -> None:
    fields = ("action", "reason", "until", "text")
    keys = {name: session.widget_key(f"decisions.{name}.{service_id}") for name in fields}

    def enter() -> None:
        asked = {name: st.session_state[key] for name, key in keys.items()}
        postponed = asked["action"] == "postpone"
        try:
            if not str(asked["text"]).strip():
                raise InputError(t("decisions.no_text"), hint=t("decisions.text_help"))
            if postponed and asked["until"] is None:
                raise InputError(t("decisions.no_until"), hint=t("decisions.until_help"))
            who = login.require("override", office)
            with _ONE_AT_A_TIME:
                before = decisions.overrides(opened)
                same = (before["service_id"] == service_id) & (before["action"] == asked["action"])
                if not _just_said(before[same], who, str(asked["text"])):
                    decisions.override(
                        opened, service_id, asked["action"], asked["reason"], asked["text"], who, at=datetime.now(UTC),
                        office=office, until=asked["until"] if postponed else None,
                    )  # fmt: skip
        except RisikoError as error:
            st.session_state[_FAULT] = error
            return
        st.session_state[_TOLD], st.session_state[_ANEW] = t("decisions.entered"), True
        session.forget_widgets()

    tomorrow = date.today() + timedelta(days=1)
    with st.form("decisions.override", border=False, enter_to_submit=False):
        st.radio(
            t("decisions.action"), _ACTIONS if held else OVERRIDE_ACTIONS, key=keys["action"], horizontal=True,
            format_func=lambda one: _called(one, t),
        )  # fmt: skip
        left, right = st.columns(2)
        left.selectbox(
            t("decisions.reason"), OVERRIDE_REASONS, key=keys["reason"], filter_mode=None,
            format_func=lambda reason: t.word("override_reason", reason),
        )  # fmt: skip
        right.date_input(
            t("decisions.until"), None, tomorrow, tomorrow + timedelta(days=3650), key=keys["until"],
            format="DD.MM.YYYY", help=t("decisions.until_help"),
        )  # fmt: skip
        st.text_area(
            t("decisions.text"), key=keys["text"], max_chars=1000, height=80, help=t("decisions.text_help")
        )
        st.form_submit_button(t("decisions.go"), on_click=enter)


def _just_said(rows: pd.DataFrame, who: access.Person, text: str) -> bool:
    """Whether the person has said this a moment ago: a button can be pressed twice before the page has answered.

    The log tells it, and not the session: Streamlit runs the second press beside the first, in a thread of its own.
    """
    ago = pd.Timestamp(datetime.now(UTC)).tz_localize(None) - rows["at"]
    return bool(((rows["by"] == who.name) & (rows["text"] == masked(text)) & (ago < _MOMENT)).any())


def _called(action: str, t: Translator) -> str:
    return t("decisions.release") if action == decisions.RELEASE else t.word("override_action", action)


def _lines(opened: pipeline.Authority, service_id: str, t: Translator) -> list[str]:
    """Overrides and comments of the service together, newest first; each with who and when."""
    said = decisions.overrides(opened)
    found = [(row["at"], row["by"], _said(row, t)) for row in said[said["service_id"] == service_id].to_dict("records")]
    written = decisions.comments(opened, service_id).to_dict("records")
    found += [(row["at"], row["by"], f"«{plain(row['text'])}»") for row in written]
    ordered = sorted(found, key=lambda one: one[0], reverse=True)
    return [f"{t.date(at)}, {plain(by)}: {what}" for at, by, what in ordered]


def _said(row: dict[str, object], t: Translator) -> str:
    action = str(row["action"])
    if action == decisions.RELEASE:
        return f"{t('decisions.released')}. «{plain(str(row['text']))}»"
    until = row["until"]
    day = f" {t('plan.rule_until', date=t.date(until))}" if isinstance(until, date) and not pd.isna(until) else ""
    what, reason = t.word("override_action", action), t.word("override_reason", str(row["reason"]))
    return f"{what[:1].upper()}{what[1:]}{day}: {reason}, «{plain(str(row['text']))}»"
