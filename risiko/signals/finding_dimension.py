"""Findings by dimension: how each of the six dimensions of good services has stood at the visits that speak of it."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from risiko.contracts import Tables
from risiko.settings import Settings
from risiko.signals.graded_visits import VISITS_READ, finding_levels, graded_visits
from risiko.signals.judged_visits import beside_type, judged_visits, newest, pooled_form, ungraded, visit_sums, worth
from risiko.signals.registry import Context, SignalSpec, signal_family
from risiko.vocabulary import DIMENSIONS


@signal_family("finding_dimension", reads=VISITS_READ, of="dimension")
def dimension_specs(known: Tables, settings: Settings) -> tuple[SignalSpec, ...]:
    """finding_history for each of the six dimensions of good services."""
    return tuple(
        SignalSpec(
            name=f"finding_dimension:{dimension}",
            group="history",
            unit="severity_0_3",
            reads=VISITS_READ,
            compute=partial(finding_dimension, dimension=dimension),
            dimensions=(dimension,),
            over_time=partial(dimension_series, dimension=dimension),
        )
        for dimension in DIMENSIONS
    )


def finding_dimension(context: Context, *, dimension: str) -> pd.DataFrame:
    """Mean severity of the findings on one dimension over the visits that speak of it, newer counting more; shrunk.

    A visit speaks of the dimensions that its findings name, and of all six where it found nothing at all. Where no
    finding on record names the dimension it is missing for all ("not_recorded"); where no visit to the service speaks
    of it, "not_looked_at". Strictness, decay and shrinkage as for finding_history.
    """
    visits = dimension_visits(context, dimension)
    visits = visits[(visits["position"] >= 0).to_numpy()]
    size, missing = len(context.services), context.once(ungraded)
    sums = visit_sums(visits, visits["position"].to_numpy(), size, context.settings.history.half_life_years)
    missing = missing.mask(missing.isna() & (sums["n"] == 0).to_numpy(), "not_looked_at")
    if dimension not in context.once(_named):
        missing = missing.mask(missing.isna() | (missing == "not_looked_at"), "not_recorded")
    return pooled_form(
        context,
        sums,
        missing,
        worth=worth(context),
        freshness=newest(context, visits),
        exposure=sums["weight"].to_numpy(),
    )


def dimension_visits(context: Context, dimension: str) -> pd.DataFrame:
    """The judged visits that speak of a dimension, with the worst severity on it in place of the visit's own."""
    visits, worst = context.once(judged_visits), context.once(_by_dimension)[dimension].to_numpy()
    severity = np.where((visits["severity"] == 0).to_numpy(), 0.0, worst)
    spoken = visits[~np.isnan(severity)].assign(severity=severity[~np.isnan(severity)])
    return beside_type(spoken.assign(adjusted=spoken["severity"] - spoken["strict"]), context)


def _named(context: Context) -> frozenset[str]:
    """The dimensions that some finding on record names."""
    return frozenset(context.known["findings"]["dimension"].dropna().unique())


def dimension_series(context: Context, position: int, *, dimension: str) -> pd.DataFrame:
    """visit_series for one dimension."""
    visits = dimension_visits(context, dimension)
    own = visits[(visits["position"] == position).to_numpy()].sort_values("event_date")
    return pd.DataFrame({
        "period_end": own["event_date"].dt.date.to_numpy(), "value": own["severity"].to_numpy(),
        "n": own["n"].to_numpy(dtype=float), "expected": (own["usual"] + own["strict"]).to_numpy(),
    })  # fmt: skip


def _by_dimension(context: Context) -> pd.DataFrame:
    """Worst severity per graded visit (rows as in graded_visits) and dimension (columns); NaN where none names it."""
    visits, levels = context.once(graded_visits), context.once(finding_levels)
    named = pd.Index(DIMENSIONS).get_indexer(levels["dimension"])
    worst = np.full((len(visits), len(DIMENSIONS)), -1.0)
    use = named >= 0
    np.maximum.at(worst, (levels["visit"].to_numpy()[use], named[use]), levels["level"].to_numpy()[use])
    return pd.DataFrame(np.where(worst < 0, np.nan, worst), columns=list(DIMENSIONS), index=visits.index)
