"""Colliding rules in words: what each asks, and changes that are rounded to the side that is enough."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from risiko.i18n import Translator
from risiko.plan.conflicts import Conflict, Easing, Row, Way
from risiko.plan.selection import Selection
from risiko.reports.plan_conflict_words import asked, head, ways

NB = Translator("nb", strict=True)
NAMES = {"s1": "Åsen", "s2": "Dalen"}
# Only which service a visit is of matters here.
MADE = cast(Selection, SimpleNamespace(
    eligible=SimpleNamespace(candidates=pd.DataFrame({"service_id": ["s1", "s2"]})), posed=SimpleNamespace(service=np.array([0, 1])),
))  # fmt: skip
LAW = Conflict(
    ("capacity", "statutory"), (Row("capacity", "Oslo, Akershus", -inf, 3.0),), (0, 1),
    (Way((Easing("capacity", "Oslo, Akershus", "high", 3.0, 7.04),), True), Way((Easing("statutory", "", "least", 1.0, 0.0, 1),), False)), True,
)  # fmt: skip


def name(service: str) -> str:
    return NAMES.get(service, service)


def test_a_collision_says_which_rules_where_and_whom() -> None:
    assert head(LAW, NB) == "Disse reglene kan ikke holdes samtidig: «Dagsverk» og «Besøk loven krever»."
    assert head(replace(LAW, minimal=False), NB).endswith("Vi rakk ikke å undersøke om alle må være med i kollisjonen.")
    assert asked(LAW, MADE, name, NB) == ["Dagsverk, Oslo, Akershus: høyst 3", "Må eller kan ikke besøkes: Åsen og Dalen."]


def test_a_change_is_rounded_to_what_is_enough() -> None:
    first, second = ways(LAW, MADE, name, NB)
    assert first == "«Dagsverk» for Oslo, Akershus: øk fra 3 til 7,1", "7,0 would be too little"
    assert second == "la være å kreve besøk (Besøk loven krever) ved Dalen (det er ikke bevist at ikke mindre er nok)"


@pytest.mark.parametrize(("easing", "expected"), [
    (Easing("minimum_sector", "social", "low", 5.0, 3.0), "«Minst så mange i hver sektor» for Sosiale tjenester: senk fra 5 til 3"),
    (Easing("regularity", "Nord", "low", 5.0, 2.96), "«Regelmessighet» for Nord: senk fra 5 til 2,9"),
    (Easing("joint", "s1, s2", "high", 0.0, 1.0), "la Åsen og Dalen besøkes hver for seg"),
    (Easing("skip", "", "most", 0.0, 1.0, 0), "åpne for besøk (Tatt ut) ved Åsen"),
])  # fmt: skip
def test_each_kind_of_change_has_its_words(easing: Any, expected: str) -> None:
    conflict = replace(LAW, ways=(Way((easing,), True),))
    assert ways(conflict, MADE, name, NB) == [expected]


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_other_languages_have_every_word(language: str) -> None:
    t = Translator(language, strict=True)
    row = replace(LAW, rows=(*LAW.rows, Row("joint", "s1, s2", 0.0, 0.0), Row("minimum_county", "Innlandet", 2.0, inf)))
    lines = [head(row, t), *asked(row, MADE, name, t), *ways(row, MADE, name, t)]
    assert len(lines) == 7
    assert not any("inf" in line or "plan_conflict" in line for line in lines)
