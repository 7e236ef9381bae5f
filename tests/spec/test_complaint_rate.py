"""Complaints per 1,000 users beside similar services, drawn as tables."""

import numpy as np
import pytest

from risiko.signals.complaints import complaint_rate_long, complaint_rate_short
from tests.drawn import context

FOUR_HOMES = """
service_id | users
a          | 100
b          | 100
c          | 200
d          |
"""


def test_rate_is_complaints_per_thousand_users_and_year_and_missing_exposure_is_not_zero() -> None:
    c = context("2023-12-31", services=FOUR_HOMES, complaints="""
        service_id | event_date | n
        a          | 2023-02-01 | 3
        a          | 2021-06-01 | 9
        c          | 2023-05-01 | 1
        d          | 2023-05-01 | 2
        """)  # fmt: skip
    short, long = complaint_rate_short(c), complaint_rate_long(c)
    assert short["value"].round(1).to_dict() == pytest.approx({"a": 30.0, "b": 0.0, "c": 5.0, "d": np.nan}, nan_ok=True)
    assert short["n"].to_dict() == {"a": 3, "b": 0, "c": 1, "d": 2}
    assert short["missing"].dropna().to_dict() == {"d": "no_exposure"}
    assert long["value"].round(1).to_dict() == pytest.approx({"a": 40.0, "b": 0.0, "c": 1.7, "d": np.nan}, nan_ok=True)
    # 13 complaints of the exposed services over 400 users and the 1,095 days of three years.
    assert long["expected"].unique().tolist() == pytest.approx([1000 * 13 / (400 * 1095 / 365.25)])


def test_missing_exposure_has_no_reading_at_all() -> None:
    c = context("2023-12-31", services=FOUR_HOMES, complaints="service_id | event_date\nd | 2023-05-01\na | 2023-05-01")
    d = complaint_rate_short(c).loc["d"]
    assert (d["standing"], d["standing_sd"]) == (0.0, 1.0)
    assert np.isnan(d["value"])
    assert np.isnan(d["estimate"])


def test_window_ends_are_the_day_after_its_start_and_the_as_of_date() -> None:
    c = context("2023-12-31", services=FOUR_HOMES, complaints="""
        service_id | event_date
        a          | 2022-12-31
        b          | 2023-01-01
        c          | 2023-12-31
        """)  # fmt: skip
    assert complaint_rate_short(c)["n"].to_dict() == {"a": 0, "b": 1, "c": 1, "d": 0}


def test_a_service_that_opened_in_the_window_is_judged_by_the_time_it_existed() -> None:
    c = context("2023-12-31", services="""
        service_id | users | valid_from
        old        | 100   | 2010-01-01
        new        | 100   | 2023-07-02
        """, complaints="service_id | event_date\nold | 2023-08-01\nnew | 2023-08-01")  # fmt: skip
    value = complaint_rate_short(c)["value"]
    assert value["new"] == pytest.approx(2 * value["old"], rel=0.01)


def test_types_are_compared_within_themselves() -> None:
    c = context("2023-12-31", services="""
        service_id | service_type | users
        a          | nursing_home | 100
        b          | nursing_home | 100
        x          | hospital     | 100
        y          | hospital     | 100
        """, complaints="""
        service_id | event_date | n
        a          | 2023-02-01 | 1
        x          | 2023-02-01 | 30
        y          | 2023-02-01 | 10
        """)  # fmt: skip
    assert complaint_rate_short(c)["expected"].round(0).to_dict() == {"a": 5, "b": 5, "x": 200, "y": 200}


def _many(counts: list[int]) -> tuple[str, str]:
    services = "service_id | users\n" + "\n".join(f"s{i:02d} | 100" for i in range(len(counts)))
    events = "service_id | event_date | n\n" + "\n".join(f"s{i:02d} | 2023-02-01 | {n}" for i, n in enumerate(counts))
    return services, events


def test_shrinkage_draws_towards_the_expected_and_keeps_the_order() -> None:
    services, events = _many([0] * 15 + [1] * 6 + [2] * 3 + [9])
    f = complaint_rate_short(context("2023-12-31", services=services, complaints=events))
    assert f.loc["s24", "expected"] < f.loc["s24", "estimate"] < f.loc["s24", "value"]
    assert f.loc["s00", "value"] < f.loc["s00", "estimate"] < f.loc["s00", "expected"]
    assert f["standing"].is_monotonic_increasing
    assert f.loc["s24", "standing"] > 2
    assert ((f["standing_sd"] > 0) & (f["standing_sd"] <= 1)).all()


def test_no_more_variation_than_chance_singles_out_no_one() -> None:
    services, events = _many([1] * 25)
    f = complaint_rate_short(context("2023-12-31", services=services, complaints=events))
    assert (f["standing"] == 0).all()
    assert np.allclose(f["estimate"], f["expected"])


def test_a_service_alone_of_its_type_keeps_its_reading_and_is_compared_with_no_one() -> None:
    services, events = _many([0, 0, 1, 3, 0, 2, 0, 0, 5, 1] * 3)
    services = services.replace("users\n", "users | service_type\n", 1).replace("| 100", "| 100 | nursing_home")
    f = complaint_rate_short(
        context("2023-12-31", services=services + "\nodd | 50 | lighthouse", complaints=events + "\nodd | 2023-02-01 | 500")
    )
    odd = f.loc["odd"]
    assert odd["value"] == pytest.approx(10_007, abs=1)
    assert (odd["standing"], odd["standing_sd"]) == (0.0, 1.0)


def test_a_silent_source_is_missing_and_not_zero() -> None:
    f = complaint_rate_short(context("2023-12-31", services=FOUR_HOMES))
    assert f["missing"].to_dict() == {"a": "source_silent", "b": "source_silent", "c": "source_silent", "d": "no_exposure"}
    assert f["value"].isna().all()
    assert (f["standing"] == 0).all()
    assert (f["standing_sd"] == 1).all()


def test_scaling_all_exposures_leaves_the_reading_where_it_was() -> None:
    services, events = _many([0, 0, 1, 3, 0, 2, 0, 0, 5, 1] * 3)
    one = complaint_rate_short(context("2023-12-31", services=services, complaints=events))
    ten = complaint_rate_short(context("2023-12-31", services=services.replace("| 100", "| 1000"), complaints=events))
    assert np.allclose(one["standing"], ten["standing"], atol=1e-5)


def test_z_is_on_the_root_scale_and_its_adjustment_allows_for_what_all_peers_show() -> None:
    services, events = _many([0] * 15 + [1] * 6 + [2] * 3 + [9])
    f = complaint_rate_short(context("2023-12-31", services=services, complaints=events))
    expected = 21 / 25
    assert f.loc["s24", "z"] == pytest.approx((np.sqrt(9 / expected) - 1) * 2 * np.sqrt(expected))
    assert f.loc["s24", "exposure"] == pytest.approx(100 * 365 / 365.25)
    assert f.loc["s24", "ratio"] == pytest.approx(9 / expected)
    assert (f["phi"] > 1).all()
    assert 0 < f.loc["s24", "z_adjusted"] < f.loc["s24", "z"]


def test_no_peers_no_z() -> None:
    f = complaint_rate_short(context("2023-12-31", services="service_id | users\na | 100", complaints="service_id | event_date\na | 2023-05-01"))
    assert f.loc["a", ["z", "z_adjusted", "phi", "tau2"]].isna().all()
    assert f.loc["a", "value"] == pytest.approx(10, rel=0.01)
