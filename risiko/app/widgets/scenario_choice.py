"""The choice of the list to compare with: another date, other weights or another score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from risiko.app import data, scenario_data, scenario_words, session
from risiko.app.display import plain
from risiko.app.query import DATES, EARLIEST, SCORES, WEIGHTS, Other
from risiko.app.widgets.weights import fields
from risiko.i18n import Translator
from risiko.pipeline import Side
from risiko.reports.names import Names
from risiko.scoring.table import POINTS

TYPED = ""  # stands for no saved set: the weights in the form


def other(at: data.Opened, ranked: data.Ranked, saved: Mapping[str, Mapping[str, float]], names: Names) -> Side | None:
    """What the reader compares with, as chosen in the sidebar; None where there is no other score to choose."""
    t, asked, key = names.t, session.query().other, session.widget_key("scenario.by")
    st.radio(
        t("scenario.by"), [DATES, WEIGHTS, SCORES], [DATES, WEIGHTS, SCORES].index(asked.by), key=key,
        format_func=lambda by: t.word("scenario_by", by or "dates"),
        on_change=lambda: session.change(other=Other(by=st.session_state[key])),
    )  # fmt: skip
    if asked.by == WEIGHTS:
        return _weights(ranked, asked, saved, names)
    if asked.by == SCORES:
        return _score(ranked, asked, scenario_data.scores_at(at), names)
    return _date(ranked, asked, at.latest, t)


def _change(**changes: Any) -> None:
    session.change(other=replace(session.query().other, **changes))


def _date(ranked: data.Ranked, asked: Other, latest: date, t: Translator) -> Side:
    run, key = ranked.run, session.widget_key("scenario.as_of")
    day = asked.as_of if asked.as_of and asked.as_of <= latest else data.default_since(ranked)
    st.date_input(
        t("overview.since"), day, EARLIEST, latest, key=key, format="DD.MM.YYYY", help=t("overview.since_help"),
        on_change=lambda: _change(as_of=st.session_state[key]),
    )  # fmt: skip
    own = session.query().weights if run.table.model_id == POINTS else {}
    return Side(day, own, score=run.table.model_id)


def _weights(
    ranked: data.Ranked, asked: Other, saved: Mapping[str, Mapping[str, float]], names: Names
) -> Side:  # fmt: skip
    t, key, run = names.t, session.widget_key("scenario.set"), ranked.run
    chosen = asked.weight_set if asked.weight_set in saved else TYPED
    if asked.weight_set and not chosen:
        st.warning(t("scenario.gone_set", name=plain(asked.weight_set)))
    if saved:
        st.selectbox(
            t("scenario.weight_set"), [TYPED, *saved], [TYPED, *saved].index(chosen), key=key, filter_mode=None,
            format_func=lambda name: name or t("scenario.typed"),
            on_change=lambda: _change(weight_set=st.session_state[key], weights={}),
        )  # fmt: skip
    now = {**ranked.default_weights, **(saved[chosen] if chosen else asked.weights)}
    with st.expander(t("weights.title"), expanded=not chosen):
        st.caption(t("scenario.weights_help"))
        fields(
            run.signals, ranked.default_weights, {name: now[name] for name in ranked.default_weights}, names,
            lambda weights: _change(weights=weights, weight_set=""), form="scenario.weights",
        )  # fmt: skip
    return Side(run.as_of, {} if chosen else asked.weights, chosen, POINTS)


def _score(ranked: data.Ranked, asked: Other, scores: Sequence[str], names: Names) -> Side | None:
    t, key, run = names.t, session.widget_key("scenario.score"), ranked.run
    others = [score for score in scores if score != run.table.model_id]
    if not others:
        return None
    usual = ranked.promoted if ranked.promoted in others else others[0]
    chosen = asked.score if asked.score in others else usual
    st.selectbox(
        t("score.choose"), others, others.index(chosen), key=key, filter_mode=None,
        format_func=lambda score: scenario_words.score_choice(score, ranked.promoted, names),
        on_change=lambda: _change(score=st.session_state[key]),
    )  # fmt: skip
    return Side(run.as_of, score=chosen)
