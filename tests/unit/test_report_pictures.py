"""Pictures of a report: drawn to scale, with a text, and nothing in them that can become mark-up."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from risiko.charts.side_by_side import side_by_side
from risiko.reports.bars import Bar, Bars, as_svg
from risiko.reports.card_format import Section, as_html, as_markdown

PICTURE = Bars("Hva <b>sier</b> dere?", "Trygge: 40 & 80", ("Dere", "Andre"), [
    ("Trygge & <i>sikre</i>", (Bar(40, "40", 30, 50), Bar(80, "80"))),
    ("Et svært langt navn på noe som ikke får plass", (Bar(0, "0"), None)),
], 100)  # fmt: skip


def test_bars_are_as_long_as_their_values_and_told_apart_by_more_than_colour() -> None:
    bars = re.findall(r'<rect x="270" y="\d+" width="([\d.]+)" height="16" (.*?)/>', as_svg(PICTURE))
    lengths = [float(width) for width, _ in bars]
    assert lengths[1] == 2 * lengths[0] > 0
    assert lengths[2] == 0
    assert "stroke-dasharray" in bars[1][1]
    assert "stroke-dasharray" not in bars[0][1]


def test_the_picture_is_whole_xml_and_escapes_its_words() -> None:
    svg = as_svg(PICTURE)
    tree = ElementTree.fromstring(svg)
    assert [part.attrib["aria-label"] for part in tree.iter("svg")] == ["Trygge: 40 & 80"]
    assert "<b>" not in svg
    assert "Trygge & <i>sikre</i>" in "".join(tree.itertext())
    assert "…" in "".join(tree.itertext()), "a long label is cut; the table has it whole"


def test_a_document_has_the_picture_and_a_text_in_its_stead() -> None:
    sections = [Section("Del", [PICTURE])]
    assert "<svg" in as_html("T", sections)
    assert "Trygge: 40" in as_markdown("T", sections)
    assert "<svg" not in as_markdown("T", sections)


def test_the_chart_of_the_page_has_a_bar_for_each() -> None:
    rows = pd.DataFrame({"label": ["a", "a", "b"], "series": ["Dere", "Andre", "Dere"], "value": [40.0, 80.0, 10.0],
                         "low": [30.0, np.nan, 5.0], "high": [50.0, np.nan, 15.0], "shown": ["40", "80", "10"]})  # fmt: skip
    chart = side_by_side(rows, full=100, language="nb").to_dict()
    bars, reach, said = chart["layer"]
    assert (bars["mark"]["type"], reach["mark"]["type"], said["mark"]["type"]) == ("bar", "rule", "text")
    assert bars["encoding"]["x"]["scale"]["domain"] == [0, 100]
    assert reach["mark"]["aria"] is said["mark"]["aria"] is False, "marks without words of their own are no pictures (axe)"
    assert [len(values) for values in chart["datasets"].values()] == [3]
