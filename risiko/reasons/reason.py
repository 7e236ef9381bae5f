"""Reason objects: what lifts or lowers one service's score, what is missing behind it, and how sure its place is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from risiko.asof import window_start
from risiko.features import VOICE, Features
from risiko.reasons.chosen import WORTH_MENTIONING, main_reasons
from risiko.reasons.evidence import Period, counted, period
from risiko.scoring import ScoreTable

Kind = Literal[
    "raises", "raises_missing", "lowers", "type", "group", "external", "nothing", "missing", "complete", "silence",
    "wide", "narrow", "place",
]  # fmt: skip
MOST = 3
MOST_LOWERING = 2  # beside the sentence that nothing lifts
SETTLED = 0.10  # a 90 % interval over at most this share of the list is called narrow
TYPE, EXTERNAL, GROUP = "service_type", "external_score", "all_"


@dataclass(frozen=True)
class Position:
    """Where a service stands: its place and 90 % interval on a list of `of`, chance of the first `top`, its tier.

    best, worst: the places that what is unsaid, here and elsewhere, allows (ScoreTable.rank_best, rank_worst).
    tier_size: services whose order cannot be told. consequence: 1 = reference users who can look after themselves.
    """

    rank: int
    low: int
    high: int
    best: int
    worst: int
    of: int
    top: int
    chance: float
    tier: int
    tier_size: int
    consequence: float


@dataclass(frozen=True)
class Reason:
    """One thing that can be said about one service's score, with the evidence behind it.

    kind: raises, lowers (a reading beside similar services), raises_missing (a learned score adds because a reading is
    missing), type (what the type of service adds in a learned score), group (all signals of a group together), external
    (another system's score), nothing (nothing lifts it), missing and complete (of the signals that count), silence
    (quieter than expected, and dependent users), wide and narrow (how sure the place is), place.
    effect: log-odds; of a reading in a learned score only what the reading adds, not its age and amount.
    likelihood_without, likelihood_with: without it and as scored (0–1). value, expected: in `unit`; NaN where there is
    none. n: pieces of `counted` (evidence.COUNTED), of so many `of` where it is a part; since, until: first and last
    day of what is behind it, None where nothing dated is. missing: why there is no reading (a word of
    vocabulary.MISSING_REASONS). names: the missing signals that count, heaviest first. word: the type's slug.
    """

    kind: Kind
    as_of: date
    signal: str = ""
    group: str = ""
    dimensions: tuple[str, ...] = ()
    effect: float = 0.0
    likelihood_without: float = np.nan
    likelihood_with: float = np.nan
    value: float = np.nan
    expected: float = np.nan
    unit: str = ""
    n: float = 0.0
    of: int = 0
    counted: str = "entries"
    since: date | None = None
    until: date | None = None
    missing: str = ""
    names: tuple[str, ...] = ()
    word: str = ""
    position: Position | None = None


def reasons_for(table: ScoreTable, features: Features, service_id: str) -> list[Reason]:
    """At most three main reasons, then one about what is missing, then one about how sure the place is.

    Main are the signals that lift the likelihood most (as `main_reasons` chooses); where none does, a reason that says
    so and at most two that lower it. Raises KeyError for a service that is not in the table.
    """
    return reasons_of(table, features, [service_id])[service_id]


def reasons_of(table: ScoreTable, features: Features, service_ids: Iterable[str]) -> dict[str, list[Reason]]:
    """`reasons_for` each of several services: a plan's worth of them."""
    lifting = main_reasons(table, features, most=MOST)
    return {service_id: _reasons(table, features, service_id, lifting[service_id]) for service_id in service_ids}


def _reasons(table: ScoreTable, features: Features, service_id: str, lifting: Sequence[str]) -> list[Reason]:
    main = [_signal_reason(table, features, service_id, name) for name in lifting]
    if not main:
        lowering = _lowering(table, features, service_id)
        main = [_nothing(table, features, service_id)]
        main += [_signal_reason(table, features, service_id, name) for name in lowering]
    return [*main, _missing(table, features, service_id), _certainty(table, service_id)]


def place_reason(table: ScoreTable, service_id: str) -> Reason:
    """Where the service stands, with likelihood and consequence: kind "place"."""
    row = table.scores.loc[service_id]
    likelihood = float(row["likelihood"])
    return Reason(
        "place", table.as_of, likelihood_without=_share(table.base), likelihood_with=likelihood,
        n=len(table.scores), counted="services", position=_position(table, row),
    )  # fmt: skip


def _signal_reason(table: ScoreTable, features: Features, service_id: str, name: str) -> Reason:
    """The reason that a column of the contributions gives: a signal, the type, a whole group, another's score."""
    effect = float(_added(table, features, service_id)[name])
    blank = _moved(table, service_id, effect, Reason("raises", table.as_of, name, table.group_of.get(name, "")))
    if name == TYPE:
        types = features.context.services["service_type"]
        slug = str(types[service_id])
        return replace(blank, kind="type", word=slug, n=float((types == slug).sum()), of=len(types), counted="services")
    if name == EXTERNAL:
        return _external(blank, features, service_id)
    if name.startswith(GROUP):
        return _whole_group(blank, features, service_id)
    spec = next(s for s in features.signals if s.name == name)
    reading = features.readings[name].loc[service_id]
    since, until = period(features, spec, service_id)
    gone = "" if pd.isna(reading["missing"]) else str(reading["missing"])
    return replace(
        blank, kind="lowers" if effect < 0 else "raises_missing" if gone else "raises",
        dimensions=spec.dimensions, value=float(reading["value"]), expected=float(reading["expected"]), unit=spec.unit,
        n=float(np.nan_to_num(reading["n"])), counted=counted(spec), since=since, until=until, missing=gone,
    )  # fmt: skip


def _added(table: ScoreTable, features: Features, service_id: str) -> pd.Series:
    """What each column of the contributions adds; of a reading that is there only what the reading itself adds."""
    added = table.contributions.loc[service_id]
    if table.read is None:
        return added
    there = [
        pd.isna(features.readings[n].at[service_id, "missing"]) if n in features.readings else False
        for n in added.index
    ]
    return added.mask(np.array(there, dtype=bool), table.readings_added.loc[service_id])


def _moved(table: ScoreTable, service_id: str, effect: float, reason: Reason) -> Reason:
    """The reason with its effect, and the likelihood without it and with it."""
    total = table.base + float(table.contributions.loc[service_id].sum())
    return replace(reason, effect=effect, likelihood_without=_share(total - effect), likelihood_with=_share(total))


def _external(blank: Reason, features: Features, service_id: str) -> Reason:
    own = features.context.known["external_scores"]
    own = own[
        (own["service_id"] == service_id).to_numpy(dtype=bool)
        & (own["name"] == features.context.settings.learning.external_score).to_numpy(dtype=bool)
    ]
    if own.empty:
        return replace(blank, kind="external", missing="not_declared")
    day = own["known_date"].max().date()
    return replace(blank, kind="external", value=float(own["value"].iloc[-1]), n=1.0, since=day, until=day)


def _whole_group(blank: Reason, features: Features, service_id: str) -> Reason:
    """All signals of a group together: how many of them have a reading, and the period of what is behind them."""
    group = blank.signal.removeprefix(GROUP)
    specs = [s for s in features.signals if s.group == group]
    told = [s for s in specs if pd.isna(features.readings[s.name].at[service_id, "missing"])]
    since, until = _together([period(features, s, service_id) for s in told])
    return replace(
        blank, kind="group", group=group, n=float(len(told)), of=len(specs), counted="signals", since=since, until=until
    )


def _together(periods: list[Period]) -> Period:
    first = [since for since, _ in periods if since]
    last = [until for _, until in periods if until]
    return (min(first), max(last)) if first and last else (None, None)


def _lowering(table: ScoreTable, features: Features, service_id: str) -> list[str]:
    """Names of what lowers the likelihood most: readings better than at similar services, the type, a group."""
    added = _added(table, features, service_id).sort_values(kind="stable")
    names = added.index[added <= -WORTH_MENTIONING]

    def said(name: str) -> bool:
        if name not in features.readings:
            return True
        reading = features.readings[name].loc[service_id]
        return bool(pd.isna(reading["missing"]) and reading["standing"] < 0)

    return [name for name in names if said(name)][:MOST_LOWERING]


def _nothing(table: ScoreTable, features: Features, service_id: str) -> Reason:
    """That nothing lifts the likelihood; n is the readings that were looked at, without: the base."""
    counting = _counting(table, features)
    gone = _gone(counting, features, service_id)
    whole = _moved(table, service_id, 0.0, Reason("nothing", table.as_of))
    return replace(
        whole, effect=float(table.contributions.loc[service_id].sum()), likelihood_without=_share(table.base),
        n=float(len(counting) - len(gone)), of=len(counting), counted="signals",
    )  # fmt: skip


def _counting(table: ScoreTable, features: Features) -> list[str]:
    """The signals that count in the score: by weight, or, in a learned one, those that add to some service."""
    if table.weights:
        return [name for name, weight in table.weights.items() if weight > 0]
    adding = table.contributions.columns[table.contributions.any(axis=0)]
    return [name for name in features.readings if name in adding]


def _gone(counting: list[str], features: Features, service_id: str) -> list[str]:
    return [name for name in counting if pd.notna(features.readings[name].at[service_id, "missing"])]


def _missing(table: ScoreTable, features: Features, service_id: str) -> Reason:
    """What is missing that counts: signals without a reading, and voices where users depend on the service.

    effect: what a learned score adds for what is missing; the points score adds nothing.
    """
    counting = _counting(table, features)
    heaviest = table.weights or table.contributions.abs().mean().to_dict()
    gone = sorted(_gone(counting, features, service_id), key=lambda name: -heaviest[name])
    effect = float(table.contributions.loc[service_id, gone].sum()) if gone else 0.0
    about = _moved(table, service_id, effect, Reason("missing" if gone else "complete", table.as_of))
    about = replace(about, names=tuple(gone), of=len(counting), counted="signals", n=float(len(gone)))
    if gone:
        about = replace(about, missing=str(features.readings[gone[0]].at[service_id, "missing"]))
    row = features.silence.loc[service_id]
    if row["flag"] != "quiet_and_dependent":
        return about
    months = features.context.settings.complaints.long_months
    since = (window_start(table.as_of, months) + timedelta(days=1)).date()
    return replace(
        about, kind="silence", signal=VOICE, value=float(row["heard"]), expected=float(row["expected_voice"]),
        n=float(row["heard"]), counted="complaints", since=since, until=table.as_of,
    )  # fmt: skip


def _certainty(table: ScoreTable, service_id: str) -> Reason:
    place = _position(table, table.scores.loc[service_id])
    narrow = place.high - place.low <= SETTLED * place.of
    return replace(place_reason(table, service_id), kind="narrow" if narrow else "wide")


def _position(table: ScoreTable, row: pd.Series) -> Position:
    tier = int(row["tier"])
    return Position(
        int(row["rank"]), int(row["rank_low"]), int(row["rank_high"]), int(row["rank_best"]), int(row["rank_worst"]),
        len(table.scores), table.top, float(row["p_top"]), tier, int((table.scores["tier"] == tier).sum()),
        float(row["consequence"]),
    )  # fmt: skip


def _share(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))
