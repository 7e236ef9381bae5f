"""Many peer groups in one fit, and Marshall's rates, against published values."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.gamma_poisson import HOMOGENEOUS, fit_gamma, fit_gamma_groups, marshall


def test_one_fit_of_many_groups_is_the_fits_of_each() -> None:
    rng = np.random.default_rng(7)
    group = rng.integers(0, 9, 900) * 11
    e = rng.gamma(2, 2, 900)
    # Groups differ in spread; one has no events, one no exposure, one a single service.
    y = rng.poisson(e * rng.gamma(1 + group / 11, 1 / (1 + group / 11))).astype(float)
    y[group == 0], e[group == 11] = 0, 0
    group[np.flatnonzero(group == 22)[1:]] = 33
    together = fit_gamma_groups(y, e, group)
    for code in np.unique(group):
        alone = fit_gamma(y[group == code], e[group == code])
        assert together.shape[group == code] == pytest.approx(alone.shape, rel=1e-6), code
        assert together.rate[group == code] == pytest.approx(alone.rate, rel=1e-6), code
    assert (together.shape[np.isin(group, [0, 11, 22])] == HOMOGENEOUS).all()
    assert (together.shape[group == 44] < 50).all()


def test_the_order_of_the_services_does_not_show_in_the_fit() -> None:
    """Around the top rounding hides heights from each other: a climb that ends there may stop in the seventh digit."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        e = rng.gamma(2, 2, 300)
        y = rng.poisson(e * rng.gamma(4, 0.25, 300)) * rng.choice([0.5, 1, 0.37], 300)
        order = rng.permutation(300)
        one, other = fit_gamma(y, e), fit_gamma(y[order], e[order])
        assert (other.shape, other.rate) == pytest.approx((one.shape, one.rate), rel=1e-11), seed


def test_no_other_prior_is_likelier() -> None:
    """The top is a top: around the fitted shape and rate the likelihood, written out plainly, is lower."""
    rng = np.random.default_rng(8)
    e = rng.gamma(2, 2, 200)
    y = rng.poisson(e * rng.gamma(2, 0.5, 200)).astype(float)

    def height(a: float, b: float) -> float:
        from scipy.stats import nbinom
        return float(nbinom.logpmf(y, a, b / (b + e)).sum())

    fit = fit_gamma(y, e)
    top = height(fit.shape, fit.rate)
    assert all(height(fit.shape * s, fit.rate * r) < top for s in (0.98, 1, 1.02) for r in (0.98, 1, 1.02) if (s, r) != (1, 1))


def test_more_exposure_with_the_same_ratios_leaves_shrunk_ratios_in_order() -> None:
    """Scaling all expected counts by c scales the rate by c and leaves the order of posterior means."""
    y, e = np.array([0.0, 12, 1, 9, 0, 15, 3]), np.array([2.0, 5, 5, 4, 1, 9, 3])
    one, ten = fit_gamma(y, e), fit_gamma(y, 10 * e)
    assert (ten.shape, ten.rate) == pytest.approx((one.shape, 10 * one.rate), rel=1e-6)


def test_marshall_by_hand() -> None:
    """m = .05; s2 = (.04^2 + .04^2) / 2 = .0016; A = .0016 - .05/100 = .0011; weight .0011 / (.0011 + .0005)."""
    found = marshall(np.array([1.0, 9]), np.array([100.0, 100]), np.zeros(2, dtype=np.int64))
    assert found.between == pytest.approx([0.0011, 0.0011])
    assert found.estimate == pytest.approx([0.05 - 0.04 * 0.6875, 0.05 + 0.04 * 0.6875])


def test_marshall_on_north_carolina_and_scotland(shared: Path) -> None:
    """Sudden infant deaths 1974, 100 counties: A = 7.692931e-07, m = .002021445, the first .001697297 (spdep)."""
    case = json.loads((shared / "reference/02_shrinkage/S02_nc_sids74_marshall.json").read_text())
    events, base = (np.array(case["inputs"][k], dtype=float) for k in ("events", "base"))
    wanted, found = case["expected"]["poisson"], marshall(events, base, np.zeros(events.size, dtype=np.int64))
    assert found.estimate == pytest.approx(np.array(wanted["est"]), abs=1e-15)
    assert (found.between[0], found.centre[0]) == pytest.approx((wanted["a"], wanted["b"]), rel=1e-9)
    lip = json.loads((shared / "reference/02_shrinkage/S01_scotland_lip.json").read_text())
    y, e = (np.array(lip["inputs"][k], dtype=float) for k in ("observed", "expected_count"))
    assert marshall(y, e, np.zeros(y.size, dtype=np.int64)).estimate == pytest.approx(
        np.array(lip["expected"]["marshall_global"]["estmm"]), abs=1e-9)  # fmt: skip


@pytest.mark.parametrize("events", [[10, 20, 30, 40], [11, 19, 31, 39]])
def test_no_excess_variance_draws_all_to_the_common_rate(events: list[int]) -> None:
    """esda 2.9.0 does not cut the variance off at zero and scrambles the order."""
    found = marshall(np.array(events, dtype=float), np.array([1e3, 2e3, 3e3, 4e3]), np.zeros(4, dtype=np.int64))
    assert found.estimate == pytest.approx([0.01] * 4)
    assert (found.between == 0).all()


def test_marshall_in_groups_and_without_a_base() -> None:
    events, base = np.array([1.0, 9, 2, 40, 0, 5, 0]), np.array([100.0, 100, 100, 400, 400, 0, np.nan])
    group = np.array([3, 3, 3, 5, 5, 5, 8])
    found = marshall(events, base, group)
    assert found.estimate[5] == found.centre[4] == 0.05  # no base: the group's rate
    assert np.isnan(found.estimate[6])  # no one has a base
    alone = marshall(events[:3], base[:3], np.zeros(3, dtype=np.int64))
    assert found.estimate[:3] == pytest.approx(alone.estimate, rel=1e-12)
    with pytest.raises(ValueError, match=r"positions \[0\]"):
        marshall(np.array([-1.0, 1]), np.array([5.0, 5]), np.zeros(2, dtype=np.int64))
