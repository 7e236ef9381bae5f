"""History signals: what the last supervision found, how long ago anyone looked, and whether anyone ever did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import age_years
from risiko.signals.common_form import common_form, reasons
from risiko.signals.distance import exact_form
from risiko.signals.finding_history import one_visit_form, visit_series
from risiko.signals.graded_visits import VISITS_READ
from risiko.signals.judged_visits import cohort_visits, last_visit, ungraded
from risiko.signals.registry import Context, signal

VISITED = {"supervisions": ("service_id",)}


@signal("last_finding", group="history", unit="severity_0_3", reads=VISITS_READ, over_time=visit_series)
def last_finding(context: Context) -> pd.DataFrame:
    """Worst severity (0 none – 3 serious breach) of the latest supervision whose findings are known.

    The older it is the less it says: the estimate goes back towards the type's level with the half-life in settings,
    and a strict office's extra is taken out. n is the number of findings. A supervision without known findings is
    pending, not clean ("findings_pending"); a service without supervisions is missing ("never_supervised"). One visit
    is a noisy reading: settings.history.reliability is the share of the differences between services that another
    inspector would find again.
    """
    visits = context.once(cohort_visits)
    latest = visits.drop_duplicates("position", keep="last").set_index("position").reindex(range(len(context.services)))
    return one_visit_form(context, latest, latest["n"].fillna(0).to_numpy(dtype=float), context.once(ungraded))


@signal("time_since_supervision", group="history", unit="years", reads=VISITED)
def time_since_supervision(context: Context) -> pd.DataFrame:
    """Years since the last supervision; for a service never supervised, since it began (n = 0).

    Counts in proportion up to twice settings.history.regular_years; more years add nothing. Neither a supervision nor
    a start date known: missing ("never_supervised").
    """
    since, n = context.once(last_visit)
    years = np.maximum(age_years(since.fillna(context.services["valid_from"]), context.as_of), 0)
    return exact_form(
        context,
        years,
        reasons(context.services).mask(np.isnan(years), "never_supervised"),
        n=n,
        steady=np.minimum(years, 2 * context.settings.history.regular_years),
        freshness=age_years(since, context.as_of),
    )


@signal("never_supervised", group="history", unit="yes_no", reads=VISITED)
def never_supervised(context: Context) -> pd.DataFrame:
    """1 where no supervision is on record, 0 where there is one; expected is the share of the type.

    A reading and not a judgement: nobody knows whether a service that was never visited is better or worse, so the
    standing is (0, 1) for all and it moves no score. n is supervisions.
    """
    since, n = context.once(last_visit)
    value = (n == 0).astype(float)
    return common_form(
        context.services,
        missing=reasons(context.services),
        value=value,
        n=n,
        expected=pd.Series(value).groupby(context.kind).transform("mean").to_numpy(),
        estimate=value,
        sd=np.zeros(len(value)),
        standing=np.zeros(len(value)),
        standing_sd=np.ones(len(value)),
        freshness=age_years(since, context.as_of),
    )
