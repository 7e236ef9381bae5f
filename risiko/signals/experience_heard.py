"""What was heard per service, and how far it is drawn towards what is heard about similar services."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.settings import Settings
from risiko.signals.peers import BoolArray
from risiko.signals.registry import Context
from risiko.statistics.inputs import IntArray
from risiko.statistics.normal_hierarchy import fit_normal


@dataclass(frozen=True)
class Heard:
    """What was heard per service: weight (answers of today), mean, usual (see pieces), variance of the mean, recall.

    recall: share of the evidence that is left by the half-life, 1 when fresh. All but weight are NaN where nothing
    was heard.
    """

    weight: FloatArray
    mean: FloatArray
    usual: FloatArray
    variance: FloatArray
    recall: FloatArray

    @property
    def any(self) -> BoolArray:
        return np.asarray(self.weight > 0)

    @property
    def level(self) -> FloatArray:
        """The mean, less what its methods and dimensions usually add."""
        return self.mean - self.usual

    @classmethod
    def of(cls, pieces: pd.DataFrame, size: int) -> Heard:
        """The weighted mean of each subject's pieces, 0 … size - 1."""
        names = ("subject", "weight", "recall", "spread")
        subject, weight, recall, spread = (pieces[name].to_numpy() for name in names)
        total = np.bincount(subject, weight, minlength=size).astype(float)
        divisor = np.where(total > 0, total, np.nan)

        def mean(values: FloatArray) -> FloatArray:
            return np.asarray(np.bincount(subject, weight * values, minlength=size) / divisor)

        # A piece was worth weight / recall answers, so its own variance is spread² × recall / weight.
        variance = mean(recall * spread**2) / divisor
        return cls(total, mean(pieces["mean"].to_numpy()), mean(pieces["usual"].to_numpy()), variance, mean(recall))


@dataclass(frozen=True)
class Shrunk:
    """Per service: the type's centre, posterior mean and sd of the distance from it today, spread tau between services.

    learnt: tau rests on enough services of the type itself. compared: at least one other of the type was heard.
    """

    centre: FloatArray
    away: FloatArray
    sd: FloatArray
    tau: FloatArray
    learnt: BoolArray
    compared: BoolArray


def shrunk(heard: Heard, types: IntArray, settings: Settings, shift: FloatArray | float = 0.0) -> Shrunk:
    """Normal hierarchical model within type (codes), posterior over tau (see fit_normal), faded to today.

    After a half-life half of what was known is left: the distance from the others shrinks by sqrt(recall) and the
    variance goes back to tau² (a first-order autoregression). Age is therefore no noise in the reading itself, and does
    not make services look alike. shift: what a service's area lets expect beyond its type. A type with few
    readings has the mean of its services as centre and borrows the spread around it from all types.
    """
    level, variance, told = heard.level - shift, heard.variance, heard.any
    count, centre = per_type(level, types)
    learnt = count >= settings.peers.minimum
    away, sd, tau = (np.full(len(level), np.nan) for _ in range(3))
    for code in np.unique(types[learnt]):
        members = types == code
        at = np.flatnonzero(members & told)
        fit = fit_normal(level[at], variance[at])
        centre[members], tau[members] = fit.centre, fit.tau
        away[at], sd[at] = fit.mean - fit.centre, fit.sd
    few = told & ~learnt
    if few.any():
        fit = fit_normal((level - centre)[told], variance[told], centre=0.0)
        tau[~learnt] = fit.tau
        away[few], sd[few] = fit.mean[few[told]], fit.sd[few[told]]
    today = np.sqrt(heard.recall * sd**2 + (1 - heard.recall) * tau**2)
    return Shrunk(centre, shift + np.sqrt(heard.recall) * away, today, tau, learnt, count > 1)


def per_type(values: FloatArray, types: IntArray) -> tuple[FloatArray, FloatArray]:
    """How many services of the service's type have a value, and their mean (NaN without any)."""
    known = ~np.isnan(values)
    count = np.bincount(types[known], minlength=types.max() + 1).astype(float)
    total = np.bincount(types[known], values[known], minlength=types.max() + 1)
    mean = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    return count[types], mean[types]


def type_codes(context: Context) -> IntArray:
    """The service types of the cohort as whole numbers, in the order of the alphabet."""
    return np.asarray(pd.factorize(context.services["service_type"], sort=True)[0], dtype=np.int64)
