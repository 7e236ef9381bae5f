"""Provider history: what supervisions have found at the provider's other services."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.signals.graded_visits import VISITS_READ
from risiko.signals.judged_visits import judged_visits, pooled_form, visit_sums
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
    visits = context.once(judged_visits)
    visits = visits[(visits["provider_id"] >= 0).to_numpy()]
    half_life, size = context.settings.history.half_life_years, len(context.services)
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
        freshness=np.where(alone, np.nan, _newest_elsewhere(visits, provider, mine, size)),
        exposure=sums["sisters"].to_numpy(),
    )


def _newest_elsewhere(visits: pd.DataFrame, provider: np.ndarray, mine: np.ndarray, size: int) -> np.ndarray:
    """Years since the newest visit to another service of the provider: the provider's newest, or, where that is the
    service's own, the newest of the next service."""
    by_service = visits.assign(provider=provider).groupby(["provider", "service"], as_index=False).agg(
        years=("years", "min"), position=("position", "first")
    ).sort_values(["provider", "years"], kind="stable")  # fmt: skip
    place = by_service.groupby("provider").cumcount()
    first, second = (by_service[place == i].set_index("provider").reindex(mine) for i in (0, 1))
    own = first["position"].to_numpy() == np.arange(size)
    return np.asarray(np.where(own, second["years"].to_numpy(), first["years"].to_numpy()), dtype=float)
