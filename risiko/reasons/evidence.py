"""Evidence behind a reading: what was counted, and from when to when it tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from risiko.asof import in_window, window_start
from risiko.features import Features
from risiko.organisations import spelling
from risiko.signals import Context, SignalSpec
from risiko.signals.complaint_grounds import split_grounds
from risiko.signals.complaint_months import MONTHS_SPANNED
from risiko.signals.complaint_weight import DECIDED
from risiko.signals.experience_area import told_of_areas
from risiko.signals.experience_pieces import by_source
from risiko.signals.graded_visits import graded_visits
from risiko.signals.registry import IntArray

# What a reading's n counts. Signals are pieces of a group that have a reading, services those of a type.
COUNTED = (
    "complaints", "people", "comments", "supervisions", "results", "findings", "actions", "entries", "signals",
    "services",
)  # fmt: skip
# These count what was found (of any severity, none too; of breach or worse), the others of the table the visits.
_FOUND = {"last_finding": "results", "open_findings": "findings"}
PROVIDER = "provider_"  # how the names of signals about the provider's other services begin
Period = tuple[date | None, date | None]


def counted(spec: SignalSpec) -> str:
    """What the n of a signal's reading counts: one of COUNTED."""
    if spec.name in _FOUND:
        return _FOUND[spec.name]
    if "experiences" in spec.reads:
        return "comments" if "text" in spec.reads["experiences"] else "people"
    return next((table for table in ("complaints", "actions", "supervisions") if table in spec.reads), "entries")


def period(features: Features, spec: SignalSpec, service_id: str) -> Period:
    """First and last day of what a signal's reading of one service rests on, in the signal's own window.

    (None, None) where nothing dated is behind it: no row at all, or a plain entry in the register. A count over a
    quarter or a year begins with the first day it stands for.
    """
    context = features.context
    match counted(spec):
        case "complaints":
            spans = _complaints(context, spec, service_id)
        case "people" | "comments":
            spans = _at(_voices(context, spec, service_id))
        case "supervisions" | "results" | "findings":
            spans = _at(_visits(context, spec, service_id))
        case "actions":
            spans = _at(_actions(context, spec, service_id))
        case _:
            return None, None
    return _ends(spans)


def _ends(spans: pd.DataFrame) -> Period:
    if spans.empty:
        return None, None
    return spans["since"].min().date(), spans["until"].max().date()


def _at(days: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"since": days, "until": days})


def _of(context: Context, table: str, service_id: str) -> pd.DataFrame:
    rows = context.once(_places)[table].get(service_id)
    frame = context.known[table]
    return frame.iloc[rows] if rows is not None else frame.head(0)


def _places(context: Context) -> Mapping[str, Mapping[str, IntArray]]:
    """Table -> service -> where its rows stand: a plan asks for hundreds of services."""
    tables = ("complaints", "experiences", "service_areas", "supervisions", "actions")
    return {name: context.known[name].groupby("service_id").indices for name in tables}


def _complaints(context: Context, spec: SignalSpec, service_id: str) -> pd.DataFrame:
    """since and until of each row that the signal counts."""
    rule = context.settings.complaints
    months = {
        "complaint_rate_short": rule.short_months, "complaint_rate_long": rule.long_months,
        "complaint_surge": rule.surge_months, "complaint_change": rule.change_months,
    }.get(spec.name, rule.horizon_months)  # fmt: skip
    rows = _of(context, "complaints", service_id)
    rows = rows[in_window(rows["event_date"], context.as_of, months) & (rows["n"] > 0).to_numpy(dtype=bool)]
    match spec.family:
        case "complaint_stream":
            rows = rows[(rows["stream"] == spec.of).to_numpy(dtype=bool)]
        case "complaint_source":  # a share of those that say who complained
            rows = rows[(rows["source"].notna() & (rows["source"] != "unknown")).to_numpy(dtype=bool)]
        case "complaint_upheld":
            rows = rows[rows["outcome"].isin(DECIDED).to_numpy(dtype=bool)]
        case "complaint_dimension":
            speaking = {" ".join(g.casefold().split()) for g, d in rule.grounds.items() if d == spec.of}
            told = [bool(speaking & set(split_grounds(listed))) for listed in rows["grounds"].fillna("").astype(str)]
            rows = rows[np.array(told, dtype=bool)]
        case "complaint_surge" | "complaint_change":  # read by the month
            rows = rows[rows["date_precision"].isin(["day", "month"]).to_numpy(dtype=bool)]
    first = window_start(context.as_of, months) + pd.Timedelta(days=1)
    span = rows["date_precision"].map(MONTHS_SPANNED).astype("int64")
    since = rows["event_date"].copy()
    for length in (3, 12):  # a quarter, a year
        since = since.mask(span == length, rows["event_date"] - pd.DateOffset(months=length) + pd.Timedelta(days=1))
    return pd.DataFrame({"since": since.clip(lower=first), "until": rows["event_date"]})


