"""Average run lengths against published tables."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.run_length import log_likelihood_run_length, poisson_run_length, run_length


def test_lucas_1985() -> None:
    """Lucas 1985, tables 2 to 5: h = 10, k = .25, mean .25; with a head start of h/2; watching for a fall."""
    run = [poisson_run_length(0.25, 0.25, 10, start=start, falls=falls) for falls in (False, True) for start in (0, 5)]
    assert [round(length) for length in run] == [438, 333, 437, 318]
    assert run == pytest.approx([438.124999498717, 333.124808473646, 436.763888888816, 318.333336712053], rel=1e-6)


def test_poisson_table(shared: Path) -> None:
    """R package spc 0.7.2, with an alarm at the threshold and beyond it."""
    with (shared / "reference/04_timesignals/T03_poisson_cusum_arl.csv").open() as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    assert len(rows) == 24
    for row in rows:
        at = poisson_run_length(row["mu"], row["k"], row["h"])
        beyond = poisson_run_length(row["mu"], row["k"], row["h"] + 0.5)  # whole and half values: > h is >= h + .5
        assert at == pytest.approx(row["arl_alarm_if_ge_h"], rel=1e-9)
        assert beyond == pytest.approx(row["arl_alarm_if_gt_h"], rel=1e-9)


def _normal(k: float, h: float, mean: float, states: int) -> float:
    """Brook & Evans for a normal CUSUM: increments N(mean - k, 1) in cells one step wide."""
    from scipy.special import ndtr

    step = h / (states - 0.5)  # an alarm half a step before the last state
    cells = np.arange(-round(12 / step), round(12 / step) + 1)
    chance = ndtr((cells + 0.5) * step - mean + k) - ndtr((cells - 0.5) * step - mean + k)
    return run_length(cells * step, chance, states * step, step=step)


@pytest.mark.parametrize(("h", "quiet", "risen"), [(4, 335.367577627242, 8.38320212974994), (5, 930.887012064239, 10.3759753002077)])
def test_textbook_normal_cusum(h: float, quiet: float, risen: float) -> None:
    """One-sided, k = .5 (Montgomery's two-sided 167.68 / 8.38 and 465.44 / 10.38 are half the quiet ones)."""
    coarse, fine = (np.array([_normal(0.5, h, mean, n) for mean in (0, 1)]) for n in (100, 200))
    assert (4 * fine - coarse) / 3 == pytest.approx([quiet, risen], rel=1e-4)


def test_normal_cusum_table(shared: Path) -> None:
    """R package spc 0.7.2; two-sided by 1/L = 1/L(up) + 1/L(down). The table's EWMA rows are no random walk."""
    with (shared / "reference/04_timesignals/T02_arl_normal_cusum_ewma.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["chart"] == "cusum"]
    assert len(rows) == 32
    for row in rows:
        k, h, mean, wanted = (float(row[name]) for name in ("k", "h", "mu", "arl"))
        up, down = (_extrapolated(k, h, way * mean) for way in (1, -1))
        found = up if row["sided"] == "one" else 1 / (1 / up + 1 / down)
        assert found == pytest.approx(wanted, rel=1e-4)


def _extrapolated(k: float, h: float, mean: float) -> float:
    return (4 * _normal(k, h, mean, 120) - _normal(k, h, mean, 60)) / 3


def test_risk_adjusted_mix_of_patients(shared: Path) -> None:
    """Steiner's weights for three kinds of patients; R package vlad 0.2.2 (itself on 600 states, to .5 %)."""
    cases = json.loads((shared / "reference/04_timesignals/T04_racusum.json").read_text())["arl_mixture"]["cases"]
    for case in cases:
        length = _mixture(case["h"], case["true_odds_ratio"])
        assert length == pytest.approx(case["arl"], rel=0.005)


def _mixture(h: float, odds_ratio: float) -> float:
    share, p, ratio = np.array([0.1, 0.5, 0.4]), np.array([0.1, 0.12, 0.14]), 2
    survives = -np.log(1 - p + ratio * p)
    dies = odds_ratio * p / (1 - p + odds_ratio * p)
    steps = np.concatenate([survives, survives + np.log(ratio)])
    return run_length(steps, np.concatenate([share * (1 - dies), share * dies]), h, step=h / 600)


def test_risk_adjusted_mix_in_a_clean_clone() -> None:
    """vlad 0.2.2: 37.40438 in control and 14.34879 with doubled odds at h = 1."""
    assert [_mixture(1, odds) for odds in (1, 2)] == pytest.approx([37.40438, 14.34879], rel=1e-5)


@pytest.mark.parametrize(("expected", "ratio", "threshold"), [(0.1, 2.0, 3.0), (0.4, 2.0, 3.0), (3.0, 1.5, 3.0), (1.0, 0.5, 2.0)])
def test_the_log_likelihood_run_length_is_what_simulation_shows(expected: float, ratio: float, threshold: float) -> None:
    rng, now, runs = np.random.default_rng(8), np.zeros(20_000), 0
    periods = 400
    for _ in range(periods):
        now = np.maximum(0, now + rng.poisson(expected, now.size) * np.log(ratio) - expected * (ratio - 1))
        runs += int((now >= threshold).sum())
        now[now >= threshold] = 0
    simulated = now.size * periods / runs
    # Renewals start together at 0, so few periods see slightly too few signals; the lattice is good to 3 %.
    assert log_likelihood_run_length(expected, ratio, threshold) == pytest.approx(simulated, rel=0.05)


def test_a_threshold_between_two_lattice_points_lies_between_them() -> None:
    jump = np.array([-0.5, 0.5]), np.array([0.6, 0.4])
    below, between, above = (run_length(*jump, h, step=0.5) for h in (1.5, 1.75, 2.0))
    assert between == pytest.approx(np.sqrt(below * above))
    assert below < between < above


def test_a_signal_that_cannot_come_takes_for_ever() -> None:
    assert run_length(np.array([-1.0, 0.5]), np.array([1.0, 0.0]), 5, step=0.5) == np.inf
    assert log_likelihood_run_length(100.0, 5.0, 20.0) == np.inf


def test_a_signal_in_every_period_takes_one() -> None:
    assert run_length(np.array([2.0]), np.array([1.0]), 1, step=0.5) == pytest.approx(1)
    assert run_length(np.array([1.0]), np.array([1.0]), 5, step=0.5) == pytest.approx(5)
