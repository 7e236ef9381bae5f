"""Rule prices: what each rule of a plan costs in expected findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, GRID, INK, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT, AXIS = 32, 50  # the picture is as high as it is told to be, axis included


def rule_prices(rows: pd.DataFrame, *, axis: str, language: str) -> AnyChart:
    """A bar per rule from 0, with its number beside it; below 0: the plan would find less without the rule.

    rows: label, price, word (the number as this reader writes it), text (what the pointer shows), in the order given.
    """
    import altair as alt

    order = alt.Y(
        "label:N", sort=None, title=None,
        axis=alt.Axis(labelLimit=210, labelOverlap=False, labelPadding=8, ticks=False, grid=False),
    )  # fmt: skip
    place = alt.X(
        "price:Q", title=axis, axis=alt.Axis(gridColor=GRID, tickCount=4, titleAnchor="end", format=",.2~f")
    )
    base = alt.Chart(rows).encode(y=order, tooltip=alt.Tooltip("text:N", title=" "))
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=INK).encode(x=alt.X("x:Q"))
    bar = base.mark_bar(height=14, color=BLUE).encode(x=place)
    word = base.transform_calculate(end="max(0, datum.price)").mark_text(align="left", dx=5).encode(
        x=alt.X("end:Q"), text=alt.Text("word:N")
    )  # fmt: skip
    chart = (bar + zero + word).properties(height=AXIS + ROW_HEIGHT * len(rows), width="container")
    return themed(chart, language, room_right=40)
