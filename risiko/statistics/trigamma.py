"""The trigamma function, several times quicker than scipy's general zeta and as exact as Newton's steps need."""

from __future__ import annotations

import numpy as np

from risiko.asof import FloatArray

SHIFT = 8


def trigamma(x: FloatArray) -> FloatArray:
    """Second derivative of log gamma for x > 0, to 1e-10 of its size.

    The recurrence psi'(x) = psi'(x + 1) + 1/x^2 lifts x by eight, where the asymptotic series (Abramowitz & Stegun
    6.4.12) has settled.
    """
    shifted = np.zeros_like(x)
    for k in range(SHIFT):
        shifted += 1 / (x + k) ** 2
    v = 1 / (x + SHIFT)
    u = v * v
    series: FloatArray = v + u / 2 + v * u * (1 / 6 - u * (1 / 30 - u * (1 / 42 - u * (1 / 30 - u * 5 / 66))))
    return shifted + series
