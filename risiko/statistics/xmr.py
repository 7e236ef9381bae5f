"""XmR charts: has a series over time changed by more than its own month-to-month variation?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import BoolArray

Codes = np.ndarray[tuple[int, ...], np.dtype[np.int8]]

LIMIT, NEAR, SCREEN = 2.66, 2 / 3, 3.267  # Making Data Count; 2.66 = 3/1.128 and 3.267 is the range's own upper limit
RUN = 7
ENOUGH_POINTS = 13
OUTSIDE, TREND, TWO_OF_THREE, ONE_SIDE = 1, 2, 3, 4  # in order of precedence; the sign of a code says up or down


@dataclass(frozen=True)
class Xmr:
    """The chart, one value per service and period as in the series given; NaN limits where nothing was observed.

    cause: 0 or the first rule that holds, positive upwards and negative downwards. provisional: the limits rest on
    fewer than 13 points and may move.
    """

    mean: FloatArray
    lower: FloatArray
    upper: FloatArray
    near_lower: FloatArray
    near_upper: FloatArray
    cause: Codes
    provisional: BoolArray


def xmr(series: FloatArray, *, fix_after: int | None = None, rebase: Sequence[int] = (), screen: bool = True) -> Xmr:
    """Limits and special causes as NHS Making Data Count, for one series or services x periods, oldest first.

    NaN is a period that was not observed: it has no cause, and its neighbours count as following each other.
    fix_after: limits rest on the first so many observed points of each segment. rebase: positions (from 0) where a new
    segment with limits of its own begins. screen: moving ranges of 3.267 times their mean or more are left out, once;
    not so where that would leave no variation at all. A constant series has its mean as limits and no special cause.
    Source: NHS England, Making Data Count. Raises ValueError for infinite values, or a senseless rebase or fix_after.
    """
    y = np.atleast_2d(np.asarray(series, dtype=float))
    periods = y.shape[1]
    if sorted(set(rebase)) != list(rebase) or any(not 0 < at < periods for at in rebase):
        raise ValueError(f"rebase must rise and lie within 1 to {periods - 1}; it is {list(rebase)}")
    if np.isinf(y).any():
        raise ValueError(f"a series holds infinite values, in rows {np.flatnonzero(np.isinf(y).any(1))[:10].tolist()}")
    if fix_after is not None and fix_after < 2:
        raise ValueError(f"limits cannot be fixed after {fix_after} points; two make one moving range")
    edges = [0, *rebase, periods]
    parts = [_segment(y[:, a:b], fix_after, screen) for a, b in pairwise(edges)]
    wide = [np.concatenate(columns, axis=1).reshape(np.shape(series)) for columns in zip(*parts, strict=True)]
    mean, half, cause, provisional = wide
    return Xmr(mean, mean - half, mean + half, mean - NEAR * half, mean + NEAR * half,
               cause.astype(np.int8), provisional.astype(bool))  # fmt: skip


def _segment(y: FloatArray, fix_after: int | None, screen: bool) -> tuple[FloatArray, ...]:
    """Mean, half width of the limits, cause and provisional of one segment, each services x its periods."""
    order = np.argsort(np.isnan(y), axis=1, kind="stable")  # observed points first, in their order
    points = np.take_along_axis(y, order, axis=1)
    mean, half, n = _limits(points[:, :fix_after], screen)
    cause = np.zeros_like(y)
    np.put_along_axis(cause, order, _causes(points, mean[:, None], half[:, None]), axis=1)
    columns = (mean, half, (n < ENOUGH_POINTS).astype(float))
    mean, half, provisional = (np.broadcast_to(column[:, None], y.shape) for column in columns)
    return mean, half, cause, provisional


def _limits(points: FloatArray, screen: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean, half width and number of points, one per service."""
    n = np.isfinite(points).sum(1).astype(float)
    ranges = np.abs(np.diff(points, axis=1))
    average = _mean(ranges)
    if screen:
        screened = _mean(np.where(ranges < SCREEN * average[:, None], ranges, np.nan))
        average = np.where(screened > 0, screened, average)
    mean = _mean(points)
    if points.shape[1]:  # a rounded mean of equal values may miss them all by a hair
        mean = np.where(np.nanmax(np.where(n[:, None] > 1, ranges, 0), axis=1, initial=0) == 0, points[:, 0], mean)
    return mean, np.where(n > 0, LIMIT * np.nan_to_num(average), np.nan), n


def _mean(values: FloatArray) -> FloatArray:
    """Mean over the observed values of each row; NaN where there is none."""
    n = np.isfinite(values).sum(1)
    return np.where(n > 0, np.nansum(values, axis=1) / np.maximum(n, 1), np.nan)


def _causes(y: FloatArray, mean: FloatArray, half: FloatArray) -> FloatArray:
    """The code of the first rule that holds at each point; rows hold observed points first, then NaN."""
    cause = np.zeros_like(y)
    for sign in (1.0, -1.0):
        distance = sign * (y - mean)
        side, outside = distance > 0, distance > half
        near = ~outside & (distance > NEAR * half)
        trend = _members(_held(sign * np.diff(y, axis=1) > 0, RUN - 1, RUN - 1), RUN, y.shape)
        pair = near & _members(_held(near, 3, 2) & _held(side, 3, 3), 3, y.shape)
        one_side = _members(_held(side, RUN, RUN), RUN, y.shape)
        code = np.select([outside, trend, pair, one_side], [OUTSIDE, TREND, TWO_OF_THREE, ONE_SIDE], 0)
        # A point can break one rule upwards and another downwards: the rule that comes first speaks.
        take = (code > 0) & ((cause == 0) | (code < np.abs(cause)))
        cause = np.where(take, sign * code, cause)
    return cause


def _held(flags: BoolArray, length: int, at_least: int) -> BoolArray:
    """For each window of `length` points, by its first point: are at least so many of them flagged?"""
    starts = max(0, flags.shape[1] - length + 1)
    count = np.zeros((len(flags), starts), dtype=np.int8)
    for shift in range(length if starts else 0):
        count += flags[:, shift : shift + starts]
    return np.asarray(count >= at_least)


def _members(windows: BoolArray, length: int, shape: tuple[int, ...]) -> BoolArray:
    """The points that belong to any of the windows."""
    member = np.zeros(shape, dtype=bool)
    for shift in range(length if windows.shape[1] else 0):
        member[:, shift : shift + windows.shape[1]] |= windows
    return member
