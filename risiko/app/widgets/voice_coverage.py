"""Who is heard from and who is not: gaps as a work list, cautions, and the evidence by type and county."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from risiko import pipeline
from risiko.access import may
from risiko.app import data, login
from risiko.app.display import plain, plain_cells
from risiko.app.html_table import html_table
from risiko.app.widgets.exports import XLSX
from risiko.charts.heard import heard
from risiko.pipeline.coverage import Coverage, coverage
from risiko.reports import coverage_words as words
from risiko.reports.list_files import list_csv, list_xlsx
from risiko.reports.names import Names

FIRST = 10


def show(at: data.Opened, names: Names) -> None:
    """The gaps first, for they are what to do; numbers of people only for those who may read the list."""
    t = names.t
    with st.spinner(t("coverage.loading")):
        found = _found(at)
    st.header(t("coverage.title"), anchor=False, divider="gray")
    st.markdown(t("coverage.lead", date=t.date(at.as_of)))
    if not found.heard:
        st.info(t("coverage.nobody_heard"))
    _gaps(found, at.as_of, names)
    if found.heard:
        _cautions(found, names)
        _places(found, names, numbers=may(login.visit().person(), "read"))


def _found(at: data.Opened) -> Coverage:
    opened = data.authority(at.address, at.settings)
    return _coverage(at.address, at.settings, pipeline.data_version(opened), at.as_of, opened, data.tables(at))


@st.cache_resource(max_entries=3, show_spinner=False)
def _coverage(
    address: str, settings: Path | None, version: str, as_of: date, _opened: pipeline.Authority,
    _tables: dict[str, pd.DataFrame],
) -> Coverage:  # fmt: skip
    return coverage(_opened, _tables, as_of)


def _gaps(found: Coverage, as_of: date, names: Names) -> None:
    """The first of them as a list, all of them as a file."""
    t, months = names.t, names.settings.voices.gap_months
    st.subheader(t("coverage.gaps_title"), anchor=False)
    if found.gaps.empty:
        st.info(t("coverage.no_gaps", months=months))
        return
    st.markdown(t.plural("coverage.gaps_lead", len(found.gaps), months=months))
    st.caption(t("coverage.gaps_help"))
    first = [plain(words.gap_line(gap, names)) for _, gap in found.gaps.head(FIRST).iterrows()]
    st.markdown("\n".join(f"{place}. {line}" for place, line in enumerate(first, start=1)))
    if len(found.gaps) > FIRST:
        st.caption(t("coverage.gaps_more", shown=t.number(FIRST), n=t.number(len(found.gaps))))

    def everything() -> pd.DataFrame:
        return words.gap_table(found.gaps, names)

    name, notes = f"risiko-{t('coverage.file')}-{as_of}", [t("coverage.gaps_title"), t.date(as_of)]
    with st.container(horizontal=True):
        st.download_button(t("export.csv"), lambda: list_csv(everything(), t), f"{name}.csv", "text/csv",
                           on_click="ignore", icon=":material/download:", key="coverage.csv")  # fmt: skip
        st.download_button(t("export.xlsx"), lambda: list_xlsx(everything(), notes, t("coverage.file")),
                           f"{name}.xlsx", XLSX, on_click="ignore", icon=":material/download:",
                           key="coverage.xlsx")  # fmt: skip


def _cautions(found: Coverage, names: Names) -> None:
    t, months = names.t, names.settings.voices.gap_months
    st.subheader(t("coverage.cautions_title"), anchor=False)
    if found.cautions.empty:
        st.markdown(t("coverage.no_cautions", months=months))
        return
    st.caption(t("coverage.cautions_help", months=months))
    st.markdown("\n".join(f"- {plain(said)}" for said in words.caution_sentences(found.cautions, names)))


def _places(found: Coverage, names: Names, *, numbers: bool) -> None:
    """The picture of how long it is since, and the numbers of people behind a fold."""
    t = names.t
    st.subheader(t("coverage.since_title"), anchor=False)
    rows = words.picture(found.cells, names)
    if len(rows):
        bands = [words.band_word(band, names) for band in words.BANDS]
        counts = rows["band"].value_counts()
        alt = "; ".join(f"{band}: {t.number(counts.get(band, 0))}" for band in bands)
        st.altair_chart(heard(rows, bands=bands, language=t.language), theme=None, width="stretch", alt=alt)
    st.caption(t("coverage.since_help"))
    if not numbers:
        return
    few = names.settings.voices.few
    with st.expander(t("coverage.numbers_title")):
        st.caption(t("coverage.numbers_help", few=few))
        st.html(html_table(words.matrix(found.cells, found.totals, names), label=t("coverage.numbers_title")))
        for axis, frame in (("user_group", found.by_group), ("method", found.by_method)):
            st.table(plain_cells(words.by_axis(frame, axis, names)), hide_index=True, border="horizontal")
        st.table(plain_cells(words.half_years(found.by_half_year, names)), hide_index=True, border="horizontal")
