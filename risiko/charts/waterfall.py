"""Waterfall: from where a service starts to where its signals bring it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, PALE, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT = 40
# Shares that get a tick; the scale itself is log-odds, where contributions add up.
SHARES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
# The axis is never narrower than this, so that small contributions look small.
LEAST_SPAN = 2.0


def waterfall(steps: pd.DataFrame, *, axis: str, language: str) -> AnyChart:
    """Bars from `start` to `end` (log-odds), one row per step, with `text` beside each; totals are points.

    steps: label, start, end, effect (raises, lowers, nothing, total), text; drawn in the order given. axis: its title.
    """
    import altair as alt

    low, high = _domain(steps)
    sign = "%" if language == "en" else "\u00a0%"
    ticks = [x for x in (math.log(p / (1 - p)) for p in SHARES) if low <= x <= high]
    share = alt.Axis(
        values=ticks, labelExpr=f"format(100 / (1 + exp(-datum.value)), '.1~f') + '{sign}'", labelFlush=False
    )
    rows = alt.Y(
        "label:N", sort=None, title=None, axis=alt.Axis(labelLimit=280, labelOverlap=False, ticks=False, grid=False)
    )
    place = alt.Scale(domain=[low, high], nice=False, zero=False)
    colour = alt.Color(
        "effect:N",
        legend=None,
        scale=alt.Scale(domain=["raises", "lowers", "nothing", "total"], range=[BLUE, SLATE, SLATE, INK]),
    )
    base = alt.Chart(steps).encode(y=rows, tooltip=alt.value(None))
    start = alt.Chart(steps.head(1)).mark_rule(color=PALE, strokeDash=[3, 3]).encode(x=alt.X("start:Q", scale=place))
    bars = base.mark_bar(height=18, cornerRadius=2).encode(
        x=alt.X("start:Q", scale=place, axis=share, title=axis), x2="end:Q", color=colour
    )
    points = (
        base.transform_filter("datum.effect == 'total'")
        .mark_point(filled=True, size=110, shape="diamond", opacity=1)
        .encode(x=alt.X("end:Q", scale=place), color=colour)
    )
    words = (
        base.transform_calculate(right="max(datum.start, datum.end)")
        .mark_text(align="left", dx=10)
        .encode(x=alt.X("right:Q", scale=place), text="text:N")
    )
    return themed(
        (start + bars + points + words).properties(height=ROW_HEIGHT * len(steps), width="container"), language
    )


def _domain(steps: pd.DataFrame) -> tuple[float, float]:
    """The ends of the axis, a little beyond the steps."""
    low, high = float(steps[["start", "end"]].min(axis=None)), float(steps[["start", "end"]].max(axis=None))
    slack = max(LEAST_SPAN - (high - low), 0.3) / 2
    return low - slack, high + slack
