"""Breach history: how often supervisions of a service have found the law broken in writing, or broken seriously."""

from __future__ import annotations

import pandas as pd

from risiko.signals.graded_visits import VISITS_READ
from risiko.signals.judged_visits import newest, pooled_form, ungraded, visit_sums, worth
from risiko.signals.marked_visits import SERIOUS_HALF_LIFE_YEARS, breach_visits, serious_visits
from risiko.signals.registry import Context, signal


@signal("breach_history", group="history", unit="share", reads=VISITS_READ)
def breach_history(context: Context) -> pd.DataFrame:
    """Share of supervisions with a breach in writing, newer counting more, beside services of the type.

    In writing is a finding of breach or worse without the regulator's own finer grading, where the records hold
    findings with one and without; otherwise any finding of breach or worse. A visit counts half as much after
    settings.history.half_life_years; shrunk as finding_history. n is visits with known findings, exposure what they
    count as now. Missing: "never_supervised" or "findings_pending".
    """
    return _share_of(context, context.once(breach_visits), context.settings.history.half_life_years)


@signal("severe_history", group="history", unit="share", reads=VISITS_READ)
def severe_history(context: Context) -> pd.DataFrame:
    """Share of graded visits with a serious breach, newer counting more, beside services of the type.

    A visit counts half as much after marked_visits.SERIOUS_HALF_LIFE_YEARS; shrunk as finding_history. n is graded
    visits, exposure what they count as now. Missing: "never_supervised" or "findings_pending".
    """
    return _share_of(context, context.once(serious_visits), SERIOUS_HALF_LIFE_YEARS)


def _share_of(context: Context, visits: pd.DataFrame, half_life: float) -> pd.DataFrame:
    visits, size = visits[(visits["position"] >= 0).to_numpy()], len(context.services)
    sums = visit_sums(visits, visits["position"].to_numpy(), size, half_life)
    return pooled_form(
        context,
        sums,
        context.once(ungraded),
        worth=worth(context),
        freshness=newest(context, visits),
        exposure=sums["weight"].to_numpy(),
    )
