"""Over-dispersion against FunnelPlotR's own numbers, single typed-in values and the required edge behaviour."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from risiko.statistics.overdispersion import (
    Reading,
    arcsine_proportion,
    dispersed_limits,
    log_ratio,
    root_ratio,
    standardise,
)

Z95, Z998 = 1.959963984540054, 3.090232306167813
# nhs-r-community/FunnelPlotR, tests/testthat (MIT): six units, numerator and denominator.
OBSERVED = np.array([100, 150, 180, 80, 120, 225.0])
EXPECTED = np.array([108, 112, 165, 95, 100, 220.0])


def one_group(y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.zeros(y.size, dtype=np.int64)


def test_shmi_phi_and_tau2_as_typed_in_by_funnelplotr() -> None:
    """Its test-classes expects phi 2.948033; tau2 .0194775305780216 was computed by running version 0.6.0."""
    found = standardise(*log_ratio(OBSERVED, EXPECTED), one_group(OBSERVED), trimming="truncate")
    assert found.phi[0] == pytest.approx(2.94803317510236, abs=1e-9)
    assert found.tau2[0] == pytest.approx(0.0194775305780216, abs=1e-9)


@pytest.mark.parametrize(("trim", "phi", "tau2"), [
    (0.1, 2.32717825759412, 0.00343978015418627),
    (0.05, 2.74678261151236, 0.00440597597932009),
    (0.2, 1.65606144087671, 0.00189444283717691),
])  # fmt: skip
def test_cqc_phi_and_tau2(trim: float, phi: float, tau2: float) -> None:
    """FunnelPlotR 0.6.0, CQC method, run on its own six units."""
    found = standardise(*root_ratio(OBSERVED, EXPECTED), one_group(OBSERVED), trim=trim)
    assert (found.phi[0], found.tau2[0]) == pytest.approx((phi, tau2), abs=1e-9)


def test_every_funnelplotr_run_is_reproduced(shared: Path) -> None:
    """phi, tau2, z and both pairs of dispersed limits of 16 runs; its RC limits mix two errors and are left out.

    For the CQC method it draws the limits of sqrt(O/E) beside the ratio O/E; ours are squared first.
    """
    cases = json.loads((shared / "reference/01_funnel/F02_funnelplotr_small.json").read_text())
    seen = 0
    for case in cases["cases"]:
        given, params, wanted = case.get("inputs", cases["default_inputs"]), case["params"], case["expected"]
        if params["data_type"] == "RC":
            continue
        hits, base = (np.array(given[k], dtype=float) for k in ("num", "den"))
        shmi = params["data_type"] == "SR" and params["sr_method"] == "SHMI"
        if params["data_type"] == "PR":
            reading, scale = arcsine_proportion(hits, base, hits.sum() / base.sum()), "arcsine"
        else:
            reading, scale = (log_ratio(hits, base), "log") if shmi else (root_ratio(hits, base), "root")
        found = standardise(*reading, one_group(hits), trim=params["trim_by"],
                            trimming="truncate" if shmi else "winsorise")  # fmt: skip
        units = wanted["per_group"]
        assert (found.phi[0], found.tau2[0]) == pytest.approx((wanted["phi"], wanted["tau2"]), abs=1e-9)
        assert found.z == pytest.approx(np.array(units["Uzscore"]), abs=1e-9)
        for level, z in (("95", 1.959964), ("99", 3.090232)):
            lower, upper = dispersed_limits(reading, found.tau2, z, scale)
            if scale == "root":
                lower, upper = np.sqrt(lower), np.sqrt(upper)
            assert lower == pytest.approx(np.array(units[f"OD{level}LCL"]), abs=1e-9)
            assert upper == pytest.approx(np.array(units[f"OD{level}UCL"]), abs=1e-9)
        seen += 1
    assert seen == 16


def test_both_corrections_as_computed_elsewhere(shared: Path) -> None:
    for case in json.loads((shared / "reference/01_funnel/F07_overdispersion_z.json").read_text())["cases"]:
        wanted = case["expected"]
        hits, base = (np.array(case[k]) for k in ("numerator", "denominator"))
        square = case["kind"] == "SR_sqrt"
        reading = root_ratio(hits, base) if square else arcsine_proportion(hits, base, hits.sum() / base.sum())
        found = standardise(*reading, one_group(hits), trim=case["trim"])
        assert reading.target[0] == pytest.approx(wanted["target"], abs=1e-9)
        assert (found.phi[0], found.tau2[0]) == pytest.approx((wanted["phi"], wanted["tau2"]), abs=1e-9)
        for name in ("z", "z_multiplicative", "z_additive"):
            assert getattr(found, name) == pytest.approx(np.array(wanted[name]), abs=1e-9), (case["kind"], name)


def test_one_call_for_many_groups_equals_one_call_for_each() -> None:
    rng = np.random.default_rng(4)
    y, s, group = rng.normal(size=400), rng.uniform(0.1, 2, 400), rng.integers(0, 30, 400) * 7
    together = standardise(y, 0.0, s, group)
    for code in np.unique(group):
        alone = standardise(y[group == code], 0.0, s[group == code], one_group(y[group == code]))
        for name in ("z", "phi", "tau2", "peers", "z_multiplicative", "z_additive"):
            assert getattr(together, name)[group == code] == pytest.approx(getattr(alone, name), nan_ok=True, rel=1e-12)


def test_shuffled_services_get_shuffled_answers() -> None:
    rng = np.random.default_rng(5)
    y, s, group, order = rng.normal(size=90), rng.uniform(0.1, 2, 90), rng.integers(0, 4, 90), rng.permutation(90)
    straight, shuffled = (standardise(y[i], 0.0, s[i], group[i]) for i in (np.arange(90), order))
    assert shuffled.z_additive == pytest.approx(straight.z_additive[order], rel=1e-12)


def test_no_excess_variance_leaves_z_as_it_is() -> None:
    found = standardise(*root_ratio(np.array([10, 11, 9, 10.0]), np.array([10.1, 10.9, 9.2, 9.8])), one_group(np.ones(4)))
    assert (found.tau2 == 0).all()
    assert (found.phi < 1).all()
    assert found.z_multiplicative.tolist() == found.z_additive.tolist() == found.z.tolist()


def test_a_service_alone_is_no_outlier() -> None:
    found = standardise(*root_ratio(np.array([90.0, 5, 6]), np.array([5.0, 5, 5])), np.array([0, 1, 1]))
    assert found.z[0] > 10  # far from its target, and said so
    assert np.isnan([found.phi[0], found.z_multiplicative[0], found.z_additive[0]]).all()
    assert (found.tau2[0], found.peers[0]) == (0, 1)
    assert np.isfinite(found.z_additive[1:]).all()


def test_zero_counts_stay_finite_on_every_scale() -> None:
    """FunnelPlotR 0.6.0 gives phi = tau2 = Inf when two of twelve groups have no events (SHMI method)."""
    o, e = np.array([0, 0, 4, 5, 6, 7, 3, 8, 5, 4, 6, 5.0]), np.full(12, 5.0)
    for reading in (root_ratio(o, e), log_ratio(o, e), arcsine_proportion(o, np.full(12, 20.0), 0.25)):
        for trimming in ("winsorise", "truncate"):
            found = standardise(*reading, one_group(o), trimming=trimming)
            assert np.isfinite([found.z, found.phi, found.tau2, found.z_multiplicative, found.z_additive]).all()


def test_a_service_without_exposure_has_no_place_and_moves_no_one() -> None:
    o, e = np.array([3.0, 9, 2, 8]), np.array([5.0, 5, 5, 5])
    plain = standardise(*root_ratio(o, e), one_group(o))
    found = standardise(*root_ratio(np.append(o, [0.0, 4]), np.append(e, [0.0, np.nan])), np.zeros(6, dtype=np.int64))
    assert np.isnan([found.z[4:], found.z_additive[4:], found.z_multiplicative[4:]]).all()
    assert found.z_additive[:4].tolist() == plain.z_additive.tolist()
    assert found.phi.tolist() == [plain.phi[0]] * 6


def test_phi_is_learnt_from_usable_services_only() -> None:
    o, e = np.array([3.0, 9, 2, 8, 400]), np.full(5, 5.0)
    usable = np.array([True, True, True, True, False])
    found = standardise(*root_ratio(o, e), one_group(o), usable=usable)
    assert found.tau2[4] == standardise(*root_ratio(o[:4], e[:4]), one_group(o[:4])).tau2[0]
    assert 1 < found.z_additive[4] < found.z[4]


def test_survey_means_use_the_same_spine() -> None:
    """Eight schools: DerSimonian-Laird's tau2 is 0 (Gelman et al., ch. 5), so nothing is widened."""
    y, se = np.array([28, 8, -3, 7, -1, 1, 18, 12.0]), np.array([15, 10, 16, 11, 9, 11, 10, 18.0])
    found = standardise(y, float(np.average(y, weights=1 / se**2)), se, one_group(y), trim=0)
    assert found.tau2[0] == 0
    assert found.z_additive == pytest.approx(found.z)


