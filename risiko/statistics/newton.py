"""Newton's method for many small likelihoods at once: every peer group climbs its own hill in the same steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from risiko.asof import FloatArray

STEPS, LONGEST, STIFF = 200, 2.0, 1e12


class Hill(NamedTuple):
    """Log likelihoods at one point each: height (groups,), slope (groups, k), bend (groups, k, k) = -Hessian."""

    height: FloatArray
    slope: FloatArray
    bend: FloatArray


def climb(at: Callable[[FloatArray], Hill], start: FloatArray, flat: FloatArray, ceiling: FloatArray) -> FloatArray:
    """The tops reached from the starts, shape (groups, k), with a ridge that grows where a step does not climb.

    at: the hills at such points. flat: a group rests when no slope is steeper than this. ceiling: a group also rests
    once a coordinate is above it. scipy.optimize would take one group at a time, and a second to import.
    """
    point, hill = start, at(start)
    ridge = np.full(len(start), 1e-3)
    for _ in range(STEPS):
        rest = (np.abs(hill.slope).max(1, initial=0) < flat) | (point > ceiling).any(1) | (ridge > STIFF)
        if rest.all():
            break
        damp = ridge + np.maximum(0, 1e-9 - np.linalg.eigvalsh(hill.bend)[:, 0])
        step = np.linalg.solve(hill.bend + damp[:, None, None] * np.eye(start.shape[1]), hill.slope[..., None])[..., 0]
        step *= np.minimum(1, LONGEST / np.maximum(np.abs(step).max(1), 1e-300))[:, None]
        step[rest] = 0
        there = at(point + step)
        up = ~rest & (there.height >= hill.height)
        point = np.where(up[:, None], point + step, point)
        hill = Hill(*(np.where(up.reshape(-1, *[1] * (new.ndim - 1)), new, old)
                      for new, old in zip(there, hill, strict=True)))  # fmt: skip
        stuck = ~up & (np.abs(step).max(1, initial=0) < 1e-12)
        ridge = np.where(up, ridge / 10, np.where(stuck, 10 * STIFF, np.maximum(ridge, 1e-6) * 10))
    return _polished(at, point, hill)


def _polished(at: Callable[[FloatArray], Hill], point: FloatArray, hill: Hill) -> FloatArray:
    """One whole Newton step more for the groups whose slope it makes less.

    Around a top all heights are the same to the last digit, so a climb by height ends where rounding lets it, and the
    order in which the same numbers were added would show in the seventh digit. The slope sees further.
    """
    round_top = np.linalg.eigvalsh(hill.bend)[:, 0] > 0
    bend = np.where(round_top[:, None, None], hill.bend, np.eye(point.shape[1]))
    step = np.linalg.solve(bend, hill.slope[..., None])[..., 0]
    near = round_top & (np.abs(step).max(1, initial=0) < 1e-3)
    there = at(point + np.where(near[:, None], step, 0))
    flatter = near & (np.abs(there.slope).max(1, initial=0) < np.abs(hill.slope).max(1, initial=0))
    return np.where(flatter[:, None], point + step, point)
