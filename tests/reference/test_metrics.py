"""Measures of a ranking against published values, scikit-learn, brute force and repeated rows."""

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risiko.evaluate import metrics

# Drawn by hand: ties between an event and none (.7 would be two events, .4 and .1 one of each).
SCORE = np.array([0.9, 0.8, 0.7, 0.7, 0.6, 0.5, 0.4, 0.4, 0.3, 0.2, 0.1, 0.1])
FOUND = np.array([1.0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1])
NOTHING = np.empty(0)

Drawn = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@st.composite
def drawn(draw: st.DrawFn, most: int = 30) -> Drawn:
    """Scores with many ties, outcomes, two rows of counts, and groups (-1: none)."""
    n = draw(st.integers(1, most))
    score, found, once, again, group = (
        np.array(draw(st.lists(st.integers(low, high), min_size=n, max_size=n)))
        for low, high in ((0, 6), (0, 1), (0, 3), (0, 3), (-1, 2))
    )
    return score.astype(float), found.astype(float), np.stack([once, again]), group


RANKING: dict[str, Callable[..., np.ndarray]] = {
    "auc": metrics.auc,
    "average_precision": metrics.average_precision,
    "precision_share": lambda s, y, w=None: metrics.precision_at(s, y, w, share=0.3),
    "precision_k": lambda s, y, w=None: metrics.precision_at(s, y, w, k=4),
    "lift": lambda s, y, w=None: metrics.lift_at(s, y, w, share=0.3),
    "capture": lambda s, y, w=None: metrics.capture_at(s, y, w, k=4),
}
PROBABLE: dict[str, Callable[..., np.ndarray]] = {
    "brier": metrics.brier,
    "o_over_e": metrics.observed_over_expected,
    "in_the_large": metrics.calibration_in_the_large,
    "slope": metrics.calibration_slope,
}


def asah(shared: Path) -> dict[str, dict[str, list[float]]]:
    case: dict[str, dict[str, list[float]]]
    case = json.loads((shared / "reference/08_calibration/C01_auc_delong_aSAH.json").read_text())
    return case


def test_hanley_and_mcneils_ct_readings() -> None:
    """58 normal and 51 abnormal CT images on a five-step scale (Hanley & McNeil 1982, table I): area .893."""
    rating = np.repeat([1, 2, 3, 4, 5, 1, 2, 3, 4, 5.0], [33, 6, 6, 11, 2, 3, 2, 2, 11, 33])
    abnormal = np.repeat([0.0, 1.0], [58, 51])
    assert metrics.auc(rating, abnormal) == pytest.approx(0.893, abs=5e-4)
    assert metrics.delong(rating, abnormal).auc == pytest.approx(0.893, abs=5e-4)


def test_delong_on_the_bleedings_of_proc(shared: Path) -> None:
    """pROC's aSAH: s100b .7314 [.6301, .8326], ndka .6120, wfns .8237 (Robin et al. 2011)."""
    case = asah(shared)
    outcome = np.array(case["inputs"]["y"], dtype=float)
    for name, area in {"s100b": 0.7314, "ndka": 0.6120, "wfns": 0.8237}.items():
        score, wanted = np.array(case["inputs"][name], dtype=float), case["expected"][name]
        assert metrics.auc(score, outcome) == pytest.approx(area, abs=5e-5)
        found = metrics.delong(score, outcome)
        assert (found.auc, found.low, found.high) == pytest.approx([wanted[k] for k in ("auc", "lo", "hi")], abs=1e-8)
        assert found.se**2 == pytest.approx(wanted["var"], abs=1e-10)


def test_paired_delong_on_the_bleedings_of_proc(shared: Path) -> None:
    case = asah(shared)
    outcome, first, second = (np.array(case["inputs"][k], dtype=float) for k in ("y", "s100b", "ndka"))
    found, wanted = metrics.delong_difference(first, second, outcome), case["expected"]["paired_s100b_ndka"]
    assert (found.p, found.difference / found.se) == pytest.approx((wanted["p"], wanted["z"]), abs=1e-8)
    back = metrics.delong_difference(second, first, outcome)
    assert (back.difference, back.low, back.p) == pytest.approx((-found.difference, -found.high, found.p))


def test_delong_of_a_ranking_with_itself_is_no_difference() -> None:
    assert metrics.delong_difference(SCORE, SCORE, FOUND) == (0, 0, 0, 0, 1)


def test_delong_needs_two_of_each_class() -> None:
    one = metrics.delong(np.array([1.0, 2, 3]), np.array([0.0, 0, 1]))
    assert one.auc == 1
    assert np.isnan([one.se, one.low, one.high]).all()
    assert np.isnan(metrics.delong(NOTHING, NOTHING)).all()