def _voices(context: Context, spec: SignalSpec, service_id: str) -> pd.Series:
    """Days of the scored experiences, or of the comments, that a signal rests on."""
    if counted(spec) == "comments":
        told = _of(context, "experiences", service_id).dropna(subset=["text"])["event_date"]
        return told[in_window(told, context.as_of, context.settings.narratives.months)]
    if spec.name == "experience_area":
        return _in_area(context, service_id)
    pieces = by_source(context, int(context.services.index.get_loc(service_id)))
    scored = pieces[pieces["mean"].notna()]
    wanted = {"experience_dimension": "dimension", "experience_method": "method"}.get(spec.family)
    if spec.name == "experience_survey":
        scored = scored[scored["method"] == "survey"]
    elif wanted:
        scored = scored[(scored[wanted] == spec.of).to_numpy(dtype=bool, na_value=False)]
    some = scored[scored["weight"] > 0]
    return (scored if some.empty else some)["event_date"]


def _in_area(context: Context, service_id: str) -> pd.Series:
    """Days of what was told about the type of service where it works, and about no single service."""
    service, told = context.services.loc[service_id], told_of_areas(context)
    served = _of(context, "service_areas", service_id)
    served = served.loc[(served["share"].fillna(1.0) > 0).to_numpy(dtype=bool), "municipality"]
    works = spelling(pd.Series([*served, service["county"]], dtype="str")).dropna()
    here = (told["service_type"] == service["service_type"]) & spelling(told["area"]).isin(works)
    return told.loc[(here & told["score"].notna() & (told["n"].fillna(1) > 0)).to_numpy(dtype=bool), "event_date"]


def _visits(context: Context, spec: SignalSpec, service_id: str) -> pd.Series:
    """Days of the supervisions a signal rests on: those with known findings, but for what counts visits as such."""
    rule = context.settings.history
    if "findings" not in spec.reads:
        return _of(context, "supervisions", service_id)["event_date"]
    if spec.family == "finding_dimension" and spec.over_time:  # only visits that speak of it
        place = int(context.services.index.get_loc(service_id))
        return pd.to_datetime(spec.over_time(context, place)["period_end"])
    visits, services = context.once(graded_visits), context.known["services"]
    row = int(np.flatnonzero((services["service_id"] == service_id).to_numpy(dtype=bool))[0])
    mine = (visits["service"] == row).to_numpy()
    if spec.name.startswith(PROVIDER):
        code = pd.factorize(services["provider_id"])[0][row]
        mine = ~mine & (code >= 0) & (visits["provider_id"] == code).to_numpy()
    days = visits.loc[mine, "event_date"].sort_values()
    match spec.name:
        case "last_finding":
            return days.tail(1)
        case "finding_trend":
            return days.tail(rule.trend_visits)
        case "finding_worst":
            return days[in_window(days, context.as_of, round(12 * rule.worst_years))]
        case "open_findings":
            return days[in_window(days, context.as_of, round(12 * rule.open_years))]
    return days


def _actions(context: Context, spec: SignalSpec, service_id: str) -> pd.Series:
    """Days of the actions against the service, or against the provider's other services."""
    taken, services = context.known["actions"], context.known["services"]
    if not spec.name.startswith(PROVIDER):
        return _of(context, "actions", service_id)["event_date"]
    provider = context.services["provider_id"][service_id]
    same = (services["provider_id"] == provider) & (services["service_id"] != service_id)
    others = services.loc[same.to_numpy(dtype=bool, na_value=False), "service_id"]
    return taken.loc[taken["service_id"].isin(others).to_numpy(dtype=bool), "event_date"]
