"""Uncertainty: what can be said of every service's place on the list, given all that its priority could be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.scoring.law import LIKELY, FloatBlock, IntArray, PriorityLaw

LEVEL = 0.90
MANY = 20_000  # beyond so many services places are read off the others' law instead of counted draw by draw
POOLED = 500_000  # drawn priorities that make the bar
LEAST_POOLED = 25  # lists that make it at least
CONDITIONED = 512  # draws on which the chance of the first places is reckoned, not counted: at least so many
RECKONED = 5_000_000  # and on a short list so many chances in all
DECIMALS = 3  # chances that differ by less than one in a thousand do not order the list
MOST_SPREADS, NODES = 4.0, 33  # how far along its own law a service is followed, and in how many steps


@dataclass(frozen=True)
class Places:
    """What can be said of every service's place; 1 is looked at first.

    expected: mean place (Laird and Louis 1989: 1 + Σ over the others of the probability that they stand higher). low,
    high: ends of the 90 % interval. p_top: probability of being among the first `top`; over the list they sum to `top`.
    bar: the log-priority that so many services reach on average, places first to last.
    """

    expected: FloatArray
    low: IntArray
    high: IntArray
    p_top: FloatArray
    top: int
    bar: FloatArray

    def rank(self) -> IntArray:
        """Place on the list: highest p_top first (Lin and others 2006), then lowest expected place; equals share."""
        chance = self.p_top.round(DECIMALS)
        order = np.lexsort((self.expected, -chance))
        p, mean = chance[order], self.expected[order]
        first = np.concatenate([[True], (p[1:] != p[:-1]) | (mean[1:] != mean[:-1])])[: len(order)]
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.maximum.accumulate(np.where(first, np.arange(1, len(order) + 1), 0))
        return rank


def places(law: PriorityLaw, top: int, *, draws: int, rng: np.random.Generator) -> Places:
    """Expected place, interval and probability of the first `top` for every service, from joint draws of the priority.

    Services that are alike in everything have the same law, so they share the mean of what was drawn for them. Up to
    MANY services every draw is ranked and every rank kept (2 bytes each); beyond, see `place_among`.
    """
    if len(law) > MANY:
        drawn = law.draws(rng, LEAST_POOLED)
        found = place_among(law, _bar([one for block, _ in drawn for one in block]), top)
    else:
        found = counted_places(law, top, draws=draws, rng=rng)
    return _shared_by_alike(_summed(found), law)


def counted_places(law: PriorityLaw, top: int, *, draws: int, rng: np.random.Generator) -> Places:
    """The same by ranking every draw: services × draws places are kept, 80 MB for 10,000 services and 4,000 draws.

    p_top is the mean over the first draws (CONDITIONED, RECKONED) of the chance of beating the others as drawn, by the
    service's own law: the draw of the service itself, most of the noise, is not needed (Rao and Blackwell).
    """
    n = len(law)
    kept = np.empty((n, draws), dtype=np.uint16)
    place = np.arange(1, n + 1, dtype=np.uint16)
    pool: list[FloatBlock] = []
    inside, reckoned, done = np.zeros(n), 0, 0
    wanted = max(LEAST_POOLED, POOLED // max(n, 1))
    for block, moved in law.draws(rng, draws):
        pool.extend(block[: -(-wanted * len(block) // draws)].copy())
        np.negative(block, out=block)
        order = np.argsort(block, axis=1)
        ranks = np.empty(order.shape, dtype=np.uint16)
        for i, own in enumerate(order):  # a few at a time beat all at once, which does not fit the cache
            ranks[i, own] = place
        kept[:, done : done + len(block)] = ranks.T
        done += len(block)
        if reckoned < max(CONDITIONED, RECKONED // max(n, 1)):
            inside += _chances(law, block, order, ranks, moved, top)
            reckoned += len(block)
    p_top = inside / max(reckoned, 1)
    unknown = law.harm_spread > 0  # where reach is drawn too the chance is counted
    p_top[unknown] = (kept[unknown] <= top).mean(axis=1) if unknown.any() else 0.0
    for start in range(0, n, 256):
        kept[start : start + 256].sort(axis=1)  # 16 bits sort faster than they can be parted
    tail = (1 - LEVEL) / 2
    low, high = (kept[:, int(end)] for end in (np.floor(tail * (draws - 1)), np.ceil((1 - tail) * (draws - 1))))
    bar = _bar(pool)
    return Places(expected_among(law, bar), low.astype(np.int64), high.astype(np.int64), p_top, top, bar)


def _chances(
    law: PriorityLaw, falling: FloatBlock, order: IntArray, ranks: np.ndarray[tuple[int, ...], np.dtype[np.uint16]],
    moved: FloatBlock, top: int,
) -> FloatArray:  # fmt: skip
    """Sum over a block of draws of each service's chance of the first `top`: it must beat the top-th of the others."""
    if top >= len(law):
        return np.full(len(law), float(len(falling)))
    last, next_one = (-np.take_along_axis(falling, order[:, [place]], axis=1) for place in (top - 1, top))
    line = np.where(ranks <= top, next_one, last)
    return np.asarray(law.chance_above(line, moved).sum(axis=0, dtype=float))


