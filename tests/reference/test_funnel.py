"""Funnel limits against independent computations, the national institute's flags, and the edges of the scale."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko.statistics.funnel import LEVELS, binomial_limits, garwood_limits, poisson_band, poisson_limits


def only(value: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([float(value)])


@pytest.mark.parametrize(("n", "target", "p", "limit"), [
    (20, 0.02, 0.975, 0.0830293301021135),
    (20, 0.02, 0.999, 0.146905857118692),
    (20, 0.86, 0.975, 0.974476455344104),
    (5000, 0.3, 0.001, 0.279989927888249),
    (20, 0.02, 0.001, 0.0),  # -.0499 before it is set on the end of the scale
])  # fmt: skip
def test_interpolated_binomial_limits(n: float, target: float, p: float, limit: float) -> None:
    """Spiegelhalter 2005, app. A.1.1, computed with 40 digits."""
    assert binomial_limits(only(n), target, p) == pytest.approx(limit, abs=1e-12)


@pytest.mark.parametrize(("expected", "p", "limit"), [(27.8, 0.975, 1.37025540091405), (5, 0.001, 0.0)])
def test_interpolated_poisson_limits(expected: float, p: float, limit: float) -> None:
    assert poisson_limits(only(expected), p) == pytest.approx(limit, abs=1e-12)


def test_the_whole_grid_of_interpolated_limits(shared: Path) -> None:
    grid = pd.read_csv(shared / "reference/01_funnel/F05_spiegelhalter_exact_interpolated.csv")
    for row in grid.itertuples():
        at = only(row.n_or_E)
        limit = poisson_limits(at, row.p) if row.dist == "poisson" else binomial_limits(at, row.theta0, row.p)
        assert limit == pytest.approx(row.limit_clipped, abs=1e-12), row
    assert len(grid) == 68


def test_limits_in_one_call_are_the_limits_one_by_one() -> None:
    e = np.random.default_rng(2).gamma(0.5, 40, 300) + 1e-6
    for p in LEVELS:
        one_by_one = [poisson_limits(only(x), p)[0] for x in e]
        assert poisson_limits(e, p).tolist() == one_by_one
        n = np.ceil(e)
        assert binomial_limits(n, 0.2, p).tolist() == [binomial_limits(only(x), 0.2, p)[0] for x in n]


def test_limits_hold_for_very_small_and_very_large_exposure() -> None:
    e = np.array([1e-9, 1e7])
    assert poisson_limits(e, 0.001)[0] == 0
    assert poisson_limits(e, 0.999)[1] == pytest.approx(1 + 3.0902323 / np.sqrt(1e7), abs=2e-7)
    assert binomial_limits(e[1:], 0.1, 0.999)[0] == pytest.approx(0.1 + 3.0902323 * np.sqrt(0.09 / 1e7), abs=2e-7)
    assert binomial_limits(np.array([5.0, 5]), np.array([0.0, 1]), 0.975) == pytest.approx([0, 0.995])


def test_garwood_form_as_published() -> None:
    """nhs-r-community/FunnelPlotR, test-poisson_limits (MIT)."""
    e = np.array([15.0, 20, 30])
    assert garwood_limits(e, 0.025) == pytest.approx([0.5596924, 0.610826, 0.6746958], abs=5e-8)
    assert garwood_limits(e, 0.975) == pytest.approx([1.649348, 1.544419, 1.427562], abs=5e-7)
    assert garwood_limits(e, 0.001) == pytest.approx([0.386265, 0.4479107, 0.5289724], abs=5e-7)
    assert garwood_limits(e, 0.999) == pytest.approx([2.082907, 1.902094, 1.702771], abs=5e-7)


def test_no_exposure_no_limit() -> None:
    none = np.array([0.0, np.nan])
    for p in LEVELS:
        assert np.isnan([poisson_limits(none, p), binomial_limits(none, 0.3, p), garwood_limits(none, p)]).all()


def test_bands_agree_with_the_flags_of_the_english_public_health_office(shared: Path) -> None:
    rows = pd.read_csv(shared / "reference/01_funnel/F03_phe_ratio_inputs_significance.csv")
    words = {2: "High (0.001)", 1: "High (0.025)", 0: "Not significant", -1: "Low (0.025)", -2: "Low (0.001)"}
    band = poisson_band(rows["obs"].to_numpy(float), rows["expected"].to_numpy(float))
    assert [words[b] for b in band] == rows["significance"].tolist()


def test_bands_of_single_counts() -> None:
    """P(R <= 0 | 3) = .0498 is not surprising; five times the expected ten is; no exposure is no claim."""
    observed = np.array([0.0, 0, 8, 151, 159, 50, 4, 4])
    expected = np.array([3.0, 7, 6.239860227, 106.4429719, 232.9329036, 10, 0, np.nan])
    assert poisson_band(observed, expected).tolist() == [0, -2, 0, 2, -2, 2, 0, 0]


@pytest.mark.parametrize("bad", [-1.0, np.inf])
def test_faulty_exposure_is_refused_with_its_position(bad: float) -> None:
    with pytest.raises(ValueError, match=r"positions \[2\]"):
        poisson_limits(np.array([1.0, 2, bad]), 0.975)
    with pytest.raises(ValueError, match=r"proportion.*positions \[1\]"):
        binomial_limits(np.array([5.0, 5]), np.array([0.5, 1.5]), 0.975)
    with pytest.raises(ValueError, match=r"positions \[0\]"):
        poisson_band(np.array([np.nan, 1]), np.array([2.0, 2]))
