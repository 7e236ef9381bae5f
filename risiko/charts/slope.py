"""Slope: who stands where on two lists, a line from place to place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from risiko.charts.theme import BLUE, INK, SLATE, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

ROW_HEIGHT, DIGIT = 21, 7  # pixels
HEAD = 1.6  # rows above the first place, for what stands above each list
SIDES = (("left", 0.37, "right", -8), ("right", 0.63, "left", 8))  # where on the width; its words stand outwards
_STATES = ["enters", "leaves", "stays"]
_LOOKS: dict[str, list[Any]] = {
    "color": [BLUE, "#A3470B", SLATE], "shape": ["triangle-up", "triangle-down", "circle"],
    "dash": [[1, 0], [6, 3], [1, 0]], "width": [2.6, 2.6, 1.2],
}  # fmt: skip


def slope(rows: pd.DataFrame, *, heads: tuple[str, str], cut: int, language: str) -> AnyChart:
    """Two lists beside each other, first place on top, a line between the two places of each service.

    rows: one per service: name, left, right (the row it is drawn on, 0 is on top; missing where it is not on that
    list), left_place, right_place (as written), state (enters, leaves, stays), text (what the pointer shows). heads:
    what stands above each list. cut: a line is drawn under so many rows.
    """
    import altair as alt

    height = 1 + float(rows[["left", "right"]].max(axis=None))
    down = alt.Scale(domain=[-HEAD, height - 0.4], reverse=True, nice=False, zero=False)
    across = alt.Scale(domain=[0, 1], nice=False)

    def x(at: float) -> alt.XDatum:
        return alt.XDatum(at, scale=across, axis=None)

    def y(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", scale=down, axis=None)

    def look(name: str) -> dict[str, Any]:
        return {"scale": alt.Scale(domain=_STATES, range=_LOOKS[name]), "legend": None}

    base = alt.Chart(rows).encode(tooltip=alt.Tooltip("text:N", title=" "), color=alt.Color("state:N", **look("color")))
    under = alt.Chart(pd.DataFrame({"row": [cut - 0.5]})).mark_rule(strokeDash=[2, 3], color=SLATE).encode(y=y("row"))
    lines = base.transform_filter("isValid(datum.left) && isValid(datum.right)").mark_rule().encode(
        x=x(SIDES[0][1]), x2=alt.X2Datum(SIDES[1][1]), y=y("left"), y2="right:Q",
        strokeDash=alt.StrokeDash("state:N", **look("dash")),
        strokeWidth=alt.StrokeWidth("state:N", **look("width")),
    )  # fmt: skip
    layers: list[Any] = [under, lines]
    for head, (side, at, align, dx) in zip(heads, SIDES, strict=True):
        words: dict[str, Any] = {"align": align, "baseline": "middle", "dx": dx}
        widest = DIGIT * int(rows[f"{side}_place"][rows[side].notna()].str.len().max() + 1)
        room = alt.expr(f"{SIDES[0][1]} * width - {abs(dx) + widest}")  # the place is never cut off; a long name is
        named = {**words, "dx": dx + (widest if dx > 0 else -widest), "limit": room}
        here = base.transform_filter(f"isValid(datum.{side})").encode(x=x(at), y=y(side))
        title = alt.Chart(pd.DataFrame({"row": [-HEAD / 2], "label": [head]})).mark_text(fontWeight="bold", **words)
        layers += [
            here.mark_point(filled=True, size=70, opacity=1).encode(shape=alt.Shape("state:N", **look("shape"))),
            here.mark_text(**words).encode(text=f"{side}_place:N", color=alt.value(INK)),
            here.mark_text(**named).encode(text="name:N", color=alt.value(INK)),
            title.encode(x=x(at), y=y("row"), text="label:N", color=alt.value(INK)),
        ]
    chart = alt.LayerChart(layer=layers).properties(height=ROW_HEIGHT * (height + HEAD), width="container")
    return themed(chart, language)
