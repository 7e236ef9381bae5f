"""Ten years: how each way to choose did by each measure, and year by year, as self-contained SVG."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np
import pandas as pd

from risiko.charts.theme import BLUE, GRID, INK, PALE, SLATE

WIDTH, NAMES, VALUES, ROW, HEAD = 720, 190, 170, 24, 30  # pixels
LINES, LEGEND, A_LINE = 240, 22, 3  # height of the lines, of a row of the legend, and how many stand in it
_COLOURS = (BLUE, "#A3470B", "#5B2A86", "#1B6B50", "#8A6D00", "#8C2F5A", SLATE, INK)
_DASHES = ("", "8 3", "2 3", "6 2 2 2", "10 4", "4 4", "1 3", "12 2")
Written = Callable[[float], str]


def measured_panels(rows: pd.DataFrame, *, title: str) -> str:
    """One panel per measure, in the order given: a dot per policy over its 95 % interval, and the number beside it.

    rows: panel (heading of the measure), policy, mean, low, high (NaN: no interval), text (the number as it is
    written), line (where a rule stands for no difference; NaN: none). A policy without a mean (NaN) has its text only.
    """
    parts, top = [], 0
    for heading, panel in rows.groupby("panel", sort=False):
        parts.append(f'<g transform="translate(0,{top})">{_panel(str(heading), panel)}</g>')
        top += HEAD + ROW * len(panel) + 18
    return _svg(title, "; ".join(rows["panel"].unique()), top, parts)


def yearly_lines(rows: pd.DataFrame, *, title: str, written: Written) -> str:
    """A line per policy over the years, each with a colour and a dash of its own, and a legend under the picture.

    rows: policy, year, value (NaN: not drawn). written: how a value stands at the axis, which begins at 0.
    """
    years, names = sorted(rows["year"].unique()), list(rows["policy"].unique())
    most = max(float(rows["value"].max()), 1e-9)
    left, right, bottom = 60.0, WIDTH - 20.0, LINES - 30.0

    def x(year: int) -> float:
        return left + (right - left) * years.index(year) / max(len(years) - 1, 1)

    def y(value: float) -> float:
        return bottom - (bottom - 12) * value / most

    parts = [
        _line(left, right, y(v), GRID) + _text(left - 8, y(v) + 4, written(v), "end") for v in np.linspace(0, most, 5)
    ]
    parts += [_text(x(year), bottom + 20, str(year), "middle") for year in years]
    for i, name in enumerate(names):
        own = rows[(rows["policy"] == name) & rows["value"].notna()]
        points = " ".join(f"{x(at):.1f},{y(v):.1f}" for at, v in zip(own["year"], own["value"], strict=True))
        look = f'fill="none" stroke="{_COLOURS[i % 8]}" stroke-width="2.2" stroke-dasharray="{_DASHES[i % 8]}"'
        at, down = 60 + 220 * (i % A_LINE), LINES + LEGEND * (i // A_LINE) + 10
        parts += [f'<polyline points="{points}" {look}/>', f'<polyline points="{at},{down} {at + 34},{down}" {look}/>',
                  _text(at + 42, down + 4, name)]  # fmt: skip
    return _svg(title, ", ".join(names), LINES + LEGEND * (1 + (len(names) - 1) // A_LINE) + 8, parts)


def _panel(heading: str, rows: pd.DataFrame) -> str:
    ends = rows[["mean", "low", "high", "line"]].to_numpy(dtype=float)
    ends = ends[np.isfinite(ends)]
    low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 1.0)
    room, bottom = 0.04 * ((high - low) or 1.0), HEAD + ROW * len(rows)

    def x(value: float) -> float:
        return NAMES + (WIDTH - NAMES - VALUES) * (value - low + room) / (high - low + 2 * room)

    frame = f'x="{NAMES}" y="{HEAD - 4}" width="{WIDTH - NAMES - VALUES}" height="{bottom - HEAD + 4}"'
    parts = [f'<g font-weight="600">{_text(0, 16, heading)}</g>', f'<rect {frame} fill="none" stroke="{GRID}"/>']
    line = float(rows["line"].iloc[0])
    if np.isfinite(line):
        up = f'y1="{HEAD - 4}" y2="{bottom}" stroke="{INK}" stroke-dasharray="5 3"'
        parts.append(f'<line x1="{x(line):.1f}" x2="{x(line):.1f}" {up}/>')
    for i, row in enumerate(rows.to_dict("records")):  # a handful of policies
        y = HEAD + ROW * i + ROW // 2
        parts += [_text(NAMES - 10, y + 4, row["policy"], "end"), _text(WIDTH - VALUES + 10, y + 4, row["text"])]
        if np.isfinite(row["low"]) and np.isfinite(row["high"]):
            wide = max(x(row["high"]) - x(row["low"]), 1.0)
            bar = f'x="{x(row["low"]):.1f}" y="{y - 5}" width="{wide:.1f}" height="10" rx="4"'
            parts.append(f'<rect {bar} fill="{PALE}"/>')
        if np.isfinite(row["mean"]):
            dot = f'cx="{x(row["mean"]):.1f}" cy="{y}" r="5"'
            parts.append(f'<circle {dot} fill="{BLUE}" stroke="{INK}" stroke-width="0.8"/>')
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(x1: float, x2: float, y: float, colour: str) -> str:
    return f'<line x1="{x1}" x2="{x2}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}"/>'


def _svg(title: str, what: str, height: float, parts: list[str]) -> str:
    size = f'viewBox="0 0 {WIDTH} {height:.0f}" width="100%" role="img"'
    style = f'font-family="system-ui, sans-serif" font-size="13" fill="{INK}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><title>{escape(title)}</title><desc>{escape(what)}</desc>'
        f'<rect width="100%" height="100%" fill="#FFFFFF"/><g {style}>{"".join(parts)}</g></svg>\n'
    )
