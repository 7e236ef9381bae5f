"""Findings over time: level, direction, worst and dimension, drawn as tables."""

import numpy as np
import pandas as pd
import pytest

from risiko.signals import Context
from risiko.signals.finding_dimension import dimension_specs, finding_dimension
from risiko.signals.finding_history import finding_history, finding_trend, finding_worst, visit_series
from tests.drawn import context

SEVERITIES = {"none": 0, "remark": 1, "breach": 2, "serious_breach": 3}


def drawn(lines: str, as_of: str = "2023-12-31", services: str = "a b") -> Context:
    """lines: service, date, severity (a word or a number), optional dimension; one visit each."""
    rows = [line.split() for line in lines.strip().splitlines()]
    visits = ["supervision_id | service_id | event_date"]
    found = ["supervision_id | known_date | severity | severity_score | dimension"]
    for i, (service, day, severity, *rest) in enumerate(rows):
        visits.append(f"v{i} | {service} | {day}")
        word, score = (severity, "") if severity in SEVERITIES else ("remark", severity)
        found.append(f"v{i} | {day} | {word} | {score} | {rest[0] if rest else ''}")
    return context(
        as_of,
        services="service_id\n" + "\n".join(services.split()),
        supervisions="\n".join(visits),
        findings="\n".join(found),
    )


def test_newer_visits_count_more_and_a_half_life_counts_half() -> None:
    c = drawn("""
        a 2020-12-31 serious_breach
        a 2023-12-31 none
        b 2020-12-31 none
        b 2023-12-31 serious_breach
        """)
    f = finding_history(c)
    # Weights 1 and ½: (3·½) / 1.5 and (3·1) / 1.5.
    assert f["value"].to_dict() == pytest.approx({"a": 1.0, "b": 2.0}, abs=2e-3)
    assert f["exposure"].to_dict() == pytest.approx({"a": 1.5, "b": 1.5}, abs=2e-3)
    assert f["n"].to_dict() == {"a": 2, "b": 2}
    assert f["expected"].to_dict() == pytest.approx({"a": 1.5, "b": 1.5}, abs=2e-3)
    # With reliability ½ the usual level counts as one visit: 1.5 of 2.5 is the service's own.
    assert f["estimate"].to_dict() == pytest.approx({"a": 1.5 - 0.3, "b": 1.5 + 0.3}, abs=2e-3)
    assert f["standing"]["b"] == pytest.approx(-f["standing"]["a"])
    assert f["standing"]["b"] > 0
    assert f["freshness"].to_dict() == {"a": 0, "b": 0}


def test_the_same_visits_say_less_when_they_are_few() -> None:
    many = "\n".join(f"b 2023-{month:02}-01 serious_breach" for month in range(1, 7))
    f = finding_history(
        drawn("a 2023-06-01 serious_breach\nc 2023-06-01 none\nd 2023-06-01 none\n" + many, services="a b c d")
    )
    assert f.loc["b", "value"] == f.loc["a", "value"] == 3
    assert f.loc["b", "estimate"] > f.loc["a", "estimate"]
    assert f.loc["b", "standing"] > f.loc["a", "standing"] > 0 > f.loc["c", "standing"]
    assert f.loc["b", "standing_sd"] < f.loc["a", "standing_sd"] < 1


def test_missing_is_said_and_blank() -> None:
    c = context(
        "2023-12-31",
        services="service_id\na\nb\nc",
        supervisions="supervision_id | service_id | event_date\nx | a | 2023-01-01\ny | b | 2023-12-01",
        findings="supervision_id | known_date | severity\nx | 2023-02-01 | breach\ny | 2024-02-01 | breach",
    )
    for f in (finding_history(c), finding_worst(c), finding_dimension(c, dimension="safe")):
        assert f["missing"]["b":].to_dict() == {"b": "findings_pending", "c": "never_supervised"}
        assert f.loc["b":, ["value", "z", "estimate"]].isna().all(axis=None)
        assert f.loc["b":, "standing"].tolist() == [0, 0]
        assert f.loc["b":, "standing_sd"].tolist() == [1, 1]


def test_trend_is_new_less_old_and_above_0_is_worse() -> None:
    c = drawn("""
        a 2019-06-01 none
        a 2023-06-01 serious_breach
        b 2019-06-01 serious_breach
        b 2023-06-01 none
        """)
    assert finding_history(c)["trend"].to_dict() == pytest.approx({"a": 3.0, "b": -3.0})
    f = finding_trend(c)
    assert f["value"].to_dict() == pytest.approx({"a": 0.75, "b": -0.75}, abs=1e-3)  # three steps in four years
    assert f["n"].to_dict() == {"a": 2, "b": 2}


