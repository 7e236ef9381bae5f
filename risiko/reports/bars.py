"""A picture of bars as inline SVG: drawn here, nothing fetched, no script, every text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LABEL, _ROW, _GAP, _TOP, _VALUE = 720, 270, 22, 14, 34, 90
# Two kinds of bar, told apart by filling as well as by colour; both stand out from white and from each other.
_FILLS = ('fill="#1f3864" stroke="#1f3864"', 'fill="#ffffff" stroke="#1a1a1a" stroke-dasharray="4 2"')
# Never so small that the text cannot be read: on a phone the picture scrolls.
_SIZE = "display: block; width: 100%; min-width: 36rem; max-width: 45rem; height: auto"
_LONGEST = 36  # characters of a label that fit beside the bars; the table has it whole


@dataclass(frozen=True)
class Bar:
    """One bar: its length, what stands at its end, and the ends of its interval, if it has one."""

    value: float
    shown: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Bars:
    """A picture with a title and a text for those who do not see it. rows: a label and a bar of each series (or None).

    series: one or two names. full: the value of a bar as long as can be.
    """

    title: str
    alt: str
    series: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Bar | None]]]
    full: float


def as_svg(picture: Bars) -> str:
    """The picture as one figure with its title below; as high as its rows need."""
    each = _ROW * len(picture.series) + _GAP
    height = _TOP + each * len(picture.rows)
    body = "\n".join(_row(picture, row, _TOP + each * place) for place, row in enumerate(picture.rows))
    return (
        f'<figure>\n<div role="region" tabindex="0" aria-label="{escape(picture.title)}" style="overflow-x: auto">\n'
        f'<svg viewBox="0 0 {_WIDTH} {height}" style="{_SIZE}" role="img" aria-label="{escape(picture.alt)}" '
        f'font-family="system-ui, sans-serif" font-size="14">\n{_legend(picture.series)}\n{body}\n</svg>\n</div>\n'
        f"<figcaption>{escape(picture.title)}</figcaption>\n</figure>"
    )


def _legend(series: Sequence[str]) -> str:
    marks = []
    for place, name in enumerate(series):
        x = _LABEL + place * 220
        marks.append(f'<rect x="{x}" y="6" width="14" height="14" {_FILLS[place]}/>')
        marks.append(f'<text x="{x + 20}" y="18" fill="#1a1a1a">{escape(name)}</text>')
    return "\n".join(marks)


def _row(picture: Bars, row: tuple[str, Sequence[Bar | None]], top: int) -> str:
    label, bars = row
    short = label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"
    middle = top + _ROW * len(bars) / 2 + 5
    drawn = [f'<text x="{_LABEL - 10}" y="{middle:.0f}" text-anchor="end" fill="#1a1a1a">{escape(short)}</text>']
    for place, bar in enumerate(bars):
        if bar is not None:
            drawn.append(_bar(bar, picture.full, place, top + _ROW * place))
    return "\n".join(drawn)


def _bar(bar: Bar, full: float, place: int, top: int) -> str:
    room = _WIDTH - _LABEL - _VALUE
    scale = room / full if full > 0 else 0.0
    width, y = bar.value * scale, top + _ROW / 2
    drawn = f'<rect x="{_LABEL}" y="{top + 3}" width="{width:.1f}" height="{_ROW - 6}" {_FILLS[place]}/>'
    end = width
    if bar.low is not None and bar.high is not None:
        low, end = _LABEL + bar.low * scale, max(width, bar.high * scale)
        line = f"M{low:.1f} {y:.0f}H{_LABEL + bar.high * scale:.1f}"
        # White below, so that the line is seen on a dark bar too.
        drawn += f'<path d="{line}" stroke="#ffffff" stroke-width="4"/>'
        drawn += f'<path d="{line}" stroke="#1a1a1a" stroke-width="2"/>'
    return drawn + f'<text x="{_LABEL + end + 6:.1f}" y="{y + 5:.0f}" fill="#1a1a1a">{escape(bar.shown)}</text>'
