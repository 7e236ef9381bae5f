"""Gain: how much of what was found stands in the first part of each list?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, GRID, INK, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

HEIGHT, MARKED = 340, 5  # a mark of its own shape on every fifth point
# Score, challengers, what is to be replaced: told apart without colour by dash and shape.
_COLOURS = (BLUE, "#A3470B", "#5B2A86", "#1B6B50", "#8A6D00", "#8C2F5A", "#3B7EA1", SLATE, INK, "#7A5C3E")
_DASHES = ((1, 0), (8, 3), (2, 2), (6, 2, 2, 2), (10, 4), (4, 4), (1, 3), (12, 2), (3, 1), (5, 5))
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")


def gain(
    rows: pd.DataFrame, *, x_axis: str, y_axis: str, capacity: float, capacity_label: str, language: str
) -> AnyChart:
    """A line per list through the share of the outcomes that its first part holds; a line where capacity ends.

    rows: label, share, captured (both 0–1), text (what the pointer shows), strong (bool: a thick line); lists in the
    order given, the models first.
    """
    import altair as alt

    sign = "%" if language == "en" else "\u00a0%"
    share = alt.Axis(gridColor=GRID, tickCount=5, labelExpr=f"format(100 * datum.value, '.0f') + '{sign}'")
    names = list(rows["label"].unique())
    scales = {
        name: alt.Scale(domain=names, range=[values[i % len(values)] for i in range(len(names))])
        for name, values in (("colour", _COLOURS), ("dash", [list(d) for d in _DASHES]), ("shape", _SHAPES))
    }
    legend = alt.Legend(title=None, orient="bottom", columns=2, symbolSize=110, labelLimit=220, symbolStrokeWidth=2)
    whole = alt.Scale(domain=[0, 1], nice=False)
    base = alt.Chart(rows).encode(
        x=alt.X("share:Q", title=x_axis, scale=whole, axis=share),
        y=alt.Y("captured:Q", title=y_axis, scale=whole, axis=share),
        color=alt.Color("label:N", sort=None, legend=legend, scale=scales["colour"]),
    )
    lines = base.mark_line().encode(
        strokeDash=alt.StrokeDash("label:N", sort=None, legend=legend, scale=scales["dash"]),
        strokeWidth=alt.condition("datum.strong", alt.value(3.5), alt.value(1.6)),
    )
    marks = base.transform_filter(f"round(datum.share * 40) % {MARKED} == 0").mark_point(
        filled=True, opacity=1, size=55
    ).encode(
        shape=alt.Shape("label:N", sort=None, legend=legend, scale=scales["shape"]),
        tooltip=alt.Tooltip("text:N", title=" "),
    )  # fmt: skip
    limit = alt.Chart(pd.DataFrame({"x": [capacity], "label": [capacity_label]})).encode(x=alt.X("x:Q"))
    rule = limit.mark_rule(color=INK, strokeDash=[5, 3])
    said = limit.mark_text(align="left", baseline="top", dx=5, dy=2).encode(y=alt.value(0), text=alt.Text("label:N"))
    chart = (rule + lines + marks + said).properties(height=HEIGHT, width="container")
    return themed(chart, language, room_right=14)
