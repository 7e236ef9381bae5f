"""Peer-group arithmetic against numpy, one group at a time."""

import numpy as np
import pytest

from risiko.statistics.groups import dense, quantiles, sums


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_codes_without_gaps(step: int) -> None:
    code, groups = dense(np.array([5, 2, 5, 9]) * step)
    assert (code.tolist(), groups) == ([1, 0, 1, 2], 3)


def test_nobody_is_in_no_group() -> None:
    code, groups = dense(np.array([], dtype=np.int64))
    assert (code.size, groups) == (0, 0)


def test_no_category_is_refused_with_its_position() -> None:
    with pytest.raises(ValueError, match=r"positions \[1\]"):
        dense(np.array([0, -1]))


def test_quantiles_of_each_group_are_numpys() -> None:
    rng = np.random.default_rng(1)
    values, code = rng.normal(size=500), rng.integers(0, 40, 500)
    code[code == 13] = 12  # a group without values
    found = quantiles(values, code, 40, (0.1, 0.5, 0.9))
    for group in range(40):
        own = values[code == group]
        wanted = np.quantile(own, [0.1, 0.5, 0.9]) if own.size else np.full(3, np.nan)
        assert found[:, group] == pytest.approx(wanted, abs=1e-14, nan_ok=True)


def test_sums_of_each_group() -> None:
    assert sums(np.array([1.0, 2, 4]), np.array([2, 0, 2]), 4).tolist() == [2, 0, 5, 0]
