"""What a method or a dimension usually adds: how far it lies from what is otherwise heard about the same service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.statistics.inputs import IntArray
from risiko.vocabulary import DIMENSIONS, METHODS

_PRIOR_SERVICES = 20  # services heard in two ways before half of the difference between the ways is believed
_WORDS = 1 + max(len(METHODS), len(DIMENSIONS))


@dataclass(frozen=True)
class Usual:
    """Points by which each method and each dimension usually lies off; the first entry is for none stated."""

    method: FloatArray
    dimension: FloatArray

    def of(self, pieces: pd.DataFrame) -> FloatArray:
        """The distance to be allowed for in each piece."""
        method, dimension = _codes(pieces)
        return np.asarray(self.method[method] + self.dimension[dimension])


def usual_distance(pieces: pd.DataFrame) -> Usual:
    """How far each method and dimension usually lies from what is otherwise heard about the same service.

    Told in words things sound worse than in a survey, and coordination scores lower than safety: whoever was asked
    about one thing only must not look better or worse for it. Learnt within services that were heard in both ways, so
    that a difference between services is never taken for one between methods; drawn to 0 where they are few.
    """
    counts = pieces["counts"].to_numpy()
    subject, weight, mean = (pieces[name].to_numpy()[counts] for name in ("subject", "weight", "mean"))
    codes = [code[counts] for code in _codes(pieces)]
    told = [_Told.of(code, subject, weight) for code in codes]
    effects: list[FloatArray] = [np.zeros(_WORDS), np.zeros(_WORDS)]
    total = np.bincount(subject, weight)
    for _ in range(4):  # each effect given the other, until they settle
        for i, code in enumerate(codes):
            rest = mean - effects[1 - i][codes[1 - i]]
            level = np.bincount(subject, weight * (rest - effects[i][code])) / np.where(total > 0, total, 1)
            effects[i] = told[i].effect(rest - level[subject])
    return Usual(*effects)


def _codes(pieces: pd.DataFrame) -> tuple[IntArray, IntArray]:
    method, dimension = (
        pieces[name].cat.codes.to_numpy(dtype=np.int64) + 1 for name in ("method", "dimension")
    )
    return method, dimension


@dataclass(frozen=True)
class _Told:
    """Which pieces can tell of a word's effect (those of services with several words), and how surely it is known."""

    code: IntArray
    weight: FloatArray
    belief: FloatArray

    @classmethod
    def of(cls, code: IntArray, subject: IntArray, weight: FloatArray) -> _Told:
        pair = np.unique(subject * _WORDS + code)
        several = np.bincount(pair // _WORDS) > 1
        services = np.bincount((pair % _WORDS)[several[pair // _WORDS]], minlength=_WORDS)
        return cls(code, weight * several[subject], services / (services + _PRIOR_SERVICES))

    def effect(self, away: FloatArray) -> FloatArray:
        """Mean distance by word from the service's own level, drawn to 0."""
        size = np.bincount(self.code, self.weight, minlength=_WORDS)
        mean = np.bincount(self.code, self.weight * away, minlength=_WORDS) / np.where(size > 0, size, 1)
        return np.asarray(mean * self.belief)
