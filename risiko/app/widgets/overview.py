"""The overview's parts: what crossed the line, who moved and why, surges, silence, first visits, counties, sources."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from risiko.app import overview_words as words
from risiko.app.display import plain_cells
from risiko.charts import moves, tile_map
from risiko.pipeline import Overview
from risiko.reports.names import Names

ROWS, FEW = 10, 6


def figures(found: Overview, names: Names) -> None:
    """The numbers one looks at first, each with what it counts."""
    t = names.t
    stale = int(found.sources["stale"].sum())
    counted = (
        (t("overview.new"), len(found.entered)),
        (t("overview.surges"), len(found.surges)),
        (t("overview.quiet"), len(found.quiet)),
        (t("overview.never"), len(found.never)),
        (t("overview.stale"), stale),
    )
    for place, (label, n) in zip(st.columns(len(counted)), counted, strict=True):
        place.container(border=True, height="stretch").metric(label, t.number(n))


def crossed(found: Overview, names: Names) -> None:
    """Who has come above the capacity line and why, and who has gone below it."""
    t = names.t
    st.subheader(t("overview.new_title"))
    _table(words.entered(found.entered, names), len(found.entered), names, nothing=t("overview.new_none"))
    if len(found.left):
        st.caption(t.plural("overview.left", len(found.left), names=words.listed(found.left["name"].head(5), names)))


def movers(found: Overview, names: Names) -> None:
    """The largest moves, as a picture and as a table, with the signal that moved each."""
    t = names.t
    st.subheader(t("overview.movers_title"))
    if found.movers.empty:
        st.markdown(t("overview.movers_none"))
        return
    st.caption(t.plural("overview.movers_help", found.n_moved))
    chart = moves.moves(words.moves_frame(found.movers, names), axis=t("column.rank"), language=t.language)
    st.altair_chart(chart, theme=None, width="stretch", alt=words.moves_takeaway(found.movers, names))
    _table(words.moved(found.movers, names), len(found.movers), names)


def surges(found: Overview, names: Names) -> None:
    """Services whose complaints have risen beyond what chance gives."""
    t = names.t
    st.subheader(t("overview.surges_title"))
    st.caption(t("overview.surges_help"))
    _table(words.surging(found.surges, names), len(found.surges), names, nothing=t("overview.surges_none"), most=FEW)


def quiet(found: Overview, names: Names) -> None:
    """Services from which one would expect to hear, and does not."""
    t = names.t
    st.subheader(t("overview.quiet_title"))
    st.caption(t("overview.quiet_help"))
    _table(words.silent(found.quiet, names), len(found.quiet), names, nothing=t("overview.quiet_none"), most=FEW)


def never(found: Overview, names: Names) -> None:
    """Services without a supervision on record."""
    t = names.t
    st.subheader(t("overview.never_title"))
    _table(words.unvisited(found.never, names), len(found.never), names, nothing=t("overview.never_none"), most=FEW)


def counties(found: Overview, names: Names) -> None:
    """Where the services above the line are: a tile map where the counties are known, and a table."""
    t = names.t
    st.subheader(t("overview.counties_title"))
    left, right = st.columns([2, 3], gap="large")
    if tile_map.drawable(found.counties["county"]):
        with left:
            chart = tile_map.tile_map(
                words.tiles(found.counties, names), legend=t("overview.counties_share"), language=t.language
            )
            st.altair_chart(chart, theme=None, width="content", alt=words.counties_takeaway(found.counties, names))
    else:
        left.caption(t("overview.no_map"))
    with right:
        st.table(plain_cells(words.by_county(found.counties, names)), hide_index=True, border="horizontal")


def sources(found: Overview, names: Names) -> None:
    """How old the newest word from each source is."""
    t = names.t
    st.subheader(t("sources.title"))
    st.caption(t("sources.help"))
    st.table(plain_cells(words.sources(found.sources, names)), hide_index=True, border="horizontal")


def _table(rows: pd.DataFrame, n: int, names: Names, *, nothing: str = "", most: int = ROWS) -> None:
    """The first rows with links to their services; how many more there are."""
    if rows.empty:
        st.markdown(nothing)
        return
    st.table(rows.head(most), hide_index=True, border="horizontal")
    if n > most:
        st.caption(names.t.plural("overview.more", n - most))
