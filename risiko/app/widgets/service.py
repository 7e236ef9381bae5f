"""One service's own page, part by part: every picture with a table beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from risiko.app import overview_words
from risiko.app import service_words as words
from risiko.app.display import plain, plain_cells
from risiko.charts.funnel import funnel
from risiko.charts.over_time import over_time
from risiko.charts.spread import spread
from risiko.charts.standings import standings
from risiko.charts.voices import voices
from risiko.pipeline import Beside, OverTime, ServicePage
from risiko.reports.names import Names
from risiko.vocabulary import GROUPS

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

QUOTES = 6


def beside_others(page: ServicePage, names: Names) -> None:
    """Every signal on one scale, and the same as a table with what is missing and why."""
    t = names.t
    st.subheader(t("service.standings_title"))
    st.caption(t("service.standings_help"))
    for group in GROUPS:
        st.markdown(f"**{t.word('group', group)}**")
        rows = words.standings(page, group, names)
        if rows.empty:
            st.markdown(t("service.no_readings"))
            continue
        chart = standings(rows, axis=t("service.standings_axis"), language=t.language)
        st.altair_chart(chart, theme=None, width="stretch", alt=words.standings_takeaway(page, group, names))
    with st.expander(t("service.readings_table")):
        _table(words.readings(page, names))


def closer(beside: Beside, series: OverTime | None, names: Names) -> None:
    """One signal against similar services (funnel) and over time (XmR)."""
    t = names.t
    st.caption(plain(names.signal_sentence(beside.signal.name)))
    left, right = st.columns(2, gap="large")
    with left:
        title = t("funnel.title_values") if beside.kind == "values" else t("funnel.title")
        st.markdown(f"**{title}**")
        takeaway = words.funnel_takeaway(beside, names)
        st.altair_chart(_among(beside, names), theme=None, width="stretch", alt=takeaway)
        st.markdown(takeaway)
        if beside.n_shown < beside.n_peers:
            st.caption(t("funnel.sampled", shown=t.number(beside.n_shown), of=t.number(beside.n_peers)))
        _table(words.funnel_table(beside, names))
    with right:
        st.markdown(f"**{t('series.title')}**")
        _over_time(series, names)


def _among(beside: Beside, names: Names) -> AnyChart:
    t, points = names.t, beside.points
    if beside.kind == "values":
        own = points.loc[points["own"], "y"]
        return spread(
            points.loc[~points["own"], "y"], float(own.iloc[0]) if len(own) else float("nan"),
            x_title=names.unit(beside.signal.unit), y_title=t("overview.services"), own_label=t("funnel.this"),
            language=t.language,
        )  # fmt: skip
    return funnel(
        words.funnel_points(beside, names), beside.limits, target=beside.target, zero=beside.kind == "ratio",
        x_title=t.word("funnel_x", beside.kind), y_title=t.word("funnel_y", beside.kind), language=t.language,
    )  # fmt: skip


def _over_time(series: OverTime | None, names: Names) -> None:
    t = names.t
    if series is None:
        st.markdown(t("series.none"))
        return
    said = words.series_sentences(series, names)
    chart = over_time(
        words.series(series, names), axis=names.unit(series.signal.unit), expected=t("series.expected"),
        zero=series.signal.unit != "score_0_100", language=t.language,
    )  # fmt: skip
    st.altair_chart(chart, theme=None, width="stretch", alt=" ".join(said))
    st.markdown("\n".join(f"- {line}" for line in said))
    with st.expander(t("series.table")):
        _table(words.series_table(series, names))


def experience(page: ServicePage, names: Names) -> None:
    """What users say by dimension and method, and who brought it."""
    t = names.t
    st.subheader(t("voices.title"))
    if page.voices.empty:
        st.markdown(t("voices.none"))
        return
    rows = words.voices(page, names)
    if len(rows):
        chart = voices(
            rows, axis=t("voices.axis"), size=t("reasons.n"), method=t("voices.method"), language=t.language
        )
        st.altair_chart(chart, theme=None, width="stretch", alt=str(rows["text"].iloc[0]))
    _table(words.voices_table(page, names))


def quotes(page: ServicePage, names: Names) -> None:
    """What was said, in words."""
    t = names.t
    st.subheader(t("quotes.title"))
    if page.quotes.empty:
        st.markdown(t("quotes.none"))
        return
    st.caption(t("quotes.help"))
    for quote in words.quotes(page, names, QUOTES):
        st.markdown(quote)
    if len(page.quotes) > QUOTES:
        st.caption(t.plural("overview.more", len(page.quotes) - QUOTES))


def silence(page: ServicePage, names: Names) -> None:
    """Whether it is quieter than one would expect, in plain words."""
    t = names.t
    st.subheader(t("silence.title"))
    st.markdown(names.silence(page.silence))
    st.caption(t("silence.note"))


def follow_up(page: ServicePage, names: Names) -> None:
    """Findings and what followed from them."""
    t = names.t
    st.subheader(t("findings.title"))
    if page.findings.empty:
        st.markdown(t("findings.none"))
    else:
        _table(words.findings(page, names))
    if len(page.actions):
        st.markdown(f"**{t('actions.title')}**")
        _table(words.actions(page, names))


def sources(page: ServicePage, names: Names) -> None:
    """What the page rests on and how fresh it is."""
    t = names.t
    st.subheader(t("sources.title"))
    st.caption(t("sources.service_help"))
    _table(overview_words.sources(page.sources, names, judged=False))


def _table(rows: pd.DataFrame) -> None:
    st.table(plain_cells(rows), hide_index=True, border="horizontal")
