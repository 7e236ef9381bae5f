"""Rank intervals: how sure the order of the services at the top is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, PALE, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT = 22


def rank_intervals(rows: pd.DataFrame, *, axis: str, line: tuple[int, str], language: str) -> AnyChart:
    """A bar over each service's rank interval with a mark at its rank, tier by tier, and a line where capacity ends.

    rows: label, rank, rank_low, rank_high, tier (in words), text (what the pointer shows); drawn in the order given.
    line: the last place that the capacity allows, and what is written at it.
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
    tier = base.mark_text(align="left", dx=4, color=SLATE, fontSize=11).encode(x="rank_high:Q", text="tier:N")
    capacity = alt.Chart(pd.DataFrame({"x": [line[0] + 0.5], "text": [line[1]]}))
    rule = capacity.mark_rule(color=INK, strokeDash=[5, 4]).encode(x="x:Q")
    word = capacity.mark_text(align="left", dx=5, dy=12).encode(x="x:Q", y=alt.value(0), text="text:N")
    chart = (span + mark + tier + rule + word).properties(height=ROW_HEIGHT * len(rows), width="container")
    return themed(chart, language, room_right=56)
