"""Experience told about a type of service in an area: what it lets expect of the services there, and no more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.organisations import spelling
from risiko.signals.common_form import common_form, reasons
from risiko.signals.experience_heard import Heard, shrunk, type_codes
from risiko.signals.experience_pieces import READS, in_pieces, pooled, pooled_pieces, usual_of_sources
from risiko.signals.experience_reading import nothing_heard
from risiko.signals.experience_strength import enough
from risiko.signals.peers import BoolArray
from risiko.signals.registry import Context, signal

AREA_READS = {
    "experiences": (*READS["experiences"], "service_type", "area"),
    "service_areas": ("service_id", "municipality", "share"),
}


@dataclass(frozen=True)
class AreaBelief:
    """Per service: what was heard about its type in its areas, and what follows for it.

    mean, expected (for the type everywhere) and variance in points; n people; newest in years. away: posterior mean of
    how far services there lie above the type. known: share of the differences between services that it explains.
    tau: spread between services of the type. compared: other areas were told of too. NaN and 0 where nothing was.
    """

    mean: FloatArray
    expected: FloatArray
    variance: FloatArray
    n: FloatArray
    newest: FloatArray
    away: FloatArray
    known: FloatArray
    tau: FloatArray
    compared: BoolArray


@signal("experience_area", group="experience", unit="score_0_100", reads=AREA_READS, direction="higher_is_better")
def experience_area(context: Context) -> pd.DataFrame:
    """Mean score of what was told about the type of service in the service's areas (0–100); not about the service.

    An area is a municipality it serves or its county. n is the people who told, of the area. Services of a type differ
    with their area only in part (settings.experience.area_share), so the estimate for a service moves little and its sd
    hardly falls. Where the service itself was heard the standing is (0, 1): experience_mean has taken this in already,
    as a shift of the level its own evidence is drawn towards, and nothing counts twice.
    """
    if context.once(told_of_areas).empty:
        return context.once(nothing_heard)
    b = context.once(area_belief)
    speaks = b.compared & ~context.once(_heard_itself).any
    return common_form(
        context.services,
        missing=reasons(context.services).mask(np.isnan(b.mean), "no_evidence"),
        value=b.mean,
        n=b.n,
        expected=np.where(b.compared, b.expected, np.nan),
        ratio=np.full(len(b.n), np.nan),
        z=np.where(b.compared, (b.expected - b.mean) / np.sqrt(b.variance), np.nan),
        estimate=np.where(b.compared, b.expected + b.away, np.nan),
        sd=np.where(b.compared, b.tau * np.sqrt(1 - b.known), np.nan),
        standing=np.where(speaks, -b.away / b.tau, 0.0),
        standing_sd=np.where(speaks, np.sqrt(1 - b.known), 1.0),
        freshness=b.newest,
    )


def area_shift(context: Context) -> FloatArray:
    """What is told of its area lets expect of each service beyond its type, in points; 0 where nothing is."""
    if context.once(told_of_areas).empty:
        return np.zeros(len(context.services))
    return np.nan_to_num(context.once(area_belief).away)


def told_of_areas(context: Context) -> pd.DataFrame:
    """The experiences about a type of service in an area and no single service."""
    rows = context.known["experiences"]
    return rows[(rows["service_id"].isna() & rows["service_type"].notna() & rows["area"].notna()).to_numpy()]


def area_belief(context: Context) -> AreaBelief:
    """What follows for each service from what was told about its type in its areas.

    The effect of an area is N(0, share × tau²), tau² being the variance between services of the type, and what was
    told of it a noisy reading: a conjugate normal. The type's usual is the mean of its areas, with its own error.
    """
    size, rule = len(context.services), context.settings.experience
    cells = _cells(context)
    places = served_places(context).merge(cells, on=["type", "area"])
    places["weight"] *= places["share"]
    heard = Heard.of(places.assign(subject=places["position"], usual=places["level"]), size)
    per_type = cells.groupby("type").agg(areas=("area", "size"), noise=("variance", "mean"))
    types = context.services["service_type"]
    areas, noise = (types.map(per_type[name]).to_numpy(dtype=float) for name in ("areas", "noise"))
    tau = _between(context)
    believed = rule.area_share * tau**2
    variance = heard.variance + (np.nan_to_num(noise) + believed) / np.maximum(np.nan_to_num(areas), 1)
    taken = believed / (believed + variance)
    compared = heard.any & (np.nan_to_num(areas) > 1)
    newest = places.groupby("position")["years"].min().reindex(range(size)).to_numpy(dtype=float)
    return AreaBelief(
        mean=heard.mean, expected=heard.usual, variance=variance, newest=newest,
        n=np.bincount(places["position"], places["n"], minlength=size).astype(float),
        away=np.where(compared, np.sqrt(heard.recall) * taken * (heard.mean - heard.usual), np.nan),
        known=np.where(compared, rule.area_share * heard.recall * taken, 0.0), tau=tau, compared=compared,
    )  # fmt: skip


def _cells(context: Context) -> pd.DataFrame:
    """One row per type and area that something scored was told about: type, area (spelling), weight, mean, spread,
    variance, n, years (newest), level (what is told of the type everywhere)."""
    rows, rule = context.once(told_of_areas), context.settings.experience
    rows = rows.assign(type=rows["service_type"], area=spelling(rows["area"]))
    subject = rows.groupby(["type", "area"], sort=True).ngroup()
    found = in_pieces(rows.assign(subject=subject), context)
    found = pooled(found.assign(usual=context.once(usual_of_sources).of(found)), rule)
    names = rows[["type", "area"]].groupby(subject).first()
    found = found[enough(found, len(names), rule)[0]]
    heard = Heard.of(found, len(names))
    cells = names.assign(
        weight=heard.weight, mean=heard.mean - heard.usual, variance=heard.variance, recall=heard.recall,
        spread=np.sqrt(heard.variance * heard.weight / heard.recall),
        n=np.bincount(found["subject"], found["n"], minlength=len(names)),
        years=found.groupby("subject")["years"].min().reindex(names.index),
    )[heard.any]  # fmt: skip
    total = (cells["weight"] * cells["mean"]).groupby(cells["type"]).transform("sum")
    return cells.assign(level=total / cells.groupby("type")["weight"].transform("sum"))


def served_places(context: Context) -> pd.DataFrame:
    """Where each service works: position, type, area (spelling), share of its users; the county is all of it."""
    services = context.services
    county = pd.DataFrame({"position": np.arange(len(services)), "area": services["county"].to_numpy(), "share": 1.0})
    served = context.events("service_areas").rename(columns={"municipality": "area"})
    served = served[["position", "area", "share"]].fillna({"share": 1.0})
    both = pd.concat([county, served[served["share"] > 0]], ignore_index=True)
    both = both.assign(area=spelling(both["area"]), type=services["service_type"].to_numpy()[both["position"]])
    return both.dropna(subset="area").drop_duplicates(["position", "area"])


def _between(context: Context) -> FloatArray:
    """Spread between services of each type in what was heard about themselves; the settings' where that is little."""
    s = shrunk(context.once(_heard_itself), context.once(type_codes), context.settings)
    return np.where(s.learnt & (s.tau > 0), s.tau, context.settings.experience.default_between)


def _heard_itself(context: Context) -> Heard:
    """What was heard about the services themselves, by all methods."""
    found, size = context.once(pooled_pieces), len(context.services)
    return Heard.of(found[enough(found, size, context.settings.experience)[0]], size)
