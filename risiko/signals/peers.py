"""Peer groups: which services a service is compared with, and whose spread it borrows when they are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
TextArray = np.ndarray[tuple[int, ...], np.dtype[np.object_]]


def peer_groups(types: TextArray, usable: BoolArray, min_peers: int) -> Iterator[tuple[BoolArray, BoolArray]]:
    """Pairs (members, pool): the services of a group, and the usable services its spread is estimated from.

    A type with at least min_peers usable services stands alone. The smaller types form one group that borrows the
    spread of all services; each still keeps its own type's expected level.
    """
    names, code = np.unique(types.astype(str), return_inverse=True)
    large = np.bincount(code, usable, minlength=len(names)) >= min_peers
    for i in np.flatnonzero(large):
        yield code == i, (code == i) & usable
    small = ~large[code]
    if small.any():
        yield small, usable


@dataclass(frozen=True)
class Standing:
    """Where readings stand beside their type: its mean, the spread between services, z, and how sure z is."""

    centre: FloatArray
    spread: FloatArray
    z: FloatArray
    z_sd: FloatArray


def beside_peers(value: FloatArray, types: pd.Series | IntArray, min_peers: int) -> Standing:
    """How far each reading lies from the mean of its type, in standard deviations between services of a type.

    A type with fewer than min_peers readings borrows the spread found within all types. A mean of n services is itself
    known only to 1/sqrt(n) of the spread, and that is z_sd: a service alone of its type has z 0 and z_sd 1. Where no
    service differs from another, nothing is said either. A missing reading (NaN) has z 0 and z_sd 1.
    """
    code, read = pd.factorize(types)[0], ~np.isnan(value)
    size = np.bincount(code, read)
    mean = np.bincount(code, np.where(read, value, 0.0)) / np.where(size > 0, size, np.nan)
    centre, n = mean[code], size[code]
    squares = np.bincount(code, np.where(read, (value - centre) ** 2, 0.0))
    own = np.sqrt(squares / np.maximum(size - 1, 1))[code]
    freedom = size.sum() - (size > 0).sum()
    pooled = float(np.sqrt(squares.sum() / freedom)) if freedom > 0 else 0.0
    spread = np.where(n >= min_peers, own, pooled)
    known = read & (spread > 1e-9 * (1 + np.abs(centre)))  # less is rounding
    scale = np.where(known, spread, np.inf)
    z = np.where(known, value - centre, 0.0) / scale
    return Standing(centre, spread, z, np.where(known, 1 / np.sqrt(np.maximum(n, 1)), 1.0))
