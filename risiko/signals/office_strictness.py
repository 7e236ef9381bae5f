"""Office strictness: how much harder an office grades than others would, so that its findings can count as theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.signals.graded_visits import graded_visits
from risiko.signals.registry import Context

_GRID = 40  # values of the spread between offices that are averaged over
_ALIKE = 1e-6  # variance: visits under a thousandth of a severity step apart are all alike
_WIDEST = 2.0  # severity steps: no office grades two whole steps from the rest as a rule


def office_strictness(context: Context) -> pd.DataFrame:
    """Each office's strictness by the findings known: effect and sd (severity steps, above 0 is stricter), n visits.

    Indexed by the office that carried the supervision out. Empty where it cannot be told: fewer than two offices with
    settings.peers.minimum graded visits each, or no office on record; findings are then taken as they are.
    """
    return estimate_strictness(context.once(graded_visits), context.settings.peers.minimum)


def estimate_strictness(visits: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """severity = type + year + office + chance, offices as random effects; effect, sd and n per office.

    visits: severity, service_type, event_date, office, service. Henderson's mixed-model
    equations, averaged over a flat prior of the spread between offices, so that a chance difference shrinks to about
    0 and a real one stays. Visits to one service are alike, so their number is divided by the design effect.
    An office that is alone with a type cannot be told from the type, and its effect stays near 0; nor can strictness
    be told from services that are truly worse throughout an office's area: what is taken for strictness is taken out.
    """
    empty = pd.DataFrame({"effect": np.zeros(0), "sd": np.zeros(0), "n": np.zeros(0, dtype="int64")})
    seen = visits[visits["office"].notna().to_numpy()]
    size = seen["office"].value_counts()
    if (size >= minimum).sum() < 2:
        return empty
    office, names = pd.factorize(seen["office"], sort=True)
    kind, year = seen["service_type"].to_numpy(), pd.factorize(seen["event_date"].dt.year)[0]
    severity = seen["severity"].to_numpy(dtype=float)
    design, fixed = _design(kind, year, office)
    gram, right = _normal_equations(design, severity)
    flat = np.full(gram.shape[0], 1e-6)
    residual = severity - np.linalg.solve(gram + np.diag(flat), right)[design].sum(axis=1)
    variance = float(residual @ residual) / max(len(severity) - gram.shape[0], 1)
    if variance <= _ALIKE:  # every visit to a type ended alike: no office differs, and the equations have no answer
        return empty
    scale = 1 / (variance * _design_effect(residual, seen["service"].to_numpy()))
    n = np.bincount(office)
    effect, sd = _averaged(gram * scale, right * scale, fixed, n / n.sum())
    return pd.DataFrame({"effect": effect, "sd": sd, "n": n}, index=pd.Index(names, name="office"))


def _design(kind: np.ndarray, year: np.ndarray, office: np.ndarray) -> tuple[np.ndarray, int]:
    """The three columns each visit belongs to, and where the offices' columns begin."""
    types, years = int(kind.max()) + 1, int(year.max()) + 1
    return np.column_stack([kind, types + year, types + years + office]), types + years


def _normal_equations(design: np.ndarray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """X'X and X'y for a design of three ones in each row, without writing the ones out."""
    k = int(design.max()) + 1
    pairs = (design[:, :, None] * k + design[:, None, :]).ravel()
    gram: FloatArray = np.bincount(pairs, minlength=k * k).reshape(k, k).astype(float)
    return gram, np.bincount(design.ravel(), np.repeat(y, 3), minlength=k).astype(float)


def _design_effect(residual: FloatArray, service: np.ndarray) -> float:
    """How much more the visits to one service vary together than alone; 1 where they do not."""
    together = np.bincount(pd.factorize(service)[0], residual)
    return max(float((together**2).sum() / (residual**2).sum()), 1.0)


def _averaged(gram: FloatArray, right: FloatArray, fixed: int, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Posterior mean and sd of the office effects, averaged over the spread between offices (flat up to _WIDEST).

    They are told as distances from the usual office (share: of the visits), for the level itself belongs to the types.
    """
    k, around = gram.shape[0], np.eye(len(share)) - share[None, :]
    taus = np.linspace(_WIDEST / _GRID / 4, _WIDEST, _GRID)
    heights, means, variances = [], [], []
    for tau in taus:
        # The types carry the level; a year is held back by next to nothing, so that the equations have one answer.
        prior = np.concatenate([np.full(fixed, 1e-4), np.full(k - fixed, 1 / tau**2)])
        inverse = np.linalg.inv(gram + np.diag(prior))
        mean = inverse @ right
        heights.append(0.5 * (right @ mean + np.linalg.slogdet(inverse)[1]) - (k - fixed) * np.log(tau))
        means.append(around @ mean[fixed:])
        variances.append(np.diag(around @ inverse[fixed:, fixed:] @ around.T))
    weight = np.exp(np.array(heights) - max(heights))
    weight /= weight.sum()
    mean = weight @ np.array(means)
    second = weight @ (np.array(variances) + np.array(means) ** 2)
    return mean, np.sqrt(np.maximum(second - mean**2, 0))
