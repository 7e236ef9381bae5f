"""Rank intervals: how sure the order of the services at the top is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, PALE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT = 22


def rank_intervals(rows: pd.DataFrame, *, axis: str, language: str) -> AnyChart:
    """A bar over each service's rank interval with a mark at its rank.

    rows: label, rank, rank_low, rank_high, text (what the pointer shows); drawn in the order given.
    """
    import altair as alt

    order = alt.Y(
        "label:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, labelOverlap=False, ticks=False, grid=False)
    )
    place = alt.Axis(tickMinStep=1, format=",d", orient="top")
    base = alt.Chart(rows).encode(y=order, tooltip=alt.Tooltip("text:N", title=" "))
    span = base.mark_bar(height=9, cornerRadius=4, color=PALE).encode(
        x=alt.X("rank_low:Q", axis=place, title=axis, scale=alt.Scale(zero=False, nice=False, padding=8)),
        x2="rank_high:Q",
    )
    mark = base.mark_tick(thickness=3, size=16, color=BLUE).encode(x="rank:Q")
    chart = (span + mark).properties(height=ROW_HEIGHT * len(rows), width="container")
    return themed(chart, language)
