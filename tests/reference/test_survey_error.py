"""Survey errors against the published example of R's survey package."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.survey_error import effective_n, mean_variance, survey_mean


def test_stratified_and_clustered_schools(shared: Path) -> None:
    """California API: 662.29 (se 9.41, deff 1.20) stratified; 644.17 (se 23.54, deff 9.35) by districts."""
    case = json.loads((shared / "reference/02_shrinkage/S10_survey_design_effect.json").read_text())
    layers, districts = case["inputs"]["apistrat"], case["inputs"]["apiclus1"]
    stype = np.unique(layers["stype"], return_inverse=True)[1]
    found = {
        "strat": survey_mean(np.array(layers["api00"], dtype=float), np.array(layers["pw"]), stratum=stype,
                             population=np.array(layers["fpc"], dtype=float)),
        "clus1": survey_mean(np.array(districts["api00"], dtype=float), np.array(districts["pw"]),
                             cluster=np.array(districts["dnum"]), population=np.array(districts["fpc"], dtype=float)),
    }  # fmt: skip
    for name, wanted in ((k, case["expected"][k]) for k in found):
        seen = (found[name].mean, found[name].se, found[name].design_effect)
        assert seen == pytest.approx((wanted["mean"], wanted["se"], wanted["deff"]), rel=1e-9)
    kish = case["kish_clus2"]
    assert effective_n(np.array(kish["w"]))[0] == pytest.approx(kish["n_eff"], rel=1e-9)


def test_a_simple_random_sample_is_its_own_measure() -> None:
    value = np.array([3.0, 5, 4, 8, 1])
    found = survey_mean(value, np.ones(5))
    assert (found.mean, found.se) == pytest.approx((4.2, np.std(value, ddof=1) / np.sqrt(5)))
    assert found.design_effect == pytest.approx(1)


def test_answers_that_repeat_each_other_count_once() -> None:
    """Each cluster holds four equal answers: the effect is that of one answer in four (n/(n-1) apart)."""
    value = np.repeat([3.0, 5, 4, 8, 1, 7], 4)
    found = survey_mean(value, np.ones(24), cluster=np.repeat(np.arange(6), 4))
    assert found.se == pytest.approx(np.std(value[::4], ddof=1) / np.sqrt(6))
    assert found.design_effect == pytest.approx(4 * 23 / 24 * 6 / 5)


def test_one_cluster_says_nothing_about_its_error() -> None:
    found = survey_mean(np.array([3.0, 4]), np.ones(2), cluster=np.zeros(2, dtype=np.int64))
    assert np.isnan([found.se, found.design_effect]).all()


def test_effective_numbers_by_group() -> None:
    """Kish: (1 + 1 + 2)^2 / (1 + 1 + 4) = 2.667."""
    found = effective_n(np.array([1.0, 1, 2, 5, 0]), np.array([4, 4, 4, 1, 9]))
    assert found == pytest.approx([16 / 6, 16 / 6, 16 / 6, 1, np.nan], nan_ok=True)
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        effective_n(np.array([1.0, -1]))


def test_variance_of_means() -> None:
    found = mean_variance(np.array([10.0, 10]), np.array([25.0, 0]), 1.5)
    assert found == pytest.approx([6, np.nan], nan_ok=True)
