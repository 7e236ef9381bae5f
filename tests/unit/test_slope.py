"""The slope chart: a line between two places, told by colour, shape and dash, few enough marks for SVG."""

from __future__ import annotations

from typing import Any

import pandas as pd

from risiko.charts.slope import ROW_HEIGHT, slope

ROWS = pd.DataFrame(
    [
        ("A", 0.0, 1.0, "1", "2", "stays"),
        ("B", 1.0, None, "2", "not on the list", "leaves"),
        ("C", 2.0, 0.0, "1 024", "1", "enters"),
    ],
    columns=["name", "left", "right", "left_place", "right_place", "state"],
).assign(text="…")


def drawn(rows: pd.DataFrame) -> dict[str, Any]:
    found: dict[str, Any] = slope(rows, heads=("then", "now"), cut=2, language="nb").to_dict()
    return found


def test_every_state_has_a_colour_a_shape_and_a_line_of_its_own() -> None:
    scales: dict[str, dict[str, Any]] = {}
    for layer in drawn(ROWS)["layer"]:
        scales |= {name: e["scale"] for name, e in layer["encoding"].items() if "range" in e.get("scale", {})}
    assert set(scales) == {"color", "shape", "strokeDash", "strokeWidth"}
    assert all(set(s["domain"]) == {"enters", "leaves", "stays"} for s in scales.values())
    assert len(set(scales["color"]["range"])) == len(set(scales["shape"]["range"])) == 3
    assert scales["strokeDash"]["range"][1] != scales["strokeDash"]["range"][2]


def test_the_first_place_is_on_top_and_the_picture_grows_with_the_list() -> None:
    spec = drawn(ROWS)
    assert spec["height"] > 3 * ROW_HEIGHT
    assert all(layer["encoding"]["y"]["scale"]["reverse"] for layer in spec["layer"] if "scale" in layer["encoding"]["y"])
    titles = [rows[0]["label"] for rows in spec["datasets"].values() if "label" in rows[0]]
    assert titles == ["then", "now"]


def test_a_service_on_one_list_only_has_no_line_and_one_mark() -> None:
    filters = [layer["transform"][0]["filter"] for layer in drawn(ROWS)["layer"] if "transform" in layer]
    assert filters.count("isValid(datum.left) && isValid(datum.right)") == 1
    assert {f for f in filters if "&&" not in f} == {"isValid(datum.left)", "isValid(datum.right)"}


def test_the_place_is_never_cut_off_by_a_long_name() -> None:
    words = [layer["mark"] for layer in drawn(ROWS)["layer"] if layer["mark"]["type"] == "text"]
    left = [w["dx"] for w in words if w["align"] == "right"]
    assert min(left) <= -8 - 7 * len("1 024"), "the name begins left of the widest place"
