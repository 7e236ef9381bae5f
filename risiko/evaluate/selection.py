"""How many a new list would find, from visits to services that were not chosen by it: weighted, or refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.errors import RisikoError
from risiko.statistics.inputs import BoolArray, refuse
from risiko.statistics.intervals import wilson

METHODS = ("naive", "ipw", "snipw", "dr", "random_arm")
# Why there is no number. The words shown come from the catalogues; these are for errors and logs.
REASONS = {
    "none_visited": "no service of the list was visited",
    "no_overlap": "too many services of the list had no chance, or next to none, of being visited",
    "too_few": "the visits weigh as much as too few",
    "no_prediction": "there is no prediction to lean on",
    "no_random_arm": "it is not recorded which visits were chosen by chance",
    "above_visiting_rate": "even the office that visits the largest share does not visit so many",
}


class CannotTell(RisikoError):
    """A number was insisted on that the visits cannot give."""

    exit_code = 9
    kind = "cannot_tell"


class Estimate(NamedTuple):
    """Hits per place on the list, with 95 % interval; NaN and a key of REASONS where it cannot be told.

    ess: how many unweighted visits would say as much, seen or to be expected, whichever is less. clipped_share: of the
    list, whose weight is, or would be, cut.
    """

    value: float
    low: float
    high: float
    ess: float
    clipped_share: float
    refused_because: str | None = None

    def insist(self) -> float:
        """The value. Raises CannotTell where there is none."""
        if self.refused_because:
            raise CannotTell(f"The list cannot be judged: {REASONS[self.refused_because]}.", where=self.refused_because,
                             hint="visit some services chosen by chance, and record the chance")  # fmt: skip
        return self.value


NO_RANDOM_ARM = Estimate(np.nan, np.nan, np.nan, np.nan, np.nan, "no_random_arm")


@dataclass(frozen=True)
class Visits:
    """What is known of the services on a list, one position per service of the cohort.

    place: share of a place on the new list, 0 to 1. outcome: NaN where there is none. probability: the chance there
    was that it would get an outcome. expected: predicted from data without these outcomes; None for none.
    most_weight: no visit counts as more than so many. Raises ValueError with positions for what cannot be.
    """

    place: FloatArray
    outcome: FloatArray
    probability: FloatArray
    expected: FloatArray | None = None
    most_weight: float = np.inf

    def __post_init__(self) -> None:
        refuse(~((self.place >= 0) & (self.place <= 1)), "a share of a place must be from 0 to 1")
        refuse(~((self.probability >= 0) & (self.probability <= 1)), "chances must be from 0 to 1")
        refuse(self.seen & (self.probability == 0), "a visited service must have had a chance of being visited")
        if self.expected is not None:
            refuse((self.place > 0) & ~np.isfinite(self.expected), "predictions must be numbers")

    @property
    def seen(self) -> BoolArray:
        """On the list and with an outcome."""
        return np.isfinite(self.outcome) & (self.place > 0)

    @property
    def weight(self) -> FloatArray:
        """1 / probability, cut at most_weight; 0 where nothing was seen."""
        raw = 1 / np.where(self.seen, self.probability, 1.0)
        return np.where(self.seen, np.minimum(raw, self.most_weight), 0.0)

    @property
    def found(self) -> FloatArray:
        """The outcome, 0 where nothing was seen (its weight is 0 too)."""
        return np.where(self.seen, self.outcome, 0.0)

    @property
    def ess(self) -> float:
        """Kish's effective number of visits, (Σ w)² / Σ w²; 0 without visits."""
        return _kish(self.place * self.weight, np.ones(len(self.place)))

    @property
    def planned_ess(self) -> float:
        """The same as the chances promised it, whatever was drawn.

        A draw that missed every unlikely service leaves weights of 1, and an ess that looks best when it is worst.
        """
        chance = np.where(self.place > 0, self.probability, 0.0)
        weight = np.minimum(1 / np.where(chance > 0, chance, 1.0), self.most_weight)
        return _kish(self.place * weight, chance)

    @property
    def clipped_share(self) -> float:
        """The share of the list with so small a chance that its weight is, or would be, cut; NaN for no list."""
        cut = (self.probability * self.most_weight < 1) if np.isfinite(self.most_weight) else self.probability == 0
        return float(self.place[cut].sum() / self.place.sum()) if self.place.any() else np.nan


def ipw(visits: Visits) -> tuple[float, float]:
    """Inverse-probability-weighted hits per place, and its standard error. Unbiased when the chances are right."""
    return _mean(visits.place * visits.weight * visits.found, visits.place)


def snipw(visits: Visits) -> tuple[float, float]:
    """The same divided by the sum of the weights: stays in [0, 1], varies less, slightly biased; NaN without visits."""
    w = visits.place * visits.weight
    if not w.any():
        return np.nan, np.nan
    value = float(w @ visits.found / w.sum())
    return value, float(np.sqrt(((w * (visits.found - value)) ** 2).sum()) / w.sum())


def direct(visits: Visits) -> float:
    """The mean prediction over the list: as right as the predictions are. NaN without predictions."""
    return float(visits.place @ visits.expected / visits.place.sum()) if visits.expected is not None else np.nan


def doubly_robust(visits: Visits) -> tuple[float, float]:
    """The mean prediction, put right by the weighted errors seen; with standard error (Robins, Rotnitzky & Zhao 1994).

    Unbiased when either the chances or the predictions are right. NaN without predictions.
    """
    if visits.expected is None:
        return np.nan, np.nan
    predicted = np.where(visits.place > 0, visits.expected, 0.0)
    return _mean(visits.place * (predicted + visits.weight * (visits.found - predicted)), visits.place)