def place_among(law: PriorityLaw, bar: FloatArray, top: int) -> Places:
    """Where services with this law stand among others whose `bar` is known (Places.bar), without ranking a draw.

    Among many, the priority that holds a place hardly moves from draw to draw, so the place of a service follows its
    own priority; the model's error counts as each service's own. For lists too long to rank every draw, and for one
    service that is asked about with other evidence while the others stay as they are.
    """
    from scipy.special import ndtr

    line = bar[min(top, len(bar)) - 1]
    under: FloatArray = np.zeros(len(law))
    last: FloatArray = np.full(len(law), -np.inf)
    grid = np.linspace(-MOST_SPREADS, MOST_SPREADS, NODES)
    for z in grid:  # along the law; all services at once
        here = law.quantile(float(z))
        crossed = (last < line) & (here >= line)
        step = np.divide(line - last, here - last, out=np.ones_like(here), where=crossed & np.isfinite(last))
        under = np.where(crossed, np.where(np.isfinite(last), ndtr(z - (1 - step) * (grid[1] - grid[0])), 0.0), under)
        last = here
    low, high = _reached(law.quantile(LIKELY), bar), _reached(law.quantile(-LIKELY), bar)
    return Places(
        expected_among(law, bar), np.floor(low).astype(np.int64), np.ceil(high).astype(np.int64),
        np.where(top >= len(bar), 1.0, np.where(last < line, 0.0, 1 - under)), top, bar,
    )  # fmt: skip


def expected_among(law: PriorityLaw, bar: FloatArray) -> FloatArray:
    """Mean place of services with this law among those of the bar, themselves one of them."""
    from scipy.special import ndtr

    grid = np.linspace(-MOST_SPREADS, MOST_SPREADS, NODES)
    share = np.diff(ndtr(np.concatenate([[-np.inf], (grid[1:] + grid[:-1]) / 2, [np.inf]])))
    mean = np.zeros(len(law))
    for z, weight in zip(grid, share, strict=True):
        mean += weight * _reached(law.quantile(float(z)), bar)
    return mean


def _bar(drawn: list[FloatBlock]) -> FloatArray:
    """What so many services reach on average: every m-th of the m drawn lists, sorted together, highest first."""
    together = np.sort(np.concatenate(drawn))[::-1]
    return np.asarray(together[(len(drawn) - 1) // 2 :: len(drawn)], dtype=float)


def _reached(log_priority: FloatArray, bar: FloatArray) -> FloatArray:
    """The place that a log-priority holds among the bars, between two of them by how near it is to each."""
    place = np.interp(-log_priority, -bar, np.arange(1, len(bar) + 1, dtype=float))
    return np.asarray(place, dtype=float)


def _summed(found: Places) -> Places:
    """The same with what must add up: expected places to 1 + 2 + … + n, chances to `top`; drawn, they are a bit off."""
    n = len(found.expected)
    if n == 0:
        return found
    expected = np.clip(found.expected + (n + 1) / 2 - found.expected.mean(), 1, n)
    inside, room = found.p_top.sum(), min(found.top, n)
    if room <= n / 2:
        p_top = found.p_top * (room / inside) if inside > 0 else found.p_top
    else:  # where most have a place it is the few without one that are made to fit
        p_top = 1 - (1 - found.p_top) * ((n - room) / (n - inside) if inside < n else 0.0)
    p_top = np.clip(p_top, 0.0, 1.0)
    return replace(found, expected=expected, p_top=p_top)


def _shared_by_alike(found: Places, law: PriorityLaw) -> Places:
    """Services with the same law share the mean of their places: they may come in any order."""
    code = alike(law)
    size = np.bincount(code)
    if (size == 1).all():
        return found

    def mean(values: FloatArray | IntArray) -> FloatArray:
        return np.asarray((np.bincount(code, values) / size)[code])

    low, high = (mean(values).round().astype(np.int64) for values in (found.low, found.high))
    return replace(found, expected=mean(found.expected), low=low, high=high, p_top=mean(found.p_top))


def alike(law: PriorityLaw) -> IntArray:
    """A number per service, the same for those whose law is the same in everything."""
    code = pd.factorize(law.middle)[0]
    if len(code) == 0 or code.max() + 1 == len(code):
        return np.asarray(code, dtype=np.int64)
    parts = np.column_stack([law.middle, law.below, law.above, law.log_harm, law.harm_spread, law.pulls])
    hashed = pd.util.hash_pandas_object(pd.DataFrame(parts), index=False)
    return np.asarray(pd.factorize(hashed)[0], dtype=np.int64)
