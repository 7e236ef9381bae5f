"""Offices: the person-days each has, and what the plan spends them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, GRID, INK, PALE, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT, AXIS, LEGEND = 28, 50, 50  # the picture is as high as it is told to be, axis and legend included
_COLOURS = [SLATE, PALE, BLUE]


def office_days(rows: pd.DataFrame, *, axis: str, capacity: str, language: str) -> AnyChart:
    """A bar per office in parts, and a line across it where its person-days end; no line where nobody has told them.

    rows: office, part, order (of the parts, 0–2), days, capacity (NaN: not told), text (what the pointer shows).
    """
    import altair as alt

    offices = sorted(rows["office"].unique())
    parts = rows.drop_duplicates("order").sort_values("order")["part"].tolist()
    order = alt.Y(
        "office:N", sort=offices, title=None, axis=alt.Axis(labelLimit=120, labelOverlap=False, ticks=False, grid=False)
    )
    place = alt.X("days:Q", title=axis, axis=alt.Axis(gridColor=GRID, tickCount=5, titleAnchor="end", format="d"))
    # A pale stroke between the parts and the words beside the colours: colour is never alone.
    bar = alt.Chart(rows).mark_bar(height=14, stroke="#FFFFFF", strokeWidth=1).encode(
        y=order, x=place, order=alt.Order("order:Q"), tooltip=alt.Tooltip("text:N", title=" "),
        color=alt.Color(
            "part:N", title=None, scale=alt.Scale(domain=parts, range=_COLOURS),
            legend=alt.Legend(orient="top", direction="vertical", labelFontSize=13, labelColor=INK, labelLimit=200),
        ),
    )  # fmt: skip
    ends = rows.drop_duplicates("office").dropna(subset=["capacity"]).assign(text=capacity)
    end = alt.Chart(ends).mark_tick(color=INK, thickness=3, size=22).encode(
        y=order, x=alt.X("capacity:Q"), tooltip=alt.Tooltip("capacity:Q", title=capacity)
    )  # fmt: skip
    height = AXIS + LEGEND + ROW_HEIGHT * len(offices)
    return themed((bar + end).properties(height=height, width="container"), language)
