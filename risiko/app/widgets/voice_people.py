"""Steps of the form: who asked and how, who took part, and what they have agreed to."""

from __future__ import annotations

import streamlit as st

from risiko.app.voice_sheet import OTHER
from risiko.app.widgets.voice_field import Fields
from risiko.intake.methods import MethodForm
from risiko.intake.submission import Known
from risiko.vocabulary import PURPOSES, REACHED, USER_GROUPS


def collected(fields: Fields, form: MethodForm, known: Known, bound: str) -> None:
    """Which organisation, who asked, when, and how the participants were reached. bound: the only organisation."""
    t, asks = fields.t, {*form.required, *form.asked}
    if bound:
        st.text_input(t.word("voice_field", "organisation"), bound, disabled=True, key="voice.bound")
        fields.told("organisation")
    else:
        named = {"": t("voice.authority_itself"), OTHER: t("voice.another_organisation")}
        fields.one_of("organisation", ["", *known.organisations, OTHER], lambda one: named.get(one, one))
        if fields.value("organisation") == OTHER:
            fields.text("other")
    if "asked_by" in asks:
        fields.text("asked_by")
    left, right = st.columns(2)
    with left:
        fields.day("first_day")
    with right:
        fields.day("last_day")
    if "reached" in asks:
        fields.one_of("reached", REACHED, lambda one: t.word("reached", one))
    if "reached_how" in asks:
        fields.text("reached_how")


def people(fields: Fields, form: MethodForm) -> None:
    """Who took part, and how many."""
    t = fields.t
    fields.one_of("user_group", USER_GROUPS, lambda one: t.word("user_group", one))
    for pair in (("n", "n_invited"), ("n_women", "n_men"), ("youngest", "oldest")):
        asked = [name for name in pair if name in form.asked or name in form.required]
        if asked:
            for name, column in zip(asked, st.columns(2)[: len(asked)], strict=True):
                with column:
                    fields.whole(name)


def consent(fields: Fields, form: MethodForm, known: Known) -> None:
    """What the participants have agreed to, what it may be used for and how long."""
    t = fields.t
    fields.one_of("consent", form.consents, lambda one: t.word("consent", one))
    fields.one_of("purpose", PURPOSES, lambda one: t.word("purpose", one))
    fields.day("keep_until")
    st.caption(t("voice.keep_help", months=t.number(known.keep_months)))