def test_the_top_of_a_list_with_ties() -> None:
    """Case C05: what is expected among the first k when ties are broken at random."""
    wanted = {1: 1, 2: 0.5, 3: 2 / 3, 4: 0.75, 5: 0.6, 7: 0.5, 8: 0.5, 12: 5 / 12, 99: 5 / 12}
    assert {k: float(metrics.precision_at(SCORE, FOUND, k=k)) for k in wanted} == pytest.approx(wanted)
    assert metrics.precision_at(SCORE, FOUND, share=0.25) == pytest.approx(2 / 3)
    assert metrics.lift_at(SCORE, FOUND, k=4) == pytest.approx(1.8)
    assert metrics.capture_at(SCORE, FOUND, k=7) == pytest.approx(3.5 / 5)
    assert metrics.auc(SCORE, FOUND) == pytest.approx(0.6571428571428573)
    assert metrics.average_precision(SCORE, FOUND) == pytest.approx(0.6833333333333333)


@given(drawn(most=6), st.integers(1, 6))
def test_ties_are_worth_their_mean_over_all_orders(case: Drawn, k: int) -> None:
    score, found, _, _ = case
    orders = [list(order) for order in permutations(range(len(score))) if (np.diff(score[list(order)]) <= 0).all()]
    mean = np.mean([found[order][:k].mean() for order in orders])
    assert metrics.precision_at(score, found, k=k) == pytest.approx(mean)


@settings(max_examples=30)  # scikit-learn takes its time
@given(drawn())
def test_auc_and_average_precision_are_scikit_learns(case: Drawn) -> None:
    from sklearn.metrics import average_precision_score, roc_auc_score

    score, found, counts, _ = case
    for weight in counts:
        seen = weight > 0
        if 0 < found[seen].sum() < seen.sum():
            part = {"y_true": found[seen], "y_score": score[seen], "sample_weight": weight[seen]}
            assert metrics.auc(score, found, weight) == pytest.approx(roc_auc_score(**part))
            assert metrics.average_precision(score, found, weight) == pytest.approx(average_precision_score(**part))


@pytest.mark.parametrize("name", [*RANKING, *PROBABLE])
@settings(max_examples=50)
@given(drawn())
def test_counting_a_row_so_often_is_repeating_it(name: str, case: Drawn) -> None:
    score, found, counts, _ = case
    if name in PROBABLE:
        score = (score + 1) / 9
    measure = (RANKING | PROBABLE)[name]
    repeated = [measure(np.repeat(score, weight), np.repeat(found, weight)) for weight in counts]
    assert measure(score, found, counts) == pytest.approx(np.array(repeated), nan_ok=True, rel=1e-6)
    assert measure(score, found, counts[0]) == pytest.approx(repeated[0], nan_ok=True, rel=1e-6)


@given(drawn())
def test_order_within_groups_is_counted_pair_by_pair(case: Drawn) -> None:
    score, found, counts, group = case
    weight = counts[0]
    pairs = [
        (weight[i] * weight[j], 1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0)
        for i in np.flatnonzero(found == 1) for j in np.flatnonzero(found == 0) if group[i] == group[j] >= 0
    ]  # fmt: skip
    total = sum(count for count, _ in pairs)
    wanted = sum(count * right for count, right in pairs) / total if total else np.nan
    assert metrics.concordance_within(score, found, group, weight) == pytest.approx(wanted, nan_ok=True)


def test_a_ranking_that_only_knows_the_office_knows_nothing_within() -> None:
    office, found = np.array([0, 0, 1, 1, 1, -1]), np.array([0.0, 0, 1, 0, 1, 1])
    assert metrics.auc(office.astype(float), found) == pytest.approx((2 * 2.5 + 0) / 9)
    assert metrics.concordance_within(office.astype(float), found, office) == 0.5


def test_the_gain_curve_catches_what_the_cuts_catch() -> None:
    shares = np.array([0, 0.25, 0.5, 7 / 12, 1])
    assert metrics.gain_curve(SCORE, FOUND, shares) == pytest.approx(np.array([0, 2, 3, 3.5, 5]) / 5)
    caught = [metrics.capture_at(SCORE, FOUND, share=share) for share in shares]
    assert metrics.gain_curve(SCORE, FOUND, shares) == pytest.approx(np.array(caught))
    assert np.isnan(metrics.gain_curve(SCORE, np.zeros(12), shares)).all()


def test_logistic_recalibration_as_in_r(shared: Path) -> None:
    """Case C02, by R's glm."""
    case = json.loads((shared / "reference/08_calibration/C02_calibration.json").read_text())
    promised, found = (np.array(case["inputs"][k], dtype=float) for k in ("p", "y"))
    wanted = case["expected"]
    assert metrics.calibration_in_the_large(promised, found) == pytest.approx(wanted["citl"], abs=1e-8)
    assert metrics.calibration_slope(promised, found) == pytest.approx(wanted["slope"], abs=1e-8)
    assert metrics.brier(promised, found) == pytest.approx(wanted["brier"], abs=1e-12)
    assert metrics.observed_over_expected(promised, found) == pytest.approx(wanted["oe_ratio"], abs=1e-12)


