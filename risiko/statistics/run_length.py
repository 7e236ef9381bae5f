"""Run lengths: how long a CUSUM runs, on average, before it signals."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from risiko.asof import FloatArray

STEP = 0.05  # lattice width in counts: whole and quarter references and thresholds lie on it, so they are exact
STATES = 140  # lattice points below the threshold where nothing is whole anyway
ENDLESS = 1e13  # beyond this the linear system says no more than "practically never"


def run_length(increments: FloatArray, probabilities: FloatArray, threshold: float, *,
               step: float, start: float = 0.0) -> float:  # fmt: skip
    """Mean number of periods until C = max(0, C + increment) reaches the threshold from `start` (Brook & Evans 1972).

    The increments take the given values with the given probabilities. C lives on a lattice `step` wide; an increment
    between two points of the lattice goes to both, so that its mean is kept. A threshold between two points is
    interpolated on the log scale. Returns infinity where a signal is practically impossible.
    """
    first, moves = _lattice(increments / step, probabilities)
    below = math.floor(threshold / step + 1e-6)
    share = threshold / step - below
    length = _solve(first, moves, max(1, below), start / step)
    if share < 1e-6:
        return length
    above = _solve(first, moves, below + 1, start / step)
    return math.inf if math.isinf(above) else length ** (1 - share) * above**share


def _lattice(moves: FloatArray, probabilities: FloatArray) -> tuple[int, FloatArray]:
    """The lowest whole move and the probability of it and of each following one."""
    nearest = np.rint(moves)
    moves = np.where(np.abs(moves - nearest) < 1e-6, nearest, moves)
    low = np.floor(moves).astype(int)
    up = moves - low
    first = int(low.min())
    chances = np.zeros(int(low.max()) - first + 2)
    np.add.at(chances, low - first, probabilities * (1 - up))
    np.add.at(chances, low - first + 1, probabilities * up)
    return first, chances


def _solve(first: int, moves: FloatArray, states: int, start: float) -> float:
    """(I - Q) L = 1 for the states 0 .. states - 1, held at 0 and left at the top; Q is a band but for its column 0."""
    from scipy.linalg import solve_banded

    down = min(states - 1, max(0, -first))
    up = min(states - 1, max(0, first + len(moves) - 1))
    falling = np.arange(up, -down - 1, -1) - first
    chances = np.where((falling >= 0) & (falling < len(moves)), moves[np.clip(falling, 0, len(moves) - 1)], 0.0)
    band = np.repeat(-chances[:, None], states, axis=1)
    band[up] += 1
    rows = np.arange(down + 1)
    at_most = np.cumsum(moves)[np.clip(-rows - first, -1, len(moves) - 1)] * (-rows >= first)
    band[up + rows, 0] = (rows == 0) - at_most
    try:
        lengths = solve_banded((down, up), band, np.ones(states))
    except np.linalg.LinAlgError:  # the top cannot be reached at all
        return math.inf
    at = float(np.interp(start, np.arange(states), lengths))
    return at if 0 < at < ENDLESS else math.inf


def poisson_run_length(mean: float, reference: float, threshold: float, *,
                       falls: bool = False, start: float = 0.0, step: float = STEP) -> float:  # fmt: skip
    """Mean number of periods until C = max(0, C + x - reference) >= threshold, x ~ Poisson(mean) (Lucas 1985).

    falls: C + reference - x instead, to watch for fewer. start: a head start below the threshold.
    step: the lattice is at most this wide.
    """
    # The reference is a whole number of steps, so that the drift of quiet periods is exact.
    width = reference / max(1, math.ceil(reference / step - 1e-9))
    x = np.arange(_largest_count(mean) + 1, dtype=float)
    sign = -1.0 if falls else 1.0
    return run_length(sign * (x - reference), _poisson(x, mean), threshold, step=width, start=start)


def _largest_count(mean: float) -> int:
    return math.ceil(mean + 9 * math.sqrt(mean) + 12)


def _poisson(x: FloatArray, mean: float) -> FloatArray:
    from scipy.special import gammaln

    return np.asarray(np.exp(x * math.log(mean) - mean - gammaln(x + 1)))


@lru_cache(maxsize=20_000)
def log_likelihood_run_length(expected: float, ratio: float, threshold: float) -> float:
    """In-control mean number of periods of the Poisson log-likelihood-ratio CUSUM (see cusum.llr_cusum).

    Dividing the statistic by |log ratio| makes it Lucas' CUSUM with reference E (R - 1) / log R.
    """
    unit = math.log(ratio)
    counts = threshold / abs(unit)
    reference = expected * (ratio - 1) / unit
    return poisson_run_length(expected, reference, counts, falls=ratio < 1, step=counts / STATES)
