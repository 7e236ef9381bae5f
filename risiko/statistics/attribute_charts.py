"""Control charts for rates and shares: limits that follow the size of each period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import refuse

WIDTH = 3.0
RANGE_TO_SD = 1.128  # mean moving range of normal values with standard deviation 1


@dataclass(frozen=True)
class Chart:
    """value, lower, upper: services x periods (or one series); centre: one per service. outside: -1, 0 or 1."""

    value: FloatArray
    centre: FloatArray
    lower: FloatArray
    upper: FloatArray
    outside: np.ndarray[tuple[int, ...], np.dtype[np.int8]]


def u_chart(counts: FloatArray, exposure: FloatArray, *, laney: bool = False) -> Chart:
    """Rates per exposure against 3-sigma Poisson limits around their overall rate, the lower cut at 0.

    A period without exposure or count is missing. laney: widens (or narrows) the limits by what varies from period to
    period beyond Poisson, estimated from moving ranges (Laney 2002); for large counts, where Poisson limits flag all.
    """
    return _chart(counts, exposure, lambda centre, n: centre / n, laney, top=np.inf)


def p_chart(counts: FloatArray, size: FloatArray, *, laney: bool = False) -> Chart:
    """Shares of `size` against 3-sigma binomial limits around their overall share, cut at 0 and 1."""
    refuse(np.asarray(counts > size), "a count may not be larger than what it is a share of")
    return _chart(counts, size, lambda centre, n: centre * (1 - centre) / n, laney, top=1.0)


def _chart(counts: FloatArray, size: FloatArray, variance: Callable[[FloatArray, FloatArray], FloatArray],
           laney: bool, top: float) -> Chart:  # fmt: skip
    x, n = (np.asarray(v, dtype=float) for v in np.broadcast_arrays(counts, size))
    refuse((x < 0) | (n < 0), "counts and sizes must be 0 or more")
    seen = np.isfinite(x) & (n > 0)
    n = np.where(seen, n, np.nan)
    value = np.where(seen, x, np.nan) / n
    total = np.nansum(n, axis=-1)
    centre = np.where(total > 0, np.where(seen, x, 0.0).sum(-1) / np.where(total > 0, total, 1), np.nan)
    sd = np.sqrt(variance(centre[..., None], n))
    half = WIDTH * sd * (_beyond_chance((value - centre[..., None]) / np.where(sd > 0, sd, np.nan)) if laney else 1.0)
    lower, upper = np.maximum(centre[..., None] - half, 0.0), np.minimum(centre[..., None] + half, top)
    outside = (value > upper).astype(np.int8) - (value < lower).astype(np.int8)
    return Chart(value, centre, lower, upper, outside)


def _beyond_chance(z: FloatArray) -> FloatArray:
    """Laney's sigma_z: mean moving range of the observed z over 1.128; 1 with fewer than two of them."""
    order = np.argsort(np.isnan(z), axis=-1, kind="stable")
    ranges = np.abs(np.diff(np.take_along_axis(z, order, axis=-1), axis=-1))
    count = np.isfinite(ranges).sum(-1)
    return np.where(count > 0, np.nansum(ranges, axis=-1) / np.maximum(count, 1) / RANGE_TO_SD, 1.0)[..., None]
