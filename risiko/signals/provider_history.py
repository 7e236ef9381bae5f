"""Provider history: what supervisions have found at the provider's other services."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.signals.graded_visits import VISITS_READ
from risiko.signals.judged_visits import judged_visits, pooled_form, visit_sums
from risiko.signals.marked_visits import SERIOUS_HALF_LIFE_YEARS, breach_visits, serious_visits
from risiko.signals.registry import Context, signal

PROVIDER_READS = VISITS_READ


@signal("provider_history", group="history", unit="severity_0_3", reads=PROVIDER_READS)
def provider_history(context: Context) -> pd.DataFrame:
    """Mean severity (0–3) at graded visits to the provider's other services, newer counting more; own left out.

    Compared with what the types of those services show, strict offices taken out, and shrunk: the usual level counts
    as settings.history.sister_visits visits. Closed services of the provider count too. n is graded visits, exposure
    the services they were made to. No other service with a graded visit, or the provider unknown: missing
    ("no_sister_services").
    """
    return elsewhere(context, context.once(judged_visits), context.settings.history.half_life_years)


@signal("provider_severe", group="history", unit="share", reads=PROVIDER_READS)
def provider_severe(context: Context) -> pd.DataFrame:
    """Share of graded visits to the provider's other services that found a serious breach, newer counting more.

    A visit counts half as much after a year. Own visits left out; compared, shrunk and missing as provider_history, but
    no office's strictness is taken out. Where findings carry the regulator's own grading only visits with one count.
    """
    return elsewhere(context, context.once(serious_visits), SERIOUS_HALF_LIFE_YEARS)


@signal("provider_breaches", group="history", unit="share", reads=PROVIDER_READS)
def provider_breaches(context: Context) -> pd.DataFrame:
    """Share of visits to the provider's other services, graded or not, with a breach in writing (as breach_history).

    Own visits left out; compared, shrunk and missing as provider_history, but no office's strictness is taken out.
    """
    return elsewhere(context, context.once(breach_visits), context.settings.history.half_life_years)


def elsewhere(context: Context, visits: pd.DataFrame, half_life: float) -> pd.DataFrame:
    """The common form of judged visits to the provider's other services, pooled and shrunk; own visits left out.

    visits: as judged_visits gives, closed services too. The type's level counts as settings.history.sister_visits.
    """
    visits = visits[(visits["provider_id"] >= 0).to_numpy()]
    size = len(context.services)
    names = pd.Index(pd.factorize(context.known["services"]["provider_id"])[1])
    provider = visits["provider_id"].to_numpy()
    of_provider = visit_sums(visits, provider, len(names), half_life, "share")
    first = ~visits["service"].duplicated().to_numpy()
    of_provider["sisters"] = np.bincount(provider, first, minlength=len(names))
    inside = (visits["position"] >= 0).to_numpy()
    own = visit_sums(visits[inside], visits["position"].to_numpy()[inside], size, half_life, "share")
    own["sisters"] = (own["n"] > 0).astype(float)
    mine = names.get_indexer(context.services["provider_id"])
    total = of_provider.reindex(mine).fillna(0.0).reset_index(drop=True)
    sums = total.sub(own.mul(mine >= 0, axis=0))
    alone = (sums["n"] < 0.5).to_numpy()
    missing = pd.Series(pd.NA, index=context.services.index, dtype="str").mask(alone, "no_sister_services")
    return pooled_form(
        context,
        sums,
        missing,
        worth=context.settings.history.sister_visits,
        freshness=np.where(alone, np.nan, newest_elsewhere(visits, provider, mine, size)),
        exposure=sums["sisters"].to_numpy(),
    )


def newest_elsewhere(visits: pd.DataFrame, provider: np.ndarray, mine: np.ndarray, size: int) -> np.ndarray:
    """Years since the newest visit to another service of the provider, NaN where there is none: the provider's newest,
    or, where that is the service's own, the newest of the next service.

    visits: service, position and years. provider: the code of each visit's; mine: of each service's in the cohort.
    """
    order = np.lexsort((visits["years"].to_numpy(), provider))
    by, years = provider[order], visits["years"].to_numpy(dtype=float)[order]
    who, place = visits["service"].to_numpy()[order], visits["position"].to_numpy(dtype=float)[order]
    starts = np.diff(by, prepend=-1) != 0
    first = np.flatnonzero(starts)
    others = np.flatnonzero(who != who[first][np.cumsum(starts) - 1])
    second = others[np.diff(by[others], prepend=-1) != 0]

    def at(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        of_provider = np.full(max(by.max(initial=-1), mine.max(initial=-1)) + 2, np.nan)
        of_provider[by[rows]] = values[rows]
        return np.asarray(of_provider[mine], dtype=float)

    own = at(first, place) == np.arange(size)
    return np.where(own, at(second, years), at(first, years))
