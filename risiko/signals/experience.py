"""Experience signals: how users rate a service, shrunk by how few were asked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, age_years, decay
from risiko.signals.common_form import common_form, reasons
from risiko.signals.peers import peer_groups
from risiko.signals.registry import Context, signal
from risiko.statistics.normal_hierarchy import fit_normal


@signal(
    "experience_mean",
    group="experience",
    unit="score_0_100",
    reads={"experiences": ("service_id", "method", "organisation", "dimension", "score", "n", "spread")},
    direction="higher_is_better",
)
def experience_mean(context: Context) -> pd.DataFrame:
    """Mean experience score (0–100, 100 is best) over all methods, one row per service, shrunk within service type.

    Several dimensions from the same people count as those people once. Older answers count as fewer (half-life in
    settings); a row with a score but no n counts as one answer. n is the number of people, undiscounted. No scored
    evidence about the service itself: missing ("no_evidence"); evidence about a type and an area is not spread onto
    services here. Shrinkage: normal hierarchical model, posterior over the between-service spread. A service without
    peers keeps its reading and is compared with no one.
    """
    pieces = _pieces(context)
    rule, position = context.settings.experience, pieces["position"]
    people = pieces["people"].to_numpy(dtype=float)
    weight = people * decay(age_years(pieces["event_date"], context.as_of), rule.half_life_years)

    total = context.total(position, weight)
    heard = total > 0
    divisor = np.where(heard, total, np.nan)
    mean = context.total(position, weight * pieces["score"].to_numpy()) / divisor
    variance = context.total(position, weight * pieces["spread"].to_numpy() ** 2) / divisor / divisor

    types = context.services["service_type"].to_numpy()
    centre, estimate, sd, tau = _shrink(types, mean, variance, heard, context.settings.peers.minimum)
    scale = np.where(tau > 0, tau, np.inf)
    compared = pd.Series(heard).groupby(types).transform("sum").to_numpy() > 1
    return common_form(
        context.services,
        missing=reasons(context.services).mask(~heard, "no_evidence"),
        value=mean,
        n=context.total(position, people),
        expected=centre,
        estimate=estimate,
        sd=sd,
        standing=np.where(compared, -(estimate - centre) / scale, 0.0),
        standing_sd=np.where(compared, np.minimum(sd / scale, 1.0), 1.0),
    )


def _pieces(context: Context) -> pd.DataFrame:
    """Scored evidence about the cohort, one row per piece: position, event_date, people, score (mean) and spread.

    A piece is what one organisation collected by one method at one service on one day. Its dimensions are answers of
    the same people, so the people are those of the dimension with most.
    """
    rows = context.events("experiences").dropna(subset=["score"])
    answers = rows["n"].fillna(1).to_numpy(dtype=float)
    # A reported spread of nought is two people who happened to agree, not certainty.
    spread = rows["spread"].fillna(context.settings.experience.default_spread).clip(lower=1.0)
    piece = ["position", "event_date", "method", "organisation"]
    summed = rows[[*piece, "dimension"]].assign(n=answers, score=answers * rows["score"], square=answers * spread**2)
    by_dimension = summed.groupby([*piece, "dimension"], dropna=False, as_index=False)[["n", "score", "square"]].sum()
    found = by_dimension.groupby(piece, dropna=False, as_index=False).agg(
        people=("n", "max"), n=("n", "sum"), score=("score", "sum"), square=("square", "sum")
    )
    found = found[found["n"] > 0]
    return found.assign(score=found["score"] / found["n"], spread=np.sqrt(found["square"] / found["n"]))


def _shrink(
    types: np.ndarray, mean: FloatArray, variance: FloatArray, heard: np.ndarray, min_peers: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Centre, estimate, sd and between-service spread per service; NaN where a type has no evidence at all."""
    estimate, sd, tau = (np.full(len(types), np.nan) for _ in range(3))
    # Each type has its own level; a small one borrows the spread around it from all types.
    level = pd.Series(np.where(heard, mean, np.nan)).groupby(types).transform("mean").to_numpy()
    for members, pool in peer_groups(types, heard, min_peers):
        fit = fit_normal((mean - level)[pool], variance[pool], centre=0.0)
        inside = np.flatnonzero(pool)
        here = members[inside]
        estimate[inside[here]] = level[inside[here]] + fit.mean[here]
        sd[inside[here]] = fit.sd[here]
        tau[members] = fit.tau
    return level, estimate, sd, tau
