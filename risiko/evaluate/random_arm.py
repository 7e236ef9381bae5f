"""What visits chosen by chance, with known chances, say about all services."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import refuse
from risiko.statistics.intervals import wilson


class Weighted(NamedTuple):
    """A total and two means over all services. A se is the spread over the lotteries that could have been drawn."""

    total: float
    total_se: float
    mean: float
    mean_se: float
    hajek: float
    hajek_se: float


class Prevalence(NamedTuple):
    """Failing services in all: number, share, their errors, 95 % interval of the share; hit rates of the two arms.

    lift is the hit rate of the chosen over that of the random arm, NaN where the random arm found none.
    """

    total: float
    total_se: float
    share: float
    share_se: float
    low: float
    high: float
    hit_rate_chosen: float
    hit_rate_random: float
    lift: float


def horvitz_thompson(outcome: FloatArray, probability: FloatArray, population: int) -> Weighted:
    """The total and mean over `population` services from visited ones with known chances of a visit, drawn one by one.

    Horvitz & Thompson 1952, variance Σ (1 − π) y² / π² of independent (Poisson) draws; Hájek's mean divides by the
    estimated population, its error is linearised. No visit at all: totals of 0 and a Hájek mean of NaN.
    Raises ValueError with positions for outcomes that are no numbers and chances outside (0, 1].
    """
    _numbers(outcome)
    refuse(~((probability > 0) & (probability <= 1)), "chances must be above 0 and at most 1")
    total, size = float((outcome / probability).sum()), float((1 / probability).sum())
    se = float(np.sqrt(((1 - probability) * (outcome / probability) ** 2).sum()))
    mean = total / size if size else np.nan
    spread = np.sqrt(((1 - probability) * ((outcome - mean) / probability) ** 2).sum())
    return Weighted(total, se, total / population, se / population, mean, float(spread / size) if size else np.nan)


def take_all_plus_random(chosen: FloatArray, drawn: FloatArray, population: int) -> Prevalence:
    """Failing services among `population`, from all of the chosen and a simple random draw of the rest.

    chosen, drawn: 0/1 outcomes of the two arms. Total = Σ chosen + rest × mean drawn, its variance
    rest² (1 − f) s² / m (Cochran 1977, ch. 5). The interval is Wilson's for the random arm, moved: with ten draws and
    no finding an error of 0 would be no answer. No draw: everything about the rest is NaN; one draw: the errors are.
    Raises ValueError when the two arms are more than the population.
    """
    _numbers(np.append(chosen, drawn))
    rest, m = population - len(chosen), len(drawn)
    refuse(np.bool_(m > rest), f"{len(chosen)} chosen and {m} drawn must fit into a population of {population}")
    known, among = float(chosen.sum()), float(drawn.mean()) if m else (np.nan if rest else 0.0)
    unseen = 1 - m / rest if rest else 0.0
    se = rest * np.sqrt(unseen * drawn.var(ddof=1) / m) if m > 1 else (np.nan if unseen else 0.0)
    low, high = (float(end[0]) for end in wilson(np.array([drawn.sum()]), np.array([float(m)])))
    if not unseen:
        low = high = among
    hit = float(chosen.mean()) if len(chosen) else np.nan
    return Prevalence(
        total=known + rest * among, total_se=float(se),
        share=(known + rest * among) / population, share_se=float(se) / population,
        low=(known + rest * low) / population, high=(known + rest * high) / population,
        hit_rate_chosen=hit, hit_rate_random=among, lift=hit / among if among else np.nan,
    )  # fmt: skip


def exploration_size(population: int, share: float, half_width: float, confidence: float = 0.95) -> int:
    """Random visits needed for a prevalence known to ± half_width when it is near `share`.

    n₀ = z² p (1 − p) / d², n = n₀ / (1 + (n₀ − 1) / N), rounded up (Cochran 1977, ch. 4). A share of 0.5 asks most.
    Raises ValueError for a population under 1, a share outside [0, 1] or a half_width that is not above 0.
    """
    from scipy.special import ndtri

    refuse(np.bool_(not (population >= 1 and 0 <= share <= 1 and half_width > 0)), "impossible size, share or width")
    wanted = (float(ndtri((1 + confidence) / 2)) / half_width) ** 2 * share * (1 - share)
    return ceil(wanted / (1 + (wanted - 1) / population)) if wanted else 0


def chance_of_a_hit(population: int, failing: int, visits: int) -> float:
    """The chance that at least one of `failing` services is among so many random visits (hypergeometric).

    1 − C(N − b, n) / C(N, n). Raises ValueError when failing or visits are below 0 or more than the population.
    """
    from scipy.special import gammaln

    refuse(np.bool_(not (0 <= failing <= population and 0 <= visits <= population)), "more than there are, or below 0")
    if visits > population - failing:
        return 1.0
    rest, left = population - failing, population - visits
    above, below = gammaln(np.array([rest, left]) + 1.0), gammaln(np.array([population, rest - visits]) + 1.0)
    return float(-np.expm1(above.sum() - below.sum()))


def _numbers(outcome: FloatArray) -> None:
    refuse(~np.isfinite(outcome), "outcomes must be numbers")
