"""The pictures of the page Validering: told apart without colour, few marks, and a line where nothing is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from risiko.charts.gain import gain
from risiko.charts.measured import AXIS, ROW_HEIGHT, measured
from risiko.charts.promised import promised

LISTS = ["Lært skår", "Tilfeldig valg", "Poengskår", "Klager", "Siste", "Tid", "Egen", "Per bruker"]
SHARES = np.round(np.linspace(0, 1, 41), 3)
CURVES = pd.DataFrame([(name, share, share, "", name == LISTS[0]) for name in LISTS for share in SHARES],
                      columns=["label", "share", "captured", "text", "strong"])  # fmt: skip
ROWS = pd.DataFrame(
    [
        ("a", 0.2, 0.1, 0.3, "better", "bedre", ""),
        ("b", 0.0, -0.1, 0.1, "not_shown", "ikke vist", ""),
        ("c", -0.2, -0.3, -0.1, "worse", "dårligere", ""),
        ("d", 0.1, np.nan, np.nan, "unknown", "ikke målt", ""),
    ],
    columns=["label", "value", "low", "high", "told", "word", "text"],
)
BANDS = pd.DataFrame({"label": "Lært skår", "expected": [0.1, 0.4], "observed": [0.2, 0.5], "observed_low": [0.1, 0.4],
                      "observed_high": [0.3, 0.8], "text": ""})  # fmt: skip


def spec(chart: Any) -> dict[str, Any]:
    found: dict[str, Any] = chart.to_dict()
    return found


def drawn_gain(language: str = "nb", capacity: float = 0.05) -> dict[str, Any]:
    return spec(gain(CURVES, x_axis="Del", y_axis="Treff", capacity=capacity, capacity_label="kapasitet", language=language))


def layers(found: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    return [layer for layer in found["layer"] if layer["mark"]["type"] == mark]


def test_lists_are_told_apart_by_dash_and_shape_not_by_colour_alone() -> None:
    found = drawn_gain()
    dash = layers(found, "line")[0]["encoding"]["strokeDash"]["scale"]
    shape = layers(found, "point")[0]["encoding"]["shape"]["scale"]
    assert dash["domain"] == shape["domain"] == LISTS, "the lists keep their order, the score first"
    assert len({tuple(d) for d in dash["range"]}) == len(LISTS)
    assert len(set(shape["range"])) == len(LISTS)


def test_the_capacity_line_stands_where_capacity_ends() -> None:
    found = drawn_gain(capacity=0.07)
    data = layers(found, "rule")[0].get("data", found.get("data"))["name"]
    assert found["datasets"][data] == [{"x": 0.07, "label": "kapasitet"}]
    assert layers(found, "text")[0]["encoding"]["text"]["field"] == "label"


def test_a_picture_is_few_enough_marks_to_stay_svg() -> None:
    assert sum(len(rows) for rows in drawn_gain()["datasets"].values()) < 2000


@pytest.mark.parametrize(("language", "sign"), [("nb", "\u00a0%"), ("nn", "\u00a0%"), ("en", "%")])
def test_shares_are_written_as_the_reader_writes_them(language: str, sign: str) -> None:
    found = drawn_gain(language)
    assert f"'{sign}'" in layers(found, "line")[0]["encoding"]["x"]["axis"]["labelExpr"]
    assert found["config"]["locale"]["number"]["decimal"] == ("." if language == "en" else ",")


def test_a_measured_row_has_a_shape_a_word_and_a_bar() -> None:
    found = spec(measured(ROWS, line=0.0, axis="Forskjell", language="nb"))
    scale = layers(found, "point")[0]["encoding"]["shape"]["scale"]
    assert set(ROWS["told"]) == set(scale["domain"])
    assert len(set(scale["range"])) == 4
    assert layers(found, "text")[0]["encoding"]["text"]["field"] == "word"
    bar = layers(found, "bar")[0]
    assert (bar["encoding"]["x"]["field"], bar["encoding"]["x2"]["field"]) == ("low", "high")
    assert {"filter": "isValid(datum.low)"} in bar["transform"], "without an interval there is no bar"
    assert found["height"] == AXIS + 4 * ROW_HEIGHT


def test_the_line_of_chance_is_drawn_where_it_is_asked_for() -> None:
    found = spec(measured(ROWS, line=0.5, axis="AUC", language="nb"))
    data = layers(found, "rule")[0].get("data", found.get("data"))["name"]
    assert found["datasets"][data] == [{"x": 0.5}]


def test_words_stand_right_of_interval_and_line() -> None:
    found = spec(measured(ROWS, line=0.0, axis="", language="nb"))
    rows = next(rows for rows in found["datasets"].values() if len(rows) == 4)
    assert [row["end"] for row in rows] == [0.3, 0.1, 0.0, 0.1], "never on the dashed line, nor on a value without bar"


def test_promised_and_found_share_an_axis_that_holds_every_interval() -> None:
    found = spec(promised(BANDS, x_axis="Lovet", y_axis="Funnet", language="nb"))
    points = layers(found, "point")[0]["encoding"]
    assert points["x"]["scale"]["domain"] == points["y"]["scale"]["domain"]
    assert points["y"]["scale"]["domain"][1] >= 0.8
    assert points["color"]["legend"] is None, "one score needs no legend"


def test_several_scores_get_a_legend_and_shapes() -> None:
    both = pd.concat([BANDS, BANDS.assign(label="Utfordrer")], ignore_index=True)
    points = layers(spec(promised(both, x_axis="", y_axis="", language="nb")), "point")[0]["encoding"]
    assert points["color"]["legend"] is not None
    assert points["shape"]["scale"]["domain"] == ["Lært skår", "Utfordrer"]
    assert len(set(points["shape"]["scale"]["range"])) == 2
