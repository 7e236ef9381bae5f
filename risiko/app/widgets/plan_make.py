"""Making a plan: the preview while rules are moved, the button, and what to do where the rules collide."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from risiko import pipeline
from risiko.access import Person
from risiko.app import data, plan_data, plan_words
from risiko.app.display import plain
from risiko.app.plan_data import Asked, Made
from risiko.app.widgets.plan import notices
from risiko.i18n import Translator
from risiko.plan.rules import Rules
from risiko.reports.names import Names
from risiko.reports.plan_words import notice_lines


def show(at: data.Opened, run: pipeline.Run, now: Asked, who: Person, names: Names) -> Made | None:
    """What the rules would give, and the plan that has been made; one of other rules says that it is."""
    t, rules = names.t, plan_data.rules_in_force(at, run, now, who)
    called = plan_data.called(at, at.as_of)
    st.header(t("plan_page.preview_title"), anchor=False, divider="gray")
    selection = plan_data.preview(at, run, rules, now.seed)
    st.markdown(f"**{plan_words.previewed(selection, t)}**")
    st.caption(t("plan_page.preview_help"))
    notices(notice_lines(selection.notices, lambda one: called.get(one, one), t), t)
    _overrides(rules, called, t)
    if st.button(t("plan_page.make"), type="primary", key="plan.make"):
        _make(at, run, now, t)
    made = plan_data.made()
    if made is not None and made.key != plan_data.key_of(at, run, rules, now.seed):
        st.warning(t("plan_page.other_rules"))
    return made


def _make(at: data.Opened, run: pipeline.Run, now: Asked, t: Translator) -> None:
    bar = st.progress(0.0, t("plan_page.making"))

    def told(_stage: str, done: int, total: int) -> None:
        bar.progress(min(done / max(total, 1), 1.0), t("plan_page.pricing", done=t.number(done), of=t.number(total)))

    try:
        plan_data.make(at, run, now, told)
    finally:
        bar.empty()


def _overrides(rules: Rules, called: Mapping[str, str], t: Translator) -> None:
    lines = plan_words.overridden(rules, called, t)
    if lines:
        with st.expander(t.plural("plan_page.overrides", len(lines))):
            st.markdown("\n".join(f"- {plain(line)}" for line in lines))
    else:
        st.caption(t("plan_page.no_overrides"))
