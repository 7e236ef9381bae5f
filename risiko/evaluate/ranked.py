"""A ranking sorted once, and how many services and events it has passed at every place, under any weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import IntArray, refuse

WeightArray = np.ndarray[tuple[int, ...], np.dtype[np.floating | np.integer]]


class Ranked:
    """Services in the order in which they would be looked at, highest score first, in runs of tied scores.

    score and outcome (0 or 1): one value per service. group: codes from 0; the order is then made inside every group,
    and services without one (-1) are left out. Raises ValueError for a score that is missing or an outcome that is
    neither 0 nor 1, with the positions; infinite scores are scores.
    """

    def __init__(self, score: FloatArray, outcome: FloatArray, group: IntArray | None = None) -> None:
        refuse(np.isnan(score), "a score must be a number; give services without one the lowest")
        refuse(~np.isin(outcome, (0, 1)), "an outcome must be 0 or 1")
        code = np.zeros(len(score), dtype=np.int64) if group is None else group
        order = np.lexsort((-score, code))
        self.order = order[np.searchsorted(code[order], 0) :]
        code, score, event = code[self.order], score[self.order], outcome[self.order] == 1
        n = len(self.order)
        first, changes = np.ones(min(n, 1), dtype=bool), code[1:] != code[:-1]
        # Boundaries between runs, as the number of services before them; boundary i opens run i.
        self.bounds = np.flatnonzero(np.r_[first, changes | (score[1:] != score[:-1]), True])
        self.hits = np.flatnonzero(event)
        self.seen = np.searchsorted(self.hits, self.bounds)
        self.with_events = np.flatnonzero(np.diff(self.seen))
        edges = np.flatnonzero(np.r_[first, changes, True])
        mine = np.searchsorted(edges, self.bounds[self.with_events], side="right")
        self.opens, self.ends = (np.searchsorted(self.bounds, edges[at]) for at in (mine - 1, mine))

    def under(self, weight: WeightArray | None = None) -> Tally:
        """The ranking with every service counted so many times: (n,) or (draws, n); None counts each once."""
        counted = np.ones(self.order.size) if weight is None else np.take(weight, self.order, axis=-1)
        refuse(counted < 0, "weights must be 0 or more")
        return Tally(self, _running(counted), _running(counted[..., self.hits]))


@dataclass(frozen=True)
class Tally:
    """What has been passed on the way down: services (..., n + 1) and events (..., events + 1), both from 0."""

    ranked: Ranked
    services: FloatArray
    events: FloatArray

    @cached_property
    def size(self) -> FloatArray:
        """Number of services, shape () or (draws,)."""
        return self.services[..., -1]

    @cached_property
    def found(self) -> FloatArray:
        """Number of events in all."""
        return self.events[..., -1]

    def _passed(self, boundary: IntArray) -> tuple[FloatArray, FloatArray]:
        """Services and events before these boundaries, shape (..., boundaries)."""
        rows, hits = self.ranked.bounds[boundary], self.ranked.seen[boundary]
        return self.services[..., rows], self.events[..., hits]

    def concordance(self) -> FloatArray:
        """Share of pairs (event, no event) of the same group in the right order, ties a half; NaN without pairs."""
        run = self.ranked.with_events
        edges = (self.ranked.opens, run, run + 1, self.ranked.ends)
        (opened, opened_e), (before, before_e), (after, after_e), (end, end_e) = map(self._passed, edges)
        event, quiet = after_e - before_e, (after - before) - (after_e - before_e)
        below = (end - after) - (end_e - after_e)
        pairs = (event * ((end - opened) - (end_e - opened_e))).sum(-1)
        return ratio((event * (below + quiet / 2)).sum(-1), pairs)

    def average_precision(self) -> FloatArray:
        """Precision at every run of tied scores, weighted by the events in it; NaN without events."""
        run = self.ranked.with_events
        (_, before), (services, events) = self._passed(run), self._passed(run + 1)
        precision = events / np.maximum(services, np.finfo(float).tiny)
        return ratio(((events - before) * precision).sum(-1), self.found)

    def events_within(self, size: FloatArray) -> FloatArray:
        """Events expected among the first `size` services, (draws,), when ties are put in random order.

        size need not be whole: inside a run of ties the expected number of events rises in a straight line
        (the mean of the hypergeometric law). Beyond the last service it is the number of all events.
        """
        low = np.zeros(np.shape(self.size), dtype=np.int64)
        high = np.full_like(low, len(self.ranked.bounds) - 1)
        while (high - low > 1).any():  # bisection in all draws at once: the last boundary below the cut
            middle = (low + high) // 2
            less = _at(self.services, self.ranked.bounds[middle]) < size
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        bounds, seen = self.ranked.bounds, self.ranked.seen
        above, run = _at(self.services, bounds[low]), _at(self.services, bounds[high]) - _at(self.services, bounds[low])
        share = np.clip((size - above) / np.where(run > 0, run, 1), 0, 1)
        first, last = _at(self.events, seen[low]), _at(self.events, seen[high])
        return np.asarray(first + share * (last - first))


def ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """The quotient, NaN where there is nothing to divide by."""
    some = np.asarray(under) > 0
    return np.asarray(np.where(some, over / np.where(some, under, 1), np.nan))


def _at(passed: FloatArray, place: IntArray) -> FloatArray:
    """The running count at one place in every draw."""
    return np.take_along_axis(passed, place[..., None], axis=-1)[..., 0]


def _running(counted: WeightArray) -> FloatArray:
    """Sums of the first 0, 1, 2 … columns."""
    sums = np.zeros((*counted.shape[:-1], counted.shape[-1] + 1))
    np.cumsum(counted, axis=-1, out=sums[..., 1:])
    return sums
