"""Complaints by share: how many of the decided were upheld, and who it is that complains."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from risiko.asof import FloatArray, window_start
from risiko.contracts import Tables
from risiko.settings import Settings
from risiko.signals.common_form import common_form, reasons
from risiko.signals.complaint_months import COUNTED, ComplaintMonths, complaint_months
from risiko.signals.complaint_reading import by_quarter, fading, peers, typical_weight, z_columns
from risiko.signals.complaint_weight import decided
from risiko.signals.registry import Context, SignalSpec, signal, signal_family
from risiko.statistics.inputs import BoolArray
from risiko.statistics.overdispersion import arcsine_proportion

SOURCE = "complaint_source:"
SOURCE_READS = {"complaints": (*COUNTED, "source")}
QUARTER = 3
Asked = tuple[FloatArray, FloatArray]  # per counted row: does it count at all (0 or 1), and is it a hit (0 or 1)


def upheld(context: Context) -> Asked:
    """The decided rows, and those of them that were upheld in full or in part."""
    sums = context.once(complaint_months)
    code, words = pd.factorize(sums.events["outcome"])
    return decided(sums).astype(float), np.isin(words, ("upheld", "partly"))[code][sums.row].astype(float)


def from_source(context: Context, *, source: str) -> Asked:
    """The rows whose source is known, and those of them from this one."""
    sums = context.once(complaint_months)
    code, words = pd.factorize(sums.events["source"])
    words = np.append(np.asarray(words, dtype=object), "unknown")  # code -1: not told
    return (words != "unknown")[code][sums.row].astype(float), (words == source)[code][sums.row].astype(float)


@signal("complaint_upheld", group="complaints", unit="share", reads={"complaints": (*COUNTED, "outcome")},
        over_time=lambda context, position: share_over_time(context, position, upheld(context)))  # fmt: skip
def complaint_upheld(context: Context) -> pd.DataFrame:
    """Share upheld, in full or in part, of the complaints that have been decided (half-life in settings).

    Pending complaints are no part of it. A service with none decided is missing ("none_decided").
    """
    return share_reading(context, upheld(context), "none_decided")


@signal_family("complaint_source", reads=SOURCE_READS, of="complaint_source")
def source_specs(known: Tables, settings: Settings) -> tuple[SignalSpec, ...]:
    """A signal per source whose share has a direction (settings.complaints.sources)."""
    return tuple(
        SignalSpec(
            name=SOURCE + source,
            group="complaints",
            unit="share",
            reads=SOURCE_READS,
            compute=partial(source_share, source=source, worse=1.0 if direction == "higher_is_worse" else -1.0),
            direction=direction,
            over_time=partial(source_over_time, source=source),
        )
        for source, direction in settings.complaints.sources.items()
    )


def source_share(context: Context, *, source: str, worse: float) -> pd.DataFrame:
    """Share of the complaints with a known source that come from this one, beside its type (half-life in settings).

    To be read, not scored: few voices of the users' own mark silence, many of staff or the anonymous whistleblowing.
    """
    return share_reading(context, from_source(context, source=source), "source_not_told", worse)


def source_over_time(context: Context, position: int, *, source: str) -> pd.DataFrame:
    """The share of one source by quarter at one service; see share_over_time."""
    return share_over_time(context, position, from_source(context, source=source))


def share_reading(context: Context, asked: Asked, reason: str, worse: float = 1.0) -> pd.DataFrame:
    """A share of complaints (0–1) beside what the type shows in the same stream under the same regime.

    Expected: each row as likely a hit as its like in the type. Fading rows count as fewer trials (sum over typical
    weight). Shrinkage: beta-binomial around the service's own expected, one strength per type by moments. No trial:
    missing for `reason`; none of the type: "source_silent". Users need not be known. worse: -1 where lower is worse.
    """
    sums = context.once(complaint_months)
    fade, newer = fading(context)
    weight = asked[0] * fade[sums.month]
    chance = _chance(sums, weight, asked[1])
    recent = (sums.month < newer).astype(float)
    halves = [_counted(sums, weight * part, asked[1], chance) for part in (1 - recent, recent)]
    hits, n, expected_hits = (a + b for a, b in zip(*halves, strict=True))
    some = n > 0
    divisor = np.where(some, n, np.nan)
    value, expected = hits / divisor, expected_hits / divisor

    typical = typical_weight(sums, sums.per_service(weight * weight), n)
    trials, successes = n / typical, np.minimum(hits, n) / typical
    target = np.where(some, np.clip(expected, 0, 1), 0.5)
    strength, informative = _strength(context, successes, trials, target)
    mean = (target * strength + successes) / (strength + trials)
    sd = np.sqrt(mean * (1 - mean) / (strength + trials + 1))
    between = np.sqrt(target * (1 - target) / (strength + 1))
    scale = np.where(informative & (between > 0), between, np.inf)
    silent = np.bincount(sums.kind, n)[sums.kind] == 0
    return common_form(
        context.services,
        missing=reasons(context.services).mask(~some, reason).mask(silent, "source_silent"),
        value=value, n=sums.per_service(asked[0]), exposure=n, expected=expected, estimate=mean, sd=sd,
        standing=worse * (mean - target) / scale,
        standing_sd=np.where(np.isinf(scale), 1.0, np.minimum(sd / scale, 1.0)),
        **z_columns(context, arcsine_proportion(successes, trials, target), worse),
        trend=worse * _moved(*halves),
        freshness=sums.newest(asked[0]),
    )  # fmt: skip


def _counted(
    sums: ComplaintMonths, weight: FloatArray, hit: FloatArray, chance: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Hits, trials and expected hits per service."""
    return sums.per_service(weight * hit), sums.per_service(weight), sums.per_service(weight * chance)


