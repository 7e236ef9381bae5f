"""Penalised logistic regression with coefficients that may be kept from falling below zero."""

from __future__ import annotations

import warnings

import numpy as np

from risiko.asof import FloatArray
from risiko.cohorts.labels import BoolArray
from risiko.scoring.law import expit

MOST_STEPS, CLOSE_ENOUGH = 60, 1e-6


def fit_penalised(
    design: FloatArray, outcome: FloatArray, weight: FloatArray, ridge: FloatArray, bounded: BoolArray,
    start: FloatArray | None = None,
) -> FloatArray:  # fmt: skip
    """Coefficients that minimise the weighted log loss + ½ Σ ridge × coefficient², some of them not below zero.

    design: rows × terms (a term of ones is the intercept, with ridge 0). bounded: terms whose coefficient may not be
    negative. Projected Newton steps (Bertsekas 1982): terms at zero whose slope pushes them below stay there; the rest
    take a Newton step and are cut at zero. The curvature is that of the second step and is renewed only when a step
    makes the slope less than ten times smaller: close to the optimum it hardly changes, and it is nearly all of the
    work. Stops when no slope is larger than CLOSE_ENOUGH × the weight's sum; warns where MOST_STEPS did not get there.
    """
    found = np.zeros(design.shape[1]) if start is None else start.copy()
    limit = CLOSE_ENOUGH * weight.sum()
    narrow = np.ascontiguousarray(design, dtype=np.float32)  # for the curvature only, where digits do not matter
    curvature, last = np.eye(len(found)), np.inf
    for step in range(MOST_STEPS):
        loss, slope, spread = _at(found, design, outcome, weight, ridge)
        held = bounded & (found <= 0) & (slope > 0)
        steepest = np.abs(slope[~held]).max(initial=0.0)
        if steepest <= limit:
            return found
        renew, last = step < 2 or steepest > last / 10, steepest
        if renew:
            half = narrow * np.sqrt(spread).astype(np.float32)[:, None]
            curvature = (half.T @ half).astype(float) + np.diag(ridge + 1e-9 * len(outcome))
        free = np.flatnonzero(~held)
        move = np.zeros_like(found)
        move[free] = np.linalg.solve(curvature[np.ix_(free, free)], slope[free])
        found = _towards(found, move, loss, design, outcome, weight, ridge, bounded)
    warnings.warn(f"The fit stopped after {MOST_STEPS} steps, not quite at its optimum.", RuntimeWarning, stacklevel=2)
    return found


def _at(
    found: FloatArray, design: FloatArray, outcome: FloatArray, weight: FloatArray, ridge: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Penalised loss, its slope, and the weight × p(1 − p) of every row."""
    log_odds = design @ found
    p = expit(log_odds)
    loss = float(weight @ (np.logaddexp(0, log_odds) - outcome * log_odds) + 0.5 * ridge @ found**2)
    return loss, np.asarray(design.T @ (weight * (p - outcome)) + ridge * found), np.asarray(weight * p * (1 - p))


def _towards(
    found: FloatArray, move: FloatArray, loss: float, design: FloatArray, outcome: FloatArray, weight: FloatArray,
    ridge: FloatArray, bounded: BoolArray,
) -> FloatArray:  # fmt: skip
    """The point after the step, cut at zero; half the step while that makes it worse."""
    for share in 0.5 ** np.arange(20):
        new = found - share * move
        new[bounded] = np.maximum(new[bounded], 0)
        log_odds = design @ new
        if weight @ (np.logaddexp(0, log_odds) - outcome * log_odds) + 0.5 * ridge @ new**2 <= loss:
            return np.asarray(new)
    return found
