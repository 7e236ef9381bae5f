"""Judged visits: graded visits beside what similar services show, pooled over time into a reading of each service."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, decay
from risiko.signals.common_form import common_form
from risiko.signals.distance import standardised
from risiko.signals.graded_visits import graded_visits
from risiko.signals.office_strictness import office_strictness
from risiko.signals.registry import Context


def judged_visits(context: Context) -> pd.DataFrame:
    """The graded visits with weight (1 now, halved every half-life), strict, adjusted, share, usual, spread.

    strict: what the office adds, 0 where that cannot be told. adjusted: severity − strict. share: the weight, less the
    more visits the service has, so that one visited often does not speak for its type or provider alone. usual: the
    mean of adjusted among the type's visits by share, which is that of the type's services. spread: standard deviation
    between the type's visits, or, for a type with fewer than settings.peers.minimum, that within all types.
    """
    visits = context.once(graded_visits)
    weight = decay(visits["years"].to_numpy(dtype=float), context.settings.history.half_life_years)
    strict = visits["office"].map(context.once(office_strictness)["effect"]).fillna(0.0).to_numpy(dtype=float)
    judged = visits.drop(columns="office").assign(weight=weight, strict=strict, adjusted=visits["severity"] - strict)
    return beside_type(judged, context)


def worth(context: Context) -> float:
    """How many visits the type's level counts as: one visit finds settings.history.reliability of the differences."""
    reliability = context.settings.history.reliability
    return (1 - reliability) / reliability


def beside_type(visits: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Adds share, usual and spread (see `judged_visits`) to visits with service, service_type, weight and adjusted."""
    code, service = visits["service_type"].to_numpy(), visits["service"].to_numpy()
    kinds, own = int(code.max(initial=-1)) + 1, worth(context)
    weight, adjusted = visits["weight"].to_numpy(), visits["adjusted"].to_numpy()
    # The best weights for a mean over services when visits to one service are alike (random-effects mean).
    share = weight * (1 + own) / (np.bincount(service, weight)[service] + own) if len(visits) else weight
    size = np.bincount(code, minlength=kinds)
    usual = (np.bincount(code, share * adjusted, kinds) / np.maximum(np.bincount(code, share, kinds), 1e-12))[code]
    squares = np.bincount(code, (adjusted - usual) ** 2, kinds)
    pooled = np.sqrt(squares.sum() / max(size.sum() - kinds, 1))
    large = size >= context.settings.peers.minimum
    spread = np.where(large, np.sqrt(squares / np.maximum(size - 1, 1)), pooled)[code]
    return visits.assign(share=share, usual=usual, spread=spread)


def cohort_visits(context: Context) -> pd.DataFrame:
    """The judged visits to services of the cohort."""
    visits = context.once(judged_visits)
    return visits[(visits["position"] >= 0).to_numpy()]


def ungraded(context: Context) -> pd.Series:
    """Why a service has no graded visit ("never_supervised", "findings_pending"); blank where it has one."""
    graded = context.total(context.once(cohort_visits)["position"]) > 0
    visited = context.once(last_visit)[1] > 0
    reason = pd.Series(np.where(visited, "findings_pending", "never_supervised"), context.services.index, dtype="str")
    return reason.mask(graded)


def last_visit(context: Context) -> tuple[pd.Series, FloatArray]:
    """Date of each service's latest supervision (graded or not), NaT where there is none, and how many there are."""
    visits = context.events("supervisions", ["event_date"])
    newest = visits.groupby("position")["event_date"].max().reindex(range(len(context.services)))
    return pd.Series(newest.to_numpy(), index=context.services.index), context.total(visits["position"])


def newest(context: Context, visits: pd.DataFrame) -> FloatArray:
    """Years since the newest of the visits, per service of the cohort; NaN where there is none."""
    least = np.full(len(context.services), np.inf)
    np.fmin.at(least, visits["position"].to_numpy(), visits["years"].to_numpy(dtype=float))
    return np.where(np.isinf(least), np.nan, least)


def visit_sums(
    visits: pd.DataFrame, place: np.ndarray, places: int, half_life: float, weigh: str = "weight"
) -> pd.DataFrame:
    """What `pooled_form` needs of the visits, summed by place (0 … places − 1); sums may be added and subtracted.

    weigh: the column that weighs them. Columns: weight, squares (of the weights), severity, expected, usual and spread
    (times weight), n; and for the trend the number and the summed distance from the expected in the newer and the
    older half of two half-lives.
    """
    weight = visits[weigh].to_numpy()
    expected = (visits["usual"] + visits["strict"]).to_numpy()
    severity, years = visits["severity"].to_numpy(), visits["years"].to_numpy()
    newer, older = years <= half_life, (years > half_life) & (years <= 2 * half_life)
    parts = {
        "weight": weight, "squares": weight**2, "severity": weight * severity, "expected": weight * expected,
        "usual": weight * visits["usual"].to_numpy(), "spread": weight * visits["spread"].to_numpy(),
        "n": np.ones_like(weight), "newer": newer, "older": older,
        "newer_off": newer * (severity - expected), "older_off": older * (severity - expected),
    }  # fmt: skip
    return pd.DataFrame({name: np.bincount(place, values, minlength=places) for name, values in parts.items()})


def pooled_form(
    context: Context,
    sums: pd.DataFrame,
    missing: pd.Series,
    *,
    worth: float,
    freshness: FloatArray,
    exposure: FloatArray,
) -> pd.DataFrame:
    """The weighted mean severity of the visits behind the sums, shrunk towards what similar services show.

    sums: as made by `visit_sums`, in cohort order. worth: how many visits the usual level counts as; the true spread is
    then 1 / (1 + worth) of the variance between visits. value and expected are as seen, strict offices included;
    estimate and standing are without strictness.
    """
    weight = np.where(sums["weight"] > 1e-9, sums["weight"], np.nan)
    missing = missing.mask(missing.isna() & np.isnan(weight), "not_recently_supervised")  # faded to nothing
    value, expected, usual, spread = (
        sums[name].to_numpy() / weight for name in ("severity", "expected", "usual", "spread")
    )
    off, pull = value - expected, np.nan_to_num(weight / (weight + worth))
    tau, noise = spread / np.sqrt(1 + worth), spread * np.sqrt(worth / (1 + worth))
    error = noise * np.sqrt(np.maximum(sums["squares"].to_numpy(), 0)) / weight
    kind = context.kind
    peers = np.bincount(kind, missing.isna())[kind]
    compared = (np.nan_to_num(tau) > 1e-9) & (peers > 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        trend = sums["newer_off"] / sums["newer"] - sums["older_off"] / sums["older"]
        standing = np.where(compared, pull * off / tau, 0.0)
    return common_form(
        context.services,
        missing=missing,
        value=value,
        n=sums["n"].to_numpy(),
        exposure=exposure,
        expected=expected,
        ratio=np.full(len(value), np.nan),  # severity is a ladder: twice as severe means nothing
        **standardised(context, value, expected, error),
        estimate=usual + pull * off,
        sd=tau * np.sqrt(1 - pull),
        standing=np.nan_to_num(standing),
        standing_sd=np.where(compared, np.sqrt(1 - pull * (1 - 1 / np.maximum(peers, 1))), 1.0),
        trend=trend.to_numpy(dtype=float),
        freshness=freshness,
    )
