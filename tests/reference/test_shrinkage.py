"""Shrinkage against published and independently computed values."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.gamma_poisson import HOMOGENEOUS, fit_gamma, root_moments
from risiko.statistics.normal_hierarchy import fit_normal

# Rubin's eight schools (Gelman et al., Bayesian Data Analysis, 3rd ed., tables 5.2 and 5.3).
SCHOOLS = np.array([28, 8, -3, 7, -1, 1, 18, 12.0])
SCHOOL_SE = np.array([15, 10, 16, 11, 9, 11, 10, 18.0])


def test_scottish_lip_cancer(shared: Path) -> None:
    """Clayton & Kaldor's 56 districts: shape 1.88, rate 1.32; maximum likelihood by an independent implementation."""
    case = json.loads((shared / "reference/02_shrinkage/S01_scotland_lip.json").read_text())
    y, e = (np.array(case["inputs"][k], dtype=float) for k in ("observed", "expected_count"))
    wanted, prior = case["expected"]["negbin_mle"], fit_gamma(y, e)
    assert prior.shape == pytest.approx(wanted["theta"], rel=1e-5)
    assert prior.rate == pytest.approx(wanted["theta"] / wanted["mu"], rel=1e-5)
    assert (prior.shape + y) / (prior.rate + e) == pytest.approx(np.array(wanted["rr_mean"]), rel=1e-5)


def test_pump_failures_are_fitted_as_published_elsewhere() -> None:
    """Ten power-plant pumps (George, Makov & Smith 1993); empirical-Bayes ML a = .822965, b = 1.261653 (METHODS 2)."""
    failures = np.array([5, 1, 5, 14, 3, 19, 1, 1, 4, 22.0])
    hours = np.array([94.3, 15.7, 62.9, 126, 5.24, 31.4, 1.05, 1.05, 2.1, 10.5])
    prior = fit_gamma(failures, hours)
    assert (prior.shape, prior.rate) == pytest.approx((0.822965, 1.261653), rel=1e-5)


def test_eight_schools_do_not_collapse() -> None:
    """Posterior medians of table 5.3 are 10, 8, 7, 8, 5, 6, 10, 8; a plug-in spread of zero would give 7.7 for all."""
    fit = fit_normal(SCHOOLS, SCHOOL_SE**2)
    assert fit.mean == pytest.approx([10, 8, 7, 8, 5, 6, 10, 8], abs=1.6)
    assert fit.mean.max() - fit.mean.min() > 4
    assert fit.centre == pytest.approx(8, abs=0.3)
    assert (fit.sd > 5).all()
    assert (fit.sd < SCHOOL_SE).all()


def test_more_variation_than_chance_is_needed_for_a_prior_with_spread() -> None:
    assert fit_gamma(np.full(30, 4.0), np.full(30, 4.0)).shape == HOMOGENEOUS
    assert fit_gamma(np.array([0.0, 12, 1, 9, 0, 15, 3, 0]), np.full(8, 5.0)).shape < 5


@pytest.mark.parametrize("y", [[], [3.0], [0.0, 0.0, 0.0]])
def test_too_little_to_learn_from_gives_no_spread(y: list[float]) -> None:
    prior = fit_gamma(np.array(y), np.full(len(y), 2.0))
    assert prior.shape == HOMOGENEOUS
    assert np.isfinite(prior.rate)


def test_services_without_exposure_say_nothing() -> None:
    y, e = np.array([0.0, 12, 1, 9, 0, 15]), np.full(6, 5.0)
    assert fit_gamma(np.append(y, 7), np.append(e, 0.0)) == fit_gamma(y, e)


@pytest.mark.parametrize("y", [[1.0, -1.0], [1.0, float("nan")]])
def test_faulty_counts_are_refused_with_their_position(y: list[float]) -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        fit_gamma(np.array(y), np.ones(2))


def test_moments_of_the_root_agree_with_draws() -> None:
    shape, rate = np.array([0.3, 2.0, 40.0]), np.array([0.5, 1.0, 38.0])
    mean, sd = root_moments(shape, rate)
    draws = np.sqrt(np.random.default_rng(3).gamma(shape, 1 / rate, size=(200_000, 3)))
    assert mean == pytest.approx(draws.mean(0), abs=0.006)
    assert sd == pytest.approx(draws.std(0), abs=0.006)


def test_moments_of_the_root_do_not_cancel_for_large_counts() -> None:
    _, sd = root_moments(np.array([9e3, 1.1e4, 1e9]), np.array([9e3, 1.1e4, 1e9]))
    assert sd * 2 * np.sqrt([9e3, 1.1e4, 1e9]) == pytest.approx([1, 1, 1], rel=1e-4)


def test_an_empty_set_of_readings_is_answered() -> None:
    assert fit_normal(np.array([]), np.array([])).tau == 0


def test_a_known_centre_is_kept() -> None:
    fit = fit_normal(np.array([2.0, 4.0, 9.0]), np.ones(3), centre=0.0)
    assert fit.centre == 0.0
    assert (fit.mean < [2, 4, 9]).all()
    assert (fit.mean > 0).all()
