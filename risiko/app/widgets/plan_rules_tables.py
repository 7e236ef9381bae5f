"""The rules that are lists, each as a table that can be typed in."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
import streamlit as st

from risiko.app.plan_form import Places
from risiko.reports.names import Names
from risiko.vocabulary import SUPERVISION_KINDS

_ROW, _MOST_ROWS = 35, 12  # room for every office of a small country: what must be scrolled to is overlooked


def table(name: str, rows: pd.DataFrame, places: Places, names: Names, *, key: str) -> pd.DataFrame:
    """One of plan_form.tables as the planner has changed it, with a heading of its own."""
    t = names.t
    columns, locked = _columns(name, places, names)
    st.markdown(f"**{t.word('plan_table', name)}**")
    st.caption(t.word("plan_table_help", name))
    if rows.empty and name != "themes":
        st.markdown(t("data.missing"))  # Streamlit's own word for an empty table is English
        return rows
    height: int | Literal["auto"] = "auto" if name == "themes" else _ROW * (min(len(rows), _MOST_ROWS) + 1) + 3
    blank = t("plan_page.blank") if name == "offices" else "–"  # elsewhere a blank is no missing number
    edited: pd.DataFrame = st.data_editor(
        rows, key=key, hide_index=True, num_rows="dynamic" if name == "themes" else "fixed", column_config=columns,
        disabled=locked, height=height, placeholder=blank, alt=t.word("plan_table", name),
    )  # fmt: skip
    return edited


def _columns(name: str, places: Places, names: Names) -> tuple[dict[str, Any], list[str]]:
    """How its columns are shown, and which of them cannot be changed."""
    t, c = names.t, st.column_config
    days = c.NumberColumn(t("plan.column_days"), min_value=0.0, max_value=100_000.0, step=0.1, format="localized")
    points = c.NumberColumn(
        t("plan.column_points"), min_value=0.0, max_value=100_000.0, step=0.1, format="localized",
        help=t("plan_page.points_help"),
    )  # fmt: skip
    office = c.TextColumn(t("filter.office"))
    visits = c.NumberColumn(t("plan_page.fewest"), min_value=0, max_value=9999, step=1, format="%d")
    kind = c.SelectboxColumn(
        t("plan.column_kind"), options=list(SUPERVISION_KINDS), format_func=lambda one: t.word("kind", str(one)),
        required=True,
    )
    match name:
        case "offices":
            year = c.NumberColumn(t("plan_page.last_year"), format="localized", help=t("plan_page.last_year_help"))
            return {"office": office, "last_year": year, "days": days}, ["office", "last_year"]
        case "kinds":
            return {"kind": kind, "days": days}, ["kind"]
        case "office_points":
            return {"office": office, "points": points}, ["office"]
        case "kind_points":
            return {"kind": kind, "points": points}, ["kind"]
        case "types":
            yearly = c.NumberColumn(t("plan_page.yearly"), min_value=0, max_value=366, step=1, format="%d")
            months = c.NumberColumn(t("plan_page.type_months"), min_value=0, max_value=600, step=1, format="%d")
            types = c.SelectboxColumn(
                t("filter.type"), options=list(places.types), format_func=lambda one: names.service_type(str(one))
            )
            return {"type": types, "kind": kind, "visits": yearly, "months": months}, ["type"]
        case "counties":
            return {"county": c.TextColumn(t("filter.county")), "visits": visits}, ["county"]
    return {
        "name": c.TextColumn(t("plan_page.theme"), required=True, max_chars=80),
        "types": c.MultiselectColumn(
            t("filter.type"), options=list(places.types), format_func=names.service_type, required=True
        ),
        "visits": visits,
        "per_office": c.NumberColumn(t("plan_page.per_office"), min_value=0, max_value=9999, step=1, format="%d"),
    }, []
