"""Redrawn: how many of a list's first places stay when nothing changes but chance in the signals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.list_noise import noise_overlap
from risiko.pipeline.runs import Run
from risiko.scoring.inputs import SEPARATOR, inputs
from risiko.scoring.kinds import LearningModel
from risiko.scoring.points import point_terms, point_weights

STANDING = f"{SEPARATOR}standing"


def redrawn_overlap(
    run: Run, model: LearningModel | None, size: int, *, draws: int, rng: np.random.Generator
) -> FloatArray:
    """Shares of their first `size` that pairs of redrawn lists have in common (evaluate.list_noise): all pairs.

    model: what made the list; None where the points score did. Every drawn list is ordered as the list itself is: by
    the chance of reaching the bar that its places were given by.
    """
    names, log_odds = read_by(run, model)
    features, law, bar = run.prepared.features, run.table.law, run.table.places.bar
    line = np.full((1, 1), bar[min(size, len(bar)) - 1], dtype=np.float32)
    group_of = {s.name: str(s.group) for s in run.signals}

    def chance(standing: FloatArray) -> FloatArray:
        moved = (log_odds(standing) - law.middle).astype(np.float32)
        return np.asarray(law.chance_above(line, moved[None, :])[0])

    standing = features.matrix("standing", names).astype(float)
    standing[features.missing(names).to_numpy(dtype=bool)] = np.nan  # blank stays blank: chance says nothing of it
    sd = features.matrix("standing_sd", names)
    return noise_overlap(chance, standing, sd, [group_of[name] for name in names], size, draws=draws, rng=rng)


def read_by(run: Run, model: LearningModel | None) -> tuple[list[str], Callable[[FloatArray], FloatArray]]:
    """The signals a run's score reads, and the log-odds it gives services × their standings.

    A blank standing stays blank: it adds nothing to points, and what a model says of it to a model.
    """
    prepared = run.prepared
    if model is None:
        own = run.weights != point_weights(run.signals, prepared.settings)
        chosen = prepared.settings.with_weights(run.weights) if own else prepared.settings
        terms, rule = point_terms(prepared.features, chosen), chosen.score
        return terms.names, lambda standing: np.asarray(
            terms.base + np.clip(np.nan_to_num(standing), terms.floor, rule.cap) @ terms.weights
        )
    X = inputs(prepared.features, prepared.settings)
    names = [str(c).removesuffix(STANDING) for c in X if str(c).endswith(STANDING)]
    names = [name for name in names if name in prepared.features.readings]

    def by_model(standing: FloatArray) -> FloatArray:
        seen = pd.DataFrame(standing.astype(np.float32), index=X.index, columns=[n + STANDING for n in names])
        return np.asarray(model.decision_function(X.assign(**{str(c): seen[c] for c in seen})))

    return names, by_model
