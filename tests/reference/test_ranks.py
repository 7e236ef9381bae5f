"""Places and expected places against csranks' own tests, and against values computed apart (METHODS 3)."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.ranks import (
    expected_ranks_gamma,
    expected_ranks_normal,
    overlap_multiplier,
    ranks_with_ties,
)

FOLDER = "reference/03_ranking"
# Ten normal laws of very different width, and the first expected places (R05).
MEAN = np.array([1.2, 0.9, 0.85, 0.5, 0.4, 0.1, 0.0, -0.2, -0.6, -1.1])
SD = np.array([0.9, 0.2, 0.5, 0.1, 0.7, 0.3, 1.2, 0.4, 0.6, 0.25])
# Ten power-plant pumps (George, Makov & Smith 1993) under an empirical-Bayes prior of .822965 and 1.261653 (R07).
PUMPS = np.array([5, 1, 5, 14, 3, 19, 1, 1, 4, 22]) + 0.822965146328661
HOURS = np.array([94.3, 15.7, 62.9, 126, 5.24, 31.4, 1.05, 1.05, 2.1, 10.5]) + 1.2616534570490325


def test_equals_share_a_place() -> None:
    """csranks, tests/testthat/test_rank_utils.R: first, middle and last of the places that equals take."""
    x = np.array([1.0, 3, 4, 4, 4, 7, 7, 10])
    assert ranks_with_ties(x, 0).tolist() == [8, 7, 4, 4, 4, 2, 2, 1]
    assert ranks_with_ties(x).tolist() == [8, 7, 5, 5, 5, 2.5, 2.5, 1]
    assert ranks_with_ties(x, 1).tolist() == [8, 7, 6, 6, 6, 3, 3, 1]


def test_ties_as_in_the_shared_case(shared: Path) -> None:
    case = json.loads((shared / FOLDER / "R03_ties.json").read_text())
    x = np.array(case["x"], dtype=float)
    for omega in (0, 0.5, 1):
        assert ranks_with_ties(x, omega).tolist() == case[f"omega{omega}"]
    assert ranks_with_ties(x, 0.4, descending=False) == pytest.approx(np.array(case["increasing_omega0.4"]))


def test_what_is_missing_has_no_place_and_takes_none() -> None:
    found = ranks_with_ties(np.array([2.0, np.nan, 5.0, 2.0]))
    assert found[[0, 2, 3]].tolist() == [2.5, 1, 2.5]
    assert np.isnan(found[1])
    assert ranks_with_ties(np.array([])).size == 0


def test_expected_places_of_normal_laws() -> None:
    """The wide first law has the highest mean, but the narrow second stands higher on average: 2.668 and 2.632."""
    found = expected_ranks_normal(MEAN, SD)
    assert found[:3] == pytest.approx([2.6681101766, 2.6322624958, 3.1549542101], abs=1e-9)
    assert found[-1] == pytest.approx(9.5361731219, abs=1e-9)


def test_expected_places_of_gamma_laws() -> None:
    """Pump 10 1.367, pump 9 2.354; pumps 7 and 8 are alike, 4.254."""
    found = expected_ranks_gamma(PUMPS, HOURS)
    assert found[[0, 8, 9]] == pytest.approx([9.3130154677, 2.3537411317, 1.3671125720], abs=1e-9)
    assert found[6] == pytest.approx(4.2543091895, abs=1e-9)
    assert found[7] == pytest.approx(found[6], abs=1e-12)


@pytest.mark.parametrize(("file", "names", "function"), [
    ("R05_normal_ranks.json", ("mean", "sd"), expected_ranks_normal),
    ("R07_gamma_ranks.json", ("shape", "rate"), expected_ranks_gamma),
])  # fmt: skip
def test_expected_places_as_in_the_shared_cases(shared: Path, file: str, names: tuple[str, str], function) -> None:
    case = json.loads((shared / FOLDER / file).read_text())
    found = function(*(np.array(case["inputs"][name]) for name in names))
    assert found == pytest.approx(np.array(case["expected"]["expected_rank_closed_form"]), abs=1e-9)
    assert found == pytest.approx(np.array(case["expected"]["expected_rank"]), abs=case["tolerance"]["expected_rank"])


def test_many_blocks_are_one() -> None:
    """1,500 units are worked off in a dozen blocks; places sum to K (K + 1) / 2, and order does not matter."""
    rng = np.random.default_rng(4)
    mean, sd = rng.normal(size=1500), rng.uniform(0, 0.6, 1500)
    order = rng.permutation(1500)
    found = expected_ranks_normal(mean, sd)
    assert found.sum() == pytest.approx(1500 * 1501 / 2)
    assert expected_ranks_normal(mean[order], sd[order]) == pytest.approx(found[order], abs=1e-9)
    drawn = np.mean([ranks_with_ties(rng.normal(mean, sd)) for _ in range(1000)], axis=0)
    assert np.abs(drawn - found).max() < 5 * 1500 * 0.29 / np.sqrt(1000)  # no place varies more than an even draw


def test_gamma_places_agree_with_draws() -> None:
    rng = np.random.default_rng(5)
    shape, rate = rng.uniform(0.5, 30, 600), rng.uniform(0.5, 10, 600)
    drawn = np.array([ranks_with_ties(rng.gamma(shape, 1 / rate)) for _ in range(1000)])
    found = expected_ranks_gamma(shape, rate)
    assert found.sum() == pytest.approx(600 * 601 / 2)
    assert (np.abs(drawn.mean(axis=0) - found) < 5 * drawn.std(axis=0) / np.sqrt(1000) + 0.05).all()


@pytest.mark.parametrize("sd", [0.0, 0.7])
def test_alike_units_share_the_middle_place(sd: float) -> None:
    """EDGE, all services tie: (K + 1) / 2 for all, also when all are known exactly."""
    assert expected_ranks_normal(np.full(7, 3.0), np.full(7, sd)) == pytest.approx(np.full(7, 4.0))
    assert expected_ranks_gamma(np.full(7, 3.0), np.full(7, 2.0)) == pytest.approx(np.full(7, 4.0))


def test_levels_known_exactly_are_in_order_and_equal_ones_share() -> None:
    assert expected_ranks_normal(np.array([1.0, 5, 5, 2]), np.zeros(4)).tolist() == [4, 1.5, 1.5, 3]


def test_a_single_unit_is_first() -> None:
    assert expected_ranks_normal(np.array([0.3]), np.array([2.0])).tolist() == [1]
    assert expected_ranks_gamma(np.array([0.3]), np.array([2.0])) == pytest.approx([1])
    assert expected_ranks_normal(np.array([]), np.array([])).size == 0


@pytest.mark.parametrize(("function", "first", "second", "where"), [
    (expected_ranks_normal, [0.0, np.nan], [1.0, 1], r"\[1\]"),
    (expected_ranks_normal, [0.0, 1], [-1.0, 1], r"\[0\]"),
    (expected_ranks_gamma, [1.0, 0], [1.0, 1], r"\[1\]"),
])  # fmt: skip
def test_faulty_laws_are_refused_with_their_position(function, first: list[float], second: list[float], where: str) -> None:
    with pytest.raises(ValueError, match=where):
        function(np.array(first), np.array(second))


@pytest.mark.parametrize(("se", "z"), [([1, 1, 1, 1], 1.385903824), ([1, 2, 3, 4], 1.483463582)])
def test_bars_that_may_be_compared_by_overlap(se: list[float], z: float) -> None:
    """Goldstein & Healy 1995: 1.96 / √2 ≈ 1.39 for equal errors (about 84 %), more for unequal ones."""
    assert overlap_multiplier(np.array(se, dtype=float)) == pytest.approx(z, abs=1e-9)


def test_overlap_bars_as_in_the_shared_case(shared: Path) -> None:
    for case in json.loads((shared / FOLDER / "R08_overlap_intervals.json").read_text())["cases"]:
        assert overlap_multiplier(np.array(case["se"], dtype=float)) == pytest.approx(case["z"], abs=1e-12)


def test_overlap_bars_of_many_and_of_few() -> None:
    """Two errors out of 900, of 1 and 3: pairs alike 1/√2, pairs unlike √10/4; without a pair the ordinary 1.96."""
    se = np.repeat([1.0, 3.0], 450)
    alike, unlike = 2 * 450 * 449 / 2, 450 * 450
    by_hand = (alike / np.sqrt(2) + unlike * np.sqrt(10) / 4) / (alike + unlike)
    assert overlap_multiplier(se) == pytest.approx(1.959963985 * by_hand, rel=1e-9)
    assert overlap_multiplier(np.array([2.0])) == pytest.approx(1.959963985)
    assert overlap_multiplier(np.zeros(3)) == pytest.approx(1.959963985)
    assert overlap_multiplier(np.array([0.0, 0, 2])) == pytest.approx(1.959963985)  # a bar and a point: 2 / 2
    with pytest.raises(ValueError, match=r"\[1\]"):
        overlap_multiplier(np.array([1.0, -1]))
