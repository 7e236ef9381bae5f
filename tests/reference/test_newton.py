"""The climbing of many hills at once, on hills whose tops are known; and trigamma against scipy."""

import numpy as np
import pytest

from risiko.asof import FloatArray
from risiko.statistics.newton import Hill, climb
from risiko.statistics.trigamma import trigamma

TOPS = np.array([[1.0, -2], [0, 0], [30, 5]])


def bells(point: FloatArray) -> Hill:
    """Log of Cauchy bells: not concave away from the top, so that a bare Newton step would run off."""
    away = point - TOPS
    inside = 1 + (away**2).sum(1)
    slope = -2 * away / inside[:, None]
    bend = 2 * np.eye(2) / inside[:, None, None] - slope[:, :, None] * slope[:, None, :]
    return Hill(-np.log(inside), slope, bend)


def test_every_hill_is_climbed_to_its_own_top() -> None:
    found = climb(bells, np.zeros((3, 2)), np.full(3, 1e-12), np.full(2, np.inf))
    assert found == pytest.approx(TOPS, abs=1e-9)


def test_a_hill_without_a_top_is_left_at_the_ceiling() -> None:
    def ever_upwards(point: FloatArray) -> Hill:
        return Hill(point[:, 0].copy(), np.ones_like(point), np.zeros((len(point), 1, 1)))

    found = climb(ever_upwards, np.zeros((2, 1)), np.full(2, 1e-12), np.array([9.0]))
    assert ((found > 9) & (found < 12)).all()


def test_trigamma_is_scipys() -> None:
    from scipy.special import polygamma

    x = np.logspace(-6, 8, 500)
    assert trigamma(x) == pytest.approx(polygamma(1, x), rel=1e-12)
    assert trigamma(np.ones(1))[0] == pytest.approx(np.pi**2 / 6, rel=1e-12)
