"""The conjugate change point against the coal-mining disasters, and on planted changes."""

import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.change_point import change_point

NAN = float("nan")
# Coal-mining disasters by year, 1851 to 1962 (Jarrett 1979; R package boot).
COAL = np.array([4, 5, 4, 1, 0, 4, 3, 4, 0, 6, 3, 3, 4, 0, 2, 6, 3, 3, 5, 4, 5, 3, 1, 4, 4, 1, 5, 5, 3, 4, 2, 5, 2, 2, 3, 4,
                 2, 1, 3, 2, 2, 1, 1, 1, 1, 3, 0, 0, 1, 0, 1, 1, 0, 0, 3, 1, 0, 3, 2, 2, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 2,
                 1, 0, 0, 0, 1, 1, 0, 2, 3, 3, 1, 1, 2, 1, 1, 1, 1, 2, 3, 3, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0,
                 0, 1, 0, 1.0])  # fmt: skip


def test_coal_mining_disasters() -> None:
    """The change lies after 1891 (k = 41; Carlin, Gelfand & Smith 1992); rates 3.09 and .92, log Bayes factor 28.9."""
    found = change_point(COAL, np.ones(112))
    assert found.k.tolist() == [41]
    assert (found.before[0], found.after[0]) == pytest.approx((3.0918195799607227, 0.9224738289288221), rel=1e-8)
    assert found.log_bayes_factor[0] == pytest.approx(28.92178026913181, rel=1e-8)
    assert found.changed[0] == pytest.approx(1)
    assert found.rose[0] == pytest.approx(3.2467244224948906e-15, rel=1e-6)


@pytest.mark.parametrize(("name", "prior"), [("prior_half", 0.5), ("prior_one", 1.0)])
def test_the_whole_posterior_over_the_year(shared: Path, name: str, prior: float) -> None:
    case = json.loads((shared / "reference/04_timesignals/T05_changepoint_coal.json").read_text())
    wanted, y = case["expected"][name], np.array(case["inputs"]["y"], dtype=float)
    found = change_point(y, np.ones(len(y)), prior, prior)
    assert found.when[0] == pytest.approx(np.array(wanted["post"]), abs=1e-8)
    assert found.k[0] == wanted["mode"]
    assert (found.before[0], found.after[0]) == pytest.approx((wanted["mean1"], wanted["mean2"]), rel=1e-8)
    assert found.log_bayes_factor[0] == pytest.approx(wanted["log_bayes_factor_change_vs_none"], rel=1e-8)
    assert found.rose[0] == pytest.approx(wanted["prob_rate_increased"], abs=1e-8)


def test_planted_rises_are_told_from_falls_and_from_none() -> None:
    rng = np.random.default_rng(2)
    expected = rng.uniform(1, 3, (300, 36))
    ratio = np.ones((300, 36))
    ratio[:100, 24:], ratio[100:200, 24:] = 3.0, 0.2
    found = change_point(rng.poisson(expected * ratio).astype(float), expected, 2, 2, prior=0.1)
    assert found.rose[:100].mean() > 0.95
    assert found.rose[100:].mean() < 0.05
    assert found.changed[100:200].mean() > 0.7
    assert found.changed[200:].mean() < 0.1
    assert np.abs(np.median(found.k[:200]) - 24) <= 1
    assert found.after[:100].mean() == pytest.approx(3, rel=0.1)


def test_probabilities_hold_what_they_say() -> None:
    """Drawn from the model itself: of the services with probability p of a change, a share p has changed."""
    rng = np.random.default_rng(3)
    changed, k = rng.random(20_000) < 0.5, rng.integers(1, 12, 20_000)
    before, after = rng.gamma(2, 1 / 2, (2, 20_000))
    rates = np.where((np.arange(12) >= k[:, None]) & changed[:, None], after[:, None], before[:, None])
    found = change_point(rng.poisson(3 * rates).astype(float), np.full((20_000, 12), 3.0), 2, 2)
    for low in (0.2, 0.4, 0.6, 0.8):
        among = (found.changed >= low) & (found.changed < low + 0.1)
        assert changed[among].mean() == pytest.approx(found.changed[among].mean(), abs=0.05)
    assert (changed & (after > before)).mean() == pytest.approx(found.rose.mean(), abs=0.01)


def test_an_unobserved_period_changes_nothing() -> None:
    """A count that is missing, an exposure of zero and a missing exposure all leave the period out; they add no k."""
    y, e = COAL.copy(), np.ones(112)
    early = change_point(np.insert(y, 0, [NAN, 9, 9]), np.insert(e, 0, [1, 0, NAN]))
    whole = change_point(y, e)
    assert early.log_bayes_factor == pytest.approx(whole.log_bayes_factor)
    assert early.k[0] == 44
    assert early.when[0, :3].tolist() == [0, 0, 0]


@pytest.mark.parametrize("y", [[], [3.0], [NAN, 3.0], [NAN, NAN]])
def test_fewer_than_two_periods_tell_nothing(y: list[float]) -> None:
    found = change_point(np.array([y]), np.ones((1, len(y))))
    assert np.isnan([found.log_bayes_factor, found.changed, found.rose, found.before, found.after]).all()
    assert found.k.tolist() == [0]


def test_no_complaints_at_all_are_finite_and_speak_against_a_change() -> None:
    found = change_point(np.zeros(24), np.full(24, 0.5), 2, 2)
    assert found.log_bayes_factor[0] < 0
    assert 0 < found.changed[0] < 0.5


def test_negative_counts_are_refused_with_their_service() -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        change_point(np.array([[1.0, 2], [1, -2]]), np.ones((2, 2)))
