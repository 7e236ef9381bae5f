"""The list itself, and the plain ways to the same rows: a select box and an ordinary table."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from risiko.app import session
from risiko.app.display import day_of, list_frame, plain_cells, plain_table
from risiko.charts.theme import BLUE
from risiko.i18n import Translator
from risiko.reports.names import Names

ROWS_IN_TABLE = 60
_GRID, _BOX = "ranking.grid", "ranking.box"


def grid(shown: pd.DataFrame, names: Names, *, learned: bool = False) -> None:
    """The list with bars, chips and sparklines. Choosing a row chooses the service. learned: whose likelihoods."""
    t, ids = names.t, shown["service_id"].tolist()
    frame = list_frame(shown, names)

    # The service chosen is the truth; a row number is only where it stands in this list.
    service = session.query().service
    rows = [ids.index(service)] if service in ids else []

    def chosen() -> None:
        now = st.session_state[_GRID]["selection"]["rows"]
        if now != rows:  # else the browser only confirms what it was told
            session.change(service=ids[now[0]] if now else "")

    if _GRID in st.session_state and st.session_state[_GRID]["selection"]["rows"] != rows:
        st.session_state[_GRID] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.dataframe(
        frame.style.format(
            {
                "rank": t.number,
                "consequence": lambda x: t.number(x, 1),
                "priority": lambda x: t.number(x, 2),
                "last": lambda key: names.last_supervised(day_of(key)),
            }
        ),
        height=min(36 * (len(shown) + 1) + 2, 434),
        row_height=36,
        hide_index=True,
        placeholder=t("data.missing"),
        lazy=False,
        column_config=_columns(t, shown, learned),
        key=_GRID,
        on_select=chosen,
        selection_mode="single-row",
        selection_default={"selection": {"rows": rows}},
        alt=t("ranking.alt", n=t.number(len(shown))),
    )
    st.caption(t("ranking.keyboard"))


def choose_by_name(shown: pd.DataFrame, names: Names) -> None:
    """A select box over the same rows, for keyboard and screen reader, and to jump to a name."""
    t = names.t
    labels = {
        i: f"{t.number(r)}. {n}" for i, r, n in zip(shown["service_id"], shown["rank"], shown["name"], strict=True)
    }
    service = session.query().service
    state = [list(labels.values()), service]
    if st.session_state.get(f"{_BOX}.state") != state:
        st.session_state[f"{_BOX}.state"] = state
        st.session_state[_BOX] = service if service in labels else None
    st.selectbox(
        t("detail.choose"),
        list(labels),
        key=_BOX,
        format_func=lambda i: labels.get(i, i),
        placeholder=t("detail.choose_hint"),
        on_change=lambda: session.change(service=st.session_state[_BOX] or ""),
    )


def complaints_of(ranking: pd.DataFrame, service: str) -> list[float] | None:
    """One service's monthly complaints; None where the ranking has none for it."""
    found = ranking.loc[ranking["service_id"] == service, "complaints_24m"].tolist()
    return found[0] if found else None


def as_table(shown: pd.DataFrame, names: Names) -> None:
    """The first rows as an ordinary table."""
    t = names.t
    with st.expander(t.plural("table.title", min(ROWS_IN_TABLE, len(shown)))):
        st.table(plain_cells(plain_table(shown.head(ROWS_IN_TABLE), names)), hide_index=True, border="horizontal")


def _percent(t: Translator) -> str:
    return "%.0f%%" if t.language == "en" else "%.0f\u00a0%%"


def _columns(t: Translator, shown: pd.DataFrame, learned: bool) -> dict[str, Any]:
    c, groups = st.column_config, shown.filter(like="group_")
    text = {
        name: c.TextColumn(t.word("column", name), width=width, help=t.word("column_help", name))
        for name, width in {"interval": 96, "evidence": 104, "type": 150, "county": 110}.items()
    }
    return {
        **text,
        "rank": c.NumberColumn(t("column.rank"), width=52, help=t("column_help.rank")),
        "tier": c.NumberColumn(t("column.tier"), width=62, help=t("column_help.tier")),
        "service": c.TextColumn(t("column.service"), width=175),
        "in_plan": c.ProgressColumn(
            t("column.in_plan"), width=112, min_value=0, max_value=100, color=BLUE, help=t("column_help.in_plan"),
            format=_percent(t),
        ),
        "likelihood": c.ProgressColumn(
            t("column.likelihood"),
            width=112,
            min_value=0,
            max_value=100,
            color=BLUE,
            help=t("column_help.likelihood_learned") if learned else t("column_help.likelihood"),
            format=_percent(t),
        ),
        "consequence": c.NumberColumn(t("column.consequence"), width=84, help=t("column_help.consequence")),
        "contributions": c.BarChartColumn(
            t("column.contributions"),
            width=92,
            color=BLUE,
            help=t("column_help.contributions"),
            y_min=min(0.0, float(groups.min(axis=None))),
            y_max=max(0.1, float(groups.max(axis=None))),
        ),
        "why": c.ListColumn(t("column.why"), width=300, help=t("column_help.why")),
        "complaints": c.LineChartColumn(
            t("column.complaints"), width=120, color=BLUE, y_min=0, help=t("column_help.complaints")
        ),
        "last": c.NumberColumn(t("column.last"), width=120, alignment="left", help=t("column_help.last")),
        "missing": c.ListColumn(t("column.missing"), width=220, help=t("column_help.missing")),
        "priority": c.NumberColumn(t("column.priority"), width=90, help=t("column_help.priority")),
    }
