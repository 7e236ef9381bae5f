"""XmR charts against Making Data Count, and on the series that break other implementations."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from risiko.statistics.xmr import ONE_SIDE, OUTSIDE, TREND, TWO_OF_THREE, xmr

NAN = float("nan")
WORDS = {
    "Common Cause": 0, "Above UCL": OUTSIDE, "Below LCL": -OUTSIDE, "7 Point Trend (Increasing)": TREND,
    "7 Point Trend (Decreasing)": -TREND, "2 in 3 Above CL": TWO_OF_THREE, "2 in 3 Below CL": -TWO_OF_THREE,
    "7 Points Above CL": ONE_SIDE, "7 Points Below CL": -ONE_SIDE,
}  # fmt: skip
# A published case of NHSRplotthedots 0.2.2 (case 4 of T01): mean 80/9, limits -+ 6.004.
STEP_UP = np.array([6, 8, 8, 6, 8, 5, 8, 5, 9, 5, 3, 8, 9, 11, 6, 7, 8, 7, 12, 7, 9, 11, 12, 12, 10, 10, 11, 12, 11, 10,
                    15, 14, 13, 6, 9, 9.0])  # fmt: skip


def test_every_point_of_the_reference_series_has_its_type(shared: Path) -> None:
    cases = json.loads((shared / "reference/04_timesignals/T01_xmr_nhsrplotthedots.json").read_text())["cases"]
    assert sum(len(case["y"]) for case in cases) == 204
    for case in cases:
        args, wanted = case["args"] or {}, case["expected"]
        rebase = [args["rebase"] - 1] if "rebase" in args else []
        chart = xmr(np.array(case["y"], dtype=float), fix_after=args.get("fix"), rebase=rebase,
                    screen=args.get("screen", True))  # fmt: skip
        assert chart.mean == pytest.approx(np.array(wanted["mean"]), abs=1e-9)
        assert chart.lower == pytest.approx(np.array(wanted["lpl"]), abs=1e-9)
        assert chart.upper == pytest.approx(np.array(wanted["upl"]), abs=1e-9)
        assert chart.cause.tolist() == [WORDS[word] for word in wanted["special_cause_type"]]


def test_a_published_series_with_three_kinds_of_special_cause() -> None:
    chart = xmr(STEP_UP)
    assert (chart.mean[0], chart.lower[0], chart.upper[0]) == pytest.approx((80 / 9, 2.884888888889, 14.892888888889))
    assert chart.near_upper[0] == pytest.approx(80 / 9 + 6.004 * 2 / 3)
    assert chart.cause.tolist() == [-4] * 8 + [0] * 12 + [4] * 10 + [1, 3, 3, 0, 0, 0]
    assert not chart.provisional.any()


def test_a_new_segment_has_limits_of_its_own() -> None:
    chart = xmr(STEP_UP, rebase=[18])
    assert chart.mean[[17, 18]] == pytest.approx([7.055555555556, 10.722222222222])
    assert chart.cause.tolist() == [0] * 30 + [3, 3, 0, -1, 0, 0]


@pytest.mark.parametrize(
    ("series", "cause"),
    [
        ([1, 2, 3, 4, 5, 6], [0] * 6),
        ([50, 51, 52, 53, 54, 55, 56, 10, 90, 10, 90, 10, 90], [2] * 7 + [0] * 6),
        ([56, 55, 54, 53, 52, 51, 50, 90, 10, 90, 10, 90, 10], [-2] * 7 + [0] * 6),
        ([50, 51, 52, 52, 53, 54, 55, 10, 90, 10, 90, 10, 90], [0] * 13),  # a tie ends the run
    ],
)
def test_seven_points_in_one_direction_are_a_trend(series: list[float], cause: list[int]) -> None:
    assert xmr(np.array(series, dtype=float)).cause.tolist() == cause


@pytest.mark.parametrize(("run", "cause"), [(6, 0), (7, 4), (8, 4)])
def test_seven_points_on_one_side(run: int, cause: int) -> None:
    series = [20.0, 0] * 6 + [11.0, 12] * 4
    chart = xmr(np.array(series[: 12 + run] + [0.0]), fix_after=12)
    assert chart.mean[0] == 10
    assert chart.cause.tolist() == [0] * 12 + [cause] * run + [0]


def test_a_constant_series_has_its_mean_as_limits_and_no_special_cause() -> None:
    """NHSRplotthedots 0.2.2 gives limits that are not numbers; a rounded mean would flag every point."""
    chart = xmr(np.full(20, 0.1))
    for limit in (chart.mean, chart.lower, chart.upper, chart.near_lower, chart.near_upper):
        assert limit.tolist() == [0.1] * 20
    assert not chart.cause.any()


def test_one_jump_in_a_constant_series_does_not_make_every_point_special() -> None:
    """Screening would drop both moving ranges of the jump and leave limits without width."""
    chart = xmr(np.array([0.0] * 6 + [5] + [0] * 6))
    assert chart.mean[0] == pytest.approx(5 / 13)
    assert chart.upper[0] == pytest.approx(5 / 13 + 2.66 * 10 / 12)
    assert chart.cause.tolist() == [0] * 6 + [1] + [0] * 6


@pytest.mark.parametrize(("n", "provisional"), [(11, True), (12, True), (13, False)])
def test_few_points_make_provisional_limits(n: int, provisional: bool) -> None:
    assert xmr(np.arange(n) % 3.0).provisional.tolist() == [provisional] * n


@pytest.mark.parametrize(("series", "mean"), [([], []), ([3.0], [3.0]), ([NAN, NAN], [NAN, NAN]), ([NAN, 4.0], [4.0, 4.0])])
def test_short_and_empty_series_are_answered(series: list[float], mean: list[float]) -> None:
    chart = xmr(np.array(series))
    assert chart.mean.tolist() == pytest.approx(mean, nan_ok=True)
    assert chart.upper.tolist() == pytest.approx(mean, nan_ok=True)
    assert not chart.cause.any()
    assert chart.provisional.all()


def test_an_unobserved_period_is_no_zero_and_has_no_cause() -> None:
    gap = np.insert(STEP_UP, 10, NAN)
    chart, whole = xmr(gap), xmr(STEP_UP)
    assert np.delete(chart.cause, 10).tolist() == whole.cause.tolist()
    assert chart.cause[10] == 0
    assert chart.mean == pytest.approx(np.full(37, 80 / 9))


def test_many_series_at_once_are_each_as_alone() -> None:
    many = np.random.default_rng(4).poisson(3, (50, 30)).astype(float)
    many[::3, :20] = NAN
    together = xmr(many)
    for row, series in enumerate(many):
        alone = xmr(series)
        assert together.cause[row].tolist() == alone.cause.tolist()
        assert together.upper[row] == pytest.approx(alone.upper)


@pytest.mark.parametrize("faulty", [{"rebase": [0]}, {"rebase": [9, 5]}, {"rebase": [12]}, {"fix_after": 1}])
def test_senseless_requests_are_refused(faulty: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"rebase|fixed"):
        xmr(np.arange(12.0), **faulty)


def test_infinite_values_are_refused_with_their_rows() -> None:
    with pytest.raises(ValueError, match=r"rows \[1\]"):
        xmr(np.array([[1.0, 2], [1, np.inf]]))
