"""Intervals against the values of the English public health office's own test data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko.statistics.intervals import byar, exact_poisson, poisson_interval, wilson


def only(value: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([float(value)])


def test_byar_as_published() -> None:
    """PHEindicatormethods, byars(65): 50.163188 to 82.849139 at 95 %."""
    lower, upper = byar(only(65))
    assert (lower[0], upper[0]) == pytest.approx((50.163187710459454, 82.84913854593984), rel=1e-12)


def test_byar_is_never_negative_nor_undefined() -> None:
    """PHEindicatormethods 2.1.1 answers NA for x = 1 at 99.8 % and NaN for x = 0."""
    lower, upper = byar(np.array([0.0, 1]), 0.998)
    assert lower.tolist() == [0, 0]
    assert upper[1] == pytest.approx(9.362180217908362, rel=1e-12)
    assert 0 < upper[0] < upper[1]


def test_exact_below_ten_and_byar_from_ten() -> None:
    count = np.array([0.0, 1, 9, 10])
    lower, upper = poisson_interval(count)
    assert [lower[:3].tolist(), upper[:3].tolist()] == [bound[:3].tolist() for bound in exact_poisson(count)]
    assert (lower[3], upper[3]) == (byar(count)[0][3], byar(count)[1][3])
    assert (lower[0], upper[0]) == pytest.approx((0, -np.log(0.025)))
    assert (lower[1], upper[1]) == pytest.approx((0.025317807984289897, 5.571643390938898), rel=1e-12)


def test_wilson_as_published() -> None:
    lower, upper = wilson(np.array([65.0, 0.445]), np.array([100.0, 1]))
    assert lower == pytest.approx([0.5525444329688797, 0.04381744772058822], rel=1e-12)
    assert upper == pytest.approx([0.7363575175690247, 0.9334621276979156], rel=1e-12)


def test_wilson_at_the_ends() -> None:
    lower, upper = wilson(np.array([0.0, 8, 0]), np.array([8.0, 8, 0]))
    assert (lower[0], upper[1]) == pytest.approx((0, 1))
    assert 0 < lower[1] < upper[1]
    assert np.isnan([lower[2], upper[2]]).all()


def test_every_row_of_the_public_test_data(shared: Path) -> None:
    folder, seen = shared / "reference/01_funnel", 0
    for row in pd.read_csv(folder / "F04_phe_byars_wilson.csv").itertuples():
        confidence = float(row.confidence.rstrip("%")) / 100
        pair = byar(only(row.x), confidence) if row.method == "Byars" else wilson(only(row.x), only(row.n), confidence)
        wanted = [0.0 if np.isnan(row.lowercl) else row.lowercl, row.uppercl]  # NA where Byar's limit is negative
        assert [bound[0] for bound in pair] == pytest.approx(wanted, rel=1e-9), row
    for name, interval in (("Rate", poisson_interval), ("Prop", wilson)):
        rows = pd.read_csv(folder / f"F04_phe_testdata_{name}.csv").dropna(subset=["value", "lower95_0cl"])
        x, n, k = (rows[c].to_numpy(float) for c in ("Numerator", "Denominator", "multiplier"))
        for level, confidence in (("95_0", 0.95), ("99_8", 0.998)):
            lower, upper = (b / n for b in interval(x, confidence)) if name == "Rate" else interval(x, n, confidence)
            assert lower * k == pytest.approx(rows[f"lower{level}cl"].to_numpy(), rel=1e-9)
            assert upper * k == pytest.approx(rows[f"upper{level}cl"].to_numpy(), rel=1e-9)
        seen += len(rows)
    assert seen > 25


def test_limits_of_expected_counts_as_published(shared: Path) -> None:
    """OHID's inverse funnel: the expected count at which x lies on the limit is the exact interval of x.

    Its own solver stops 9e-8 short at x = 1, where the lower end is -log(.975) = .025317808.
    """
    rows = pd.read_csv(shared / "reference/01_funnel/F03_phe_ratio_limits.csv")
    x = rows["Observed_events"].to_numpy(float)
    for sigma, confidence in (("2s", 0.95), ("3s", 0.998)):
        lower, upper = exact_poisson(x, confidence)
        assert upper == pytest.approx(rows[f"lower_{sigma}_exp_events"].to_numpy(), rel=1e-6, abs=1e-7)
        assert lower == pytest.approx(rows[f"upper_{sigma}_exp_events"].to_numpy(), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("bad", [-1.0, float("nan")])
def test_faulty_counts_are_refused_with_their_position(bad: float) -> None:
    for interval in (byar, exact_poisson, poisson_interval):
        with pytest.raises(ValueError, match=r"positions \[1\]"):
            interval(np.array([3.0, bad]))
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        wilson(np.array([3.0, bad]), np.array([5.0, 5]))
    with pytest.raises(ValueError, match=r"trials.*positions \[0\]"):
        wilson(np.array([6.0]), np.array([5.0]))
