"""The calendar of a plan: how many visits each office makes in each month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, GRID, INK, PALE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT, AXIS = 26, 60  # the picture is as high as it is told to be, axis included


def calendar(rows: pd.DataFrame, *, language: str) -> AnyChart:
    """A field per office and month with its number, the darker the more; a month without visits stays white.

    rows: office, month (first day), n, text (what the pointer shows).
    """
    import altair as alt

    offices, top = sorted(rows["office"].unique()), max(2, int(rows["n"].max()))
    base = alt.Chart(rows).encode(
        x=alt.X(
            "yearmonth(month):O", title=None,
            axis=alt.Axis(format="%b %y", labelAngle=-90, ticks=False, domain=False, labelOverlap=False),
        ),
        y=alt.Y(
            "office:N", sort=offices, title=None,
            axis=alt.Axis(labelLimit=120, labelOverlap=False, ticks=False, domain=False),
        ),
        tooltip=alt.Tooltip("text:N", title=" "),
    )  # fmt: skip
    blank = base.mark_rect(color="#FFFFFF", stroke=GRID)
    field = base.transform_filter("datum.n > 0").mark_rect(stroke="#FFFFFF", strokeWidth=2).encode(
        color=alt.Color("n:Q", legend=None, scale=alt.Scale(domain=[1, top], range=[PALE, BLUE], interpolate="rgb"))
    )
    number = base.transform_filter("datum.n > 0").mark_text().encode(
        text=alt.Text("n:Q", format="d"),
        color=alt.condition(alt.datum.n > 0.55 * top, alt.value("#FFFFFF"), alt.value(INK)),
    )  # fmt: skip
    height = AXIS + ROW_HEIGHT * len(offices)
    return themed((blank + field + number).properties(height=height, width="container"), language)
