"""Two lists of one score: the one at a date, the one some months before, and how far chance alone would move it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.errors import NothingToScore
from risiko.evaluate.list_noise import noise_overlap
from risiko.pipeline.overview import default_capacity
from risiko.pipeline.runs import Prepared
from risiko.pipeline.subject import STANDING, Subject
from risiko.scoring.consequence import consequence_of
from risiko.scoring.law import expit
from risiko.scoring.points import point_terms

DRAWN_LISTS = 15  # every pair of them is compared: 105


def compared_lists(subject: Subject) -> dict[str, Any]:
    """ranks_before, ranks_after, list_size and noise_overlap; nothing where there was no list before.

    Both lists are by the score of the later date, so that services have moved and not the score.
    """
    months = subject.run.prepared.settings.overview.compare_months
    earlier = (pd.Timestamp(subject.as_of) - pd.DateOffset(months=months)).date()
    try:
        before = subject.learner.moments.prepare(earlier)
    except NothingToScore:
        return {}
    size, now = default_capacity(subject.run), subject.run.prepared
    seen = subject.inputs_now
    group_of = {s.name: str(s.group) for s in subject.run.signals}
    sd = now.features.matrix("standing_sd", [name for name in seen if name in now.features.readings])
    sd = np.column_stack([sd, np.zeros((len(seen), seen.shape[1] - sd.shape[1]))])  # another system's score comes last
    priority = prioritised(subject, now)
    noise = noise_overlap(
        priority, seen.to_numpy(dtype=float), sd, [group_of.get(name, name) for name in seen], size,
        draws=DRAWN_LISTS, rng=np.random.default_rng(now.settings.evaluation.seed),
    )  # fmt: skip
    then = pd.Series(prioritised(subject, before)(None), index=before.cohort.services.index)
    return {
        "ranks_before": then.rank(method="min", ascending=False), "ranks_after": subject.run.table.scores["rank"],
        "list_size": size, "noise_overlap": noise,
    }  # fmt: skip


def prioritised(subject: Subject, prepared: Prepared) -> Callable[[FloatArray | None], FloatArray]:
    """The priority of a prepared date's services as a function of their standings (as inputs_now; None: as they are).

    A blank standing stays blank: it adds nothing to points, and what a model says of it to a model.
    """
    harm, rule = consequence_of(prepared.cohort.services, prepared.settings), prepared.settings.score
    if subject.model is not None:
        model, X = subject.model.model, subject.inputs_of(prepared)
        columns = [name + STANDING for name in subject.inputs_now]

        def by_model(standing: FloatArray | None) -> FloatArray:
            seen = X if standing is None else X.assign(**dict(zip(columns, standing.T.astype(np.float32), strict=True)))
            return np.asarray(expit(model.decision_function(seen)) * harm)

        return by_model
    terms = point_terms(prepared.features, prepared.settings)

    def by_points(standing: FloatArray | None) -> FloatArray:
        z = terms.z if standing is None else np.nan_to_num(standing)
        return np.asarray(expit(terms.base + np.clip(z, terms.floor, rule.cap) @ terms.weights) * harm)

    return by_points
