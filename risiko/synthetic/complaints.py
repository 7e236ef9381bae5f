"""Complaints and reports: rare, overdispersed, filtered by who dares to speak, and late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.contracts import CONTRACTS, LIST_SEPARATOR
from risiko.synthetic import parameters as p
from risiko.synthetic.latent import Latent, probability
from risiko.synthetic.register import SECTORS
from risiko.synthetic.services import TYPE_NAMES, Services
from risiko.synthetic.span import Bools, Floats, Ints, Rng, Span, to_dates
from risiko.synthetic.words import SUBJECTS

STREAMS = ("case", "rights", "ombud", "notice", "concern")
# How far the propensity to complain decides whether a report comes: the ombud feels safer, staff have a duty to notify.
_HEARD = (1.0, 1.0, 0.7, 0.0, 0.5)
_SOURCES = ("user", "relative", "staff", "ombud", "authority", "anonymous", "other")
# Share of sources by type (A), except child welfare: parents 37 %, the child 10 %.
_SOURCE_SHARES = {
    "nursing_home": (0.12, 0.56, 0.10, 0.05, 0.06, 0.08, 0.03),
    "disability_housing": (0.08, 0.52, 0.18, 0.05, 0.08, 0.07, 0.02),
    "child_welfare_service": (0.10, 0.37, 0.08, 0.02, 0.18, 0.10, 0.15),
    "child_institution": (0.10, 0.30, 0.22, 0.03, 0.15, 0.12, 0.08),
}  # fmt: skip
_USUAL_SOURCES = (0.58, 0.20, 0.04, 0.05, 0.07, 0.03, 0.03)
_STREAM_SOURCE = {"ombud": "ombud", "notice": "staff"}
LATE_SHARE = 0.04  # known a year or more after it happened (A)
COARSE_SHARE = 0.03  # only the month is known (A)
REVISED_SHARE = 0.01  # outcome changed on appeal (A)


@dataclass(frozen=True)
class Heard:
    """table: the contract rows. counts: registered (services, years), all streams, known or not by the last day."""

    table: pd.DataFrame
    counts: Floats


def make(rng: Rng, who: Services, latent: Latent, span: Span) -> Heard:
    """Every complaint of the span in the versions known by its last day."""
    counts = rng.poisson(_expected(rng, who, latent, span))
    single = counts.copy()
    single[:, :, STREAMS.index("ombud")] = 0
    events = _events(rng, single, who, span)
    rows = _versions(rng, events, latent, span)
    frames = [_frame(rng, rows, who, span), _yearly(rng, counts[:, :, STREAMS.index("ombud")], who, latent, span)]
    table = pd.concat(frames, ignore_index=True)
    return Heard(CONTRACTS["complaints"].conform(table), counts.sum(axis=2).astype(float))


def _expected(rng: Rng, who: Services, latent: Latent, span: Span) -> Floats:
    """Expected number per service, year and stream, with the wildness that makes counts negative binomial."""
    per_user, how = who.column("rate") / 1000, latent.effects
    rights, others = who.column("rights_share"), (who.column(name) for name in ("ombud", "notice", "concern"))
    ratios = np.stack([1 - rights, rights, *others], axis=1)
    slope = p.COMPLAINT_SLOPE * how.complaint_factor[None, :]
    badness = np.exp(slope * latent.quality - slope**2 / 2)
    spoken = latent.reporting / who.column("pi")[:, None]  # rates are as registered: at the type's usual propensity
    wild = _wildness(rng, who.column("shape") * how.dispersion_factor, badness.shape)
    base = per_user[:, None] * who.users * who.exposure * badness * wild
    expected = base[:, :, None] * ratios[:, None, :] * spoken[:, :, None] ** np.array(_HEARD)
    concerned = _broken(who)[:, None] & (span.years >= p.BREAK_YEAR)[None, :]
    expected[:, :, 0] *= np.where(concerned, p.BREAK_FACTOR, 1.0)
    return np.asarray(expected, dtype=float)


def _wildness(rng: Rng, shape: Floats, size: tuple[int, ...]) -> Floats:
    """What quality and propensity leave of the dispersion 1/shape: half stays with the service, half is the year's."""
    explained = np.exp(p.COMPLAINT_SLOPE**2 + p.REPORTING_SPREAD**2)
    rest = np.maximum((1 + 1 / shape) / explained, 1.05)
    each = 1 / (np.sqrt(rest) - 1)
    lasting, yearly = rng.gamma(each) / each, rng.gamma(each[:, None], size=size) / each[:, None]
    return np.asarray(lasting[:, None] * yearly, dtype=float)


def _broken(who: Services) -> Bools:
    """Which services the registration break concerns."""
    return np.asarray(who.table["service_type"].map(SECTORS).eq("child_welfare"), dtype=bool)


def _events(rng: Rng, counts: Ints, who: Services, span: Span) -> pd.DataFrame:
    """One row per complaint: service, year, stream (codes), day it happened and day it became known."""
    service, year, stream = np.nonzero(counts)
    times = counts[service, year, stream]
    service, year, stream = (np.repeat(codes, times) for codes in (service, year, stream))
    first, last = span.bounds(who.table["opened"].to_numpy(), who.table["closed"].to_numpy())
    first, last = first[service, year], last[service, year]
    day = first + (rng.random(len(service)) * (last - first + 1)).astype(np.int64)
    lag = rng.gamma(1.6, 22, len(day)) + (rng.random(len(day)) < LATE_SHARE) * rng.uniform(330, 1400, len(day))
    coarse = rng.random(len(day)) < COARSE_SHARE
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return pd.DataFrame({
        "service": service, "year": year, "stream": stream, "day": np.where(coarse, month, day),
        "known": day + lag.astype(np.int64), "coarse": coarse,
    })  # fmt: skip


