"""Tile map: Norway's counties as squares of one size, so that large areas do not shout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from risiko.charts.theme import INK, themed

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

# County -> (column, row) of its square; neighbours stay neighbours as far as squares allow.
_PLACES = {
    "Finnmark": (4, 0), "Troms": (3, 0), "Nordland": (3, 1), "Trøndelag": (2, 2), "Møre og Romsdal": (1, 3),
    "Innlandet": (2, 3), "Vestland": (0, 4), "Buskerud": (1, 4), "Oslo": (2, 4), "Akershus": (3, 4),
    "Rogaland": (0, 5), "Telemark": (1, 5), "Vestfold": (2, 5), "Østfold": (3, 5), "Agder": (1, 6),
}  # fmt: skip
SIDE = 74


def drawable(counties: pd.Series) -> bool:
    """Whether every county that is named has a square: half a map would mislead."""
    named = counties[counties != ""]
    return bool(len(named)) and bool(named.isin(list(_PLACES)).all())


def tile_map(rows: pd.DataFrame, *, legend: str, language: str) -> AnyChart:
    """A square per county, darker for a larger share, with its name and `label` inside.

    rows: county, share (0–1), label (what stands in the square), text (what the pointer shows).
    """
    import altair as alt

    placed = rows[rows["county"].isin(list(_PLACES))].assign(
        column=lambda f: f["county"].map({c: x for c, (x, _) in _PLACES.items()}),
        row=lambda f: f["county"].map({c: y for c, (_, y) in _PLACES.items()}),
        lines=lambda f: f["county"].str.replace(" og ", " og\n"),
    )
    sign = "%" if language == "en" else "\u00a0%"
    top = max(float(placed["share"].max()), 0.01)
    base = alt.Chart(placed).encode(
        x=alt.X("column:O", axis=None), y=alt.Y("row:O", axis=None), tooltip=alt.Tooltip("text:N", title=" ")
    )
    squares = base.mark_rect(stroke="#FFFFFF", strokeWidth=4, cornerRadius=6).encode(
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(domain=[0, top], range=["#EEF3FA", "#7FA3D1"]),
            legend=alt.Legend(
                title=legend, labelExpr=f"format(100 * datum.value, '.0f') + '{sign}'", orient="bottom",
                gradientLength=200, tickCount=3,
            ),
        )
    )
    name = base.mark_text(dy=-15, fontSize=12, color=INK, lineBreak="\n").encode(text="lines:N")
    number = base.mark_text(dy=15, fontSize=15, fontWeight="bold", color=INK).encode(text="label:N")
    chart = (squares + name + number).properties(width=SIDE * 5, height=SIDE * 7)
    return themed(chart, language)