def _moved(older: tuple[FloatArray, ...], newer: tuple[FloatArray, ...]) -> FloatArray:
    """Distance from the expected share in the newer half less that in the older; NaN where one has no trial."""
    apart = [(hits - expected) / np.where(n > 0, n, np.nan) for hits, n, expected in (older, newer)]
    return np.asarray(apart[1] - apart[0])


def _chance(sums: ComplaintMonths, weight: FloatArray, hit: FloatArray) -> FloatArray:
    """For each counted row the share of hits among rows of its type, stream and regime."""
    # The cells also hold the year; where verdicts take months, the newest year would be told by the quickest alone.
    label, labels = pd.factorize(sums.events["regime"])
    place = (sums.kind[sums.position] * len(sums.streams) + sums.stream) * (len(labels) + 1) + label[sums.row] + 1
    n = np.bincount(place, weight * sums.n)
    hits = np.bincount(place, weight * hit * sums.n)
    return np.asarray(np.divide(hits, n, out=np.zeros(len(n)), where=n > 0)[place])


def _strength(
    context: Context, hits: FloatArray, n: FloatArray, target: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Prior strength of each service's type by moments, and whether its services differ beyond chance at all.

    E (y - np)^2 = n p (1 - p) (1 + (n - 1) rho), with rho = 1 / (strength + 1) (Kleinman 1973, with known means). A
    type with too few takes that of all.
    """
    told = (n > 1) & (target > 0) & (target < 1)
    kind, large, alone = peers(context, told)
    variance = np.where(told, target * (1 - target), 1.0)
    excess = np.where(told, (hits - n * target) ** 2 / variance - n, 0.0)
    pairs = np.where(told, n * (n - 1), 0.0)
    above, below = np.bincount(kind, excess)[kind], np.bincount(kind, pairs)[kind]
    above, below = np.where(large, above, excess.sum()), np.where(large, below, pairs.sum())
    rho = np.clip(np.divide(above, below, out=np.zeros_like(above), where=below > 0), 1e-6, 0.99)
    return 1 / rho - 1, (rho > 1e-6) & ~alone


def share_over_time(context: Context, position: int, asked: Asked) -> pd.DataFrame:
    """One service's share by quarter, oldest first, beside the expected; a quarter without trials has no value."""
    sums = context.once(complaint_months)
    own = sums.position == position
    chance = _chance(sums, asked[0] * fading(context)[0][sums.month], asked[1])
    trial = asked[0] * sums.n
    hits, n, expected = (
        by_quarter(np.bincount(sums.month[own], (trial * part)[own], sums.months).astype(float))
        for part in (asked[1], np.ones_like(trial), chance)
    )
    ends = [window_start(context.as_of, QUARTER * k).date() for k in range(len(n) - 1, -1, -1)]
    divisor = np.where(n > 0, n, np.nan)
    return pd.DataFrame({"period_end": ends, "value": hits / divisor, "n": n, "expected": expected / divisor})