def _versions(rng: Rng, events: pd.DataFrame, latent: Latent, span: Span) -> pd.DataFrame:
    """Pending first; the conclusion of cases and entitlement complaints months later; a few changed on appeal."""
    n = len(events)
    quality = latent.quality[events["service"], events["year"]]
    events = events.assign(number=np.arange(1, n + 1), quality=quality)
    events["who"], events["what"] = rng.random((2, n))  # source and grounds stay the same in every version
    grave = rng.normal(size=n) + 0.3 * quality + 1.2 * (events["stream"] == STREAMS.index("notice"))
    events["severity"] = np.digitize(grave, (-0.9, 0.6, 1.8))
    handled = (events["stream"] <= 1).to_numpy()
    first = events.assign(verdict=np.where(handled, "pending", "unknown"))
    concluded = events["known"] + 25 + rng.gamma(2.0, 75, n).astype(np.int64)
    second = events.assign(known=concluded, verdict="")[handled]
    appealed = (rng.random(n) < REVISED_SHARE) & handled
    third = events.assign(known=concluded + rng.integers(60, 400, n), verdict="")[appealed]
    rows = pd.concat([first, second, third], ignore_index=True)
    return rows[(rows["known"] <= span.last).to_numpy()].reset_index(drop=True)


def _frame(rng: Rng, rows: pd.DataFrame, who: Services, span: Span) -> pd.DataFrame:
    service, stream = rows["service"].to_numpy(), rows["stream"].to_numpy()
    broken = _broken(who)[service] & (stream == 0)
    after = span.years[rows["year"]] >= p.BREAK_YEAR
    chance = np.where(stream == 1, p.UPHELD_RIGHTS, who.column("upheld")[service])
    chance = chance * np.where(broken & after, p.BREAK_UPHELD, 1.0)
    verdict = _verdicts(rng, chance, rows["quality"].to_numpy())
    numbers = "K" + pd.Series(rows["number"].to_numpy()).astype("str").str.zfill(7)
    return pd.DataFrame({
        "complaint_id": numbers,
        "service_id": who.table["service_id"].to_numpy()[service],
        "event_date": to_dates(rows["day"].to_numpy()),
        "known_date": to_dates(rows["known"].to_numpy()),
        "n": 1,
        "stream": np.array(STREAMS)[stream],
        "regime": np.where(broken, np.where(after, "from_2022", "before_2022"), "unbroken"),
        "source": _sources(rows["who"].to_numpy(), who.type_code[service], stream),
        "grounds": _grounds(rows["what"].to_numpy(), who.type_code[service]),
        "severity": rows["severity"],
        "outcome": np.where(rows["verdict"] == "", verdict, rows["verdict"]),
        "date_precision": np.where(rows["coarse"], "month", "day"),
    })  # fmt: skip


def _verdicts(rng: Rng, chance: Floats, quality: Floats) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Upheld with the stream's usual chance, somewhat more often where quality is poor; three in ten of them partly."""
    upheld = rng.random(len(chance)) < probability(np.log(chance / (1 - chance)) + 0.35 * (quality - 0.35))
    return np.asarray(np.where(upheld, np.where(rng.random(len(chance)) < 0.3, "partly", "upheld"), "not_upheld"))


def _sources(draw: Floats, type_code: Ints, stream: Ints) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    shares = np.cumsum([_SOURCE_SHARES.get(name, _USUAL_SOURCES) for name in TYPE_NAMES], axis=1)
    source = np.array(_SOURCES)[np.minimum((draw[:, None] > shares[type_code]).sum(axis=1), len(_SOURCES) - 1)]
    for name, fixed in _STREAM_SOURCE.items():
        source = np.where(stream == STREAMS.index(name), fixed, source)
    return np.asarray(source)


def _grounds(draw: Floats, type_code: Ints) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """One ground or two of the sector's own: a table of all of them, looked up by the draw."""
    kinds = [SUBJECTS[SECTORS.get(name, "health")] for name in TYPE_NAMES]
    both = [[a if a == b else f"{a}{LIST_SEPARATOR}{b}" for a in own for b in own] for own in kinds]
    lists = [pairs + list(own) * len(own) for pairs, own in zip(both, kinds, strict=True)]  # one as often as two
    wide = max(map(len, lists))
    stock = np.array([(own * wide)[:wide] for own in lists])
    sizes = np.array([len(own) for own in lists])[type_code]
    return np.asarray(stock[type_code, (draw * sizes).astype(np.int64)])


def _yearly(rng: Rng, counts: Ints, who: Services, latent: Latent, span: Span) -> pd.DataFrame:
    """The ombud's counts by service and year: dated by the year's end, sent from mid-December to spring."""
    service, year = np.nonzero(counts)
    dated = np.minimum(span.year_starts()[1:][year] - 1, who.table["closed"].to_numpy()[service])
    known = np.maximum(dated, span.year_starts()[1:][year] - 1) + rng.integers(-16, 120, len(dated))
    seen = (known <= span.last) & (dated <= span.last)
    service, year, dated, known = service[seen], year[seen], dated[seen], known[seen]
    return pd.DataFrame({
        "complaint_id": "O" + pd.Series(np.arange(1, len(service) + 1)).astype("str").str.zfill(6),
        "service_id": who.table["service_id"].to_numpy()[service],
        "event_date": to_dates(dated), "known_date": to_dates(known), "n": counts[service, year],
        "stream": "ombud", "regime": "unbroken", "source": "ombud", "outcome": "unknown", "date_precision": "year",
    })  # fmt: skip