def test_a_slope_needs_two_visits_and_looks_at_the_last_five() -> None:
    lines = [f"a {year}-06-01 {3 if year < 2018 else 1}" for year in range(2014, 2024)]
    f = finding_trend(drawn("\n".join([*lines, "b 2023-06-01 2"])))
    assert f.loc["a", "value"] == pytest.approx(0, abs=1e-9)  # the fall before 2018 is beyond the last five visits
    assert f.loc["a", "n"] == 5
    assert f.loc["b", "missing"] == "too_few_visits"


def test_slopes_that_chance_explains_move_no_one_and_real_ones_do() -> None:
    rng = np.random.default_rng(5)

    def standing(slope: float) -> pd.DataFrame:
        lines, names = [], []
        for i in range(60):
            names.append(f"s{i:02}")
            for step, year in enumerate(range(2019, 2024)):
                level = 1.5 + slope * (i % 2 * 2 - 1) * (step - 2) + rng.normal(0, 0.3)
                lines.append(f"s{i:02} {year}-06-01 {min(max(level, 0), 3):.2f}")
        return finding_trend(drawn("\n".join(lines), services=" ".join(names)))

    chance, real = standing(0.0), standing(0.5)
    assert chance["standing"].abs().max() < 0.35
    up, down = real["standing"].iloc[1::2], real["standing"].iloc[::2]
    assert up.min() > 0.3
    assert down.max() < -0.3


def test_worst_looks_three_years_back_and_no_further() -> None:
    f = finding_worst(
        drawn(
            "a 2020-12-01 serious_breach\na 2021-02-01 remark\nb 2021-02-01 breach\nb 2023-02-01 none\nc 2019-01-01 none",
            services="a b c",
        )
    )
    assert f["value"].to_dict() == pytest.approx({"a": 1, "b": 2, "c": np.nan}, nan_ok=True)
    assert f["n"].to_dict() == {"a": 1, "b": 2, "c": 0}
    assert f["missing"].dropna().to_dict() == {"c": "not_recently_supervised"}


def test_a_dimension_is_spoken_of_where_it_is_named_or_where_nothing_was_found() -> None:
    c = drawn(
        "a 2023-06-01 breach safe\nb 2023-06-01 remark involving\nc 2023-06-01 none\nd 2023-06-01 serious_breach safe",
        services="a b c d",
    )
    safe = finding_dimension(c, dimension="safe")
    assert safe["value"].to_dict() == pytest.approx({"a": 2, "b": np.nan, "c": 0, "d": 3}, nan_ok=True)
    assert safe["missing"].dropna().to_dict() == {"b": "not_looked_at"}
    assert set(finding_dimension(c, dimension="accessible")["missing"]) == {"not_recorded"}


def test_every_dimension_has_its_member_and_says_which() -> None:
    c = drawn("a 2023-06-01 breach safe")
    found = {s.of: s.dimensions for s in dimension_specs(c.known, c.settings)}
    assert len(found) == 6
    assert found["safe"] == ("safe",)


def test_over_time_has_one_row_per_graded_visit_oldest_first() -> None:
    c = drawn("a 2023-06-01 breach\na 2021-06-01 none\nb 2021-07-01 breach")
    rows = visit_series(c, 0)
    assert [str(day) for day in rows["period_end"]] == ["2021-06-01", "2023-06-01"]
    assert rows["value"].tolist() == [0, 2]
    assert rows["expected"].tolist() == [1, 2]  # the type's visits of the same year


def test_a_type_of_its_own_is_compared_with_no_one() -> None:
    c = context(
        "2023-12-31",
        services="service_id | service_type\na | nursing_home\nb | nursing_home\nalone | hospital",
        supervisions="supervision_id | service_id | event_date\nx | a | 2023-01-01\ny | b | 2023-01-01\n"
        "z | alone | 2023-01-01\nw | alone | 2021-01-01",
        findings="supervision_id | known_date | severity\nx | 2023-02-01 | breach\ny | 2023-02-01 | none\n"
        "z | 2023-02-01 | serious_breach\nw | 2021-02-01 | none",
    )
    f = finding_history(c)
    assert f.loc["alone", ["standing", "standing_sd"]].tolist() == [0, 1]
    assert f.loc["alone", "value"] > 1.5
