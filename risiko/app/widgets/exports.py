"""Taking the filtered list along: CSV and Excel, made when asked for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko import pipeline
from risiko.app import session
from risiko.app.query import CHOICES, Query
from risiko.app.shown import taken
from risiko.reports.names import Names

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def buttons(run: pipeline.Run, shown: pd.DataFrame, names: Names) -> None:
    """Two buttons; the files hold every service that fits the filters, also those beyond the rows shown."""
    t, query = names.t, session.query()
    name, filters = f"risiko-{run.as_of:%Y-%m-%d}", in_words(query, names)
    with st.container(horizontal=True):
        st.download_button(
            t("export.csv"),
            taken(run, "csv", lambda: pipeline.export_csv(run, shown, t)),
            f"{name}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="export.csv",
        )
        st.download_button(
            t("export.xlsx"),
            taken(run, "xlsx", lambda: pipeline.export_xlsx(run, shown, t, filters)),
            f"{name}.xlsx",
            XLSX,
            on_click="ignore",
            icon=":material/download:",
            key="export.xlsx",
        )


def in_words(query: Query, names: Names) -> list[tuple[str, str]]:
    """The filters as (name, value) for the file's first sheet; none when the whole list is shown."""
    t = names.t
    chosen = [
        (t.word("filter", name), ", ".join(names.choice(name, v) for v in query.choices[name]))
        for name in CHOICES
        if query.choices.get(name)
    ]
    if query.text:
        chosen.append((t("filter.search"), query.text))
    if query.never:
        chosen.append((t("filter.never"), t("word.yes")))
    return chosen
