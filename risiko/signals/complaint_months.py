"""Complaints by service and month beside what is expected within regime and time: the sums all their signals share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from risiko.asof import DAYS_PER_YEAR, FloatArray, window_start
from risiko.signals.complaint_regimes import IntArray, rates_within, regime_of
from risiko.signals.registry import Context
from risiko.statistics.inputs import BoolArray

COUNTED = ("service_id", "n", "stream", "regime", "date_precision")  # what every complaint signal reads
MONTHS_SPANNED = {"day": 1, "month": 1, "quarter": 3, "year": 12}
MONTHS_PER_YEAR = 12


@dataclass(frozen=True)
class ComplaintMonths:
    """Counted rows within the horizon, spread over the months they stand for, and the exposure they came out of.

    One entry per counted row and month: row (its place in events), position (service), month (0 = the newest), stream
    and n; coarse tells that the row stood for more than a month. events: every known row about the cohort, of any age.
    users: 0 where unknown. years: services × months, time in operation. group: the service's type and county, and
    kind: its type; live: streams × months in which the stream was in use and can have been reported. cell: streams ×
    groups × months, equal where type, year and regime are. exposure: the groups' users × years.
    """

    as_of: date
    events: pd.DataFrame
    row: IntArray
    position: IntArray
    month: IntArray
    stream: IntArray
    n: FloatArray
    coarse: BoolArray
    streams: tuple[str, ...]
    users: FloatArray
    years: FloatArray
    kind: IntArray
    group: IntArray
    kind_of_group: IntArray
    live: BoolArray
    cell: IntArray
    exposure: FloatArray

    @property
    def months(self) -> int:
        """How far back the sums go."""
        return self.years.shape[1]

    def per_service(self, weight: FloatArray) -> FloatArray:
        """Sum of weight × n per service, one weight per counted row and month."""
        return np.bincount(self.position, weight * self.n, len(self.users)).astype(float)

    def per_month(self, weight: FloatArray) -> FloatArray:
        """Sum of weight × n, services × months."""
        flat = np.bincount(self.position * self.months + self.month, weight * self.n, self.years.size)
        return flat.astype(float).reshape(self.years.shape)

    def expected_rates(self, weight: FloatArray) -> FloatArray:
        """Weight × n expected per user and year, streams × groups × months: what the same type showed in the same
        year under the same regime. Rows of services without a known number of users say nothing of rates."""
        place, told = self._place
        count = np.bincount(place, weight * told, self.cell.size).astype(float).reshape(self.cell.shape)
        rates = rates_within(self.cell, count, self.exposure * self.live[:, None, :])
        return np.asarray(rates * self.live[:, None, :])

    @cached_property
    def _place(self) -> tuple[IntArray, FloatArray]:
        """Where in streams × groups × months each counted row belongs, and its n; 0 where users are not known."""
        _, groups, months = self.cell.shape
        place = (self.stream * groups + self.group[self.position]) * months + self.month
        return place, self.n * (self.users > 0)[self.position]

    @cached_property
    def _age(self) -> FloatArray:
        """Years since the event of each counted row."""
        today = np.datetime64(self.as_of, "D").astype(np.int64)
        return (today - _days(self.events["event_date"].to_numpy())[self.row]) / DAYS_PER_YEAR

    def newest(self, weight: FloatArray) -> FloatArray:
        """Years since the newest event of a row with weight, per service; NaN where there is none."""
        least = np.full(len(self.users), np.inf)
        np.minimum.at(least, self.position, np.where(weight > 0, self._age, np.inf))
        return np.where(np.isfinite(least), least, np.nan)


def complaint_months(context: Context) -> ComplaintMonths:
    """The shared sums for a context; call as context.once(complaint_months).

    Rows may be single complaints or counts of a month (aggregate.condense). A row dated to a quarter or a year is
    spread over the 3 or 12 months that end with its own, as far as the service was in operation: a year's count is not
    a month's burst. A service that has complaints before it began by the register was in operation by then.
    """
    services, horizon = context.services, context.settings.complaints.horizon_months
    events = _events(context)
    position = events["position"].to_numpy(dtype=np.int64)
    years = _years_in_operation(services, position, events["event_date"], context.as_of, horizon)
    stream, names = _streams(events, context)
    row, month, n, coarse = _spread(events, position, context.as_of, years)
    position, stream = position[row], stream[row]

    kind, _ = pd.factorize(services["service_type"])
    county, _ = pd.factorize(services["county"])
    group, _ = pd.factorize(kind * (len(services) + 1) + county)
    kind_of_group = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    kind_of_group[group] = kind
    users: FloatArray = np.nan_to_num(services["users"].to_numpy(dtype=float), nan=0.0)
    exposure = np.zeros((len(kind_of_group), horizon))
    np.add.at(exposure, group, users[:, None] * years)

    label, labels = pd.factorize(events["regime"])  # -1: not labelled, a regime of its own
    shape = (len(names), len(kind_of_group), horizon, len(labels) + 1)
    place = ((stream * shape[1] + group[position]) * horizon + month) * shape[3] + label[row] + 1
    votes = np.bincount(place, n, int(np.prod(shape))).astype(float).reshape(shape)
    regime = regime_of(votes, kind_of_group)
    return ComplaintMonths(
        context.as_of, events, row, position, month, stream, n, coarse, names, users, years, kind, group,
        kind_of_group, _live(names, stream, month, coarse, context, horizon), _cells(regime, kind_of_group, shape[3]),
        exposure,
    )  # fmt: skip


def _events(context: Context) -> pd.DataFrame:
    """The known rows about the cohort with `position`, without the ids and dates that no sum needs."""
    frame = context.known["complaints"]
    position = context.services.index.get_indexer(frame["service_id"])
    events = frame.drop(columns=["complaint_id", "service_id", "known_date"], errors="ignore").assign(position=position)
    return events[position >= 0].reset_index(drop=True)


def _years_in_operation(
    services: pd.DataFrame, position: IntArray, dates: pd.Series, as_of: date, horizon: int
) -> FloatArray:
    """Years in operation in each of the months before the date, services × months.

    Complaints are known by the month, however finely the rows are dated: one in a month before the service began by
    the register tells that it was in operation for the whole of that month.
    """
    edges = _days(np.array([window_start(as_of, m) for m in range(horizon + 1)], dtype="datetime64[D]"))
    began, unknown = services["valid_from"], services["valid_from"].isna().to_numpy()
    since = np.where(unknown, edges[-1], _days(began.to_numpy()))
    first = np.full(len(services), -1)
    np.maximum.at(first, position, np.minimum(months_ago(dates, as_of), horizon - 1))
    earlier = ~unknown & (first > months_ago(began.fillna(pd.Timestamp(as_of)), as_of))
    since = np.where(earlier, edges[first + 1], since)
    days = np.clip(edges[:-1] - np.maximum(edges[1:], since[:, None]), 0, None)
    days[:, 0] = np.maximum(days[:, 0], 1)  # a service that opened today has had a day, not nothing
    return np.asarray(days / DAYS_PER_YEAR)


def _days(dates: np.ndarray[tuple[int, ...], np.dtype[np.datetime64]]) -> IntArray:
    return dates.astype("datetime64[D]").astype(np.int64)


def _streams(events: pd.DataFrame, context: Context) -> tuple[IntArray, tuple[str, ...]]:
    """Stream codes of the rows, and the names: those of the settings, then others seen in the rows."""
    code, seen = pd.factorize(events["stream"])
    known = tuple(context.settings.streams)
    names = (*known, *sorted(str(name) for name in seen if name not in known))
    return np.array([names.index(name) for name in seen], dtype=np.int64)[code], names


def _spread(
    events: pd.DataFrame, position: IntArray, as_of: date, years: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, BoolArray]:
    """Counted rows over the months they stand for: row, month, share of n, and whether the row is coarse."""
    horizon = years.shape[1]
    code, words = pd.factorize(events["date_precision"])
    spans = np.array([MONTHS_SPANNED[word] for word in words], dtype=np.int64)[code]
    row = np.repeat(np.arange(len(events)), spans)
    step = np.arange(len(row)) - np.repeat(np.cumsum(spans) - spans, spans)
    month = months_ago(events["event_date"], as_of)[row] + step
    coarse, n = spans[row] > 1, events["n"].to_numpy(dtype=float)[row]
    several = np.flatnonzero(coarse)
    # Months beyond the horizon are as the oldest within it: what falls there is not moved into those we look at.
    share = years[position[row[several]], np.minimum(month[several], horizon - 1)]
    whole = np.bincount(row[several], share, len(events))[row[several]]
    n[several] *= np.divide(share, whole, out=1 / spans[row[several]], where=whole > 0)
    inside = month < horizon
    return row[inside], month[inside], n[inside], coarse[inside]


def months_ago(dates: pd.Series, as_of: date) -> IntArray:
    """Whole months from each date to the as-of date; 0 is the month up to it (edges as asof.window_start)."""
    day = dates.to_numpy().astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    day_of_month = (day - month.astype("datetime64[D]")).astype(np.int64) + 1
    now = (as_of.year - 1970) * MONTHS_PER_YEAR + as_of.month - 1
    return np.asarray(now - month.astype(np.int64) - (day_of_month > as_of.day), dtype=np.int64)


def _cells(regime: IntArray, kind: IntArray, labels: int) -> IntArray:
    """One number for each stream, type, year and regime, streams × groups × months."""
    streams, _, months = regime.shape
    year = np.arange(months) // MONTHS_PER_YEAR
    place = (np.arange(streams)[:, None, None] * (int(kind.max(initial=0)) + 1) + kind[None, :, None]) * labels + regime
    return np.asarray(place * (int(year.max(initial=0)) + 1) + year)


def _live(names: tuple[str, ...], stream: IntArray, month: IntArray, coarse: BoolArray, context: Context,
          horizon: int) -> BoolArray:  # fmt: skip
    """Months in which each stream was in use by the settings or has rows; and, where it comes as yearly counts, not
    the months after the newest count: they have not been reported yet."""
    opens = np.array([window_start(context.as_of, m + 1) for m in range(horizon)], dtype="datetime64[D]")
    closes = np.array([window_start(context.as_of, m) for m in range(horizon)], dtype="datetime64[D]")
    live = np.ones((len(names), horizon), dtype=bool)
    for i, name in enumerate(names):
        rule, here = context.settings.streams.get(name), stream == i
        if rule and rule.valid_from:
            live[i] &= closes >= np.datetime64(rule.valid_from, "D")
        if rule and rule.valid_to:
            live[i] &= opens < np.datetime64(rule.valid_to, "D")
        seen = np.bincount(month[here], minlength=horizon) > 0
        if seen.any() and coarse[here].mean() > 0.5:
            live[i, : int(np.argmax(seen))] = False
        live[i] |= seen
    return live
