"""Numbers that no method should be fed: refused with their positions, or told apart as missing."""

from __future__ import annotations

import numpy as np

from risiko.asof import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def refuse(bad: BoolArray | np.bool_, what: str) -> None:
    """Raise ValueError saying what was asked for and at which positions it is not so (the first ten)."""
    if bad.any():
        raise ValueError(f"{what}; not so at positions {np.flatnonzero(bad)[:10].tolist()}")


def counted(counts: FloatArray) -> FloatArray:
    """The counts, or ValueError with the positions of those that are negative or no numbers."""
    refuse(~(np.isfinite(counts) & (counts >= 0)), "counts must be numbers of 0 or more")
    return counts


def exposed(exposure: FloatArray) -> FloatArray:
    """The exposure, with NaN where there is none (0 or missing); ValueError with positions if negative or infinite."""
    refuse((exposure < 0) | np.isinf(exposure), "exposure must be finite and 0 or more")
    return np.where(exposure > 0, exposure, np.nan)


def counted_under(counts: FloatArray, exposure: FloatArray) -> FloatArray:
    """The counts; they may be missing only where there is no exposure (NaN) either. Errors as for `counted`."""
    counted(np.where(np.isnan(exposure) & np.isnan(counts), 0, counts))
    return counts
