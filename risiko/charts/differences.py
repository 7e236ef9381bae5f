"""Differences between two selections of answers, question by question, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, PALE, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT = 30
_SIGNED = "datum.value > 0 ? '+' + datum.label : datum.label"


def differences(rows: pd.DataFrame, *, axis: str, words: list[str], language: str) -> AnyChart:
    """A bar over each interval with a mark at the difference, and a line at no difference; drawn in the order given.

    rows: label (the question), difference, low, high, told (of words), text (what the pointer shows).
    words: higher, lower, no difference shown; each has a shape of its own.
    """
    import altair as alt

    order = alt.Y(
        "label:N", sort=None, title=None, axis=alt.Axis(labelLimit=200, labelOverlap=False, ticks=False, grid=False)
    )
    told = alt.Legend(orient="top", columns=1, labelLimit=320)
    base = alt.Chart(rows).encode(y=order, tooltip=alt.Tooltip("text:N", title=" "))
    points = alt.Axis(format="d", tickCount=6, labelExpr=_SIGNED)
    span = base.mark_bar(height=7, cornerRadius=3, color=PALE).encode(
        x=alt.X("low:Q", title=axis, axis=points, scale=alt.Scale(zero=True)), x2="high:Q"
    )
    mark = base.mark_point(filled=True, size=110, opacity=1, stroke=INK, strokeWidth=0.5).encode(
        x="difference:Q",
        shape=alt.Shape("told:N", title=None, legend=told,
                        scale=alt.Scale(domain=words, range=["triangle-right", "triangle-left", "circle"])),
        color=alt.Color("told:N", title=None, legend=told, scale=alt.Scale(domain=words, range=[BLUE, BLUE, SLATE])),
    )  # fmt: skip
    none = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=INK, strokeDash=[5, 4]).encode(x="x:Q")
    return themed((span + none + mark).properties(height=ROW_HEIGHT * len(rows) + 130, width="container"), language)
