"""History signals: what the last supervision found, and how long ago anyone looked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import age_years, decay
from risiko.signals.common_form import common_form, reasons
from risiko.signals.peers import beside_peers
from risiko.signals.registry import Context, signal


@signal(
    "last_finding",
    group="history",
    unit="severity_0_3",
    reads={"supervisions": ("service_id",), "findings": ("supervision_id", "severity", "severity_score")},
)
def last_finding(context: Context) -> pd.DataFrame:
    """Worst severity (0 none – 3 serious breach) of the latest supervision whose findings are known.

    The older it is the less it says: the estimate goes back towards the type's level with the half-life in settings.
    n is the number of findings. A supervision without known findings is pending, not clean ("findings_pending"); a
    service without supervisions is missing ("never_supervised"). One visit is a noisy reading:
    settings.history.reliability is the share of the differences between services that another inspector would find
    again.
    """
    rule = context.settings.history
    last = latest_findings(context)
    value, years = last["severity"].to_numpy(dtype=float), last["years"].to_numpy(dtype=float)
    standing = beside_peers(value, context.services["service_type"], context.settings.peers.minimum)
    recall = decay(years, rule.half_life_years)
    pull = recall * rule.reliability
    return common_form(
        context.services,
        missing=reasons(context.services)
        .mask(np.isnan(value), "findings_pending")
        .mask(context.total(context.events("supervisions")["position"]) == 0, "never_supervised"),
        value=value,
        n=last["n"].to_numpy(dtype=float),
        expected=standing.centre,
        estimate=standing.centre + pull * (value - standing.centre),
        sd=standing.spread * np.sqrt(rule.reliability * (1 - recall * pull)),
        # In units of the real spread between services, which is sqrt(reliability) × the seen spread.
        standing=recall * np.sqrt(rule.reliability) * standing.z,
        standing_sd=np.sqrt(1 - recall * pull * (1 - standing.z_sd**2)),
    )


@signal("time_since_supervision", group="history", unit="years", reads={"supervisions": ("service_id",)})
def time_since_supervision(context: Context) -> pd.DataFrame:
    """Years since the last supervision; for a service never supervised, since it began (n = 0).

    Counts in proportion up to twice settings.history.regular_years; more years add nothing. Neither a supervision nor
    a start date known: missing ("never_supervised").
    """
    visits = context.events("supervisions")
    newest = visits.groupby("position")["event_date"].max().reindex(range(len(context.services)))
    since = pd.Series(newest.to_numpy(), index=context.services.index).fillna(context.services["valid_from"])
    years = np.maximum(age_years(since, context.as_of), 0)
    types, least = context.services["service_type"], context.settings.peers.minimum
    standing = beside_peers(np.minimum(years, 2 * context.settings.history.regular_years), types, least)
    return common_form(
        context.services,
        missing=reasons(context.services).mask(np.isnan(years), "never_supervised"),
        value=years,
        n=context.total(visits["position"]),
        expected=beside_peers(years, types, least).centre,
        estimate=years,
        sd=np.zeros(len(years)),
        standing=standing.z,
        standing_sd=standing.z_sd,
    )


def latest_findings(context: Context) -> pd.DataFrame:
    """Per service of the cohort: severity (worst), n (findings) and years (age) of the latest graded supervision.

    Supervisions on the same day count as one.
    """
    words = context.settings.history.severity
    findings = context.known["findings"]
    severity = findings["severity_score"].fillna(findings["severity"].map(words).astype(float))
    graded = severity.groupby(findings["supervision_id"]).agg(["max", "size"])
    visits = context.events("supervisions")
    of_visit = graded.reindex(visits["supervision_id"])
    visits = visits.assign(severity=of_visit["max"].to_numpy(), n=of_visit["size"].to_numpy())
    visits = visits.dropna(subset=["severity"])
    newest = visits[visits["event_date"] == visits.groupby("position")["event_date"].transform("max")]
    latest = newest.groupby("position").agg(severity=("severity", "max"), n=("n", "sum"), day=("event_date", "first"))
    latest = latest.reindex(range(len(context.services)))
    return latest.assign(n=latest["n"].fillna(0), years=age_years(latest["day"], context.as_of)).drop(columns="day")
