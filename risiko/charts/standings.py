"""Standings: where one service lies beside similar services on every signal, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, GRID, PALE, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT, AXIS = 24, 50  # the picture is as high as it is told to be, axis included
REACH = 4.0


def standings(rows: pd.DataFrame, *, axis: str, language: str) -> AnyChart:
    """A dot per signal at its standing with a bar over its 90 % interval; the line in the middle is the usual.

    rows: label, standing, low, high, scored (bool), text (what the pointer shows); in the order given.
    """
    import altair as alt

    drawn = rows.assign(**{name: rows[name].clip(-REACH, REACH) for name in ("standing", "low", "high")})
    order = alt.Y(
        "label:N", sort=None, title=None, axis=alt.Axis(labelLimit=300, labelOverlap=False, ticks=False, grid=False)
    )
    place = alt.Scale(domain=[-REACH, REACH], nice=False)
    base = alt.Chart(drawn).encode(y=order, tooltip=alt.Tooltip("text:N", title=" "))
    middle = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=SLATE, strokeDash=[3, 3]).encode(
        x=alt.X("x:Q", scale=place)
    )  # fmt: skip
    bar = base.mark_bar(height=7, cornerRadius=3, color=PALE).encode(
        # The title ends where the axis ends: on a small screen it needs the room under the labels.
        x=alt.X(
            "low:Q", scale=place, title=axis,
            axis=alt.Axis(gridColor=GRID, values=[-4, -2, 0, 2, 4], format="d", titleAnchor="end"),
        ),
        x2="high:Q",
    )  # fmt: skip
    dot = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=alt.X("standing:Q", scale=place),
        color=alt.condition("datum.scored", alt.value(BLUE), alt.value(SLATE)),
        shape=alt.condition("datum.scored", alt.value("circle"), alt.value("diamond")),
    )
    chart = (middle + bar + dot).properties(height=AXIS + ROW_HEIGHT * len(rows), width="container")
    return themed(chart, language)
