"""Charts: small enough for SVG, in the reader's language, and with the marks the frame asks for."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from risiko.charts.intervals import rank_intervals
from risiko.charts.months import monthly_counts
from risiko.charts.theme import vega_locale
from risiko.charts.waterfall import LEAST_SPAN, ROW_HEIGHT, waterfall

STEPS = pd.DataFrame(
    [
        ("start", -2.2, -2.2, "total", "10 %"),
        ("complaints", -2.2, -1.2, "raises", "▲ +1,00"),
        ("experience", -1.2, -1.4, "lowers", "▼ −0,20"),
        ("history", -1.4, -1.4, "nothing", "mangler data"),
        ("this service", -1.4, -1.4, "total", "20 %"),
    ],
    columns=["label", "start", "end", "effect", "text"],
)


def spec(chart: Any) -> dict[str, Any]:
    """The Vega-Lite specification; altair validates it on the way."""
    found: dict[str, Any] = chart.to_dict()
    return found


def test_the_waterfall_draws_every_step_in_order_with_room_for_its_label() -> None:
    drawn = spec(waterfall(STEPS, axis="Sannsynlighet", language="nb"))
    rows = next(rows for rows in drawn["datasets"].values() if len(rows) == len(STEPS))
    assert [row["label"] for row in rows] == STEPS["label"].tolist()
    assert drawn["height"] == ROW_HEIGHT * 5
    bars = drawn["layer"][1]["encoding"]
    assert bars["y"]["sort"] is None
    assert bars["y"]["axis"]["labelOverlap"] is False
    assert bars["x"]["title"] == "Sannsynlighet"


def test_the_waterfall_has_a_colour_and_a_word_for_every_effect() -> None:
    layers = spec(waterfall(STEPS, axis="", language="nb"))["layer"]
    scale = layers[1]["encoding"]["color"]["scale"]
    assert set(STEPS["effect"]) <= set(scale["domain"])
    assert len(scale["domain"]) == len(scale["range"])
    assert any(layer["encoding"].get("text", {}).get("field") == "text" for layer in layers)


def test_small_contributions_look_small() -> None:
    tiny = STEPS.assign(start=-2.2, end=-2.19)
    low, high = spec(waterfall(tiny, axis="", language="nb"))["layer"][1]["encoding"]["x"]["scale"]["domain"]
    assert high - low >= LEAST_SPAN


@pytest.mark.parametrize(("language", "decimal", "january", "sign"), [("nb", ",", "januar", "\u00a0%"), ("nn", ",", "januar", "\u00a0%"), ("en", ".", "January", "%")])
def test_axes_speak_the_language(language: str, decimal: str, january: str, sign: str) -> None:
    drawn = spec(waterfall(STEPS, axis="", language=language))
    assert drawn["config"]["locale"]["number"]["decimal"] == decimal
    assert drawn["config"]["locale"]["time"]["months"][0] == january
    assert f"'{sign}'" in drawn["layer"][1]["encoding"]["x"]["axis"]["labelExpr"]


def test_days_begin_with_sunday_as_vega_counts_them() -> None:
    assert vega_locale("nb")["time"]["days"][:2] == ["søndag", "mandag"]
    assert vega_locale("nn")["time"]["days"][:2] == ["søndag", "måndag"]


def test_rank_intervals_span_and_mark() -> None:
    rows = pd.DataFrame({"label": ["1. A", "2. B"], "rank": [1, 2], "rank_low": [1, 1], "rank_high": [4, 60], "tier": ["nivå 1", "nivå 1"], "text": ["", ""]})
    drawn = spec(rank_intervals(rows, axis="Plass", line=(5, "her slutter kapasiteten"), language="nb"))
    span, mark, *_, rule, word = drawn["layer"]
    assert [list(drawn["datasets"][layer["data"]["name"]][0].values()) for layer in (rule, word)] == [[5.5, "her slutter kapasiteten"]] * 2
    assert (span["encoding"]["x"]["field"], span["encoding"]["x2"]["field"]) == ("rank_low", "rank_high")
    assert mark["encoding"]["x"]["field"] == "rank"


def test_a_month_without_complaints_is_drawn_as_nothing_on_an_axis_that_starts_at_zero() -> None:
    rows = pd.DataFrame({"month": pd.to_datetime(["2023-01-01", "2023-02-01"]), "n": [0.0, 1.0], "text": ["", ""]})
    y = spec(monthly_counts(rows, axis="Klager", language="nb"))["encoding"]["y"]
    assert y["scale"]["domain"] == [0, 3]  # one complaint must not fill the picture
