"""The parts of the comparison: takeaway, the two lists, who comes and goes, how alike, what hangs on the weights."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import scenario_words as words
from risiko.app.display import plain, plain_cells
from risiko.app.scenario_words import Sides
from risiko.charts.slope import slope
from risiko.pipeline import Scenario
from risiko.reports.names import Names
from risiko.scoring.table import POINTS

ROWS = 10


def takeaway(found: Scenario, sides: Sides, names: Names) -> None:
    """What is compared, how many are the same, how many chance alone would exchange; that a place is no finding."""
    t = names.t
    st.header(t("scenario.head", before=plain(sides.before), after=plain(sides.after)), anchor=False, divider="gray")
    st.markdown(f"**{words.takeaway(found, names)}** {words.by_chance(found, names)}")
    st.markdown(f"**{t('ranking.caveat')}**")
    if found.same:
        st.info(t("scenario.same_lists"))
    if found.tied > 1:
        st.info(t("scenario.tied", n=t.number(found.tied)))
    st.caption(t.word("scenario_chance_help", sides.by))
    if sides.by == "dates" and found.after.table.model_id != POINTS:
        how = "hindsight" if found.before.table.model_id == found.after.table.model_id else "different"
        st.caption(t.word("overview_score", how))


def slopes(found: Scenario, sides: Sides, names: Names) -> None:
    """The first of either list beside each other, as a picture and as a table."""
    t = names.t
    shown, size = words.pictured(found, names)
    st.subheader(t("scenario.picture_title", n=t.number(size)))
    said = words.picture_takeaway(shown, size, names)
    st.markdown(said)
    st.caption(t("scenario.picture_help"))
    chart = slope(shown.reset_index(), heads=(sides.before, sides.after), cut=size, language=t.language)
    st.altair_chart(chart, theme=None, width="stretch", alt=said)
    with st.expander(t("scenario.picture_table")):
        _table(words.pictured_table(shown, sides, names))


def crossed(found: Scenario, sides: Sides, names: Names) -> None:
    """Who comes in among the first and who goes out, each with what moved it."""
    t, top = names.t, names.t.number(found.top)
    st.subheader(t("scenario.crossed_title", top=top))
    st.caption(t("scenario.crossed_help", before=plain(sides.before), after=plain(sides.after), top=top))
    for title, rows, none in (
        (t("scenario.entered"), found.entered, t("scenario.entered_none")),
        (t("scenario.left"), found.left, t("scenario.left_none")),
    ):
        st.markdown(f"**{title}** ({t.number(len(rows))})")
        if rows.empty:
            st.markdown(none)
        else:
            _first_rows(words.crossed(rows, names), names)


def alike(found: Scenario, names: Names) -> None:
    """The numbers of likeness, each with what it means."""
    t = names.t
    st.subheader(t("scenario.alike_title"))
    _table(plain_cells(words.alike(found, names)))


def weights(found: Scenario, sides: Sides, names: Names) -> None:
    """How far the list hangs on its weights, and the services near the line that do."""
    t, shaken = names.t, found.weights
    st.subheader(t("scenario.weights_title"))
    st.markdown(t(
        "scenario.weights_lead", share=t.percent(shaken.share), mean=t.number(shaken.mean * shaken.top),
        least=t.number(shaken.least * shaken.top), top=t.number(shaken.top), draws=t.number(shaken.draws),
    ))  # fmt: skip
    st.caption(t("scenario.weights_note", after=plain(sides.after)))
    if found.shaken.empty:
        st.markdown(t("scenario.shaken_none"))
        return
    _first_rows(words.shaken(found.shaken, names), names)


def _first_rows(rows: pd.DataFrame, names: Names) -> None:
    """The first rows of a long table, the others folded away."""
    _table(rows.head(ROWS))
    if len(rows) > ROWS:
        with st.expander(names.t.plural("overview.more", len(rows) - ROWS)):
            _table(rows.iloc[ROWS:])


def _table(rows: pd.DataFrame) -> None:
    st.table(rows, hide_index=True, border="horizontal")
