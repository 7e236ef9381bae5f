"""Moves: from which place to which, between two lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT = 34


def moves(rows: pd.DataFrame, *, axis: str, language: str) -> AnyChart:
    """An arrow per service from its place before to its place now; the first place stands rightmost.

    rows: label, before, after, direction (up, down), mark (what stands above the arrow), text (what the pointer shows);
    drawn in the order given.
    """
    import altair as alt

    low, high = float(rows[["before", "after"]].min(axis=None)), float(rows[["before", "after"]].max(axis=None))
    slack = max(1.0, (high - low) * 0.03)
    # There is no place 0; the axis ends at the first.
    place = alt.Scale(domain=[high + slack, max(1.0, low - slack)], nice=False, zero=False)
    order = alt.Y(
        "label:N", sort=None, title=None, axis=alt.Axis(labelLimit=240, labelOverlap=False, ticks=False, grid=False)
    )
    base = alt.Chart(rows).encode(y=order, tooltip=alt.Tooltip("text:N", title=" "))
    colour = alt.Color("direction:N", legend=None, scale=alt.Scale(domain=["up", "down"], range=[BLUE, SLATE]))
    line = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("before:Q", scale=place, title=axis, axis=alt.Axis(format=",d", tickMinStep=1)),
        x2="after:Q",
        color=colour,
    )
    start = base.mark_point(filled=True, size=40, opacity=1).encode(x=alt.X("before:Q", scale=place), color=colour)
    heads = [
        base.transform_filter(f"datum.direction == '{way}'")
        .mark_point(filled=True, size=130, opacity=1, shape="triangle-right", angle=angle)
        .encode(x=alt.X("after:Q", scale=place), color=colour)
        for way, angle in (("up", 0), ("down", 180))
    ]
    # At the left edge, where a small screen has room for it; never wider than the picture.
    words = base.mark_text(dy=-11, dx=4, color=INK, align="left", limit=alt.expr("width")).encode(
        x=alt.value(0), text="mark:N"
    )
    chart = (line + start + heads[0] + heads[1] + words).properties(height=ROW_HEIGHT * len(rows), width="container")
    return themed(chart, language)
