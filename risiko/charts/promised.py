"""Promised and found: do the probabilities come true?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, GRID, INK, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

HEIGHT = 320
_COLOURS, _SHAPES = (BLUE, "#A3470B", "#5B2A86"), ("circle", "square", "diamond")


def promised(rows: pd.DataFrame, *, x_axis: str, y_axis: str, language: str) -> AnyChart:
    """A mark per band at what was promised and found, with an interval upright; on the diagonal it all comes true.

    rows: label (the score; told apart by shape where there are several), expected, observed, observed_low,
    observed_high (0–1), text (what the pointer shows).
    """
    import altair as alt

    sign = "%" if language == "en" else "\u00a0%"
    top = min(1.0, 1.05 * float(rows[["expected", "observed_high"]].max().max()))
    share = alt.Axis(gridColor=GRID, tickCount=5, labelExpr=f"format(100 * datum.value, '.0f') + '{sign}'")
    place = alt.Scale(domain=[0, top], nice=False)
    names = list(rows["label"].unique())
    legend = alt.Legend(title=None, orient="bottom") if len(names) > 1 else None
    base = alt.Chart(rows).encode(
        x=alt.X("expected:Q", title=x_axis, scale=place, axis=share),
        color=alt.Color("label:N", sort=None, legend=legend, scale=alt.Scale(
            domain=names, range=[_COLOURS[i % len(_COLOURS)] for i in range(len(names))])),
        tooltip=alt.Tooltip("text:N", title=" "),
    )  # fmt: skip
    ideal = alt.Chart(pd.DataFrame({"x": [0.0, top], "y": [0.0, top]})).mark_line(
        color=SLATE, strokeDash=[5, 3], strokeWidth=1.5
    ).encode(x=alt.X("x:Q"), y=alt.Y("y:Q"))  # fmt: skip
    reach = base.mark_rule(strokeWidth=2.5, opacity=0.45).encode(
        y=alt.Y("observed_low:Q", title=y_axis, scale=place, axis=share), y2=alt.Y2("observed_high:Q")
    )
    mark = base.mark_point(filled=True, size=80, opacity=1, stroke=INK, strokeWidth=0.6).encode(
        y=alt.Y("observed:Q", title=y_axis, scale=place),
        shape=alt.Shape("label:N", sort=None, legend=legend, scale=alt.Scale(
            domain=names, range=[_SHAPES[i % len(_SHAPES)] for i in range(len(names))])),
    )  # fmt: skip
    return themed((ideal + reach + mark).properties(height=HEIGHT, width="container"), language, room_right=14)
