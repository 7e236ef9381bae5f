"""Weights: which signals the score weighs most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, GRID, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT, AXIS = 26, 50


def weights(rows: pd.DataFrame, *, axis: str, language: str) -> AnyChart:
    """A bar per signal from 0 to its effect, with `text` beside it; in the order given.

    rows: label, effect (log-odds, not below 0), text (blank for the heading of a group).
    """
    import altair as alt

    labels = alt.Axis(labelLimit=230, labelOverlap=False, ticks=False, grid=False)
    top = float(rows["effect"].max())
    place = alt.Scale(domain=[0, top if top > 0 else 1.0], nice=False)
    x = alt.X("effect:Q", scale=place, title=axis, axis=alt.Axis(gridColor=GRID, tickCount=4, titleAnchor="end"))
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=None, title=None, axis=labels), tooltip=alt.value(None))
    bars = base.mark_bar(height=14, cornerRadiusEnd=2, color=BLUE).encode(x=x)
    words = base.mark_text(align="left", dx=6).encode(x=alt.X("effect:Q", scale=place), text="text:N")
    drawn = (bars + words).properties(height=AXIS + ROW_HEIGHT * len(rows), width="container")
    return themed(drawn, language, room_right=44)
