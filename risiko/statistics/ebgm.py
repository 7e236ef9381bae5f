"""DuMouchel's EBGM: which cells of a cross-table hold more cases than their row and column explain, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risiko.asof import FloatArray
from risiko.statistics.inputs import counted, refuse

# Where the search begins: (alpha1, beta1, alpha2, beta2, share), DuMouchel's own start first.
STARTS = ((0.2, 0.1, 2, 4, 1 / 3), (0.1, 0.1, 10, 10, 0.2), (0.5, 0.5, 5, 5, 0.5), (2, 1, 2, 2, 0.1))
FARTHEST = 14.0  # a shape or rate is searched for within exp(±this)


@dataclass(frozen=True)
class MixturePrior:
    """lambda ~ share Gamma(alpha1, beta1) + (1 - share) Gamma(alpha2, beta2): how cells depart from independence."""

    alpha1: float
    beta1: float
    alpha2: float
    beta2: float
    share: float


@dataclass(frozen=True)
class Cells:
    """Each cell's posterior. weight: of the first gamma. ebgm: geometric mean of lambda. eb05, eb95: 90 % interval."""

    weight: FloatArray
    ebgm: FloatArray
    eb05: FloatArray
    eb95: FloatArray


def independent(table: FloatArray) -> FloatArray:
    """Expected counts of a cross-table whose rows and columns had nothing to do with each other; 0 if it is empty."""
    total = counted(table).sum()
    return np.outer(table.sum(1), table.sum(0)) / (total if total > 0 else 1)


def fit_mixture(n: FloatArray, expected: FloatArray) -> MixturePrior:
    """Maximum likelihood of the five parameters from all cells, those with no cases too (DuMouchel 1999).

    Cells with nothing expected are left out. Raises ValueError with positions for bad counts, for cases where none can
    be expected, and when no cell is left. Several optima can be nearly as likely: compare likelihoods, not parameters.
    """
    from scipy.optimize import minimize

    n, expected = _checked(n, expected)
    seen = expected > 0
    if not seen.any():
        raise ValueError("no cell has anything expected, so there is nothing to learn from")

    def slide(point: FloatArray) -> tuple[float, FloatArray]:
        return _slide(_prior(point), n[seen], expected[seen])

    bounds = [(-FARTHEST, FARTHEST)] * 5
    runs = [minimize(slide, _point(MixturePrior(*start)), jac=True, method="L-BFGS-B", bounds=bounds)
            for start in STARTS]  # fmt: skip
    best = min(runs, key=lambda run: float(run.fun))
    return _prior(best.x)


def _slide(prior: MixturePrior, n: FloatArray, expected: FloatArray) -> tuple[float, FloatArray]:
    """Minus the log likelihood, and its gradient in the logs of shapes and rates and the logit of the share."""
    from scipy.special import digamma, expit

    first, second = _log_parts(prior, n, expected)
    weight, slopes = expit(first - second), []
    for alpha, beta, own in ((prior.alpha1, prior.beta1, weight), (prior.alpha2, prior.beta2, 1 - weight)):
        by_alpha = digamma(alpha + n) - digamma(alpha) - np.log1p(expected / beta)
        slopes += [alpha * (own @ by_alpha), own @ (alpha - beta * (alpha + n) / (beta + expected))]
    slopes.append((weight - prior.share).sum())
    return -float(np.logaddexp(first, second).sum()), -np.array(slopes)


def negative_log_likelihood(prior: MixturePrior, n: FloatArray, expected: FloatArray) -> float:
    """Minus the log likelihood of all cells under the prior; lower is likelier."""
    return -float(np.logaddexp(*_log_parts(prior, n, expected)).sum())


def shrink_cells(prior: MixturePrior, n: FloatArray, expected: FloatArray) -> Cells:
    """EBGM, EB05 and EB95 of each cell, same shape as n. A cell with nothing expected has the prior."""
    from scipy.special import digamma, expit

    n, expected = _checked(n, expected)
    first, second = _log_parts(prior, n, expected)
    weight = expit(first - second)
    shapes = np.stack([prior.alpha1 + n, prior.alpha2 + n])
    rates = np.stack([prior.beta1 + expected, prior.beta2 + expected])
    logs = digamma(shapes) - np.log(rates)
    ebgm = np.exp(weight * logs[0] + (1 - weight) * logs[1])
    low, high = (_quantile(weight, shapes, rates, p) for p in (0.05, 0.95))
    return Cells(weight, ebgm, low, high)


def _log_parts(prior: MixturePrior, n: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log of each gamma's share times its negative-binomial chance of the cell's count."""
    return (np.log(prior.share) + _log_chance(prior.alpha1, prior.beta1, n, expected),
            np.log1p(-prior.share) + _log_chance(prior.alpha2, prior.beta2, n, expected))  # fmt: skip


def _log_chance(alpha: float, beta: float, n: FloatArray, expected: FloatArray) -> FloatArray:
    from scipy.special import gammaln, xlogy

    total = beta + expected
    gammas = gammaln(alpha + n) - gammaln(alpha) - gammaln(n + 1)
    return np.asarray(gammas - alpha * np.log1p(expected / beta) + xlogy(n, expected / total))


def _quantile(weight: FloatArray, shapes: FloatArray, rates: FloatArray, p: float) -> FloatArray:
    """The mixture's quantile by halving the space between the quantiles of its two gammas."""
    from scipy.special import gammainc, gammaincinv

    ends = gammaincinv(shapes, p) / rates
    low, high = ends.min(0), ends.max(0)
    for _ in range(60):
        middle = (low + high) / 2
        below = gammainc(shapes, rates * middle)
        short = weight * below[0] + (1 - weight) * below[1] < p
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    found: FloatArray = (low + high) / 2
    return found


def _checked(n: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    counted(n), counted(expected)
    refuse((expected == 0) & (n > 0), "there must be no cases where none can be expected")
    return n, expected


def _point(prior: MixturePrior) -> FloatArray:
    positive = np.log([prior.alpha1, prior.beta1, prior.alpha2, prior.beta2])
    return np.append(positive, np.log(prior.share / (1 - prior.share)))


def _prior(point: FloatArray) -> MixturePrior:
    alpha1, beta1, alpha2, beta2 = (float(x) for x in np.exp(point[:4]))
    return MixturePrior(alpha1, beta1, alpha2, beta2, float(1 / (1 + np.exp(-point[4]))))
