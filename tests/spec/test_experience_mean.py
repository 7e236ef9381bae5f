"""What users say, drawn as tables."""

import numpy as np
import pytest

from risiko.signals.experience import experience_mean
from tests.drawn import context


def test_mean_weighs_answers_and_halves_with_age() -> None:
    c = context("2023-12-31", services="service_id\na\nb\nc", experiences="""
        service_id | event_date | score | n  | method
        a          | 2023-12-31 | 80    | 30 | survey
        a          | 2021-12-31 | 40    | 30 | survey
        b          | 2023-12-31 | 70    |    | interview
        """)  # fmt: skip
    f = experience_mean(c)
    # Two years are one half-life: 30 new answers against 15.
    assert f["value"].to_dict() == pytest.approx({"a": (80 * 30 + 40 * 15) / 45, "b": 70, "c": np.nan}, rel=1e-3, nan_ok=True)
    assert f["n"].to_dict() == {"a": 60, "b": 1, "c": 0}
    assert f["missing"].dropna().to_dict() == {"c": "no_evidence"}


def test_evidence_without_a_score_or_about_an_area_is_not_turned_into_a_number() -> None:
    c = context("2023-12-31", services="service_id\na", experiences="""
        service_id | service_type | area   | event_date | score | n
        a          |              |        | 2023-05-01 |       | 9
                   | nursing_home | Solvik | 2023-05-01 | 10    | 9
        """)  # fmt: skip
    assert experience_mean(c).loc["a", "missing"] == "no_evidence"


def _surveyed(n_last: int) -> str:
    rows = [f"s{i} | 2023-12-01 | {60 + (i * 7) % 23} | 40" for i in range(24)]
    return "\n".join(["service_id | event_date | score | n", *rows, f"s24 | 2023-12-01 | 40 | {n_last}"])


def test_a_low_score_raises_risk_and_few_answers_raise_it_less() -> None:
    services = "service_id\n" + "\n".join(f"s{i}" for i in range(25))
    many = experience_mean(context("2023-12-31", services=services, experiences=_surveyed(200))).loc["s24"]
    few = experience_mean(context("2023-12-31", services=services, experiences=_surveyed(5))).loc["s24"]
    assert many["standing"] > few["standing"] > 0
    assert many["standing_sd"] < few["standing_sd"] <= 1
    assert 40 < many["estimate"] < few["estimate"] < many["expected"]


def test_a_reported_spread_of_nought_is_not_certainty() -> None:
    services = "service_id\n" + "\n".join(f"s{i}" for i in range(25))
    drawn = _surveyed(5).replace("| n\n", "| n | spread\n").replace("| 40 | 5", "| 40 | 5 | 0")
    rows = [line if line.count("|") == 4 else f"{line} |" for line in drawn.splitlines()]
    f = experience_mean(context("2023-12-31", services=services, experiences="\n".join(rows)))
    assert f.loc["s24", "sd"] > 0


def test_no_experience_at_all_is_said_and_breaks_nothing() -> None:
    f = experience_mean(context("2023-12-31", services="service_id\na\nb"))
    assert (f["missing"] == "no_evidence").all()
    assert (f["standing"] == 0).all()
    assert (f["standing_sd"] == 1).all()


def test_six_dimensions_from_the_same_people_are_those_people_once() -> None:
    services = "service_id\n" + "\n".join(f"s{i}" for i in range(25))
    dimensions = ["effective", "safe", "involving", "coordinated", "resource_efficient", "accessible"]
    one = [f"s{i} | 2023-12-01 | {50 + i} | 10 | safe" for i in range(25)]
    six = [f"s{i} | 2023-12-01 | {50 + i} | 10 | {d}" for i in range(25) for d in dimensions]
    head = "service_id | event_date | score | n | dimension"
    few, many = (
        experience_mean(context("2023-12-31", services=services, experiences="\n".join([head, *rows]))) for rows in (one, six)
    )
    assert many["n"].unique().tolist() == [10]
    assert many["standing"].to_numpy() == pytest.approx(few["standing"].to_numpy())
    assert many["standing_sd"].to_numpy() == pytest.approx(few["standing_sd"].to_numpy())


def test_two_narratives_on_one_day_are_two_people() -> None:
    c = context("2023-12-31", services="service_id\na", experiences="""
        service_id | event_date | method    | dimension | score | n
        a          | 2023-12-01 | narrative | safe      | 20    | 1
        a          | 2023-12-01 | narrative | safe      | 40    | 1
        """)  # fmt: skip
    assert experience_mean(c).loc["a", ["value", "n"]].tolist() == pytest.approx([30, 2])


def test_a_service_alone_of_its_type_is_not_called_average() -> None:
    c = context("2023-12-31", services="service_id | service_type\na | nursing_home\nb | nursing_home\nodd | lighthouse",
                experiences="service_id | event_date | score | n\na | 2023-12-01 | 70 | 90\nb | 2023-12-01 | 60 | 90\nodd | 2023-12-01 | 0 | 90")  # fmt: skip
    odd = experience_mean(c).loc["odd"]
    assert (odd["value"], odd["standing"], odd["standing_sd"]) == (0, 0, 1)
