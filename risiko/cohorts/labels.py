"""Labels: what supervisions found in the time after a date. A service nobody visited has none; it is not negative."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.contracts import CONTRACTS, Tables
from risiko.errors import InputError
from risiko.settings import OutcomeSettings, Settings

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Judgements:
    """Every supervision that has been judged, newest versions; one row each, in date order.

    frame: supervision_id, service_id, event_date, known_from (when its last finding became known), positive (the
    outcome), positive_from (when that could first be known; NaT where not positive), office, team, random (drawn by
    lot), chance (recorded probability of being chosen). recorded: date of the newest known row, after which nothing can
    be said.
    """

    frame: pd.DataFrame
    recorded: pd.Timestamp


@dataclass(frozen=True)
class Labels:
    """What was found in the window (as_of, window_end] at the services of a cohort.

    frame, one row per service in cohort order: outcome (1, 0, or NaN: not supervised or not judged), n (judged
    supervisions in the window), known_from (from when on the label can be known: a positive one with its finding, a
    negative one when the last supervision of the window is judged), visited, office, team and chance (of the window's
    first judged supervision), random (one of them was drawn by lot). The label is known as the records stand now.
    """

    as_of: date
    window_end: date
    population: str
    frame: pd.DataFrame

    def usable(self, at: date) -> BoolArray:
        """Which labels may be used at a date: the window had ended by then, and the label could be known."""
        day = pd.Timestamp(at)
        ended = pd.Timestamp(self.window_end) <= day
        known = (self.frame["known_from"] <= day) & self.frame["outcome"].notna()
        return np.asarray(known.to_numpy() & ended, dtype=np.bool_)

    def check_usable(self, chosen: BoolArray, at: date) -> None:
        """Refuse labels that could not be known at the date. Raises InputError: a fault in whatever chose them."""
        early = chosen & ~self.usable(at)
        if early.any():
            raise InputError(
                f"{int(early.sum())} labels of {self.as_of} could not be known on {at}: their window ends on "
                f"{self.window_end}, or their findings became known later.",
                where="training labels", hint="choose an earlier as-of date to learn from",
            )  # fmt: skip

    @property
    def base_rate(self) -> float:
        """Share of the labelled services with the outcome; NaN where none is labelled."""
        return float(self.frame["outcome"].mean())


def judgements(tables: Tables, settings: Settings) -> Judgements:
    """Which supervisions count as judged, and which of them found the outcome, by settings.outcome.

    tables: as read from the store, not cut at any date: this looks back. graded_only: where any finding of the records
    carries the finer grading, only graded ones judge a supervision.
    """
    rule = settings.outcome
    visits, findings = (_newest(tables, name) for name in ("supervisions", "findings"))
    if rule.graded_only and findings["severity_score"].notna().any():
        findings = findings[findings["severity_score"].notna()]
    row = pd.Index(visits["supervision_id"]).get_indexer(findings["supervision_id"])
    findings, row = findings[row >= 0], row[row >= 0]
    bad = findings["severity"].map(settings.history.severity).to_numpy(dtype=float) >= (
        settings.history.severity[rule.severity]
    )
    of_visit = pd.DataFrame({"row": row, "bad": bad, "known": findings["known_date"].to_numpy()})
    sums = of_visit.groupby("row").agg(n=("bad", "size"), bad=("bad", "sum"), known_from=("known", "max"))
    # A serious finding tells from its own day on; a number or a share only when all is known.
    first = of_visit[of_visit["bad"]].groupby("row")["known"].min().reindex(sums.index)
    at = visits.iloc[sums.index]
    told = at["known_date"].to_numpy()  # a finding may be registered before the visit's own row is
    positive = _positive(sums, at, rule)
    first_told = np.maximum(first.to_numpy(), told)
    frame = pd.DataFrame({
        "supervision_id": at["supervision_id"].array,
        "service_id": at["service_id"].array, "event_date": at["event_date"].array,
        "known_from": np.maximum(sums["known_from"].to_numpy(), told),
        "positive": positive, "positive_from": np.where(positive, first_told, np.datetime64("NaT")),
        "office": at["office"].array, "team": at["team"].array, "random": (at["selection"] == "random").to_numpy(),
        "chance": at["selection_probability"].to_numpy(dtype=float),
    })  # fmt: skip
    if rule.measure != "severity":
        frame["positive_from"] = frame["known_from"].where(frame["positive"])
    recorded = max((tables[name]["known_date"].max() for name in ("supervisions", "findings") if name in tables),
                   default=pd.NaT)  # fmt: skip
    return Judgements(frame.sort_values("event_date", kind="stable", ignore_index=True), recorded)


def labels_at(
    judged: Judgements, services: pd.Index, as_of: date, rule: OutcomeSettings, *, horizon_days: int | None = None
) -> Labels:
    """What the services of a cohort showed in the horizon_days (default: settings) after the date.

    counted = "carried_out": supervisions carried out in the window; "became_known": those that became known in it.
    population "all": services without a judged supervision count as nothing found (the question is then what will be
    *found*), and their label is known when the window ends.
    """
    days, begin = horizon_days or rule.horizon_days, pd.Timestamp(as_of)
    end = begin + pd.Timedelta(days=days)
    seen = judged.frame
    clock = seen["event_date"] if rule.counted == "carried_out" else seen["known_from"]
    position = services.get_indexer(seen["service_id"])
    inside = ((clock > begin) & (clock <= end)).to_numpy() & (position >= 0)
    seen, position = seen[inside].reset_index(drop=True), position[inside]
    groups = seen.groupby(position)
    frame = pd.DataFrame(index=services)
    size = len(services)
    frame["n"] = np.bincount(position, minlength=size)
    found = np.bincount(position, seen["positive"], minlength=size) > 0
    frame["outcome"] = np.where(frame["n"] > 0, found.astype(float), np.nan)
    whole = groups["known_from"].max().reindex(range(size))
    first = groups["positive_from"].min().reindex(range(size))
    frame["known_from"] = first.where(found, whole).array
    frame["visited"] = groups["event_date"].min().reindex(range(size)).array
    for name in ("office", "team", "chance"):
        frame[name] = groups[name].first().reindex(range(size)).array
    frame["random"] = np.bincount(position, seen["random"], minlength=size) > 0
    if rule.population == "all":
        unseen = (frame["n"] == 0).to_numpy()
        frame.loc[unseen, "outcome"] = 0.0
        frame.loc[unseen, "known_from"] = end
    return Labels(as_of, end.date(), rule.population, frame)


def base_rate_warning(outcome: FloatArray, rule: OutcomeSettings) -> str | None:
    """Why the outcome is a poor target, in a sentence; None where its base rate can separate services."""
    rate = float(np.nanmean(outcome)) if np.isfinite(outcome).any() else np.nan
    if not rate > rule.high_base_rate:
        return None
    return (
        f"{rate:.0%} of the supervised services have the outcome: it hardly tells services apart "
        f"(national theme supervisions find a breach in 75–90 %). Choose a more serious or more numerous outcome."
    )


def _positive(sums: pd.DataFrame, visits: pd.DataFrame, rule: OutcomeSettings) -> BoolArray:
    match rule.measure:
        case "severity":
            value, limit = sums["bad"].to_numpy(dtype=float), 1.0
        case "breaches_per_topic":
            topics = visits["topics"].fillna("").str.count(r"\|").to_numpy(dtype=float) + 1
            value, limit = sums["bad"].to_numpy(dtype=float) / topics, rule.threshold
        case "breach_share":
            value, limit = (sums["bad"] / sums["n"]).to_numpy(dtype=float), rule.threshold
    return np.asarray(value >= limit, dtype=np.bool_)


def _newest(tables: Tables, name: str) -> pd.DataFrame:
    frame, ids = tables.get(name, CONTRACTS[name].empty()), list(CONTRACTS[name].id_columns)
    if frame.duplicated(ids).any():
        frame = frame.sort_values("known_date", kind="stable").drop_duplicates(ids, keep="last")
    return frame
