"""Groups: each group's mean beside that of all services, with how far the difference may reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, GRID, INK, PALE, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT, AXIS = 26, 44  # the picture is as high as it is told to be, axis included
_SHAPES = {"higher": "triangle-up", "lower": "triangle-down", "not_shown": "circle", "few_clusters": "diamond"}
_COLOURS = {"higher": BLUE, "lower": BLUE, "not_shown": SLATE, "few_clusters": "#FFFFFF"}


def group_means(rows: pd.DataFrame, *, overall: float, axis: str, language: str) -> AnyChart:
    """A mark per group at its share over a bar of what the difference from all allows; a line for all services.

    rows: label, value (0–1), low, high (NaN: no interval), told (higher, lower, not_shown, few_clusters), text (what
    the pointer shows); drawn in the order given. A bar that reaches over the line shows no difference.
    """
    import altair as alt

    sign = "%" if language == "en" else "\u00a0%"
    order = alt.Y(
        "label:N", sort=None, title=None, axis=alt.Axis(labelLimit=240, labelOverlap=False, ticks=False, grid=False)
    )
    share = alt.Axis(
        gridColor=GRID, tickCount=5, titleAnchor="end", labelExpr=f"format(100 * datum.value, '.0~f') + '{sign}'"
    )
    drawn = rows.assign(low=rows["low"].clip(0, 1), high=rows["high"].clip(0, 1))
    base = alt.Chart(drawn).encode(y=order, tooltip=alt.Tooltip("text:N", title=" "))
    line = alt.Chart(pd.DataFrame({"x": [overall]})).mark_rule(color=INK, strokeDash=[5, 3]).encode(x="x:Q")
    bar = base.transform_filter("isValid(datum.low)").mark_bar(height=8, cornerRadius=4, color=PALE).encode(
        x=alt.X("low:Q", title=axis, axis=share, scale=alt.Scale(zero=False, nice=True)), x2="high:Q"
    )  # fmt: skip
    mark = base.mark_point(filled=True, size=95, opacity=1, stroke=INK, strokeWidth=0.8).encode(
        x=alt.X("value:Q", title=axis, axis=share),
        shape=alt.Shape("told:N", legend=None, scale=alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values()))),
        color=alt.Color("told:N", legend=None, scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))),
    )
    chart = (bar + line + mark).properties(height=AXIS + ROW_HEIGHT * len(rows), width="container")
    return themed(chart, language)
