"""Voices: what people say on each dimension of good services, by the method they were asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT = 34


def voices(rows: pd.DataFrame, *, axis: str, size: str, method: str, language: str) -> AnyChart:
    """A mark per dimension and method at its mean score, larger where more people stand behind it.

    rows: label (dimension), method (word), mean (0–100), n, text (what the pointer shows). size, method: legend titles.
    """
    import altair as alt

    shapes = ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "triangle-right", "triangle-left"]
    methods = list(dict.fromkeys(rows["method"]))
    chart = (
        alt.Chart(rows)
        .mark_point(filled=True, opacity=0.9, color=BLUE, stroke=INK, strokeWidth=0.5)
        .encode(
            y=alt.Y(
                "label:N",
                sort=None,
                title=None,
                axis=alt.Axis(labelLimit=260, labelOverlap=False, ticks=False, grid=True),
            ),
            x=alt.X("mean:Q", title=axis, scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5)),
            size=alt.Size("n:Q", title=size, scale=alt.Scale(range=[60, 420]), legend=None),
            shape=alt.Shape(
                "method:N",
                title=method,
                scale=alt.Scale(domain=methods, range=shapes[: len(methods)]),
                legend=alt.Legend(orient="top", columns=4, symbolFillColor=SLATE, labelLimit=240),
            ),
            tooltip=alt.Tooltip("text:N", title=" "),
        )
    )
    # The picture is as high as it is told to be, legend and axis included.
    height = 120 + ROW_HEIGHT * rows["label"].nunique()
    return themed(chart.properties(height=height, width="container"), language)
