"""Keeping plans: saving a draft, files, the list of kept plans, opening one, and deciding on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from risiko import access
from risiko.app import data, login, plan_data, plan_tables, session
from risiko.app.display import plain, plain_cells
from risiko.app.plan_data import Made
from risiko.app.widgets import notices
from risiko.app.widgets.exports import XLSX
from risiko.errors import InputError, RisikoError, Stale
from risiko.i18n import Translator
from risiko.pipeline.plans import STATUSES, KeptPlan, Unreadable
from risiko.reports.plan_files import WRITERS
from risiko.reports.plan_words import PlanWords

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MIME = {".xlsx": XLSX, ".docx": _DOCX, ".json": "application/json"}
_TOLD, _FAULT = "plan.told", "plan.fault"


def told(t: Translator) -> None:
    """What was done last."""
    if done := st.session_state.pop(_TOLD, ""):
        st.success(done)
    if (fault := st.session_state.pop(_FAULT, None)) is not None:
        notices.fault(t, t("plan_page.not_saved"), fault)


def files(words: PlanWords) -> None:
    """The plan as a workbook, a memo and JSON, in the reader's language, made when asked for."""
    t, visit = words.t, login.visit()
    stem = f"risiko-plan-{words.record.start:%Y-%m-%d}" + ("" if words.number is None else f"-{words.number}")

    def maker(ending: str) -> Callable[[], bytes]:
        def made() -> bytes:
            visit.require("read")  # asked when the button is pressed, in a thread that knows no session
            return WRITERS[ending](words)

        return made

    with st.container(horizontal=True):
        for ending in WRITERS:
            st.download_button(
                t.word("plan_file", ending.removeprefix(".")), maker(ending), f"{stem}{ending}", _MIME[ending],
                on_click="ignore", icon=":material/download:", key=f"plan.file{ending}",
            )  # fmt: skip


def save(at: data.Opened, made: Made, words: PlanWords, plans: Sequence[KeptPlan]) -> None:
    """The button that keeps the draft; where somebody else has kept one meanwhile, who and when, and what then."""
    t = words.t
    st.header(t("plan_page.save_title"), anchor=False, divider="gray")
    st.caption(t("plan_page.save_help"))
    newer = [plan for plan in plans if plan.seq > made.after]

    def keep(after: int) -> None:
        now = plan_data.made()
        if now is None or now.draft.record is None:
            return  # pressed twice before the page had answered
        try:
            kept = plan_data.save(at, now.draft.record, after)
        except RisikoError as error:
            told_below = isinstance(error, Stale) and any(plan.seq > made.after for plan in plan_data.kept(at)[0])
            st.session_state[_FAULT] = None if told_below else error
            return
        st.session_state[_TOLD] = t("plan_page.saved", n=t.number(kept.number))
        plan_data.put_away()
        session.change(plan=kept.number)

    if newer:
        last = newer[-1]
        common = plan_tables.shared(words, last.record.visits["service_id"])
        st.warning(t(
            "plan_page.stale", by=plain(last.by), date=t.date(last.made_at), time=f"{last.made_at:%H:%M}",
            n=t.number(last.number), shared=t.number(common), of=t.number(words.record.visits["service_id"].nunique()),
        ))  # fmt: skip
        with st.container(horizontal=True):
            st.button(t("plan_page.save_anyway"), on_click=keep, args=(last.seq,), key="plan.save.anyway")
            st.button(
                t("plan_page.open_other", n=t.number(last.number)), on_click=lambda: session.change(plan=last.number),
                key="plan.save.other",
            )  # fmt: skip
    else:
        st.button(t("plan_page.save"), type="primary", on_click=keep, args=(made.after,), key="plan.save")


def listed(at: data.Opened, plans: Sequence[KeptPlan], lost: Sequence[Unreadable], t: Translator) -> None:
    """The kept plans, those that cannot be read with why, and a way to open one."""
    st.header(t("plan_page.kept_title"), anchor=False, divider="gray")
    for one in lost:
        st.warning(t("plan_page.unreadable", n=t.number(one.number), why=plain(one.why)))
    if not plans:
        st.markdown(t("plan_page.none_kept"))
        return
    said = plan_data.decisions(at).drop_duplicates("number", keep="last")
    status = {n: t.word("plan_status", s) for n, s in zip(said["number"], said["status"], strict=True)}
    st.table(plain_cells(plan_tables.kept(plans, status, t)), hide_index=True, border="horizontal")
    numbers, key = [plan.number for plan in reversed(plans)], session.widget_key("plan.open")
    with st.form("plan.open", border=False, enter_to_submit=False):
        st.selectbox(t("plan_page.which"), numbers, key=key, format_func=t.number, filter_mode=None)
        st.form_submit_button(t("plan_page.open"), on_click=lambda: session.change(plan=st.session_state[key]))


def back(t: Translator) -> None:
    """Out of a kept plan, to the rules and the draft."""
    st.button(
        t("plan_page.back"), on_click=lambda: session.change(plan=0), icon=":material/arrow_back:", key="plan.back"
    )


def decide(at: data.Opened, plan: KeptPlan, t: Translator) -> None:
    """What has been decided about a kept plan, and a form for a new decision with its reason."""
    st.header(t("plan_page.decide_title"), anchor=False, divider="gray")
    found = plan_data.decisions(at)
    found = found[found["number"] == plan.number]
    lines = [
        t("plan_page.decided", status=t.word("plan_status", row["status"]), by=plain(row["by"]), date=t.date(row["at"]),
          why=plain(row["note"]))
        for row in found.to_dict("records")
    ]  # fmt: skip
    st.markdown("\n".join(f"- {line}" for line in lines) or t("plan_page.undecided_yet"))
    who = login.visit().person()
    if not all(access.may(who, "decide", office) for office in {*plan.record.visits["own_office"]} or {None}):
        st.caption(t("plan_page.decide_not_yours"))
        return
    status, why = session.widget_key("plan.status"), session.widget_key("plan.why")

    def enter() -> None:
        note = str(st.session_state[why])
        try:
            if not note.strip():
                raise InputError(t("plan_page.no_why"), hint=t("plan_page.why_help"))
            plan_data.decide(at, plan.number, st.session_state[status], note)
        except RisikoError as error:
            st.session_state[_FAULT] = error
            return
        st.session_state[_TOLD] = t("plan_page.decision_entered")
        session.forget_widgets()

    with st.form("plan.decide", border=False, enter_to_submit=False):
        st.radio(
            t("plan_page.decision"), STATUSES, key=status, format_func=lambda one: t.word("plan_status", one),
            horizontal=True,
        )  # fmt: skip
        st.text_input(t("plan_page.why"), key=why, max_chars=500, help=t("plan_page.why_help"))
        st.form_submit_button(t("plan_page.decide"), on_click=enter)
