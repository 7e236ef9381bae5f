"""Two kinds of bars side by side for each line: told apart by filling and order as well as by colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

STEP = 24  # pixels of a bar


def side_by_side(rows: pd.DataFrame, *, full: float, language: str) -> AnyChart:
    """Lying bars, one per label and series, each with what it says at its end and its interval where it has one.

    rows: label, series, value, low and high (NaN where there is none), shown (the word at the end). full: the value of
    a bar as long as can be.
    """
    import altair as alt

    names = list(rows["series"].unique())
    ends = rows.assign(end=rows[["value", "high"]].max(axis=1))
    base = alt.Chart(ends).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=240, labelOverlap=False, ticks=False)),
        yOffset=alt.YOffset("series:N", sort=names),
    )
    place = alt.Scale(domain=[0, full], nice=False)
    bars = base.mark_bar(stroke=INK, strokeWidth=1).encode(
        x=alt.X("value:Q", title=None, scale=place, axis=alt.Axis(tickCount=5)),
        fill=alt.Fill("series:N", scale=alt.Scale(domain=names, range=[BLUE, "#FFFFFF"]), sort=names,
                      legend=alt.Legend(title=None, orient="top", symbolType="square", symbolStrokeColor=INK)),
    )  # fmt: skip
    reach = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=2, color="#A3470B", aria=False).encode(
        x=alt.X("low:Q", scale=place), x2="high:Q"
    )
    said = base.mark_text(align="left", dx=5, aria=False).encode(x=alt.X("end:Q", scale=place), text="shown:N")
    height = 80 + STEP * len(names) * rows["label"].nunique()
    return themed((bars + reach + said).properties(height=height, width="container"), language, room_right=40)