def test_limits_end_where_the_scale_ends() -> None:
    lower, upper = dispersed_limits(root_ratio(np.array([1.0]), np.array([0.05])), 0.0, 3, "root")
    assert (lower[0], upper[0] > 1) == (0, True)
    lower, upper = dispersed_limits(arcsine_proportion(np.array([1.0]), np.array([2.0]), 0.5), 0.0, 3, "arcsine")
    assert (lower[0], upper[0]) == (0, 1)
    lower, _ = dispersed_limits(Reading(np.ones(1), np.ones(1), np.ones(1)), 3.0, 2, "plain")
    assert lower[0] == -3


@pytest.mark.parametrize("counts", [[1.0, 2.0, -1.0]])
def test_faulty_readings_are_refused_with_their_position(counts: list[float]) -> None:
    with pytest.raises(ValueError, match=r"positions \[2\]"):
        root_ratio(np.array(counts), np.ones(3))
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        arcsine_proportion(np.array([1.0, 6.0]), np.array([5.0, 5.0]), 0.2)
    with pytest.raises(ValueError, match=r"positions \[0\]"):
        standardise(np.ones(2), 1.0, np.ones(2), np.array([-1, 0]))


def test_nobody_at_all_is_answered() -> None:
    nobody = np.array([])
    assert standardise(nobody, nobody, nobody, nobody.astype(np.int64)).z.size == 0
