"""The exact law of places against values computed apart, and against a published hierarchical analysis (METHODS 3)."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.rank_law import RankLaw, rank_law, rank_law_gamma, rank_law_normal
from risiko.statistics.ranks import expected_ranks_gamma, expected_ranks_normal

FOLDER = "reference/03_ranking"
MEAN = np.array([1.2, 0.9, 0.85, 0.5, 0.4, 0.1, 0.0, -0.2, -0.6, -1.1])
SD = np.array([0.9, 0.2, 0.5, 0.1, 0.7, 0.3, 1.2, 0.4, 0.6, 0.25])
PUMPS = np.array([5, 1, 5, 14, 3, 19, 1, 1, 4, 22]) + 0.822965146328661
HOURS = np.array([94.3, 15.7, 62.9, 126, 5.24, 31.4, 1.05, 1.05, 2.1, 10.5]) + 1.2616534570490325
# Infant heart operations and deaths in 12 hospitals, A to L (OpenBUGS examples, volume 1, "Surgical").
OPERATED = np.array([47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360])
DIED = np.array([0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24])


def test_who_is_likeliest_first_is_not_who_is_likeliest_among_three() -> None:
    """The wide law is first in .4744, the narrow one in .1319; among three .7274 and .8087 (Lin and others 2006)."""
    law = rank_law_normal(MEAN, SD)
    assert law.top(1)[:2] == pytest.approx([0.474357877, 0.131880864], abs=1e-7)
    assert law.top(3)[:2] == pytest.approx([0.727364291, 0.808704527], abs=1e-7)
    assert law.prob[3, 2] == pytest.approx(0.145903927, abs=1e-6)
    assert [end[0] for end in law.interval(0.95)] == [1, 8]


def test_pumps() -> None:
    """Pump 10 is the worst in .683 and among the two worst in .9536; pump 5's place is between 2 and 7."""
    law = rank_law_gamma(PUMPS, HOURS)
    assert law.top(1)[[8, 9]] == pytest.approx([0.215159825, 0.682998569], abs=1e-7)
    assert law.top(2)[9] == pytest.approx(0.953581509, abs=1e-7)
    assert [end[4] for end in law.interval(0.95)] == [2, 7]


@pytest.mark.parametrize(("file", "names", "function", "tolerance"), [
    ("R05_normal_ranks.json", ("mean", "sd"), rank_law_normal, "prob_topk_exact"),
    ("R07_gamma_ranks.json", ("shape", "rate"), rank_law_gamma, "prob"),
])  # fmt: skip
def test_laws_as_in_the_shared_cases(shared: Path, file: str, names: tuple[str, str], function, tolerance: str) -> None:
    case = json.loads((shared / FOLDER / file).read_text())
    law: RankLaw = function(*(np.array(case["inputs"][name]) for name in names))
    wanted, within = case["expected"], case["tolerance"]
    assert law.expected() == pytest.approx(np.array(wanted["expected_rank"]), abs=within["expected_rank"])
    assert law.quantile(0.5).tolist() == wanted["median"]
    assert [end.tolist() for end in law.interval(0.95)] == [wanted["lo95"], wanted["hi95"]]
    for name in (n for n in wanted if n.startswith("prob_top")):
        assert law.top(int(name[8:])) == pytest.approx(np.array(wanted[name]), abs=within[tolerance])
        order, chance = np.argsort(-law.top(int(name[8:])).round(9), kind="stable"), np.array(wanted[name])
        some = int((chance > 1e-8).sum())  # beyond, nothing is left to order by
        assert order[:some].tolist() == wanted[f"order_by_{name}"][:some]
    if "prob_rank" in wanted:
        assert law.prob == pytest.approx(np.array(wanted["prob_rank"]), abs=within[tolerance])


@pytest.mark.parametrize("sd", [0.0, 0.7])
def test_alike_units_may_stand_anywhere(sd: float) -> None:
    """EDGE, all services tie: P(top k) = k / K."""
    law = rank_law_normal(np.full(6, 2.0), np.full(6, sd))
    assert law.prob == pytest.approx(np.full((6, 6), 1 / 6), abs=1e-9)
    assert law.top(2) == pytest.approx(np.full(6, 1 / 3), abs=1e-9)
    assert [end.tolist() for end in law.interval(0.90)] == [[1] * 6, [6] * 6]


def test_known_exactly_beside_unsure() -> None:
    """Units at 0, 0 and 1 known exactly, and one at 0 ± 1: it is over the third in 1 − Φ(1) = .1587."""
    law = rank_law_normal(np.array([0.0, 0, 1, 0]), np.array([0.0, 0, 0, 1]))
    assert law.prob[3] == pytest.approx([0.158655, 0.341345, 0, 0.5], abs=1e-3)
    assert law.prob[2] == pytest.approx([0.8413447461, 0.1586552539, 0, 0], abs=1e-9)
    assert law.prob[0] == pytest.approx([0, 0.25, 0.5, 0.25], abs=1e-9)
    assert law.prob[1] == pytest.approx(law.prob[0], abs=1e-12)


def test_a_single_unit_is_first_for_sure() -> None:
    assert rank_law_normal(np.array([0.4]), np.array([1.0])).prob == pytest.approx(np.ones((1, 1)))
    assert rank_law_gamma(np.array([0.4]), np.array([1.0])).top(1) == pytest.approx([1])


