"""DuMouchel's EBGM against openEBGM 0.9.1."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko.statistics.ebgm import MixturePrior, fit_mixture, independent, negative_log_likelihood, shrink_cells

# openEBGM 0.9.1, tests/testthat/testEBGM.R: the theta its cells were computed with.
THETA = MixturePrior(3.25280367, 0.39983376, 2.02490400, 1.90726819, 0.06536416)


def test_single_cells_as_published() -> None:
    """Three rows of openEBGM's caers data; EBGM unrounded, quantiles to its stop at 1e-4."""
    n, e = np.ones(3), np.array([0.116209773539928, 0.123361144219309, 0.0160905840286055])
    found = shrink_cells(THETA, n, e)
    assert found.weight == pytest.approx([0.177998223197607, 0.171103271641761, 0.317303990244454], abs=1e-12)
    assert found.ebgm == pytest.approx([1.71754399263388, 1.6879019532553, 2.43281472175685], abs=1e-9)
    assert found.eb05 == pytest.approx([0.445254, 0.442133, 0.506843], abs=1e-6)
    assert found.eb95 == pytest.approx([10.037266, 9.750527, 15.020914], rel=1e-6)


def test_three_hundred_cells(shared: Path) -> None:
    cells = pd.read_csv(shared / "reference/02_shrinkage/S04_openEBGM_caers_sample.csv")
    found = shrink_cells(THETA, cells["N"].to_numpy(float), cells["E"].to_numpy(float))
    assert found.weight == pytest.approx(cells["qn"].to_numpy(), abs=1e-9)
    assert found.ebgm == pytest.approx(cells["EBGM_full"].to_numpy(), rel=1e-9)
    assert found.eb05 == pytest.approx(cells["Q05"].to_numpy(), rel=1e-6, abs=1e-6)
    assert found.eb95 == pytest.approx(cells["Q95"].to_numpy(), rel=1e-6)


def test_likelihood_of_all_cells(shared: Path) -> None:
    case = json.loads((shared / "reference/02_shrinkage/S04_openEBGM.json").read_text())["likelihood_case"]
    n, e = (np.array(case[k], dtype=float) for k in ("N", "E"))
    assert negative_log_likelihood(MixturePrior(*case["theta"]), n, e) == pytest.approx(case["negLLzero"], abs=1e-9)


def test_the_fit_is_likelier_than_the_truth_and_finds_its_cells() -> None:
    rng = np.random.default_rng(6)
    truth = MixturePrior(4.0, 0.8, 20.0, 22.0, 0.15)
    e = rng.gamma(1, 6, 800)
    high = rng.random(800) < truth.share
    ratio = np.where(high, rng.gamma(4, 1 / 0.8, 800), rng.gamma(20, 1 / 22, 800))
    n = rng.poisson(e * ratio).astype(float)
    fit = fit_mixture(n, e)
    assert negative_log_likelihood(fit, n, e) <= negative_log_likelihood(truth, n, e)
    cells = shrink_cells(fit, n, e)
    assert 0.84 < np.mean((cells.eb05 <= ratio) & (ratio <= cells.eb95)) < 0.96  # ninety per cent, and chance
    assert ratio[cells.eb05 > 2].min() > 1.2
    raw = np.abs(np.log((n + 0.5) / (e + 0.5)) - np.log(ratio)).mean()
    assert np.abs(np.log(cells.ebgm) - np.log(ratio)).mean() < raw


def test_expected_cells_of_an_independent_table() -> None:
    table = np.array([[8.0, 2], [4, 6]])
    assert independent(table).tolist() == [[6, 4], [6, 4]]
    assert independent(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]


def test_a_cell_with_nothing_expected_has_the_prior() -> None:
    found = shrink_cells(THETA, np.zeros(1), np.zeros(1))
    assert found.weight[0] == pytest.approx(THETA.share)
    assert np.isfinite([found.ebgm[0], found.eb05[0], found.eb95[0]]).all()


def test_a_table_without_departures_is_left_alone() -> None:
    table = np.outer([10.0, 20, 30], [1.0, 2, 3])
    e = independent(table)
    assert shrink_cells(fit_mixture(table, e), table, e).ebgm == pytest.approx(np.ones((3, 3)), abs=0.02)


def test_faulty_cells_are_refused_with_their_position() -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        shrink_cells(THETA, np.array([1.0, -2]), np.ones(2))
    with pytest.raises(ValueError, match=r"no cases.*positions \[0\]"):
        fit_mixture(np.array([1.0, 2]), np.array([0.0, 1]))
    with pytest.raises(ValueError, match="nothing to learn"):
        fit_mixture(np.zeros(2), np.zeros(2))
