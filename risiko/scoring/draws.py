"""Draws of the priority: what it could be, given what the signals do not know and what users may not have said."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray

COMPLAINTS = "complaints"
TextArray = np.ndarray[tuple[int, ...], np.dtype[np.str_]]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
DrawArray = np.ndarray[tuple[int, ...], np.dtype[np.floating]]
# Priority of every service as heard; positions of those that may stand higher; their priority with the unsaid.
Draw = tuple[DrawArray, IntArray, DrawArray]


class PriorityDraws:
    """One call, one draw: the priority as heard, and with what the quiet may not have said.

    As heard: likelihood from z + sd × e for every signal, clipped as in the score, with one normal e per service and
    group: signals of a group rest on the same records and err together. Unsaid: the same draw with the complaint
    group's e times the service's stretch (signals.silence) where e is above 0. A normal law whose upper half is so
    much wider has its 95 % point where the posterior with the reporting share integrated out has it. Unsaid is never
    below as heard. base: one number, or one for every service.
    """

    def __init__(
        self, base: float | FloatArray, z: FloatArray, z_sd: FloatArray, floor: FloatArray, cap: float,
        weights: FloatArray, group_of: TextArray, consequence: FloatArray, stretch: FloatArray,
    ) -> None:  # fmt: skip
        code, names = pd.factorize(group_of)
        used = weights != 0
        # Single precision: the draws are noise, and half as much of it to move.
        self.middle, self.spread = z[:, used].astype(np.float32), z_sd[:, used].astype(np.float32)
        self.floor, self.pull = floor[used].astype(np.float32), weights[used].astype(np.float32)
        self.harm, self.cap = consequence.astype(np.float32), cap
        self.base = np.asarray(base, dtype=np.float32)
        self.consequence = consequence
        self.group, self.groups = code[used], len(names)
        told = np.flatnonzero(group_of[used] == COMPLAINTS)
        self.voice = int(self.group[told[0]]) if told.size else 0
        self.quiet = np.flatnonzero(stretch > 1) if told.size else np.array([], dtype=np.int64)
        self.stretch = stretch[self.quiet].astype(np.float32)
        # Signal by signal: the arithmetic then runs along the services.
        middle, spread = self.middle[self.quiet], self.spread[self.quiet]
        self.complaints = [(middle[:, i].copy(), spread[:, i].copy(), self.floor[i], self.pull[i]) for i in told]

    def __call__(self, rng: np.random.Generator) -> Draw:
        """The next draw."""
        noise = rng.standard_normal((len(self.harm), self.groups), dtype=np.float32)
        readings = np.clip(self.middle + self.spread * noise[:, self.group], self.floor, self.cap)
        log_odds = self.base + readings @ self.pull
        heard = expit(log_odds) * self.harm
        e = np.maximum(noise[self.quiet, self.voice], 0)
        more, wider = log_odds[self.quiet], e * self.stretch
        for middle, spread, floor, pull in self.complaints:
            low, high = (np.minimum(np.maximum(middle + spread * upper, floor), self.cap) for upper in (e, wider))
            more += pull * (high - low)
        unsaid = expit(more) * self.harm[self.quiet]
        rises = np.flatnonzero(unsaid > heard[self.quiet])
        return heard, self.quiet[rises], unsaid[rises]


def expit(log_odds: DrawArray) -> DrawArray:
    """Probability of log-odds."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))
