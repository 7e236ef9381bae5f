"""The law of the priority: what readings leave open, what a draw of it looks like, and what is common to all."""

from __future__ import annotations

import numpy as np
import pytest

from risiko.scoring.law import LIKELY, PriorityLaw, expit, reading_spread
from risiko.scoring.tiers import tiers
from risiko.scoring.uncertainty import IntArray


def law(middle: list[float], below: float = 0.5, above: float = 0.5, **other: np.ndarray) -> PriorityLaw:
    n = len(middle)
    given = {"pulls": np.zeros((n, 0)), "log_harm": np.zeros(n), "harm_spread": np.zeros(n), "unsaid": np.zeros(n)}
    return PriorityLaw(np.array(middle), np.full(n, below), np.full(n, above), **{**given, **other})


def spread(z: float, z_sd: float, floor: float = -4.0, wider: float = 1.0) -> list[float]:
    one = reading_spread(
        np.array([[z]]), np.array([[z_sd]]), np.array([2.0]), np.array([floor]), 4.0, np.array([[wider]])
    )
    return [float(x[0]) for x in one]


def test_a_free_reading_spreads_by_its_weight_both_ways() -> None:
    assert spread(0.0, 0.5) == pytest.approx([1.0, 1.0, 0.0])


def test_a_reading_at_its_floor_can_only_rise() -> None:
    below, above, _ = spread(-1.0, 1.0, floor=0.0)
    assert below == 0
    # Its 95 % point is -1 + 1.645 = .645, which counts twice.
    assert above == pytest.approx(2 * (LIKELY - 1) / LIKELY)


def test_what_may_be_unsaid_widens_the_upper_half_and_is_told_apart() -> None:
    below, above, unsaid = spread(0.0, 0.5, wider=1.4)
    assert (below, above) == pytest.approx((1.0, 1.4))
    assert unsaid == pytest.approx(2 * 0.5 * LIKELY * 0.4)


def test_readings_err_apart() -> None:
    two = np.full((1, 2), 0.5)
    below, _, _ = reading_spread(two * 0, two, np.ones(2), np.full(2, -4.0), 4.0, np.ones((1, 2)))
    assert below[0] == pytest.approx(np.sqrt(0.5))


def test_draws_have_the_median_and_both_halves_of_the_law() -> None:
    drawn = np.concatenate([block for block, _ in law([-2.0], 0.4, 0.9).draws(np.random.default_rng(1), 20_000)])
    odds = np.log(np.exp(drawn) / (1 - np.exp(drawn)))
    low, middle, high = np.quantile(odds, [0.05, 0.5, 0.95])
    assert middle == pytest.approx(-2.0, abs=0.02)
    assert (middle - low, high - middle) == pytest.approx((0.4 * LIKELY, 0.9 * LIKELY), rel=0.03)


def test_the_models_error_moves_all_services_in_one_draw() -> None:
    together = law([-2.0, -2.0], 0.01, 0.01, pulls=np.array([[0.5], [0.5]]))
    drawn = np.concatenate([block for block, _ in together.draws(np.random.default_rng(2), 2_000)])
    assert np.corrcoef(drawn.T)[0, 1] > 0.99
    assert together.model_spread == pytest.approx([0.5, 0.5])


def test_unknown_reach_spreads_the_priority_of_that_service_alone() -> None:
    unknown = law([-2.0, -2.0], 0.01, 0.01, harm_spread=np.array([0.7, 0.0]))
    drawn = np.concatenate([block for block, _ in unknown.draws(np.random.default_rng(3), 4_000)])
    assert drawn.std(axis=0) == pytest.approx([0.7, 0.01], rel=0.15)


def test_the_interval_of_the_likelihood_holds_nine_tenths_of_its_draws() -> None:
    one = law([-1.0], 0.3, 0.8, pulls=np.array([[0.4]]))
    low, high = one.likelihood_range()
    drawn = np.exp(np.concatenate([block for block, _ in one.draws(np.random.default_rng(4), 20_000)]))
    assert ((low <= drawn) & (drawn <= high)).mean() == pytest.approx(0.9, abs=0.02)
    assert low[0] < expit(np.array([-1.0]))[0] < high[0]


def test_the_chance_of_passing_a_line_is_the_share_of_draws_that_do() -> None:
    one = law([-1.0, -3.0], 0.5, 1.0)
    drawn = np.concatenate([block for block, _ in one.draws(np.random.default_rng(5), 20_000)])
    line = np.full((1, 2), -2.0)
    told = one.chance_above(line.astype(np.float32), np.zeros((1, 1), dtype=np.float32))[0]
    assert told == pytest.approx((drawn > -2.0).mean(axis=0), abs=0.01)


def test_bounds_reach_as_far_as_the_unsaid_of_oneself_and_others() -> None:
    best, worst = law([-1.0, -1.5, -2.0], unsaid=np.array([0.0, 0.0, 0.8])).unsaid_bounds()
    # The third may pass the second, not the first.
    assert (best.tolist(), worst.tolist()) == ([1, 2, 2], [1, 3, 3])


# --- Tiers ---


def ranked(middle: list[float], below: float = 0.5, above: float = 0.5) -> IntArray:
    order = np.argsort(np.argsort(-np.array(middle))) + 1
    return tiers(law(middle, below, above), order, told_apart=0.9)


def test_a_tier_ends_with_the_first_that_is_told_apart_from_its_head() -> None:
    """Small likelihoods, so that log-priority follows log-odds: told apart from 1.2816 × √2 × .5 = .906 on."""
    assert ranked([-8.0, -8.8, -8.95, -9.8, -9.9]).tolist() == [1, 1, 2, 2, 3]


def test_the_same_services_sure_of_themselves_have_a_tier_each() -> None:
    assert ranked([-8.0, -8.8, -8.95], 0.001, 0.001).tolist() == [1, 2, 3]


def test_equals_are_never_told_apart_and_share_a_tier_however_sure() -> None:
    alike = law([-2.0] * 4, 0.001, 0.001)
    assert tiers(alike, np.ones(4, dtype=np.int64), told_apart=0.9).tolist() == [1] * 4


def test_one_that_could_rise_far_stays_in_the_tier() -> None:
    sure, unsure = (
        tiers(PriorityLaw(np.array([-8.0, -9.5]), np.full(2, 0.1), np.array([0.1, above]), np.zeros((2, 0)), *[np.zeros(2)] * 3),
              np.array([1, 2]), told_apart=0.9)
        for above in (0.1, 2.0)
    )  # fmt: skip
    assert (sure.tolist(), unsure.tolist()) == ([1, 2], [1, 1])


def test_no_service_and_one_service() -> None:
    assert ranked([]).tolist() == []
    assert ranked([-2.0]).tolist() == [1]
