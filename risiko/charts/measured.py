"""Measured: a value with its interval per row, beside the line where nothing is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, GRID, INK, PALE, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT, AXIS = 30, 50  # the picture is as high as it is told to be, axis included
_SHAPES = {"better": "triangle-up", "worse": "triangle-down", "not_shown": "circle", "unknown": "diamond"}
_COLOURS = {"better": BLUE, "worse": "#A3470B", "not_shown": SLATE, "unknown": "#FFFFFF"}


def measured(rows: pd.DataFrame, *, line: float, axis: str, language: str, room_right: int = 120) -> AnyChart:
    """A mark per row at its value over a bar of its interval, with what it shows in a word; a line at chance or none.

    rows: label, value, low, high (NaN: no interval), told (better, worse, not_shown, unknown), word (what stands beside
    it), text (what the pointer shows); in the order given. A bar that reaches over the line shows nothing.
    """
    import altair as alt

    drawn = rows.assign(end=rows["high"].fillna(rows["value"]).clip(lower=line))
    order = alt.Y(
        "label:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=190, labelOverlap=False, labelPadding=8, ticks=False, grid=False),
    )
    place = alt.X(
        "value:Q", title=axis, scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(gridColor=GRID, tickCount=5, titleAnchor="end", format=",.2~f"),
    )  # fmt: skip
    base = alt.Chart(drawn).encode(y=order, tooltip=alt.Tooltip("text:N", title=" "))
    middle = alt.Chart(pd.DataFrame({"x": [line]})).mark_rule(color=INK, strokeDash=[5, 3]).encode(x=alt.X("x:Q"))
    bar = base.transform_filter("isValid(datum.low)").mark_bar(height=9, cornerRadius=4, color=PALE).encode(
        x=alt.X("low:Q"), x2=alt.X2("high:Q")
    )  # fmt: skip
    mark = base.mark_point(filled=True, size=110, opacity=1, stroke=INK, strokeWidth=0.8).encode(
        x=place,
        shape=alt.Shape("told:N", legend=None, scale=alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values()))),
        color=alt.Color("told:N", legend=None, scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))),
    )
    word = base.mark_text(align="left", dx=9).encode(x=alt.X("end:Q"), text=alt.Text("word:N"))
    chart = (bar + middle + mark + word).properties(height=AXIS + ROW_HEIGHT * len(rows), width="container")
    return themed(chart, language, room_right=room_right)