def places(score: FloatArray, k: int) -> FloatArray:
    """Each service's share of a place among the k highest: 1 or 0, and equal shares where the k-th is tied.

    A missing score stands last. k beyond the number of services puts all on the list.
    """
    worth = np.where(np.isnan(score), -np.inf, score)
    if k >= len(worth):
        return np.ones(len(worth))
    cut = np.partition(worth, len(worth) - k)[len(worth) - k] if k > 0 else np.inf
    above, tied = worth > cut, worth == cut
    return np.asarray(above + tied * ((max(k, 0) - above.sum()) / max(tied.sum(), 1)), dtype=float)


def corrected(
    score: pd.Series, outcome: pd.Series, probability: pd.Series, k: int,
    expected: pd.Series | None = None, random_arm: pd.Series | None = None,
    *, most_weight: float, minimum_ess: float, most_clipped: float,
) -> pd.DataFrame:  # fmt: skip
    """Hits per place among the k highest by score, five ways: one row per method, columns as in Estimate.

    All series by service id, in the order of score. outcome: 0, 1 or NaN. probability: the chance of getting an
    outcome, from `propensity.chosen_probability`. expected: cross-fitted predictions. random_arm: True where chance
    chose the visit. naive takes the visited on the list as they are. random_arm takes only those that chance chose,
    weighted, and so speaks of the part of the list that was left to chance (probability under 1). Refused when a
    service of the list had no chance, more than most_clipped of it has a chance under 1 / most_weight, or the effective
    number of visits is under minimum_ess. Intervals are of the hit rate of such lists, not of this one list; the error
    of estimated chances is not in them. Raises ValueError for unknown ids and k outside 1 to the number of services.
    """
    refuse(np.bool_(k < 1 or k > len(score)), f"k must be from 1 to {len(score)}, not {k}")

    def column(series: pd.Series) -> FloatArray:
        if not score.index.equals(series.index):  # looking thousands of ids up takes longer than all the rest
            refuse(series.index.get_indexer(score.index) < 0, "every scored service must be in every series")
        values: FloatArray = series.reindex(score.index).to_numpy(dtype=float, na_value=np.nan)
        return values

    place, found, chance = places(column(score), k), column(outcome), column(probability)
    visits = Visits(place, found, chance, None if expected is None else column(expected), most_weight)
    plain = Visits(place, found, np.ones(len(place)))
    why = _refusal(visits, minimum_ess, most_clipped)
    rows = {
        "naive": _estimate(plain, snipw(plain), _refusal(plain, 0, 1)),
        "ipw": _estimate(visits, ipw(visits), why),
        "snipw": _estimate(visits, snipw(visits), why),
        "dr": _estimate(visits, doubly_robust(visits), "no_prediction" if expected is None else why),
        "random_arm": NO_RANDOM_ARM,
    }
    if random_arm is not None:
        arm = _by_chance(visits, column(random_arm) > 0)
        rows["random_arm"] = _estimate(arm, snipw(arm), _refusal(arm, minimum_ess, most_clipped))
    return pd.DataFrame(list(rows.values()), columns=list(Estimate._fields), index=pd.Index(rows, name="method"))


def _by_chance(visits: Visits, drawn: BoolArray) -> Visits:
    """The random arm alone, standing for the part of the list that was not certain to be visited."""
    left = np.where(visits.probability < 1, visits.place, 0.0)
    return replace(visits, place=left, outcome=np.where(drawn, visits.outcome, np.nan))


def _refusal(visits: Visits, minimum_ess: float, most_clipped: float) -> str | None:
    if not visits.seen.any():
        return "none_visited"
    if ((visits.place > 0) & (visits.probability == 0)).any() or visits.clipped_share > most_clipped:
        return "no_overlap"
    return "too_few" if min(visits.ess, visits.planned_ess) < minimum_ess else None


def _estimate(visits: Visits, found: tuple[float, float], why: str | None) -> Estimate:
    ess = min(visits.ess, visits.planned_ess)
    ends = (np.nan, np.nan, np.nan) if why else (found[0], *hit_interval(*found, ess))
    return Estimate(*ends, ess, visits.clipped_share, why)


def hit_interval(value: float, se: float, ess: float) -> tuple[float, float]:
    """The 95 % interval of a weighted hit rate: Wilson's, for as many trials as would have this error.

    Where all were alike there is no error to go by, and the effective number of visits (ess) stands for the trials.
    """
    inside = 0 < value < 1
    if not inside and value not in (0.0, 1.0):
        return value - 1.96 * se, value + 1.96 * se
    trials = value * (1 - value) / se**2 if inside and se > 0 else ess
    low, high = wilson(np.array([value * trials]), np.array([trials]))
    return float(low[0]), float(high[0])


def _mean(values: FloatArray, place: FloatArray) -> tuple[float, float]:
    """Σ values / Σ place, and its standard error over services (a ratio, linearised)."""
    n, size = int((place > 0).sum()), place.sum()
    value = float(values.sum() / size)
    spread = float((((values - place * value)[place > 0]) ** 2).sum())
    return value, float(np.sqrt(spread * n / max(n - 1, 1)) / size)


def _kish(weight: FloatArray, times: FloatArray) -> float:
    """(Σ w)² / Σ w² with each weight so many times; 0 for none."""
    squares = float(times @ weight**2)
    return float(times @ weight) ** 2 / squares if squares > 0 else 0.0
