"""Reporting rates against reference cases."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.reporting_rate import at_least, duplicate_rate, log_correction, two_lists, zero_inflated_rate


def test_duplicates_of_three_groups(shared: Path) -> None:
    """R package pscl 1.5.5: zero-inflated Poisson with a log-duration offset."""
    case = json.loads((shared / "reference/06_underreporting/U01_duplicate_reporting_rate.json").read_text())
    given, wanted = case["inputs"], case["expected"]
    data = np.array(given["duplicates"], dtype=float), np.array(given["duration"]), np.array(given["group"])
    assert duplicate_rate(*data) == pytest.approx(wanted["closed_form"], rel=1e-9)
    found = zero_inflated_rate(*data)
    assert {f"g{name}": rate for name, rate in found.rate.items()} == pytest.approx(wanted["zip"]["rate"], rel=1e-6)
    assert found.never == pytest.approx(wanted["zip"]["pi_zero"], rel=1e-6)
    assert found.log_likelihood == pytest.approx(wanted["zip"]["loglik"], rel=1e-9)


def test_the_rate_is_duplicates_over_time() -> None:
    """Two groups: 3 in 10 weeks and 1 in 4; a group with no time at all is unknown, not zero."""
    found = duplicate_rate(np.array([2.0, 1, 1, 0]), np.array([4.0, 6, 4, 0]), np.array(["a", "a", "b", "c"]))
    assert found == pytest.approx({"a": 0.3, "b": 0.25, "c": float("nan")}, nan_ok=True)


def test_planted_zeros_are_told_from_slow_reporting() -> None:
    rng = np.random.default_rng(5)
    duration, group = rng.uniform(5, 40, 20_000), rng.choice(["slow", "fast"], 20_000)
    open_ = rng.random(20_000) > 0.25
    duplicates = rng.poisson(np.where(group == "fast", 0.2, 0.05) * duration * open_).astype(float)
    found = zero_inflated_rate(duplicates, duration, group)
    assert found.rate == pytest.approx({"slow": 0.05, "fast": 0.2}, rel=0.03)
    assert found.never == pytest.approx(0.25, abs=0.01)


def test_faulty_durations_are_refused() -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        duplicate_rate(np.array([1.0, 1]), np.array([1.0, -1]), np.array(["a", "a"]))


def test_cervical_cancer_in_four_countries() -> None:
    """Whittemore & Gong 1991: England against Belgium .553 before, .402 after the correction; 43 of 50, 50 of 50 ..."""
    correction = log_correction(np.array([43, 50, 38, 41.0]), np.array([50, 50, 53, 50.0]))
    naive = np.array([0.552699284789806, -0.313636031486744, -0.874298891095987])
    corrected = naive + correction[1:] - correction[0]
    assert corrected == pytest.approx([0.401876395055221, -0.131753167395593, -0.826670842106734], abs=1e-9)


def test_a_sample_with_none_reported_has_no_finite_correction() -> None:
    found = log_correction(np.array([0.0, 0]), np.array([5.0, 0]))
    assert found[0] == np.inf
    assert np.isnan(found[1])
    with pytest.raises(ValueError, match=r"positions \[0\]"):
        log_correction(np.array([6.0]), np.array([5.0]))


def test_capture_and_recapture() -> None:
    """Chapman: 60 and 45 with 20 on both lists make 132.6 (Lincoln-Petersen: 135)."""
    assert two_lists(60, 45, 20) == pytest.approx((132.619047619048, 289.218717790146))
    assert two_lists(15, 9, 0) == pytest.approx((159, 10800))
    with pytest.raises(ValueError, match="both lists"):
        two_lists(3, 4, 5)


def test_chaos_lower_bound() -> None:
    assert (at_least(58, 30, 9), at_least(14, 12, 0)) == (101.5, 80)
    with pytest.raises(ValueError, match="must fit"):
        at_least(10, 8, 8)
