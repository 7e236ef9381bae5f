"""What the page of one service shows beside its place on the list: readings, voices, silence, findings, sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.pipeline.overview import sources
from risiko.pipeline.pages import Detail, detail
from risiko.pipeline.runs import Run
from risiko.signals import SignalSpec
from risiko.signals.experience_pieces import by_source

MOST_PEERS = 1200  # dots in a picture; more and the browser draws them without words for a screen reader


@dataclass(frozen=True)
class ServicePage:
    """One service, whole. Frames are newest first.

    readings: see reasons.contribution_table, every signal whether it counts in the score or not. voices: experience
    by method, organisation and dimension (signals.experience.by_source). quotes: event_date, method, organisation,
    dimension, text (masked when it was taken in). silence: its row of Features.silence. findings: event_date,
    severity, dimension, text, corrected_date. actions: event_date, kind, closed_date. sources: see overview.sources,
    for this service's rows alone.
    """

    detail: Detail
    readings: pd.DataFrame
    voices: pd.DataFrame
    quotes: pd.DataFrame
    silence: pd.Series
    findings: pd.DataFrame
    actions: pd.DataFrame
    sources: pd.DataFrame


def service_page(run: Run, service_id: str) -> ServicePage:
    """Everything the page of a service shows. Raises InputError for an id outside the cohort."""
    about = detail(run, service_id)
    context = run.prepared.features.context
    known = run.prepared.known
    heard = _of(known["experiences"], service_id)
    told = heard.dropna(subset=["text"])[["event_date", "method", "organisation", "dimension", "text"]]
    return ServicePage(
        detail=about,
        readings=about.contributions[about.contributions["signal"].isin(list(run.prepared.features.readings))],
        voices=by_source(context, int(run.prepared.cohort.services.index.get_loc(service_id))),
        quotes=_newest(told),
        silence=run.prepared.features.silence.loc[service_id],
        findings=_findings(run, service_id),
        actions=_newest(_of(known["actions"], service_id)[["event_date", "kind", "closed_date"]]),
        sources=sources(run.prepared, service_id),
    )


def _of(frame: pd.DataFrame, service_id: str) -> pd.DataFrame:
    return frame[(frame["service_id"] == service_id).to_numpy(dtype=bool)]


def _newest(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values("event_date", ascending=False, kind="stable", ignore_index=True)


def _findings(run: Run, service_id: str) -> pd.DataFrame:
    visits, found = _of(run.prepared.known["supervisions"], service_id), run.prepared.known["findings"]
    found = found[found["supervision_id"].isin(visits["supervision_id"])]
    dated = found.merge(visits[["supervision_id", "event_date"]], on="supervision_id")
    return _newest(dated[["event_date", "severity", "dimension", "text", "corrected_date"]])


@dataclass(frozen=True)
class Beside:
    """One signal of one service beside those of its type.

    kind: "ratio" (observed over expected against how many were expected), "score" (mean against how many answered) or
    "values" (the readings alone). points: service_id, x, y, own (bool). limits: x, low95, high95, low998, high998;
    empty where chance has no limits to give. n_peers: services of the type with a reading; n_shown: dots.
    """

    signal: SignalSpec
    kind: Literal["ratio", "score", "values"]
    points: pd.DataFrame
    limits: pd.DataFrame
    target: float
    n_peers: int

    @property
    def n_shown(self) -> int:
        return len(self.points)


def beside(run: Run, name: str, service_id: str) -> Beside:
    """A signal's reading at the service and at every other of its type, with funnel limits where they have meaning."""
    features = run.prepared.features
    spec = next(s for s in features.signals if s.name == name)
    types = run.prepared.cohort.services["service_type"]
    reading = features.readings[name]
    reading = reading[(types == types[service_id]).to_numpy() & reading["missing"].isna().to_numpy()]
    kind: Literal["ratio", "score", "values"]
    match spec.unit:
        case "per_1000_users_year":
            kind, x, y = "ratio", reading["exposure"] * reading["expected"] / 1000, reading["ratio"]
        case "score_0_100":
            kind, x, y = "score", reading["n"], reading["value"]
        case _:
            kind, x, y = "values", reading["standing"], reading["value"]
    points = pd.DataFrame({"service_id": reading.index, "x": x.to_numpy(), "y": y.to_numpy()}).dropna()
    points["own"] = points["service_id"] == service_id
    others = points[~points["own"]]
    shown = others.iloc[:: max(1, -(-len(others) // MOST_PEERS))]
    target = float(reading["expected"].mean()) if kind == "score" and len(reading) else 1.0
    spread = run.prepared.settings.experience.default_spread
    limits = _limits(kind, points["x"].to_numpy(dtype=float), target, spread)
    return Beside(spec, kind, pd.concat([shown, points[points["own"]]]), limits, target, len(points))


def _limits(kind: str, x: FloatArray, target: float, spread: float) -> pd.DataFrame:
    """The funnel over the x that occur; without over-dispersion, so that it shows what chance alone would give."""
    from risiko.statistics.funnel import poisson_limits

    inside = x[x > 0]
    if kind == "values" or not inside.size:
        return pd.DataFrame(columns=["x", "low95", "high95", "low998", "high998"], dtype=float)
    grid = np.geomspace(inside.min(), inside.max(), 80) if inside.max() > inside.min() else inside[:1]
    levels = {"low95": 0.025, "high95": 0.975, "low998": 0.001, "high998": 0.999}
    if kind == "ratio":
        return pd.DataFrame({"x": grid} | {name: poisson_limits(grid, p) for name, p in levels.items()})
    wide = {"low95": -1.96, "high95": 1.96, "low998": -3.09, "high998": 3.09}
    around = {name: np.clip(target + z * spread / np.sqrt(grid), 0, 100) for name, z in wide.items()}
    return pd.DataFrame({"x": grid} | around)


@dataclass(frozen=True)
class OverTime:
    """One signal of one service over its own periods: period_end, value, n, expected, mean, lower, upper, cause.

    cause: XmR rule that holds (see statistics.xmr; 0 none). provisional: too few points for firm limits.
    """

    signal: SignalSpec
    points: pd.DataFrame
    provisional: bool


def over_time(run: Run, name: str, service_id: str) -> OverTime | None:
    """The signal's own history with XmR limits; None for a signal without one, or with nothing in it."""
    from risiko.statistics.xmr import xmr

    features = run.prepared.features
    spec = next(s for s in features.signals if s.name == name)
    if spec.over_time is None:
        return None
    points = spec.over_time(features.context, int(run.prepared.cohort.services.index.get_loc(service_id)))
    if points["value"].notna().sum() == 0:
        return None
    chart = xmr(points["value"].to_numpy(dtype=float))
    points = points.assign(mean=chart.mean, lower=chart.lower, upper=chart.upper, cause=chart.cause)
    return OverTime(spec, points, bool(np.any(chart.provisional)))


