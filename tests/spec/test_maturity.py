"""Maturity: an order of five levels whose word weakens with age, drawn as tables."""

import numpy as np
import pandas as pd
import pytest

from risiko.signals.maturity import maturity, normal_scores
from tests.drawn import context

DECLARED = "name | direction\nmaturity | higher_is_better"


def drawn(services: str) -> pd.DataFrame:
    return maturity(context("2023-12-31", services=services, metadata_columns=DECLARED))


def test_the_lower_level_stands_worse_and_only_the_order_counts() -> None:
    low = drawn("service_id | known_date | maturity\na | 2023-12-31 | 1\nb | 2023-12-31 | 2\nc | 2023-12-31 | 3")
    far = drawn("service_id | known_date | maturity\na | 2023-12-31 | 1\nb | 2023-12-31 | 4\nc | 2023-12-31 | 5")
    assert low["standing"]["a"] > low["standing"]["b"] > low["standing"]["c"]
    assert low["standing"].tolist() == pytest.approx(far["standing"].tolist())
    assert low["value"].tolist() == [1, 2, 3]


def test_an_old_statement_says_less() -> None:
    f = drawn("""
        service_id | known_date | maturity
        new        | 2023-12-31 | 1
        old        | 2021-12-31 | 1
        good       | 2023-12-31 | 5
        fine       | 2023-12-31 | 4
        """)
    assert f.loc["old", "standing"] == pytest.approx(
        f.loc["new", "standing"] / 2, rel=2e-3
    )  # two years are a half-life
    assert f.loc["old", "standing_sd"] > f.loc["new", "standing_sd"]
    assert f["freshness"].round(2).to_dict() == pytest.approx({"new": 0, "old": 2, "good": 0, "fine": 0}, abs=0.01)


def test_a_later_blank_does_not_unsay_it_and_a_restatement_makes_it_fresh() -> None:
    f = drawn("""
        service_id | known_date | maturity
        a          | 2021-12-31 | 2
        a          | 2023-12-31 |
        b          | 2021-12-31 | 4
        b          | 2023-12-31 | 4
        """)
    assert f["value"].to_dict() == {"a": 2, "b": 4}
    assert f["n"].to_dict() == {"a": 1, "b": 2}
    assert f["freshness"].to_dict() == pytest.approx({"a": 2, "b": 0}, abs=0.01)


@pytest.mark.parametrize("level", ["0", "6", "2.5", ""])
def test_what_is_not_one_of_the_five_levels_is_missing(level: str) -> None:
    f = drawn(f"service_id | known_date | maturity\na | 2023-12-31 | {level}\nb | 2023-12-31 | 3\nc | 2023-12-31 | 4")
    assert f["missing"].dropna().to_dict() == {"a": "not_declared"}
    assert f.loc["a", ["standing", "standing_sd"]].tolist() == [0, 1]


def test_undeclared_it_is_missing_for_all() -> None:
    f = maturity(context("2023-12-31", services="service_id | known_date | maturity\na | 2023-12-31 | 1"))
    assert f["missing"].tolist() == ["not_declared"]


def test_normal_scores_are_those_of_mid_ranks() -> None:
    # Four services, two tied in the middle: shares 1/8, 4/8, 4/8, 7/8.
    scores = normal_scores(np.array([1.0, 3, 3, 5, np.nan]), pd.Series(["x"] * 5), 2)
    assert scores == pytest.approx([-1.150349, 0, 0, 1.150349, np.nan], abs=1e-6, nan_ok=True)


def test_a_type_with_few_levels_is_ranked_among_all() -> None:
    levels, types = np.array([1.0, 2, 3, 4, 3]), pd.Series(["x"] * 4 + ["y"])
    alone, among = normal_scores(levels, types, 1)[4], normal_scores(levels, types, 2)[4]
    assert alone == pytest.approx(0)
    assert among == pytest.approx(0.253347, abs=1e-6)  # places 3 and 4 of five: share 0.6
