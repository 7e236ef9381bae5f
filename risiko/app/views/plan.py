"""The page Plan: rules, a preview, the plan that keeps them, and the plans that are kept."""

from __future__ import annotations

import streamlit as st

from risiko import pipeline
from risiko.app import data, login, plan_data, results_data, session, shown
from risiko.app.widgets import (
    decisions,
    filters,
    notices,
    plan,
    plan_beside,
    plan_conflicts,
    plan_keep,
    plan_make,
    plan_rules,
)
from risiko.errors import NothingToScore
from risiko.i18n import Translator
from risiko.pipeline.plans import KeptPlan
from risiko.reports.plan_words import PlanWords


def show() -> None:
    """The date in the sidebar; then a kept plan where the address names one, else the rules and the draft."""
    t = session.translator()
    with notices.told(t):
        at = data.opened(t) if login.allowed(t, "read") else None
        if at is None:
            return
        with st.sidebar:
            filters.as_of_date(t, at.as_of, at.latest)
        plan_keep.told(t)
        kept, lost = plan_data.kept(at)
        number = session.query().plan
        if number:
            _kept(at, number, kept, t)
        else:
            with notices.told(t):
                _making(at, kept, t)
        plan_keep.listed(at, kept, lost, t)


def _making(at: data.Opened, kept: list[KeptPlan], t: Translator) -> None:
    try:
        with st.spinner(t("ranking.loading")):
            ranked = data.ranked(at.address, at.settings, at.as_of, session.query().weights)
    except NothingToScore:
        return notices.nothing_at(t)
    run, names, who = ranked.run, data.names(ranked, t), login.visit().person()
    shown.list_seen(at, run)
    mine = plan_data.own_offices(run, who)
    if mine == []:
        st.info(t("plan_page.not_yours"))
        return
    st.header(t("plan_page.rules_title"), anchor=False, divider="gray")
    st.caption(t("plan_page.rules_help"))
    now = plan_rules.show(plan_data.asked(at), plan_data.places(run), mine, names)
    made = plan_make.show(at, run, now, who, names)
    if made is None:
        return
    if made.draft.record is None:
        return plan_conflicts.show(made.draft.selection, plan_data.called(at, at.as_of), names)
    words = PlanWords(made.draft.record, names, called=plan_data.called(at, at.as_of), statements=plan_data.council(at))
    plan.head(words)
    _visits(at, run, words)
    _rest(words)
    plan_beside.groups(plan_data.groups(), words)
    plan_beside.facts(words)
    plan_keep.save(at, made, words, kept)
    plan_keep.files(words)


def _kept(at: data.Opened, number: int, kept: list[KeptPlan], t: Translator) -> None:
    plan_keep.back(t)
    found = next((one for one in kept if one.number == number), None)
    if found is None:
        st.warning(t("plan_page.no_such", n=t.number(number)))
        return
    names = results_data.names(at, t)  # needs no list at the reader's date
    called, said = plan_data.called(at, at.as_of), plan_data.council(at, found)
    words = PlanWords(found.record, names, found.number, found.sha256, called, said)
    plan.head(words)
    plan_keep.files(words)
    _visits(at, None, words)
    _rest(words)
    plan_beside.facts(words)
    plan_keep.decide(at, found, t)


@st.fragment
def _visits(at: data.Opened, run: pipeline.Run | None, words: PlanWords) -> None:
    """Choosing a visit reruns this part only, so it asks by itself who is here. run: of a draft."""
    with notices.told(words.t):
        if not login.allowed(words.t, "read"):
            return
        if decisions.just_entered():
            st.rerun()  # the preview stands outside this part
        chosen = plan.visits(words, editable=run is not None)
        if chosen is None:
            return
        plan.visit(at, chosen, words)
        if run is not None:
            decisions.form(at, run, str(chosen["service_id"]), words.names)


def _rest(words: PlanWords) -> None:
    plan.months(words)
    plan_beside.offices(words)
    plan_beside.prices(words)
    plan_beside.other_ways(words)
    plan_beside.left_out(words)
    plan_beside.draw(words)


if __name__ == "__main__":
    show()
