"""Heard from or not: how long it is since each type of service in each county was last heard from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, PALE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT = 26
_LATE = "#F2C14E"  # against the others by lightness too, for those who do not see colours


def heard(rows: pd.DataFrame, *, bands: list[str], language: str) -> AnyChart:
    """A square per type and county, coloured by band, with the months (or a sign) inside.

    rows: type, county, band (a word of bands), label (what stands in the square), text (what the pointer shows).
    bands: newest first, at most four; the last one is "never".
    """
    import altair as alt

    label = alt.Axis(labelLimit=230, labelOverlap=False, ticks=False, grid=False, domain=False)
    base = alt.Chart(rows).encode(
        y=alt.Y("type:N", title=None, axis=label),
        x=alt.X("county:N", title=None, axis=alt.Axis(labelAngle=-90, labelOverlap=False, ticks=False, domain=False)),
        tooltip=alt.Tooltip("text:N", title=" "),
    )
    colours = alt.Scale(domain=bands, range=[BLUE, PALE, _LATE, "#FFFFFF"][: len(bands)])
    squares = base.mark_rect(stroke=INK, strokeWidth=0.4).encode(
        color=alt.Color("band:N", scale=colours, legend=alt.Legend(
            title=None, orient="top", columns=1, labelLimit=320, symbolStrokeColor=INK, symbolType="square",
        ))
    )  # fmt: skip
    on_dark = alt.condition(alt.datum.band == bands[0], alt.value("#FFFFFF"), alt.value(INK))
    months = base.mark_text(fontSize=11).encode(text="label:N", color=on_dark)
    height = ROW_HEIGHT * max(rows["type"].nunique(), 1) + 200
    return themed((squares + months).properties(height=height, width="container"), language)
