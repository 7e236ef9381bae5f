"""The rows behind a notebook's pictures, and the pictures: a frame first, in the reader's language."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from risiko.i18n import Translator
from risiko.reports.card_results import LOWER_IS_BETTER, WITHOUT_DIRECTION

if TYPE_CHECKING:
    from risiko.charts.theme import AnyChart

WIDTH = 560  # a notebook has no container to be as wide as


def told(metric: str, low: float, high: float, line: float = 0.0) -> str:
    """What an interval shows beside a line: better, worse, not_shown; unknown without one, or where none is best."""
    if math.isnan(low) or math.isnan(high) or metric in WITHOUT_DIRECTION:
        return "unknown"
    above, below = low > line, high < line
    if metric in LOWER_IS_BETTER:
        above, below = below, above
    return "better" if above else "worse" if below else "not_shown"


def said(value: float, low: float, high: float, t: Translator, *, sign: bool = False) -> str:
    """A value with its interval: +0.020 (-0.003 to 0.043)."""
    if math.isnan(value):
        return t("validation.not_measured")
    number = t.number(value, 3, sign=sign)
    if math.isnan(low) or math.isnan(high):
        return t("validation.no_interval", value=number)
    return t("model.with_interval", value=number, low=t.number(low, 3, sign=sign), high=t.number(high, 3, sign=sign))


def measured_rows(rows: pd.DataFrame, labels: list[str], line: float, t: Translator) -> pd.DataFrame:
    """label, value, low, high, told, word, text out of metric, value, low, high; what was not measured is left out."""
    verdicts = [told(r.metric, r.low, r.high, line) for r in rows.itertuples()]
    numbers = [said(r.value, r.low, r.high, t, sign=line == 0) for r in rows.itertuples()]
    words = [t.word("trial_verdict", verdict) for verdict in verdicts]
    text = [f"{label}: {number}, {word}." for label, number, word in zip(labels, numbers, words, strict=True)]
    own = rows[["value", "low", "high"]].assign(label=labels, told=verdicts, word=words, text=text)
    return own.dropna(subset=["value"]).reset_index(drop=True)


def measured(rows: pd.DataFrame, line: float, axis: str, t: Translator) -> AnyChart:
    """Values with intervals beside the line where nothing is shown."""
    from risiko.charts.measured import measured as chart

    return _wide(chart(rows, line=line, axis=axis, language=t.language))


def gain_rows(rows: pd.DataFrame, labels: dict[str, str], strong: set[str], t: Translator) -> pd.DataFrame:
    """label, share, captured, text and strong per ranking; labels: method -> what it is called, in order."""
    order = list(labels)
    mine = rows[rows["method"].isin(order)].assign(place=lambda f: f["method"].map(order.index))
    mine = mine.sort_values(["place", "share"], kind="stable")
    text = [
        t("validation.gain_row", method=labels[r.method], share=t.percent(r.share), captured=t.percent(r.captured))
        for r in mine.itertuples()
    ]
    drawn = mine[["share", "captured"]].assign(label=mine["method"].map(labels), text=text)
    return drawn.assign(strong=mine["method"].isin(strong)).reset_index(drop=True)


def gain(rows: pd.DataFrame, capacity: float, t: Translator) -> AnyChart:
    """How much of what was found stands in the first part of each list."""
    from risiko.charts.gain import gain as chart

    label = t("validation.capacity_line", share=t.percent(capacity))
    return _wide(chart(rows, x_axis=t("validation.gain_x"), y_axis=t("validation.gain_y"), capacity=capacity,
                       capacity_label=label, language=t.language))  # fmt: skip


def band_rows(bands: pd.DataFrame, labels: dict[str, str], t: Translator) -> pd.DataFrame:
    """Backtest.bands with label and text."""
    text = [
        t("validation.band_row", promised=t.percent(r.expected, 1), observed=t.percent(r.observed, 1), n=t.number(r.n))
        for r in bands.itertuples()
    ]
    return bands.assign(label=bands["method"].map(labels), text=text).reset_index(drop=True)


def promised(rows: pd.DataFrame, t: Translator) -> AnyChart:
    """Do the probabilities come true?"""
    from risiko.charts.promised import promised as chart

    axes = {"x_axis": t("validation.promised_axis"), "y_axis": t("validation.found_axis")}
    return _wide(chart(rows, **axes, language=t.language))


def intervals(rows: pd.DataFrame, top: int, t: Translator) -> AnyChart:
    """How sure the order is, with the capacity line."""
    from risiko.charts.intervals import rank_intervals

    return _wide(
        rank_intervals(
            rows, axis=t("certainty.axis"), line=(top, t("certainty.line", n=t.number(top))), language=t.language
        )
    )


def steps(rows: pd.DataFrame, t: Translator) -> AnyChart:
    """From where a service starts to where its signals bring it."""
    from risiko.charts.waterfall import waterfall

    return _wide(waterfall(rows, axis=t("reasons.axis"), language=t.language))


def move_rows(moved: pd.DataFrame, t: Translator) -> pd.DataFrame:
    """label, before, after, direction, mark and text per service that has both places."""
    both = moved.dropna(subset=["rank_before", "rank_after"])
    shape = np.where(both["places"] > 0, "▲ ", "▼ ")
    mark = [f"{s}{t.number(abs(places))}" for s, places in zip(shape, both["places"], strict=True)]
    text = [f"{r.name}: {t.number(r.rank_before)} → {t.number(r.rank_after)}"
            for r in both[["name", "rank_before", "rank_after"]].itertuples(index=False)]  # fmt: skip
    return pd.DataFrame({
        "label": both["name"], "before": both["rank_before"], "after": both["rank_after"],
        "direction": np.where(both["places"] > 0, "up", "down"), "mark": mark, "text": text,
    }).reset_index(drop=True)  # fmt: skip


def moves(rows: pd.DataFrame, t: Translator) -> AnyChart:
    """From which place to which."""
    from risiko.charts.moves import moves as chart

    return _wide(chart(rows, axis=t("certainty.axis"), language=t.language))


def _wide(chart: AnyChart) -> AnyChart:
    return chart.properties(width=WIDTH)