@pytest.mark.parametrize("seed", range(3))
def test_the_law_keeps_its_sums_and_its_means(seed: int) -> None:
    """Somebody holds every place, everybody holds one, and the mean is the closed form; order does not matter."""
    rng = np.random.default_rng(seed)
    n = 25
    mean, sd, order = rng.normal(size=n), rng.uniform(0.2, 1, n), rng.permutation(n)
    normal, gamma = rank_law_normal(mean, sd), rank_law_gamma(1 + sd * 20, np.exp(mean))
    for law, expected in ((normal, expected_ranks_normal(mean, sd)), (gamma, expected_ranks_gamma(1 + sd * 20, np.exp(mean)))):
        assert law.prob.sum(axis=1) == pytest.approx(np.ones(n), abs=1e-12)
        assert law.prob.sum(axis=0) == pytest.approx(np.ones(n), abs=1e-6)
        assert law.expected() == pytest.approx(expected, abs=1e-6)
        assert law.top(n) == pytest.approx(np.ones(n))
        assert law.top(0).tolist() == [0] * n
    assert rank_law_normal(mean[order], sd[order]).prob == pytest.approx(normal.prob[order], abs=1e-12)


@pytest.mark.parametrize(("times", "within"), [(100, 1e-6), (10_000, 1e-3)])
def test_laws_of_very_different_width(times: float, within: float) -> None:
    mean, sd = np.array([0.3, 0.1, -0.2, 0]), np.array([1, 1 / times, 0.5 / times, 2 / times])
    assert rank_law_normal(mean, sd).expected() == pytest.approx(expected_ranks_normal(mean, sd), abs=within)


def test_the_law_agrees_with_draws() -> None:
    rng = np.random.default_rng(8)
    mean, sd, draws = rng.normal(size=12), rng.uniform(0.1, 1, 12), 40_000
    place = (-rng.normal(mean, sd, (draws, 12))).argsort(axis=1).argsort(axis=1)
    counted = (place[..., None] == np.arange(12)).mean(axis=0)
    exact = rank_law_normal(mean, sd).prob
    assert (np.abs(counted - exact) < 5 * np.sqrt(exact * (1 - exact) / draws) + 1e-4).all()


@cache
def surgical() -> tuple[np.ndarray, RankLaw]:
    """Posterior mean mortality and rank law: r_i ~ Bin(n_i, p_i), logit p_i ~ N(μ, σ²), μ flat, σ⁻² ~ Γ(.001, .001).

    Given μ and σ hospitals are independent, so the law of places is averaged over a grid of the two.
    """
    z = np.linspace(-6, 6, 121)
    sigma = np.exp(np.linspace(np.log(0.03), np.log(2.2), 30))
    total, mean, prob = 0.0, np.zeros(12), np.zeros((12, 12))
    for mu in np.linspace(-3.4, -1.75, 28):
        b = mu + sigma[:, None] * z  # σ × nodes, the same for all hospitals
        fit = DIED[:, None, None] * b - OPERATED[:, None, None] * np.logaddexp(0, b)
        mass = np.exp(fit - z**2 / 2) * (z[1] - z[0])
        likelihood = mass.sum(axis=2)
        given = mass / likelihood[..., None]
        weight = likelihood.prod(axis=0) * sigma**-0.002 * np.exp(-0.001 / sigma**2)  # prior on log σ
        over = 1 - given.cumsum(axis=2) + given / 2
        at = (given * weight[:, None]).reshape(12, -1)
        prob += rank_law(np.broadcast_to(np.moveaxis(over, 0, -1).reshape(-1, 12), (12, at.shape[1], 12)), at)
        mean += at @ (1 / (1 + np.exp(-b))).ravel()
        total += weight.sum()
    return mean / total, RankLaw(prob / total)


def test_hospitals(shared: Path) -> None:
    case = json.loads((shared / FOLDER / "R04_surgical_ranks.json").read_text())
    mean, law = surgical()
    wanted, within = case["expected"]["exact"], case["tolerance"]
    ranks = wanted["rank_1_is_highest_mortality"]
    assert mean == pytest.approx(np.array(wanted["p_mean"]), abs=within["exact_p"])
    assert mean == pytest.approx(np.array(case["expected"]["openbugs_random"]["p"]), rel=0.03)
    assert law.expected() == pytest.approx(np.array(ranks["expected"]), abs=within["exact_rank"])
    assert law.prob == pytest.approx(np.array(ranks["prob_rank"]), abs=0.005)
    assert law.top(3) == pytest.approx(np.array(ranks["prob_top3"]), abs=0.005)
    assert law.quantile(0.5).tolist() == ranks["median"]
    assert [end.tolist() for end in law.interval(0.95)] == [ranks["lo95"], ranks["hi95"]]


def test_only_two_hospitals_can_be_told_from_the_middle() -> None:
    """OpenBUGS manual: H and K exclude the median place, none lies within a quartile; p_H .1237, p_A .0528."""
    mean, law = surgical()
    low, high = law.interval(0.95)
    assert mean[[0, 7]] == pytest.approx([0.0528, 0.1237], rel=0.03)
    assert law.expected()[[1, 7, 10]] == pytest.approx([2.962, 1.589, 2.864], abs=0.02)
    # K is a borderline case: .9745 of its law is within the first six places
    assert law.top(6)[10] == pytest.approx(0.9745, abs=0.002)
    assert np.flatnonzero((law.top(6) > 0.974) | (law.top(6) < 0.025)).tolist() == [7, 10]
    assert not ((high <= 3) | (low >= 10)).any()
