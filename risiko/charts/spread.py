"""Spread: how the readings of similar services are distributed, and where one service stands among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import BLUE, INK, PALE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart


def spread(values: pd.Series, own: float, *, x_title: str, y_title: str, own_label: str, language: str) -> AnyChart:
    """A bar per range of values with the number of services in it, and a line where the service itself stands.

    values: one reading per similar service, without missing ones. own: NaN draws no line.
    """
    import altair as alt

    across = alt.X(
        "x:Q", title=x_title, bin=alt.Bin(maxbins=30), axis=alt.Axis(grid=False, tickCount=8, labelOverlap=True)
    )
    bars = alt.Chart(pd.DataFrame({"x": values.to_numpy(dtype=float)})).mark_bar(color=PALE).encode(
        x=across, y=alt.Y("count():Q", title=y_title)
    )  # fmt: skip
    here = pd.DataFrame({"x": [own], "label": [own_label]}).dropna()
    line = alt.Chart(here).mark_rule(color=BLUE, strokeWidth=3).encode(x="x:Q")
    word = alt.Chart(here).mark_text(color=INK, align="left", dx=6, baseline="top").encode(
        x="x:Q", y=alt.value(2), text="label:N"
    )  # fmt: skip
    return themed((bars + line + word).properties(height=300, width="container"), language)
