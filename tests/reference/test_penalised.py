"""Penalised logistic regression against scikit-learn's, and against what an optimum within bounds must satisfy."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from risiko.asof import FloatArray
from risiko.scoring.penalised import CLOSE_ENOUGH, fit_penalised

ONES = 1  # the first term of every design, which is not penalised


def drawn(seed: int, rows: int = 300, terms: int = 8) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Design with a column of ones, outcome and weights. Every other one has entangled terms, every third of uneven size."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, terms))
    if seed % 2:
        X = X @ rng.normal(size=(terms, terms))
    if seed % 3 == 0:
        X = X * 10 ** rng.uniform(-1, 1, terms)
    log_odds = np.clip(X @ rng.normal(size=terms) - 1, -30, 30)
    y = (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(float)
    return np.column_stack([np.ones(rows), X]), y, rng.uniform(0.1, 3, rows)


def ridge_of(strength: float, design: FloatArray) -> FloatArray:
    return np.r_[0.0, np.full(design.shape[1] - ONES, strength)]


def slope_at(found: FloatArray, design: FloatArray, y: FloatArray, weight: FloatArray, ridge: FloatArray) -> FloatArray:
    return design.T @ (weight * (1 / (1 + np.exp(-design @ found)) - y)) + ridge * found


def loss_at(found: FloatArray, design: FloatArray, y: FloatArray, weight: FloatArray, ridge: FloatArray) -> float:
    line = design @ found
    return float(weight @ (np.logaddexp(0, line) - y * line) + 0.5 * ridge @ found**2)


@pytest.mark.parametrize("strength", [0.1, 10.0, 1000.0])
@pytest.mark.parametrize("seed", [0, 2, 4])
def test_without_bounds_it_is_scikit_learns(seed: int, strength: float) -> None:
    design, y, weight = drawn(seed)
    found = fit_penalised(design, y, weight, ridge_of(strength, design), np.zeros(design.shape[1], dtype=bool))
    theirs = LogisticRegression(C=1 / strength, tol=1e-10, max_iter=10_000).fit(design[:, 1:], y, sample_weight=weight)
    assert found == pytest.approx(np.r_[theirs.intercept_, theirs.coef_[0]], abs=1e-4)


@pytest.mark.parametrize("strength", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("seed", range(40))
def test_within_bounds_it_is_where_an_optimum_must_be(seed: int, strength: float) -> None:
    """Karush-Kuhn-Tucker: none below zero; no slope where a coefficient is free; none that points inwards at zero."""
    design, y, weight = drawn(seed, terms=5 + seed % 15)
    bounded = np.r_[False, np.random.default_rng(seed).random(design.shape[1] - ONES) < 0.6]
    ridge = ridge_of(strength, design)
    found = fit_penalised(design, y, weight, ridge, bounded)
    slope, limit = slope_at(found, design, y, weight, ridge), CLOSE_ENOUGH * weight.sum() * 1.001
    at_zero = bounded & (found == 0)
    assert (found[bounded] >= 0).all()
    assert np.abs(slope[~at_zero]).max() <= limit
    assert slope[at_zero].min(initial=0) >= -limit


@pytest.mark.parametrize("seed", [1, 3, 6])
def test_within_bounds_scipy_finds_nothing_better(seed: int) -> None:
    design, y, weight = drawn(seed)
    bounded, ridge = np.r_[False, np.ones(design.shape[1] - ONES, dtype=bool)], ridge_of(1.0, design)
    found = fit_penalised(design, y, weight, ridge, bounded)
    theirs = minimize(
        loss_at, np.zeros(design.shape[1]), (design, y, weight, ridge), jac=slope_at, method="L-BFGS-B",
        bounds=[(None, None), *[(0, None)] * (design.shape[1] - ONES)], options={"maxiter": 10_000, "ftol": 1e-14, "gtol": 1e-8},
    )  # fmt: skip
    assert (found[1:] == 0).any()  # the bounds bind, or the test says nothing
    assert loss_at(found, design, y, weight, ridge) == pytest.approx(theirs.fun, rel=1e-7)
    assert found == pytest.approx(theirs.x, abs=1e-3)


def test_a_weight_of_three_is_three_rows() -> None:
    design, y, _ = drawn(5)
    times = np.random.default_rng(0).integers(0, 4, len(y))
    ridge, bounded = ridge_of(5.0, design), np.r_[False, np.ones(design.shape[1] - ONES, dtype=bool)]
    weighed = fit_penalised(design, y, times.astype(float), ridge, bounded)
    repeated = fit_penalised(np.repeat(design, times, axis=0), np.repeat(y, times), np.ones(times.sum()), ridge, bounded)
    assert weighed == pytest.approx(repeated, abs=1e-5)


def test_where_it_starts_makes_no_difference() -> None:
    design, y, weight = drawn(8)
    ridge, bounded = ridge_of(1.0, design), np.r_[False, np.ones(design.shape[1] - ONES, dtype=bool)]
    start = np.full(design.shape[1], 0.7)
    cold, warm = (fit_penalised(design, y, weight, ridge, bounded, s) for s in (None, start))
    assert warm == pytest.approx(cold, abs=1e-4)
    assert (start == 0.7).all()


def test_a_strong_ridge_leaves_only_the_base_rate() -> None:
    design, y, weight = drawn(4)
    found = fit_penalised(design, y, weight, ridge_of(1e9, design), np.zeros(design.shape[1], dtype=bool))
    rate = np.average(y, weights=weight)
    assert found[0] == pytest.approx(np.log(rate / (1 - rate)), abs=1e-4)
    assert found[1:] == pytest.approx(0, abs=1e-4)


def test_separated_outcomes_have_an_end_all_the_same() -> None:
    """Without a penalty the coefficient would grow for ever."""
    x = np.linspace(-1, 1, 100)
    design, y = np.column_stack([np.ones(100), x]), (x > 0).astype(float)
    found = fit_penalised(design, y, np.ones(100), ridge_of(0.1, design), np.array([False, True]))
    assert np.abs(slope_at(found, design, y, np.ones(100), ridge_of(0.1, design))).max() <= CLOSE_ENOUGH * 100
    assert 5 < found[1] < 50


def test_a_term_of_zeros_gets_no_weight() -> None:
    design, y, weight = drawn(10)
    wider = np.column_stack([design, np.zeros(len(y))])
    found = fit_penalised(wider, y, weight, ridge_of(1.0, wider), np.zeros(wider.shape[1], dtype=bool))
    plain = fit_penalised(design, y, weight, ridge_of(1.0, design), np.zeros(design.shape[1], dtype=bool))
    assert found[-1] == 0
    assert found[:-1] == pytest.approx(plain, abs=1e-4)
