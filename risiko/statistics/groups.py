"""Peer groups as integer codes: sums and quantiles within every group at once."""

from __future__ import annotations

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import IntArray, refuse


def dense(group: IntArray) -> tuple[IntArray, int]:
    """The same groups numbered 0, 1, 2 … without gaps, and how many there are.

    Raises ValueError for negative codes (how pandas writes "no category"), naming their positions: whoever has no
    peers must be given a group of its own, not one with all others who have none.
    """
    refuse(group < 0, "peer group codes must be 0 or more")
    if group.size and group.max() > 4 * group.size:  # far-spread codes: sorting is cheaper than counting
        names, code = np.unique(group, return_inverse=True)
        return code.astype(np.int64), len(names)
    present = np.bincount(group.astype(np.int64)) > 0
    return (np.cumsum(present) - 1)[group].astype(np.int64), int(present.sum())


def sums(values: FloatArray, code: IntArray, groups: int) -> FloatArray:
    """Sum of the values in each group, one number per group."""
    return np.bincount(code, values, minlength=groups).astype(float)


def quantiles(values: FloatArray, code: IntArray, groups: int, shares: tuple[float, ...]) -> FloatArray:
    """Quantiles in each group, shape (shares, groups); linear between order statistics (Hyndman & Fan's type 7).

    Values must not be NaN; a group without values has NaN.
    """
    size = np.bincount(code, minlength=groups)
    start = np.cumsum(size) - size
    ordered = values[np.lexsort((values, code))]
    found = np.full((len(shares), groups), np.nan)
    some = size > 0
    place = np.array(shares)[:, None] * (size[some] - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, size[some] - 1)
    below, above = ordered[start[some] + low], ordered[start[some] + high]
    found[:, some] = below + (place - low) * (above - below)
    return found
