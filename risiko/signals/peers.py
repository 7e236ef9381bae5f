"""Peer groups: which services a service is compared with, and whose spread it borrows when they are few."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
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
