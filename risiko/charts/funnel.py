"""Funnel: one service among similar ones, with the limits that chance alone would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, PALE, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart


def funnel(
    points: pd.DataFrame, limits: pd.DataFrame, *, target: float, zero: bool, x_title: str, y_title: str, language: str
) -> AnyChart:
    """A dot per service, the one in question as a larger diamond, between 95 % (dashed) and 99.8 % limits.

    points: x, y, own (bool), text (what the pointer shows). limits: x, low95, high95, low998, high998; may be empty.
    zero: the axis begins at 0, as for counts; else where the marks begin, so that a narrow funnel can be read.
    """
    import altair as alt

    drawn = pd.concat([points["y"], limits["low95"], limits["high95"], pd.Series([target])]).dropna()
    low, high = (0.0 if zero else float(drawn.min())), float(drawn.max())
    slack = max((high - low) * 0.05, 0.5 if high == low else 0.0)
    across = alt.X(
        "x:Q", title=x_title, scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(grid=False, tickCount=6, format=",.2~f", labelOverlap=True),
    )  # fmt: skip
    up = alt.Y(
        "y:Q", title=y_title, axis=alt.Axis(format=",.2~f"),
        scale=alt.Scale(domain=[low if zero else low - slack, high + slack], clamp=True, nice=False),
    )  # fmt: skip
    line = alt.Chart(limits.melt("x", var_name="limit", value_name="y")).mark_line(clip=True).encode(
        x=across,
        y=up,
        detail="limit:N",
        color=alt.value(SLATE),
        strokeDash=alt.condition("indexof(datum.limit, '95') >= 0", alt.value([4, 3]), alt.value([1, 0])),
    )  # fmt: skip
    goal = alt.Chart(pd.DataFrame({"y": [target]})).mark_rule(color=INK).encode(y=up)
    shown = alt.Tooltip("text:N", title=" ")
    others = alt.Chart(points[~points["own"]]).mark_circle(size=26, color=PALE, stroke=SLATE, strokeWidth=0.4).encode(
        x=across, y=up, tooltip=shown
    )  # fmt: skip
    own = alt.Chart(points[points["own"]]).mark_point(
        filled=True, shape="diamond", size=220, color=BLUE, opacity=1, stroke=INK
    ).encode(x=across, y=up, tooltip=shown)  # fmt: skip
    layers = (line + goal + others + own) if len(limits) else (others + own)
    return themed(layers.properties(height=300, width="container"), language)
