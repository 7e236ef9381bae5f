"""Over time: a service's own series with the limits of its own month-to-month variation (XmR)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart


def over_time(rows: pd.DataFrame, *, axis: str, expected: str, zero: bool, language: str) -> AnyChart:
    """A line through the periods, mean and limits, a mark of its own shape where a rule is hit.

    rows: period_end, value, expected (NaN where unknown), mean, lower, upper, hit ("none", "up", "down"), text.
    expected: what the grey line of similar services is called. zero: the axis begins at 0.
    """
    import altair as alt

    base = alt.Chart(rows)
    when = alt.X("period_end:T", title=None, axis=alt.Axis(format="%b %Y", grid=False, tickCount=6, labelFlush=False))
    value = alt.Y("value:Q", title=axis, scale=alt.Scale(zero=zero), axis=alt.Axis(format=",.2~f"))
    limits = [
        base.mark_line(color=SLATE, strokeDash=dash, interpolate="step-after").encode(x=when, y=alt.Y(f"{name}:Q"))
        for name, dash in (("mean", [6, 3]), ("lower", [2, 3]), ("upper", [2, 3]))
    ]
    usual = base.mark_line(color="#9AA5B4", strokeWidth=1.5).encode(x=when, y=alt.Y("expected:Q"))
    line = base.mark_line(color=BLUE).encode(x=when, y=value)
    dots = base.mark_point(filled=True, opacity=1, stroke="#FFFFFF", strokeWidth=0.5).encode(
        x=when,
        y=value,
        tooltip=alt.Tooltip("text:N", title=" "),
        shape=alt.Shape(
            "hit:N",
            legend=None,
            scale=alt.Scale(domain=["none", "up", "down"], range=["circle", "triangle-up", "triangle-down"]),
        ),
        color=alt.condition("datum.hit == 'none'", alt.value(BLUE), alt.value(INK)),
        size=alt.condition("datum.hit == 'none'", alt.value(36), alt.value(130)),
    )
    layers = [*limits, line, dots]
    if rows["expected"].notna().any():
        label = (
            base.transform_filter(f"datum.expected != null && datum.period_end == {_last(rows)}")
            .mark_text(align="right", dy=-8, color="#5A6675", text=expected)
            .encode(x=when, y=alt.Y("expected:Q"))
        )
        layers = [usual, label, *layers]
    chart = alt.LayerChart(layer=layers)
    return themed(chart.properties(height=260, width="container"), language)


def _last(rows: pd.DataFrame) -> str:
    """The last period with an expected value, as the chart's own language writes a day."""
    day = rows.loc[rows["expected"].notna(), "period_end"].max()
    return f"time(datetime({day.year}, {day.month - 1}, {day.day}))"
