"""Beta-binomial shrinkage against independent fits, and the honesty of its prior strength."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.beta_binomial import STRONGEST, fit_beta, shrink_beta

# Efron & Morris 1977: hits of 18 players in their first 45 at-bats, and their average in the rest of the season.
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7.0])
AT_BATS = np.full(18, 45.0)


def test_litters_of_rats(shared: Path) -> None:
    case = json.loads((shared / "reference/02_shrinkage/S11_betabinomial.json").read_text())
    given, wanted = case["inputs"]["lirat_grp1"], case["expected"]["lirat"]
    fit = fit_beta(np.array(given["R"], dtype=float), np.array(given["N"], dtype=float))
    assert (fit.alpha, fit.beta) == pytest.approx((wanted["alpha"], wanted["beta"]), rel=1e-6)
    assert case["inputs"]["baseball"]["Hits"] == HITS.tolist()
    prior = fit_beta(HITS, AT_BATS)
    shrunk = (prior.alpha + HITS) / (prior.alpha + prior.beta + 45)
    assert shrunk == pytest.approx(np.array(case["expected"]["baseball"]["post_mean"]), abs=1e-6)


def test_baseball_by_maximum_likelihood() -> None:
    """VGAM's betabinomialff: 210.55, 582.68 (METHODS 2: a strength of 793, within five per cent)."""
    fit = fit_beta(HITS, AT_BATS)
    assert fit.alpha + fit.beta == pytest.approx(793.2292739, rel=1e-4)
    assert fit.alpha / (fit.alpha + fit.beta) == pytest.approx(HITS.sum() / AT_BATS.sum(), rel=1e-3)


def test_with_few_services_the_strength_is_told_as_uncertain() -> None:
    """Others give 74 (Rgbp), 167 (James-Stein) and 793 (ML) on the same data: all lie in our interval."""
    found = shrink_beta(HITS, AT_BATS)
    assert found.strength_low < 74
    assert found.strength_high > 793
    assert found.centre == pytest.approx(0.265, abs=0.005)  # Efron & Morris
    plugged = fit_beta(HITS, AT_BATS)
    total = plugged.alpha + plugged.beta + 45
    mean = (plugged.alpha + HITS) / total
    assert (found.sd > 1.5 * np.sqrt(mean * (1 - mean) / (total + 1))).all()  # the plug-in claims to know too much


def test_the_moments_agree_with_plain_numerical_integration() -> None:
    """Two services, a fine grid over centre and strength with the same priors, no Laplace approximation."""
    from scipy.special import betaln

    y, n = np.array([2.0, 9, 4]), np.array([10.0, 12, 11])
    mu, drawn = np.meshgrid((np.arange(400) + 0.5) / 400, (np.arange(400) + 0.5) / 400)
    r = n.mean() * drawn / (1 - drawn)
    a, b = (x[..., None] for x in (mu * r, (1 - mu) * r))
    log_weight = (betaln(a + y, b + n - y) - betaln(a, b)).sum(-1)
    weight = np.exp(log_weight - log_weight.max())
    wanted = [((a[..., 0] + y[i]) / (r + n[i]) * weight).sum() / weight.sum() for i in range(3)]
    assert shrink_beta(y, n).mean == pytest.approx(wanted, abs=0.01)


def test_many_services_leave_little_doubt_about_the_strength() -> None:
    rng = np.random.default_rng(3)
    n = rng.integers(5, 60, 3000)
    found = shrink_beta(rng.binomial(n, rng.beta(2, 6, 3000)).astype(float), n.astype(float))
    assert found.strength_low < 8 < found.strength_high
    assert found.strength_high / found.strength_low < 1.4


@pytest.mark.parametrize("hits", [0.0, 6.0])
def test_only_misses_or_only_hits_stay_short_of_certainty(hits: float) -> None:
    found = shrink_beta(np.full(4, hits), np.full(4, 6.0))
    assert ((found.mean > 0) & (found.mean < 1) & (found.sd > 0)).all()
    assert fit_beta(np.full(4, hits), np.full(4, 6.0)).alpha == hits / 6 * STRONGEST


def test_no_trials_is_the_prior_and_moves_no_one() -> None:
    with_empty, without = shrink_beta(np.append(HITS, 0), np.append(AT_BATS, 0)), shrink_beta(HITS, AT_BATS)
    assert with_empty.mean[:-1] == pytest.approx(without.mean, rel=1e-12)
    assert with_empty.mean[-1] == pytest.approx(without.centre, rel=1e-12)
    assert with_empty.sd[-1] > with_empty.sd[:-1].max()
    assert shrink_beta(np.zeros(2), np.zeros(2)).mean.tolist() == [0.5, 0.5]
    assert shrink_beta(np.array([]), np.array([])).mean.size == 0


def test_no_more_variation_than_chance_is_no_variation() -> None:
    assert fit_beta(np.full(20, 3.0), np.full(20, 10.0)).alpha == pytest.approx(0.3 * STRONGEST)


@pytest.mark.parametrize(("hits", "n"), [([1.0, 6], [5.0, 5]), ([1.0, -1], [5.0, 5]), ([1.0, np.nan], [5.0, 5])])
def test_faulty_rows_are_refused_with_their_position(hits: list[float], n: list[float]) -> None:
    for method in (fit_beta, shrink_beta):
        with pytest.raises(ValueError, match=r"positions \[1\]"):
            method(np.array(hits), np.array(n))
