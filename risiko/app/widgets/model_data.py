"""The page Modell og data, second half: the catalogue of signals, the settings in force, and the data."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import model_tables as tables
from risiko.app import overview_words
from risiko.app.display import plain_cells
from risiko.app.html_table import html_table
from risiko.pipeline import ModelPage
from risiko.reports.names import Names

FIRST = 20  # rejected lines shown; the file has them all


def signals(found: ModelPage, missing: pd.Series | None, names: Names) -> bool:
    """Every signal by group, searchable; whether the reader asks how often each is missing."""
    t = names.t
    st.subheader(t("model.catalogue_title"))
    st.caption(f"{t('model.catalogue_help')} {t('model.missing_help')}")
    search = _search(t("model.search_signals"), "model.signals", names)
    asked = missing is None and st.button(t("model.missing_run"), key="model.missing")
    by = tables.signals(found, missing, search, names)
    if not by:
        st.markdown(t("model.no_hit"))
    for group, rows in by.items():
        with st.expander(f"{t.word('group', group)} ({t.number(len(rows))})", expanded=bool(search)):
            st.html(html_table(rows, label=t.word("group", group), wide=(t("model.means"),)))
    return asked


def settings(found: ModelPage, names: Names) -> None:
    """Which settings differ from the shipped ones, and all of them, searchable."""
    t, rows = names.t, found.settings
    st.subheader(t("model.settings_title"))
    own = int(rows["differs"].sum())
    st.markdown(t.plural("model.settings_differ", own) if own else t("model.settings_same"))
    st.caption(t("model.settings_help"))
    english = (t("model.why"),)
    if own:
        changed = tables.own_settings(rows, names)
        st.html(html_table(changed, label=t("model.settings_own"), english=english, wide=english))
    search = _search(t("model.search_settings"), "model.settings", names)
    table = tables.settings(rows, names)
    hit = table[tables.fits(table, search)]
    with st.expander(f"{t('model.settings_all')} ({t.number(len(hit))})", expanded=bool(search)):
        if hit.empty:
            st.markdown(t("model.no_hit"))
        else:
            st.html(html_table(hit, label=t("model.settings_all"), english=english, wide=english))


def data(found: ModelPage, names: Names) -> None:
    """Freshness of the sources, imports, rejects and services that are left out."""
    t = names.t
    st.subheader(t("model.data_title"))
    st.markdown(f"**{t('sources.title')}**")
    st.caption(t("sources.help"))
    _table(overview_words.sources(found.sources, names))
    with st.expander(f"{t('model.imports_title')} ({t.number(len(found.imports))})"):
        if found.imports.empty:
            st.markdown(t("model.imports_none"))
        else:
            _table(tables.imports(found.imports, names))
    _rejects(found.rejects, names)
    st.markdown(f"**{t('model.left_out_title')}**")
    left_out = tables.left_out(found.left_out, names)
    if left_out.empty:
        st.markdown(t("model.left_out_none"))
    else:
        _table(left_out)


def _rejects(rejects: pd.DataFrame, names: Names) -> None:
    t = names.t
    with st.expander(f"{t('model.rejects_title')} ({t.number(len(rejects))})"):
        if rejects.empty:
            st.markdown(t("model.rejects_none"))
            return
        english, first = (t("model.reason"),), rejects.head(FIRST)
        st.html(html_table(tables.reasons(rejects, names), label=t("model.reason"), english=english, wide=english))
        head = t("model.rejects_first", n=t.number(len(first)), of=t.number(len(rejects)))
        st.markdown(f"**{head}**")
        st.html(html_table(tables.lines(first, names), label=head, english=english, wide=english))
        st.download_button(
            t("model.rejects_csv"), lambda: tables.rejects_csv(rejects, names), "risiko-rejects.csv", "text/csv",
            on_click="ignore", icon=":material/download:", key="model.rejects",
        )  # fmt: skip


def _search(label: str, key: str, names: Names) -> str:
    hint = names.t("model.search_hint")
    return st.text_input(label, key=key, type="search", live=True, placeholder=hint, icon=":material/search:") or ""


def _table(rows: pd.DataFrame) -> None:
    st.table(plain_cells(rows), hide_index=True, border="horizontal")
