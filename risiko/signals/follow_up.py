"""Follow-up: what is still open after supervisions, what is overdue, and what has been enforced."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import DAYS_PER_YEAR, FloatArray, age_years, decay
from risiko.signals.common_form import reasons
from risiko.signals.distance import exact_form
from risiko.signals.graded_visits import VISITS_READ, finding_levels
from risiko.signals.judged_visits import last_visit, ungraded
from risiko.signals.registry import Context, signal

ACTIONS_READ = {"actions": ("service_id", "kind", "closed_date"), "supervisions": ("service_id",)}


@signal("open_findings", group="history", unit="findings", reads=VISITS_READ)
def open_findings(context: Context) -> pd.DataFrame:
    """Findings of breach or worse at the last years' visits that are not known to be put right, one row per service.

    Only visits within settings.history.open_years count: what has stood open longer is a gap in the register. n is all
    findings of breach or worse in that time, so that 0 of 4 can be told from 0 of 0. Where no correction at all is on
    record the source does not tell and all is missing ("not_recorded"); a service without graded visits is missing
    ("never_supervised", "findings_pending"). Compared on the square-root scale, where counts have a steady spread.
    """
    rule, levels = context.settings.history, context.once(finding_levels)
    position = context.services.index.get_indexer(context.known["services"]["service_id"])[levels["service"].to_numpy()]
    years = age_years(levels["event_date"], context.as_of)
    bad = levels["breach"].to_numpy() & (years <= rule.open_years) & (position >= 0)
    standing_open = bad & ~done_by(levels["corrected_date"], context)
    value = np.bincount(position[standing_open], minlength=len(context.services)).astype(float)
    missing = context.once(ungraded)
    if levels["corrected_date"].isna().all():
        missing = missing.mask(missing.isna(), "not_recorded")
    n = np.bincount(position[bad], minlength=len(context.services)).astype(float)
    newest = pd.Series(years[position >= 0]).groupby(position[position >= 0]).min()
    freshness = newest.reindex(range(len(value))).to_numpy(dtype=float)
    return exact_form(context, value, missing, n=n, steady=np.sqrt(value), freshness=freshness)


@signal("overdue_follow_up", group="history", unit="days", reads=ACTIONS_READ)
def overdue_follow_up(context: Context) -> pd.DataFrame:
    """Days that the longest open action of a service is overdue; 0 where none is.

    Actions of the kinds in settings.history.follow_up_kinds; no due date is on record, so one counts as overdue once it
    has been open for settings.history.follow_up_days. What has been open for more than settings.history.open_years
    counts no more. n is actions of these kinds, open or closed. Where no closing at all is on record all is missing
    ("not_recorded"); a service with neither supervision nor action is missing ("never_supervised"). Compared on the
    logarithm of months.
    """
    rule, asked = context.settings.history, context.once(actions)
    asked = asked[asked["kind"].isin(rule.follow_up_kinds).to_numpy()]
    years = asked["years"].to_numpy(dtype=float)
    still = ~done_by(asked["closed_date"], context) & (years <= rule.open_years)
    late = np.where(still, years * DAYS_PER_YEAR - rule.follow_up_days, 0.0)
    value = np.zeros(len(context.services))
    np.maximum.at(value, asked["position"].to_numpy(), np.maximum(late, 0.0))
    missing = context.once(never_dealt_with)
    if asked["closed_date"].isna().all():
        missing = missing.mask(missing.isna(), "not_recorded")
    return exact_form(
        context,
        value,
        missing,
        n=context.total(asked["position"]),
        steady=np.log1p(value / 30),
        freshness=newest_action(context, asked),
    )


@signal("enforcement", group="history", unit="weighted_actions", reads=ACTIONS_READ)
def enforcement(context: Context) -> pd.DataFrame:
    """Actions against a service, each weighted by its kind (settings.history.enforcement) and less the older it is.

    Half-life: settings.history.enforcement_half_life_years. n is actions. No action is a real 0, but where none at all
    is on record the source is not there and all is missing ("not_recorded"); a service with neither supervision nor
    action is missing ("never_supervised"). Compared on the square-root scale.
    """
    rule, taken = context.settings.history, context.once(actions)
    kind = taken["kind"].map(rule.enforcement).fillna(0.0).to_numpy(dtype=float)
    age = decay(taken["years"].to_numpy(dtype=float), rule.enforcement_half_life_years)
    value = context.total(taken["position"], kind * age)
    missing = context.once(never_dealt_with)
    if context.known["actions"].empty:
        missing = missing.mask(missing.isna(), "not_recorded")
    return exact_form(
        context,
        value,
        missing,
        n=context.total(taken["position"]),
        steady=np.sqrt(value),
        freshness=newest_action(context, taken),
    )


def actions(context: Context) -> pd.DataFrame:
    """The known actions against services of the cohort, with position and years (age)."""
    taken = context.events("actions")
    return taken.assign(years=age_years(taken["event_date"], context.as_of))


def newest_action(context: Context, taken: pd.DataFrame) -> FloatArray:
    """Years since the newest action, per service; NaN where there is none."""
    newest = taken.groupby("position")["years"].min().reindex(range(len(context.services)))
    return np.asarray(newest, dtype=float)


def done_by(dates: pd.Series, context: Context) -> np.ndarray:
    """Which dates have come by the as-of date: one that is still ahead is a promise."""
    return np.asarray((dates <= pd.Timestamp(context.as_of)).to_numpy(dtype=bool))


def never_dealt_with(context: Context) -> pd.Series:
    """Services with no supervision and no action on record ("never_supervised"): nobody could ask for anything."""
    met = context.once(last_visit)[1] + context.total(context.once(actions)["position"])
    return reasons(context.services).mask(met == 0, "never_supervised")
