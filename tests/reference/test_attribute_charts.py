"""u and p charts against reference limits."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.attribute_charts import p_chart, u_chart

NAN = float("nan")
COUNTS = np.array([7, 3, 12, 5, 9, 4, 8, 22, 6, 5, 10, 3.0])
SIZE = np.array([1.2, 0.8, 2.1, 1, 1.4, 0.9, 1.3, 1.6, 1.1, 0.7, 2, 0.6])


def test_reference_limits(shared: Path) -> None:
    """R package qcc 2.7."""
    cases = json.loads((shared / "reference/04_timesignals/T06_u_p_chart.json").read_text())
    for name, chart in (("u", u_chart), ("p", p_chart)):
        case = cases[name]
        found = chart(np.array(case["x"], dtype=float), np.array(case["n"], dtype=float))
        assert found.centre == pytest.approx(case["center"], rel=1e-9)
        assert found.lower == pytest.approx(np.array(case["lcl"]), abs=1e-9)
        assert found.upper == pytest.approx(np.array(case["ucl"]), abs=1e-9)


def test_one_rate_lies_outside() -> None:
    """qcc 2.7: centre 6.39455782312925, first upper limit 13.3198147622954, the eighth rate too high."""
    found = u_chart(COUNTS, SIZE)
    assert (found.centre, found.upper[0]) == pytest.approx((6.39455782312925, 13.3198147622954))
    assert found.outside.tolist() == [0] * 7 + [1] + [0] * 4


def test_shares_stay_between_nothing_and_all() -> None:
    found = p_chart(np.array([1.0, 9, 0, 10]), np.full(4, 10.0))
    assert (found.lower.min(), found.upper.max()) == (pytest.approx(0.5 - 3 * 0.5 / 10**0.5), pytest.approx(0.5 + 3 * 0.5 / 10**0.5))
    assert p_chart(np.array([1.0, 3]), np.full(2, 4.0)).upper.tolist() == [1, 1]


def test_a_period_without_exposure_is_missing_and_moves_nothing() -> None:
    found = u_chart(np.append(COUNTS, [5, NAN]), np.append(SIZE, [0, 1]))
    assert found.centre == pytest.approx(6.39455782312925)
    assert np.isnan(found.value[-2:]).all()
    assert np.isnan(found.upper[-2:]).all()
    assert found.outside[-2:].tolist() == [0, 0]
    assert np.isnan(u_chart(np.zeros(3), np.zeros(3)).centre)


def test_laneys_limits_hold_where_poisson_limits_flag_nearly_all() -> None:
    rng = np.random.default_rng(1)
    size = rng.uniform(5e4, 1e5, (20, 48))
    counts = rng.poisson(size * rng.gamma(100, 1 / 100, size.shape)).astype(float)
    assert (u_chart(counts, size).outside != 0).mean() > 0.8
    assert (u_chart(counts, size, laney=True).outside != 0).mean() < 0.02


def test_laneys_limits_are_the_plain_ones_where_nothing_but_chance_varies() -> None:
    counts = np.random.default_rng(2).poisson(50, (200, 48)).astype(float)
    plain, wide = u_chart(counts, np.ones(48)), u_chart(counts, np.ones(48), laney=True)
    assert ((wide.upper - wide.lower) / (plain.upper - plain.lower)).mean() == pytest.approx(1, abs=0.02)


def test_no_events_at_all_are_finite() -> None:
    for laney in (False, True):
        found = u_chart(np.zeros(5), np.ones(5), laney=laney)
        assert not found.outside.any()
        assert found.centre == 0


def test_faulty_counts_are_refused_with_their_position() -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        u_chart(np.array([1.0, -1]), np.ones(2))
    with pytest.raises(ValueError, match=r"positions \[0\]"):
        p_chart(np.array([5.0, 1]), np.array([4.0, 4]))
