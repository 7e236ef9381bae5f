"""Experience signals: how users rate a service, shrunk by how few were asked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, age_years, decay
from risiko.signals.peers import peer_groups
from risiko.signals.registry import Context, common_form, reasons, signal
from risiko.signals.shrinkage import fit_normal


@signal(
    "experience_mean", group="experience", unit="score_0_100", tables=("experiences",), direction="higher_is_better"
)
def experience_mean(context: Context) -> pd.DataFrame:
    """Mean experience score (0–100, 100 is best) over all methods, one row per service, shrunk within service type.

    Older answers count as fewer (half-life in settings); a row with a score but no n counts as one answer. n is the
    number of answers, undiscounted. No scored evidence about the service itself: missing ("no_evidence"); evidence
    about a type and an area is not spread onto services here. Shrinkage: normal hierarchical model, posterior over
    the between-service spread.
    """
    rows = context.events("experiences").dropna(subset=["score"])
    rule = context.settings.experience
    answers = rows["n"].fillna(1).to_numpy(dtype=float)
    weight = answers * decay(age_years(rows["event_date"], context.as_of), rule.half_life_years)
    spread = rows["spread"].fillna(rule.default_spread).to_numpy(dtype=float)

    total = context.total(rows["position"], weight)
    heard = total > 0
    divisor = np.where(heard, total, np.nan)
    mean = context.total(rows["position"], weight * rows["score"].to_numpy()) / divisor
    # A reported spread of nought is two people who happened to agree, not certainty.
    variance = context.total(rows["position"], weight * np.maximum(spread, 1.0) ** 2) / divisor / divisor

    types = context.services["service_type"].to_numpy()
    centre, estimate, sd, tau = _shrink(types, mean, variance, heard, rule.min_peers)
    scale = np.where(tau > 0, tau, np.inf)
    return common_form(
        context.services,
        missing=reasons(context.services).mask(~heard, "no_evidence"),
        value=mean,
        n=context.total(rows["position"], answers),
        expected=centre,
        estimate=estimate,
        sd=sd,
        z=-(estimate - centre) / scale,
        z_sd=np.minimum(sd / scale, 1.0),
    )


def _shrink(
    types: np.ndarray, mean: FloatArray, variance: FloatArray, heard: np.ndarray, min_peers: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Centre, estimate, sd and between-service spread per service; NaN where a type has no evidence at all."""
    centre, estimate, sd, tau = (np.full(len(types), np.nan) for _ in range(4))
    # Small types keep their own level: their residuals are pooled, not their scores.
    level = pd.Series(np.where(heard, mean, np.nan)).groupby(types).transform("mean").to_numpy()
    for members, pool in peer_groups(types, heard, min_peers):
        fit = fit_normal((mean - level)[pool], variance[pool])
        inside = np.flatnonzero(pool)
        here = members[inside]
        centre[members] = level[members] + (fit.centre if here.all() else 0.0)
        estimate[inside[here]] = level[inside[here]] + fit.mean[here]
        sd[inside[here]] = fit.sd[here]
        tau[members] = fit.tau
    return centre, estimate, sd, tau
