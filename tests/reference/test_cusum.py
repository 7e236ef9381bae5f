"""The CUSUM's path and weights against reference cases, and its threshold against simulation."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from risiko.statistics.cusum import bernoulli_weights, cusum, false_alarms_per_year, llr_cusum, threshold_for

NAN = float("nan")


def test_poisson_log_likelihood_ratio_path(shared: Path) -> None:
    case = json.loads((shared / "reference/04_timesignals/T07_poisson_llr_cusum.json").read_text())
    given, wanted = case["inputs"], case["expected"]
    found = llr_cusum(np.array(given["x"]), np.array(given["E"]), given["R"], given["h"])
    assert found.path == pytest.approx(np.array(wanted["C"]), abs=1e-10)
    assert (np.flatnonzero(found.signal) + 1).tolist() == wanted["alarms_1based"]


def test_a_drawn_path_by_hand() -> None:
    """Two expected, ratio 2: each complaint adds log 2, each period takes 2 away; after a signal it starts anew."""
    log2 = math.log(2)
    found = llr_cusum(np.array([5.0, 1, 6, 6, NAN, 6]), np.full(6, 2.0), 2, 3.0)
    path = [5 * log2 - 2, 6 * log2 - 4, 12 * log2 - 6, 18 * log2 - 8, 0, 6 * log2 - 2]
    assert found.path == pytest.approx(path)
    assert found.signal.tolist() == [False, False, False, True, False, False]


def test_risk_adjusted_weights_and_path(shared: Path) -> None:
    """Steiner, Cook, Farewell & Treasure 2000 on the first 400 operations; no alarm at 4.5."""
    case = json.loads((shared / "reference/04_timesignals/T04_racusum.json").read_text())
    weights = bernoulli_weights(np.array(case["inputs"]["y"]), np.array(case["inputs"]["p"]), 2)
    found = cusum(weights, 4.5)
    assert weights == pytest.approx(np.array(case["expected"]["W"]), abs=1e-9)
    assert found.path == pytest.approx(np.array(case["expected"]["C"]), abs=1e-9)
    assert np.flatnonzero(found.signal).tolist() == case["expected"]["alarms_in_first_1200"]


def test_a_single_risk_adjusted_weight() -> None:
    """T04's first patient: p = .0442818761983018 survives, and adds -.0433294493765161."""
    assert bernoulli_weights(np.array([0.0]), np.array([0.0442818761983018]), 2) == pytest.approx([-0.0433294493765161])


def test_every_service_is_followed_as_if_alone() -> None:
    rng = np.random.default_rng(1)
    expected = rng.uniform(0.1, 4, (40, 24))
    counts = rng.poisson(expected).astype(float)
    threshold = rng.uniform(1, 3, 40)
    together = llr_cusum(counts, expected, 2, threshold)
    for row in range(40):
        alone = llr_cusum(counts[row], expected[row], 2, float(threshold[row]))
        assert together.path[row] == pytest.approx(alone.path)
        assert together.signal[row].tolist() == alone.signal.tolist()
    assert together.signal.any()


def test_an_unobserved_period_neither_lifts_nor_lowers() -> None:
    found = llr_cusum(np.array([6.0, NAN, NAN]), np.array([2.0, 2, NAN]), 2, 9)
    assert found.path.tolist() == [found.path[0]] * 3
    assert found.path[0] > 0


def test_a_fall_is_seen_with_a_ratio_below_one() -> None:
    assert llr_cusum(np.zeros(5), np.full(5, 3.0), 0.5, 4.0).path == pytest.approx([1.5, 3, 4.5, 1.5, 3])


def test_without_expected_no_complaint_is_a_surprise_by_itself() -> None:
    """E = 0: log R per complaint, nothing taken away, and finite throughout."""
    assert llr_cusum(np.array([0.0, 1]), np.zeros(2), 2, 4).path == pytest.approx([0, math.log(2)])


def _services(n: int) -> np.ndarray:
    """Unequal services, 0.001 to 30 expected complaints a month."""
    return np.random.default_rng(5).lognormal(-1.2, 1.2, n)


def test_the_threshold_gives_the_stated_number_of_false_alarms() -> None:
    expected, rng = _services(3_000), np.random.default_rng(6)
    threshold = threshold_for(expected, 2, 200)
    counts = rng.poisson(expected[:, None], (3_000, 360)).astype(float)
    yearly = llr_cusum(counts, expected[:, None], 2, threshold).signal.sum() / 30
    # 6,000 alarms: standard error 1.3 %. The lattice errs by up to 3 %, towards fewer alarms.
    assert yearly == pytest.approx(200, rel=0.06)


def test_false_alarms_at_the_threshold_are_those_asked_for() -> None:
    expected = _services(500)
    for wanted in (0.5, 12, 60):
        threshold = threshold_for(expected, 2, wanted)
        assert false_alarms_per_year(expected, 2, threshold) == pytest.approx(wanted, rel=0.01)


def test_more_services_or_fewer_alarms_need_a_higher_threshold() -> None:
    expected = _services(300)
    few = threshold_for(expected, 2, 12)
    assert threshold_for(np.tile(expected, 10), 2, 12) > few + 1
    assert threshold_for(expected, 2, 1.2) > few + 1
    assert threshold_for(expected, 2, 12, n_monitored=3_000) == pytest.approx(threshold_for(np.tile(expected, 10), 2, 12), abs=0.01)
    assert threshold_for(expected, 2, 12, periods_per_year=4) < few


def test_the_rarest_alarm_in_proportion_to_what_is_expected() -> None:
    """Where a complaint comes once in years, a service with a tenth of the expected has a tenth of the alarms."""
    one, ten = (false_alarms_per_year(np.full(n, 0.02 * 100 / n), 2, 3) for n in (100, 1000))
    assert ten == pytest.approx(one)


def test_services_without_expected_are_not_monitored() -> None:
    expected = _services(200)
    assert threshold_for(np.append(expected, [0, NAN]), 2, 12) == threshold_for(expected, 2, 12)
    assert threshold_for(np.array([0, NAN]), 2, 12) == math.inf


def test_a_threshold_stays_within_what_is_searched() -> None:
    assert threshold_for(np.array([0.01]), 2, 1e6) == pytest.approx(0.5, abs=0.01)
    assert threshold_for(np.array([0.5]), 2, 1e-30) == pytest.approx(25, abs=0.01)


@pytest.mark.parametrize("ratio", [0, 1, -2, math.inf, NAN])
def test_a_ratio_that_is_none_is_refused(ratio: float) -> None:
    with pytest.raises(ValueError, match="ratio"):
        llr_cusum(np.ones(2), np.ones(2), ratio, 3)


def test_faulty_values_are_refused_with_their_position() -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        llr_cusum(np.array([[1.0], [-1]]), np.ones((2, 1)), 2, 3)
    with pytest.raises(ValueError, match=r"positions \[0\]"):
        bernoulli_weights(np.array([2.0, 1]), np.array([0.5, 0.5]), 2)
    with pytest.raises(ValueError, match="false alarms"):
        threshold_for(np.ones(3), 2, 0)
    with pytest.raises(ValueError, match=r"positions \[2\]"):
        threshold_for(np.array([1, 1, -1.0]), 2, 1)
