"""Between-service variances against metafor 3.8-1 and sae 1.3, and why one value is not enough."""

import json
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from risiko.statistics.normal_hierarchy import between_variance, fit_normal, plug_in

# Rubin's eight schools (Gelman et al., Bayesian Data Analysis, table 5.2).
SCHOOLS = np.array([28, 8, -3, 7, -1, 1, 18, 12.0])
SCHOOL_SE = np.array([15, 10, 16, 11, 9, 11, 10, 18.0])
Method = Literal["dl", "pm", "ml", "reml"]
METAFOR: dict[str, Method] = {"DL": "dl", "EB": "pm", "ML": "ml", "REML": "reml"}
SAE: dict[str, Method] = {"FH_moment": "pm", "ML": "ml", "REML": "reml"}


def test_vaccine_trials(shared: Path) -> None:
    """BCG: DL .3087603, REML .3132433. metafor's PM stops 2.5e-5 short of its EB, the same estimator."""
    case = json.loads((shared / "reference/02_shrinkage/S09_random_effects_bcg.json").read_text())
    y, v = (np.array(case["inputs"][k]) for k in ("yi", "vi"))
    wanted = {row["method"]: row for row in case["expected"]}
    for name, method in METAFOR.items():
        found = between_variance(y, v, method)
        assert found == pytest.approx(wanted[name]["tau2"], abs=1e-6), name
        shrunk = plug_in(y, v, found)
        assert shrunk.fitted[0] == pytest.approx(wanted[name]["mu"], abs=1e-6)
        assert shrunk.mean == pytest.approx(np.array(wanted[name]["blup"]), abs=1e-6)
        assert shrunk.sd == pytest.approx(np.array(wanted[name]["blup_se"]), abs=1e-6)
    paule_mandel = between_variance(y, v, "pm")
    assert paule_mandel == pytest.approx(wanted["PM"]["tau2"], abs=1e-4)
    # Paule & Mandel's defining equation: the weighted sum of squares equals its degrees of freedom.
    left = y - plug_in(y, v, paule_mandel).fitted
    assert (left**2 / (v + paule_mandel)).sum() == pytest.approx(len(y) - 1, abs=1e-8)


def test_small_area_means(shared: Path) -> None:
    """Milk: A = .0543113 (REML), .0534573 (FH), .0526217 (ML); .0185502 with the area factor."""
    case = json.loads((shared / "reference/02_shrinkage/S08_fay_herriot_milk.json").read_text())
    given = case["inputs"]
    y, v = np.array(given["yi"]), np.array(given["SD"]) ** 2
    plain = case["expected"]["intercept_only"]
    for name, method in SAE.items():
        found = between_variance(y, v, method)
        assert found == pytest.approx(plain[name]["A"], abs=1e-6)
        if "eblup" in plain[name]:
            assert plug_in(y, v, found).mean == pytest.approx(np.array(plain[name]["eblup"]), abs=1e-6)
    area = np.array(given["MajorArea"])
    design = np.column_stack([np.ones(y.size), *((area == k).astype(float) for k in (2, 3, 4))])
    wanted, found = case["expected"]["with_MajorArea"], between_variance(y, v, "reml", design)
    assert found == pytest.approx(wanted["A"], abs=1e-6)
    assert plug_in(y, v, found, design).mean == pytest.approx(np.array(wanted["eblup"]), abs=1e-6)


@pytest.mark.parametrize("method", ["dl", "pm", "reml"])
def test_eight_schools_collapse_when_one_value_is_plugged_in(method: Method) -> None:
    """metafor gives tau2 = 0 for all of them; `fit_normal` averages over the values that are possible instead."""
    between = between_variance(SCHOOLS, SCHOOL_SE**2, method)
    assert between == 0
    plugged, averaged = plug_in(SCHOOLS, SCHOOL_SE**2, between), fit_normal(SCHOOLS, SCHOOL_SE**2)
    assert np.ptp(plugged.mean) == pytest.approx(0, abs=1e-12)
    assert np.ptp(averaged.mean) > 4
    assert (averaged.sd > 1.5 * plugged.sd).all()


def test_too_few_readings_for_a_variance() -> None:
    assert between_variance(np.array([3.0]), np.ones(1), "reml") == 0


def test_two_readings_far_apart() -> None:
    """Without error in the readings (D -> 0) the moment estimate is their sample variance, 18."""
    assert between_variance(np.array([1.0, 7]), np.full(2, 1e-6), "pm") == pytest.approx(18, rel=1e-5)