def test_two_probabilities_give_the_slope_between_two_rates() -> None:
    """.1 promised and 2 of 10 seen; .5 promised and 6 of 10 seen: the line goes through both rates."""
    promised = np.repeat([0.1, 0.5], 10)
    found = np.repeat([1.0, 0, 1, 0], [2, 8, 6, 4])
    slope = (np.log(6 / 4) - np.log(2 / 8)) / (0 - np.log(0.1 / 0.9))
    assert metrics.calibration_slope(promised, found) == pytest.approx(slope, abs=1e-9)
    assert metrics.observed_over_expected(promised, found) == pytest.approx(8 / 6)
    assert metrics.brier(promised, found) == pytest.approx((2 * 0.81 + 8 * 0.01 + 10 * 0.25) / 20)


def test_promising_twice_the_odds_is_seen_in_the_large() -> None:
    promised, found = np.full(30, 0.5), np.repeat([1.0, 0.0], [10, 20])
    assert metrics.calibration_in_the_large(promised, found) == pytest.approx(np.log(0.5))


@pytest.mark.parametrize("found", [[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 1, 1]])
def test_no_slope_where_none_is_finite(found: list[float]) -> None:
    promised = np.array([0.1, 0.2, 0.3, 0.4])
    assert np.isnan(metrics.calibration_slope(promised, np.array(found, dtype=float)))


@pytest.mark.parametrize("found", [[0, 0, 1, 1], [1, 1, 0, 0]])
def test_classes_that_only_meet_in_a_tie_have_no_slope(found: list[float]) -> None:
    """At .2 one of each, all others apart: the likelihood rises with the slope for ever."""
    promised = np.array([0.1, 0.2, 0.2, 0.3])
    assert np.isnan(metrics.calibration_slope(promised, np.array(found, dtype=float)))


def test_one_probability_for_all_has_no_slope_but_a_level() -> None:
    promised, found = np.full(4, 0.5), np.array([1.0, 0, 0, 0])
    assert np.isnan(metrics.calibration_slope(promised, found))
    assert metrics.calibration_in_the_large(promised, found) == pytest.approx(np.log(1 / 3))


@pytest.mark.parametrize("draws", [None, 3])
@pytest.mark.parametrize("name", [*RANKING, *PROBABLE])
def test_without_services_nothing_is_claimed(name: str, draws: int | None) -> None:
    weight = None if draws is None else np.zeros((draws, 0))
    value = (RANKING | PROBABLE)[name](NOTHING, NOTHING, weight)
    assert value.shape == (() if draws is None else (3,))
    assert np.isnan(value).all()


def test_one_class_says_what_it_can() -> None:
    score, none, all_of_them = np.array([3.0, 2, 1]), np.zeros(3), np.ones(3)
    assert np.isnan([metrics.auc(score, none), metrics.auc(score, all_of_them)]).all()
    assert np.isnan([metrics.average_precision(score, none), metrics.lift_at(score, none, k=1)]).all()
    assert np.isnan(metrics.capture_at(score, none, k=1))
    assert metrics.precision_at(score, none, k=1) == 0
    assert metrics.lift_at(score, all_of_them, k=1) == 1


def test_a_draw_without_events_is_missing_and_leaves_the_others() -> None:
    counts = np.array([[1, 1, 1], [0, 1, 1], [0, 0, 0]])
    found = metrics.auc(np.array([3.0, 1, 2]), np.array([1.0, 0, 0]), counts)
    assert found == pytest.approx(np.array([1, np.nan, np.nan]), nan_ok=True)


@pytest.mark.parametrize(
    ("score", "outcome", "weight", "what"),
    [
        ([1, np.nan], [0, 1], None, r"score must be a number.*\[1\]"),
        ([1, 2], [0, 2], None, r"outcome must be 0 or 1.*\[1\]"),
        ([1, 2], [np.nan, 1], None, r"outcome must be 0 or 1.*\[0\]"),
        ([1, 2], [0, 1], [1, -1], "weights must be 0 or more"),
    ],
)
def test_what_is_no_ranking_is_refused(score: list[float], outcome: list[float], weight: list[float] | None, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        metrics.auc(np.array(score, dtype=float), np.array(outcome, dtype=float), weight and np.array(weight))


def test_a_share_or_a_number_but_not_both() -> None:
    with pytest.raises(ValueError, match="either"):
        metrics.precision_at(SCORE, FOUND)
    with pytest.raises(ValueError, match="either"):
        metrics.lift_at(SCORE, FOUND, share=0.1, k=2)


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_what_is_no_probability_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match=r"probability.*\[1\]"):
        metrics.brier(np.array([0.5, bad]), np.array([0.0, 1.0]))
