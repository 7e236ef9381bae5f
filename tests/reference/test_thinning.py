"""Under-reporting: posterior, silence tails and rank bounds against reference cases and their required properties."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.thinning import ThinnedPosterior, rank_bounds, silence_tails, thinned_posterior

NAN = float("nan")


def _of(y: float, e: float, gamma: tuple[float, float], beta: tuple[float, float]) -> ThinnedPosterior:
    return thinned_posterior(np.array([y], dtype=float), np.array([e], dtype=float), *gamma, *beta)


@pytest.mark.parametrize(
    ("beta", "mean", "q95"),
    [((65, 35), 0.4741700457545485, 0.9232477906192939), ((6, 14), 0.846208830912366, 1.722014246364924)],
)
def test_two_complaints_where_ten_were_expected(beta: tuple[float, float], mean: float, q95: float) -> None:
    """METHODS 6, U05: with two of three complaints made, half of what is expected; with three of ten, almost all."""
    found = _of(2, 10, (2, 2), beta)
    assert (found.mean()[0], found.quantile(0.95)[0]) == pytest.approx((mean, q95), rel=1e-6)


def test_reference_posteriors(shared: Path) -> None:
    cases = json.loads((shared / "reference/06_underreporting/U05_thinning_posterior.json").read_text())["cases"]
    assert len(cases) == 6
    for case in cases:
        found, wanted = _of(case["y"], case["E"], case["gamma"], case["beta"]), case["expected"]
        got = {"mean": found.mean(), "sd": found.sd(), "q05": found.quantile(0.05), "q50": found.quantile(0.5),
               "q95": found.quantile(0.95), "p_mean_post": found.mean_reporting(), "prob_gt_1_5": found.above(1.5)}  # fmt: skip
        assert {name: float(value[0]) for name, value in got.items()} == pytest.approx(wanted, rel=1e-5)


def test_posterior_agrees_with_draws_from_the_model() -> None:
    """Keep the draws that show the count: they are the posterior."""
    rng = np.random.default_rng(7)
    theta, p = rng.gamma(2, 1 / 1.5, 3_000_000), rng.beta(2.6, 1.4, 3_000_000)
    kept = theta[rng.poisson(6 * p * theta) == 3]
    found = _of(3, 6, (2, 1.5), (2.6, 1.4))
    se = kept.std() / np.sqrt(kept.size)
    assert found.mean()[0] == pytest.approx(kept.mean(), abs=4 * se)
    assert found.sd()[0] == pytest.approx(kept.std(), rel=0.01)
    assert found.quantile(0.9)[0] == pytest.approx(np.quantile(kept, 0.9), rel=0.01)
    assert found.above(1.0)[0] == pytest.approx((kept > 1).mean(), abs=0.005)


def test_a_wider_prior_for_reporting_widens_the_answer_and_a_lower_one_raises_it() -> None:
    tight, loose, low = (_of(2, 10, (2, 2), beta) for beta in ((65, 35), (2.6, 1.4), (6, 14)))
    assert loose.sd()[0] > tight.sd()[0]
    assert low.mean()[0] > tight.mean()[0]


@pytest.mark.parametrize(("y", "e"), [(0, 0.0), (3, NAN), (NAN, 5.0), (4, 0.0)])
def test_without_exposure_or_count_the_posterior_is_the_prior(y: float, e: float) -> None:
    found = _of(y, e, (2, 4), (13, 7))
    assert (found.mean()[0], found.sd()[0]) == pytest.approx((0.5, np.sqrt(2) / 4))
    assert found.mean_reporting()[0] == pytest.approx(0.65)


def test_complete_reporting_is_the_plain_gamma_posterior() -> None:
    found = _of(7, 5, (2, 2), (1e8, 1))
    assert (found.mean()[0], found.sd()[0]) == pytest.approx((9 / 7, 3 / 7), rel=1e-6)


def test_services_of_several_classes_at_once_are_each_as_alone() -> None:
    rng = np.random.default_rng(2)
    y, e, a = rng.poisson(3, 30).astype(float), rng.uniform(1, 40, 30), rng.uniform(1, 5, 30)
    dependent = rng.random(30) < 0.5
    alpha, beta = np.where(dependent, 6.0, 13), np.where(dependent, 14.0, 7)
    together = thinned_posterior(y, e, a, a, alpha, beta)
    mean, q = together.mean(), together.quantile(0.95)
    for i in range(30):
        alone = _of(y[i], e[i], (a[i], a[i]), (alpha[i], beta[i]))
        assert (mean[i], q[i]) == pytest.approx((alone.mean()[0], alone.quantile(0.95)[0]), rel=1e-6)
    assert together.above(q) == pytest.approx(0.05, abs=1e-6)


def test_a_large_silent_service_is_integrated_well_enough() -> None:
    """None of 300 expected (before under-reporting); numerical integration over a million points of p."""
    p = (np.arange(1_000_000) + 0.5) / 1_000_000
    weight = p ** (6 - 1) * (1 - p) ** (14 - 1) * (2 + 300 * p) ** -2.0
    wanted = float((weight * 2 / (2 + 300 * p)).sum() / weight.sum())
    assert _of(0, 300, (2, 2), (6, 14)).mean()[0] == pytest.approx(wanted, rel=1e-5)


def test_faulty_counts_and_priors_are_refused_with_their_position() -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        thinned_posterior(np.array([1.0, -1]), np.ones(2), 1, 1, 1, 1)
    with pytest.raises(ValueError, match=r"priors.*positions \[1\]"):
        thinned_posterior(np.ones(2), np.ones(2), np.array([1.0, 0]), 1, 1, 1)


@pytest.mark.parametrize(
    ("y", "e", "size", "low"),
    [(0, 3.0, np.inf, 0.02489353418393198), (1, 6.5, np.inf, 0.006389616570154685), (0, 8.0, 1.5, 0.031370503193645774)],
)
def test_silence_tails(y: float, e: float, size: float, low: float) -> None:
    found = silence_tails(np.array([y]), np.array([e]), size)
    assert (found.low[0], found.high[0]) == pytest.approx((low, 1 - low), abs=1e-12)
    assert not found.too_small[0]


def test_reference_tails(shared: Path) -> None:
    cases = json.loads((shared / "reference/06_underreporting/U04_silence_tails.json").read_text())["cases"]
    y, e, size = (np.array([case.get(key, np.inf) for case in cases], dtype=float) for key in ("y", "E", "theta"))
    found = silence_tails(y, e, size)
    assert len(cases) == 10
    assert found.low == pytest.approx([case["midp_low"] for case in cases], abs=1e-12)
    assert found.high == pytest.approx([case["midp_high"] for case in cases], abs=1e-12)


def test_below_three_expected_no_silence_can_be_told() -> None:
    found = silence_tails(np.array([0, 0, 0, 0, NAN]), np.array([2.99, 3, 0, NAN, 9]))
    assert found.too_small.tolist() == [True, False, True, True, True]
    assert found.low[2] == 0.5
    assert np.isnan(found.low[3:]).all()


def test_no_variation_between_services_is_poisson() -> None:
    y, e = np.array([0.0, 4, 60]), np.array([5.0, 5, 40])
    assert silence_tails(y, e, 1e9).low == pytest.approx(silence_tails(y, e).low, abs=1e-6)


# U06: posterior means (a + y) / (b + E p) at the two ends of each class's reporting probability.
LOW = np.array([1.5555555555555556, 0.8333333333333334, 0.2702702702702703, 1.4516129032258067, 0.8823529411764706, 1.864406779661017])
HIGH = np.array([1.75, 1.3888888888888888, 0.5263157894736842, 1.6071428571428572, 1.0714285714285714, 2.1153846153846154])


def test_rank_bounds(shared: Path) -> None:
    case = json.loads((shared / "reference/06_underreporting/U06_rank_bounds.json").read_text())["expected"]
    best, worst = rank_bounds(np.array(case["lo"]), np.array(case["hi"]))
    assert (best.tolist(), worst.tolist()) == (case["best_rank"], case["worst_rank"])


def test_rank_bounds_are_those_of_pairwise_comparison() -> None:
    best, worst = rank_bounds(LOW, HIGH)
    assert (best.tolist(), worst.tolist()) == ([2, 4, 6, 2, 4, 1], [3, 5, 6, 3, 5, 1])
    ends = np.sort(np.random.default_rng(3).integers(0, 40, (2, 60)).astype(float), axis=0)
    best, worst = rank_bounds(ends[0], ends[1])
    assert best.tolist() == (1 + (ends[0][None, :] > ends[1][:, None]).sum(1)).tolist()
    others = (ends[1][None, :] > ends[0][:, None]) & ~np.eye(60, dtype=bool)
    assert worst.tolist() == (1 + others.sum(1)).tolist()


def test_services_that_tie_exactly_share_the_first_place() -> None:
    best, worst = rank_bounds(np.full(3, 2.0), np.full(3, 2.0))
    assert (best.tolist(), worst.tolist()) == ([1, 1, 1], [1, 1, 1])
    best, worst = rank_bounds(np.full(3, 2.0), np.full(3, 2.5))
    assert (best.tolist(), worst.tolist()) == ([1, 1, 1], [3, 3, 3])


def test_a_service_without_an_interval_may_stand_anywhere() -> None:
    best, worst = rank_bounds(np.array([1.0, NAN, 3]), np.array([2.0, NAN, 4]))
    assert (best.tolist(), worst.tolist()) == ([2, 1, 1], [3, 3, 2])


def test_an_interval_turned_round_is_refused() -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        rank_bounds(np.array([1.0, 3]), np.array([2.0, 2]))
