"""The draw: inclusion probabilities in whole millionths, and a sample of fixed size that keeps them exactly."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import pandas as pd

from risiko.errors import InputError

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
CHANCE, EQUAL = "chance", "equal"
METHODS = (CHANCE, EQUAL)
WHOLE = 1_000_000  # a probability of 1: all is counted in millionths, so that no machine rounds otherwise
LOT_DIGITS = 16


def millionths(share: pd.Series) -> IntArray:
    """Shares between 0 and 1 in whole millionths."""
    return np.asarray(np.rint(share.to_numpy(dtype=float) * WHOLE), dtype=np.int64)


def probabilities(p_top: IntArray, places: int, method: str) -> IntArray:
    """The probability of being drawn for each service, in millionths; together exactly `places`.

    "chance": in proportion to p_top (millionths too). Whose share would pass 1 is in for sure, and the others share
    what is left, again and again until none passes (Brewer and Hanif 1983, ch. 1). Without any chance left the places
    are shared equally. "equal": places / services. What whole millionths leave over goes to the largest remainders.
    Raises InputError for another method, and where there are not more services than places.
    """
    if method not in METHODS:
        raise InputError(f"{method!r} is no way to draw.", where="method", hint=f"one of {', '.join(METHODS)}")
    n = len(p_top)
    if not 0 < places < n:
        raise InputError(f"{places} places cannot be drawn among {n} services.", where="places", hint="no draw needed")
    size = np.ones(n, dtype=np.int64) if method == EQUAL else p_top
    found, open_ = np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool)
    left = places
    while left > 0:  # once a round of caps, not once a service
        total = int(size[open_].sum())
        if total == 0:
            size, total = np.ones(n, dtype=np.int64), int(open_.sum())
        sure = open_ & (left * size >= total)
        if not sure.any():
            found[open_] = _shares(size[open_], left)
            break
        found[sure] = WHOLE
        open_ &= ~sure
        left = places - int((~open_).sum())
    return found


def expected_right(p_top: pd.Series, places: int) -> dict[str, float]:
    """How many of the places go on average to services that belong among the first: by the order, and by each draw.

    p_top: the eligible services' chance of belonging there. "order": the places go to the highest chances, no draw.
    """
    chance = p_top.to_numpy(dtype=float)
    units = millionths(p_top)
    drawn = {way: float((probabilities(units, places, way) / WHOLE) @ chance) for way in METHODS}
    return {"order": float(np.sort(chance)[::-1][:places].sum()), **drawn}


def _shares(size: IntArray, places: int) -> IntArray:
    """`places` in millionths, shared by size in whole numbers; the largest remainders are rounded up."""
    total = int(size.sum())
    shares, rest = np.divmod(size * (places * WHOLE), total)
    short = places * WHOLE - int(shares.sum())
    shares[np.argsort(-rest, kind="stable")[:short]] += 1
    return np.asarray(shares, dtype=np.int64)


def lots(service_ids: pd.Series, as_of: date, seed: int) -> pd.Series:
    """Each service's lot: the first 16 hexadecimal digits of SHA-256 over "as-of date:seed:service_id" in UTF-8.

    The date is in it so that the same seed at another date shuffles anew.
    """
    return service_ids.map(lambda service_id: _lot(f"{as_of:%Y-%m-%d}:{seed}:{service_id}")).astype("str")


def start(as_of: date, seed: int) -> int:
    """Where counting begins, 0 to 999,999: the lot of "as-of date:seed" as a number, its remainder by a million."""
    return int(_lot(f"{as_of:%Y-%m-%d}:{seed}"), 16) % WHOLE


def running_sum(lot: pd.Series, chance: IntArray) -> IntArray:
    """The probabilities added up in the order of the lots, each service's own included."""
    order = np.argsort(lot.to_numpy(dtype=object), kind="stable")
    sums = np.empty(len(lot), dtype=np.int64)
    sums[order] = np.cumsum(chance[order])
    return sums


def chosen(sums: IntArray, chance: IntArray, first: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Who is drawn: those in whose stretch of the running sum `first`, `first` + 1,000,000, … falls.

    Systematic sampling with unequal probabilities (Madow 1949) over a random order (Hartley and Rao 1962): a stretch is
    as long as the probability, so each is drawn with exactly that, and as many are drawn as whole units were shared.
    """
    # How many marks lie below a point: those at first, first + WHOLE, … that are less than it.
    below, upto = (-((first - point) // WHOLE) for point in (sums - chance, sums))
    return np.asarray(upto > below, dtype=bool)


def _lot(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:LOT_DIGITS]
