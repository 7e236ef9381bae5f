"""Recalibration, Venn-Abers bounds and conformal limits against published values and independent fits."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risiko.scoring.calibration import Recalibration, conformal_quantile, fit_line, fit_platt, venn_abers
from risiko.scoring.law import expit

HALVES = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])


def made(n: int, slope: float, offset: float, seed: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds as a model gives them, and outcomes from a truth that is a line away."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(-2.5, 1.2, n)
    return log_odds, (rng.random(n) < expit(slope * log_odds + offset)).astype(float)


def test_platt_without_a_prior_is_rs_glm(shared: Path) -> None:
    case = json.loads((shared / "reference/08_calibration/C02_calibration.json").read_text())
    promised, found = (np.array(case["inputs"][k], dtype=float) for k in ("p", "y"))
    fit = fit_platt(np.log(promised / (1 - promised)), found, prior_events=0)
    assert fit.slope == pytest.approx(case["expected"]["slope"], abs=1e-8)
    assert fit.offset == pytest.approx(case["expected"]["intercept"], abs=1e-8)


@pytest.mark.parametrize("n", [200, 5000])  # few rows are fitted as they are, many through nodes
@pytest.mark.parametrize(("slope", "offset"), [(0.5, -1.0), (1.0, 0.0), (2.0, 1.5)])
def test_the_score_equations_hold_on_every_row(n: int, slope: float, offset: float) -> None:
    """At the top of the likelihood the promised events and their log-odds add up to what was seen."""
    x, y = made(n, slope, offset)
    weight = np.random.default_rng(1).poisson(1.0, (3, n)).astype(float)
    offsets, slopes = fit_line(x, weight * y, weight)
    promised = expit(offsets[:, None] + slopes[:, None] * x)
    assert (weight * promised).sum(1) == pytest.approx((weight * y).sum(1), rel=1e-9)
    assert (weight * promised) @ x == pytest.approx((weight * y) @ x, rel=1e-9)
    level, one = fit_line(x, weight * y, weight, free_slope=False)
    assert (weight * expit(level[:, None] + x)).sum(1) == pytest.approx((weight * y).sum(1), rel=1e-9)
    assert (one == 1).all()


def test_certain_and_wide_log_odds_are_fitted_too() -> None:
    x, y = made(4000, 1.0, 0.0)
    x[:2], y[:2] = (-27.6, 27.6), (0, 1)
    offset, slope = fit_line(x, y, np.ones(4000))
    promised = expit(offset + slope * x)
    assert (promised.sum(), promised @ x) == pytest.approx((y.sum(), y @ x), rel=1e-8)


def test_a_steep_line_is_fitted_on_the_rows_themselves() -> None:
    """Far under-confident log-odds, slope 9: nodes alone would leave the sums wrong in the sixth digit."""
    x = np.random.default_rng(8).normal(-0.2, 0.4, 4000)
    y = (np.random.default_rng(9).random(4000) < expit(9 * x)).astype(float)
    offset, slope = fit_line(np.r_[x, -8, 8], np.r_[y, 0, 1], np.ones(4002))
    promised = expit(offset + slope * x)
    assert slope > 7
    assert (promised.sum(), promised @ x) == pytest.approx((y.sum(), y @ x), rel=1e-9)


def test_a_planted_line_is_found_again() -> None:
    x, y = made(40_000, 0.6, -0.8)
    fit = fit_platt(x, y)
    assert (fit.slope, fit.offset) == pytest.approx((0.6, -0.8), abs=0.06)
    assert expit(fit.apply(x)).mean() == pytest.approx(y.mean(), rel=0.01)


def test_counted_services_are_repeated_services() -> None:
    x, y = made(120, 0.7, 0.2)
    counts = np.random.default_rng(2).integers(0, 4, 120)
    repeated = fit_platt(np.repeat(x, counts), np.repeat(y, counts))
    counted = fit_platt(x, y, counts.astype(float))
    assert (counted.slope, counted.offset) == pytest.approx((repeated.slope, repeated.offset), abs=1e-8)


def test_slopes_times_contributions_stay_additive() -> None:
    parts = np.array([[0.5, -1.0, 0.25], [2.0, 0.0, -3.0]])
    line = Recalibration(slope=0.8, offset=-0.3)
    assert line.apply(parts.sum(1)) == pytest.approx((0.8 * parts).sum(1) - 0.3)


def test_a_right_model_with_a_prior_is_left_alone() -> None:
    """Outcomes exactly as promised (2 of 10 at .2, 5 of 10 at .5): no prior can pull the line away from 1 and 0."""
    x = np.repeat([np.log(0.25), 0.0], 10)
    y = np.repeat([1.0, 0, 1, 0], [2, 8, 5, 5])
    for prior in (0.0, 2.0, 50.0):
        fit = fit_platt(x, y, prior_events=prior)
        assert (fit.slope, fit.offset) == pytest.approx((1, 0), abs=1e-9)


def test_the_prior_is_worth_so_many_events() -> None:
    """10 promised, 20 seen, one probability for all: with 10 prior events as promised the level is half-way, 15."""
    x, y = np.full(100, np.log(1 / 9)), np.repeat([1.0, 0.0], [20, 80])
    fit = fit_platt(x, y, prior_events=10)
    assert expit(fit.apply(x)) == pytest.approx(np.full(100, 0.15))


def test_few_events_do_not_explode() -> None:
    """Three events above all others: maximum likelihood has no finite slope; the prior keeps it modest."""
    x = np.linspace(-4, 0, 60)
    y = (np.arange(60) >= 57).astype(float)
    assert fit_platt(x, y, prior_events=0).slope == 1
    held = fit_platt(x, y)
    assert 1 < held.slope < 4
    assert held.slope < fit_platt(x, y, prior_events=0.2).slope


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_one_class_only_moves_the_level_and_no_slope(outcome: float) -> None:
    x = np.linspace(-3, 0, 40)
    fit = fit_platt(x, np.full(40, outcome))
    assert fit.slope == 1
    assert np.sign(fit.offset) == (1 if outcome else -1)
    assert fit_platt(x, np.full(40, outcome), prior_events=0) == Recalibration(1.0, 0.0)


def test_without_services_nothing_is_changed() -> None:
    assert fit_platt(np.empty(0), np.empty(0)) == Recalibration(1.0, 0.0)
    assert fit_platt(np.array([0.3, 1.0]), np.array([0.0, 1.0]), np.zeros(2)) == Recalibration(1.0, 0.0)


def test_unknown_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"log-odds must be finite.*\[1\]"):
        fit_platt(np.array([0.0, np.inf]), np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match="outcome must be 0 or 1"):
        fit_platt(np.zeros(2), np.array([0.0, 0.5]))
    with pytest.raises(ValueError, match="weights"):
        fit_platt(np.zeros(2), np.array([0.0, 1.0]), np.array([1.0, -1.0]))
    with pytest.raises(ValueError, match="scores must be numbers"):
        venn_abers(HALVES, np.ones(9), np.array([np.nan]))


def test_venn_abers_on_the_reference_case(shared: Path) -> None:
    """Case C04: two isotonic fits per point and the package venn-abers 1.5.4 agree."""
    case = json.loads((shared / "reference/08_calibration/C04_venn_abers.json").read_text())
    lower, upper = venn_abers(*(np.array(case["inputs"][k], dtype=float) for k in ("cal_scores", "cal_y", "test_scores")))
    assert lower == pytest.approx(np.array(case["expected"]["p0"]), abs=1e-12)
    assert upper == pytest.approx(np.array(case["expected"]["p1"]), abs=1e-12)
    assert upper / (1 - lower + upper) == pytest.approx(np.array(case["expected"]["merged"]), abs=1e-12)


def test_venn_abers_by_hand() -> None:
    """Calibration 0, 0, 1 at 1, 2, 3. At 2.5 as a 0: the steps are 0 0 0 1; as a 1: 0 0 1 1. At 9 as a 0: it halves the 1."""
    lower, upper = venn_abers(np.array([1.0, 2, 3]), np.array([0.0, 0, 1]), np.array([2.5, 9, 0, 2]))
    assert lower == pytest.approx([0, 0.5, 0, 0])
    assert upper == pytest.approx([1, 1, 1 / 3, 0.5])


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=25), st.integers(-1, 20))
def test_venn_abers_is_two_isotonic_fits(calibration: list[tuple[int, bool]], twice: int) -> None:
    from sklearn.isotonic import IsotonicRegression

    score, found = np.array(calibration, dtype=float).T
    at = twice / 2
    wanted = [
        IsotonicRegression(out_of_bounds="clip").fit(np.r_[score, at], np.r_[found, label]).predict([at])[0]
        for label in (0, 1)
    ]
    lower, upper = venn_abers(score, found, np.array([at]))
    assert (lower[0], upper[0]) == pytest.approx(wanted, abs=1e-9)
    assert lower[0] <= upper[0]


def test_many_places_do_not_depend_on_how_they_are_cut_up() -> None:
    """More distinct scores than one block holds; rising scores have rising bounds that hold the event rate between."""
    rng = np.random.default_rng(5)
    score = rng.random(400)
    found = (rng.random(400) < score).astype(float)
    lower, upper = venn_abers(score, found, np.linspace(0, 1, 300))
    assert (np.diff(lower) >= 0).all()
    assert (np.diff(upper) >= 0).all()
    assert (upper - lower).max() < 0.5
    assert np.mean((lower + upper) / 2 - np.linspace(0, 1, 300)) == pytest.approx(0, abs=0.05)


def test_without_calibration_the_bounds_are_nothing_and_all() -> None:
    lower, upper = venn_abers(np.empty(0), np.empty(0), np.array([0.3]))
    assert (lower[0], upper[0]) == (0, 1)


def test_conformal_limits_on_the_reference_case(shared: Path) -> None:
    case = json.loads((shared / "reference/08_calibration/C06_conformal_quantile.json").read_text())
    for row in case["cases"]:
        assert conformal_quantile(np.array(row["scores"]), 1 - row["alpha"]) == float(row["expected"])


@pytest.mark.parametrize(("level", "limit"), [(0.5, 0.5), (0.8, 0.8), (0.9, 0.9), (0.91, np.inf), (0.05, 0.1)])
def test_conformal_limits_by_hand(level: float, limit: float) -> None:
    """Nine scores: level .9 is the ninth of ten places; above it there is nothing to promise."""
    assert conformal_quantile(HALVES[::-1], level) == limit


def test_a_whole_rank_is_not_lost_to_rounding() -> None:
    """150 × (1 - .18) is 123, though 1 - .18 is a little more than .82 in the machine: the 123rd, not the 124th."""
    assert conformal_quantile(np.arange(1.0, 150), 1 - 0.18) == 123


def test_conformal_limits_without_scores_or_with_a_senseless_level() -> None:
    assert conformal_quantile(np.empty(0), 0.9) == np.inf
    for level in (0.0, 1.0, 90.0):
        with pytest.raises(ValueError, match="between 0 and 1"):
            conformal_quantile(HALVES, level)
    with pytest.raises(ValueError, match="numbers"):
        conformal_quantile(np.array([1.0, np.nan]), 0.9)
