"""Two lists of one score: the one at a date, the one some months before, and how far chance alone would move it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from risiko.errors import NothingToScore
from risiko.pipeline.redrawn import redrawn_overlap
from risiko.pipeline.runs import rank
from risiko.pipeline.subject import Subject

DRAWN_LISTS = 15  # every pair of them is compared: 105


def compared_lists(subject: Subject) -> dict[str, Any]:
    """ranks_before, ranks_after, list_size and noise_overlap; nothing where there was no list before.

    Both lists are by the score of the later date, so that services have moved and not the score.
    """
    run = subject.run
    months = run.prepared.settings.overview.compare_months
    earlier = (pd.Timestamp(subject.as_of) - pd.DateOffset(months=months)).date()
    try:
        before = subject.learner.moments.prepare(earlier)
    except NothingToScore:
        return {}
    then = rank(before, model=subject.model, hindsight=True, top=run.table.top)
    noise = redrawn_overlap(
        run, subject.model.model if subject.model else None, run.table.top,
        draws=DRAWN_LISTS, rng=np.random.default_rng(run.prepared.settings.evaluation.seed),
    )  # fmt: skip
    return {
        "ranks_before": then.table.scores["rank"], "ranks_after": run.table.scores["rank"],
        "list_size": run.table.top, "noise_overlap": noise,
    }  # fmt: skip
