"""Findings over time: their level, their direction and the worst of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, decay
from risiko.signals.common_form import common_form
from risiko.signals.distance import standardised
from risiko.signals.graded_visits import VISITS_READ
from risiko.signals.judged_visits import (
    cohort_visits,
    judged_visits,
    newest,
    pooled_form,
    ungraded,
    visit_sums,
    worth,
)
from risiko.signals.peers import beside_peers
from risiko.signals.registry import Context, signal


def visit_series(context: Context, position: int) -> pd.DataFrame:
    """One row per graded visit of a service, oldest first: period_end, value (worst severity), n (findings), expected.

    expected is the mean of all graded visits to the type in the same calendar year, strict offices included.
    """
    visits = context.once(judged_visits)
    own = visits[(visits["position"] == position).to_numpy()].sort_values("event_date")
    alike = visits[visits["service_type"].isin(own["service_type"]).to_numpy()]
    by_year = alike["adjusted"].groupby(alike["event_date"].dt.year).mean()
    expected = own["event_date"].dt.year.map(by_year).to_numpy(dtype=float) + own["strict"].to_numpy()
    return pd.DataFrame({
        "period_end": own["event_date"].dt.date.to_numpy(), "value": own["severity"].to_numpy(),
        "n": own["n"].to_numpy(dtype=float), "expected": expected,
    })  # fmt: skip


@signal("finding_history", group="history", unit="severity_0_3", reads=VISITS_READ, over_time=visit_series)
def finding_history(context: Context) -> pd.DataFrame:
    """Mean severity (0 none – 3 serious breach, the worst of each visit) over all graded visits, newer counting more.

    A visit counts half as much after settings.history.half_life_years. Shrunk towards the type's level, which counts
    as (1 − reliability) / reliability visits; a strict office's extra is taken out (office_strictness). n is graded
    visits, exposure what they count as now. Missing: "never_supervised" or "findings_pending".
    """
    visits, size = context.once(cohort_visits), len(context.services)
    sums = visit_sums(visits, visits["position"].to_numpy(), size, context.settings.history.half_life_years)
    return pooled_form(
        context,
        sums,
        context.once(ungraded),
        worth=worth(context),
        freshness=newest(context, visits),
        exposure=sums["weight"].to_numpy(),
    )


@signal("finding_trend", group="history", unit="severity_per_year", reads=VISITS_READ, over_time=visit_series)
def finding_trend(context: Context) -> pd.DataFrame:
    """Slope of severity over the last graded visits (settings.history.trend_visits), severity steps a year.

    Two visits at least, or it is missing ("too_few_visits"; "never_supervised" or "findings_pending" where there is
    none). Least squares; its standard error follows from how far apart the visits lie and how far visits scatter about
    their service's own line (with few such visits, from settings.history.reliability). It is shrunk by the variance
    between services of the type that goes beyond that error, and an old slope says less (half-life in settings).
    """
    rule, visits, size = context.settings.history, context.once(cohort_visits), len(context.services)
    visits = visits.sort_values(["position", "event_date"], kind="stable")
    recent = visits[visits.groupby("position").cumcount(ascending=False).to_numpy() < rule.trend_visits]
    place, t, y = (recent[name].to_numpy() for name in ("position", "years", "adjusted"))
    n = context.total(place)
    some = np.maximum(n, 1)
    t = -(t - (np.bincount(place, t, size) / some)[place])
    y = y - (np.bincount(place, y, size) / some)[place]
    across = np.bincount(place, t**2, size)
    able = (n >= 2) & (across > 0)
    divisor = np.where(able, across, np.nan)
    slope = np.bincount(place, t * y, size) / divisor
    left = np.bincount(place, (y - np.nan_to_num(slope)[place] * t) ** 2, size)
    free = np.maximum(n - 2, 0).sum()
    assumed = np.sqrt(1 - rule.reliability) * np.bincount(place, recent["spread"].to_numpy(), size) / some
    enough = free >= context.settings.peers.minimum
    noise = np.full(size, np.sqrt(left[n > 2].sum() / free)) if enough else assumed
    usual = pd.Series(slope).groupby(context.kind).transform("median").to_numpy()
    columns = standardised(context, slope, usual, noise / np.sqrt(divisor))
    years = newest(context, visits)
    tau2 = np.nan_to_num(columns["tau2"]) * decay(years, rule.half_life_years)
    error2 = np.where(able, noise**2 / divisor, 1.0)
    kept = tau2 / np.maximum(tau2 + error2, 1e-12)
    tau = np.sqrt(np.where(tau2 > 0, tau2, np.inf))
    off = np.nan_to_num(slope - usual)
    return common_form(
        context.services,
        missing=context.once(ungraded).mask((n > 0) & ~able, "too_few_visits"),
        value=slope,
        n=n,
        expected=usual,
        ratio=np.full(size, np.nan),
        **columns,
        estimate=usual + kept * off,
        sd=np.sqrt(tau2 * (1 - kept)),
        standing=kept * off / tau,
        standing_sd=np.sqrt(1 - kept),
        freshness=years,
    )


@signal("finding_worst", group="history", unit="severity_0_3", reads=VISITS_READ, over_time=visit_series)
def finding_worst(context: Context) -> pd.DataFrame:
    """Worst severity (0–3) of any graded visit in the last settings.history.worst_years, beside services of the type.

    Read as one visit's word: held back by reliability and by the age of the visit, as last_finding is. n is graded
    visits in the time; the more there are, the worse the worst of them is likely to be. Graded visits, but none in the
    time: missing ("not_recently_supervised").
    """
    rule, visits = context.settings.history, context.once(cohort_visits)
    visits = visits[(visits["years"] <= rule.worst_years).to_numpy()]
    at = visits.sort_values(["adjusted", "event_date"]).groupby("position").last().reindex(range(len(context.services)))
    n = context.total(visits["position"])
    missing = context.once(ungraded)
    return one_visit_form(context, at, n, missing.mask(missing.isna() & (n == 0), "not_recently_supervised"))


def one_visit_form(context: Context, at: pd.DataFrame, n: FloatArray, missing: pd.Series) -> pd.DataFrame:
    """What one visit says of each service: its severity beside those of the type, less the older it is.

    at: severity, adjusted and years of the visit, in cohort order; NaN where there is none. The older a visit the less
    it says (half-life in settings), and one visit is a noisy reading: settings.history.reliability is the share of the
    differences that another inspector would find again.
    """
    rule = context.settings.history
    value, adjusted, years = (at[name].to_numpy(dtype=float) for name in ("severity", "adjusted", "years"))
    standing = beside_peers(adjusted, context.kind, context.settings.peers.minimum)
    recall = decay(years, rule.half_life_years)
    pull = recall * rule.reliability
    noise = standing.spread * np.sqrt(1 - rule.reliability)
    expected = standing.centre + value - adjusted
    return common_form(
        context.services,
        missing=missing,
        value=value,
        n=n,
        expected=expected,
        ratio=np.full(len(value), np.nan),
        **standardised(context, value, expected, noise),
        estimate=standing.centre + pull * (adjusted - standing.centre),
        sd=standing.spread * np.sqrt(rule.reliability * (1 - recall * pull)),
        # In units of the real spread between services, which is sqrt(reliability) × the seen spread.
        standing=recall * np.sqrt(rule.reliability) * standing.z,
        standing_sd=np.sqrt(1 - recall * pull * (1 - standing.z_sd**2)),
        freshness=years,
    )
