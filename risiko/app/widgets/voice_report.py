"""The report back on the page: a period, the six questions with their answers, and the same to take along."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from risiko.app import report_data, session
from risiko.app.data import Opened
from risiko.app.display import plain
from risiko.app.html_table import html_table
from risiko.charts.side_by_side import side_by_side
from risiko.reports.bars import Bars
from risiko.reports.card_format import Block, Bullets, Table
from risiko.reports.names import Names
from risiko.reports.organisation_files import WRITERS
from risiko.reports.organisation_words import OrganisationWords

_MIME = {".html": "text/html", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


def show(at: Opened, names: Names, organisation: str) -> None:
    """Everything that may be told the organisation about a period. organisation: the view says which."""
    t = names.t
    st.header(t("back.title", organisation=plain(organisation)), anchor=False, divider="gray")
    offered = report_data.periods(at, organisation, date.today())
    period = st.selectbox(
        t("back.period"), offered, key=session.widget_key(f"back.period.{organisation}"), filter_mode=None,
        format_func=lambda one: _called(one, names), help=t("back.period_help"),
    )  # fmt: skip
    with st.spinner(t("back.making")):
        words = OrganisationWords(report_data.report(at, organisation, period), names)
    _files(at, words, period)
    for section in words.sections():
        st.subheader(section.title, anchor=False)
        for block in section.blocks:
            _block(block, t.language)


def _called(period: str, names: Names) -> str:
    """A period as people say it: «2026, første halvår»."""
    year, _, half = period.partition("H")
    return f"{year}, {names.t('coverage.first_half' if half == '1' else 'coverage.second_half')}" if half else year


def _block(block: Block, language: str) -> None:
    match block:
        case Bullets(items):
            st.markdown("\n".join(f"- {plain(item)}" for item in items))
        case Table(caption, header, rows):
            st.markdown(f"**{plain(caption)}**")
            st.html(html_table(pd.DataFrame(list(rows), columns=list(header), dtype="str"), label=caption))
        case Bars():
            chart = side_by_side(_rows(block), full=block.full, language=language)
            st.altair_chart(chart, theme=None, width="stretch", alt=block.alt)
        case str():
            st.markdown(plain(block))


def _rows(picture: Bars) -> pd.DataFrame:
    """The bars that there are, a row each."""
    rows = [
        (label, name, bar.value, bar.low, bar.high, bar.shown)
        for label, bars in picture.rows
        for name, bar in zip(picture.series, bars, strict=True)
        if bar is not None
    ]
    frame = pd.DataFrame(rows, columns=["label", "series", "value", "low", "high", "shown"])
    return frame.astype({"value": "float64", "low": "float64", "high": "float64"})


def _files(at: Opened, words: OrganisationWords, period: str) -> None:
    t = words.names.t
    with st.container(horizontal=True):
        for ending in WRITERS:
            st.download_button(
                t.word("back_file", ending[1:]), report_data.maker(at, words, ending), f"risiko-svar-{period}{ending}",
                _MIME[ending], on_click="ignore", icon=":material/download:",
                key=session.widget_key(f"back.file{ending}"),
            )  # fmt: skip
