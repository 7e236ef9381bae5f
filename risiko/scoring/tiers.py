"""Tiers: services whose order on the list cannot be told."""

from __future__ import annotations

import numpy as np

from risiko.asof import FloatArray
from risiko.scoring.law import IntArray, PriorityLaw, expit


def tiers(law: PriorityLaw, rank: IntArray, *, told_apart: float) -> IntArray:
    """The tier of every service, 1 first.

    The rule: a tier begins with the first service of the list that is in none. Down the list every service belongs to
    it until one is told apart from the first: the probability that the first has the higher priority is at least
    `told_apart`, each by its own law, independently. That one begins the next tier. Services that share a place share
    a tier. Within a tier the order on the list is the best guess and no more.
    """
    order = np.argsort(rank, kind="stable")
    middle, below, above = (values[order] for values in _log_priority(law))
    found, head, tier = np.ones(len(rank), dtype=np.int64), 0, 1
    while head < len(rank):  # once a tier, not once a service
        apart = chance_first_is_higher(middle[head], below[head], middle[head:], above[head:]) >= told_apart
        # Who shares a place with the last of the tier belongs to it.
        step = apart[1:] & (rank[order][head + 1 :] != rank[order][head:-1])
        if not step.any():
            break
        head += 1 + int(step.argmax())
        tier += 1
        found[order[head:]] = tier
    return found


def chance_first_is_higher(middle: float, below: float, others: FloatArray, above: FloatArray) -> FloatArray:
    """P(one > each of others) for normal laws: how far it may fall against how far they may rise."""
    from scipy.special import ndtr

    gap, spread = middle - others, np.hypot(below, above)
    # Without any spread one is higher or it is not; equals have an even chance.
    return np.asarray(ndtr(np.divide(gap, spread, out=np.sign(gap) * 40.0, where=spread > 0)))


def _log_priority(law: PriorityLaw) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Middle and halves of the log-priority, to first order: d log p = (1 − p) d log-odds."""
    slope = 1 - expit(law.middle)
    below, above = (np.hypot(slope * half, law.harm_spread) for half in law.halves())
    return law.log_priority, below, above
