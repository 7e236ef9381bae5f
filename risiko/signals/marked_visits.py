"""Marked visits: visits that bear a yes-or-no mark (a serious breach, a breach in writing) beside those to the type."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import decay
from risiko.signals.graded_visits import finding_levels, visits_of
from risiko.signals.judged_visits import beside_type
from risiko.signals.registry import Context

# What a serious breach elsewhere says is news: provider_history, with three years, tells the rest. By itself one year
# ranks no better than three on Scottish records (AUC .615, .636, .643 against .628, .641, .645 at three dates to 2022).
SERIOUS_HALF_LIFE_YEARS = 1.0


def serious_visits(context: Context) -> pd.DataFrame:
    """The graded visits with severity 1 where a finding is a serious breach, otherwise 0; columns as judged_visits.

    Where any finding in the records carries the regulator's own finer grading, a graded visit is one with such a
    finding; otherwise it is one with any finding. No office's strictness is taken out: it is told in severity steps.
    """
    levels = context.once(finding_levels)
    finer = levels["finer"].to_numpy()
    graded = levels[finer] if finer.any() else levels
    return _marked(context, graded, graded["serious"].to_numpy(), SERIOUS_HALF_LIFE_YEARS)


def breach_visits(context: Context) -> pd.DataFrame:
    """The visits with known findings, severity 1 where a breach was written, otherwise 0; columns as judged_visits.

    A written breach is a finding of breach or worse without a finer grading, where the records have findings with one
    and without: the grade is then an opinion of the whole, and what stands beside it is the law that was broken. Where
    all findings are of one kind it is any finding of breach or worse.
    """
    levels = context.once(finding_levels)
    finer, breach = levels["finer"].to_numpy(), levels["breach"].to_numpy()
    written = breach & ~finer if not finer.all() else breach
    return _marked(context, levels, written, context.settings.history.half_life_years)


def _marked(context: Context, levels: pd.DataFrame, mark: np.ndarray, half_life: float) -> pd.DataFrame:
    visits = visits_of(context, levels, mark.astype(float)).drop(columns="office")
    weight = decay(visits["years"].to_numpy(dtype=float), half_life)
    return beside_type(visits.assign(weight=weight, strict=0.0, adjusted=visits["severity"]), context)
