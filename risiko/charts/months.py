"""Events by month: when they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart


def monthly_counts(rows: pd.DataFrame, *, axis: str, language: str) -> AnyChart:
    """A bar per month. rows: month (first day), n, text (what the pointer shows). A month without events has n 0."""
    import altair as alt

    top = max(3, int(rows["n"].max()))
    chart = (
        alt.Chart(rows)
        .mark_bar(color=BLUE, cornerRadius=1)
        .encode(
            x=alt.X(
                "yearmonth(month):T",
                title=None,
                axis=alt.Axis(format="%b %Y", grid=False, tickCount=6, labelFlush=False),
            ),
            y=alt.Y(
                "n:Q",
                title=axis,
                axis=alt.Axis(format="d", tickMinStep=1, tickCount=4),
                scale=alt.Scale(domain=[0, top]),
            ),
            tooltip=alt.Tooltip("text:N", title=" "),
        )
    )
    return themed(chart.properties(height=160, width="container"), language)
