"""Who could be visited: every service of the list with what a visit costs, how long it has waited, and what bars it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.errors import InputError
from risiko.plan import rules as plan_rules
from risiko.plan.archive import conform, empty
from risiko.plan.rules import Override, Rules

MONTH = 365.25 / 12
# What keeps a service out though a visit could be paid for: the rule that may be priced -> the word in left_out.
BARRED: Mapping[str, str] = {"skip": "skipped", "postpone": "postponed", "spacing": "too_recent"}


@dataclass(frozen=True, eq=False)
class Eligible:
    """candidates: one row per service that could be visited, in service_id order (see `candidates_of`).

    left_out: those who are not in it, and those whom a rule bars (archive.LEFT_OUT). notices: archive.NOTICES.
    start, end: first and last day of the period. capacity, points: by office, NaN where nobody said (points: where no
    office has any, empty).
    """

    candidates: pd.DataFrame
    left_out: pd.DataFrame
    notices: pd.DataFrame
    start: date
    end: date
    capacity: pd.Series
    points: pd.Series


def period(rules: Rules, as_of: date) -> tuple[date, date]:
    """First and last day of the plan's period. Raises InputError where it is over at the as-of date."""
    start = rules.period.start or as_of + timedelta(days=1)
    last = (pd.Timestamp(start) + pd.DateOffset(months=rules.period.months) - pd.Timedelta(days=1)).date()
    if last <= as_of:
        what = f"The plan's period, {start} to {last}, is over at the as-of date {as_of}."
        raise InputError(what, where="period.start", hint="plan for a time to come, or leave the start out")
    return start, last


def candidates_of(
    services: pd.DataFrame, scores: pd.DataFrame, value: pd.Series, *, areas: pd.DataFrame, supervisions: pd.DataFrame,
    quiet: pd.Series, rules: Rules, as_of: date,
) -> pd.DataFrame:  # fmt: skip
    """Every service of the cohort as a candidate, in service_id order, whatever bars it.

    services (cohort), scores (ScoreTable), value (what the objective counts), quiet (quieter than expected and
    dependent): by service_id. areas, supervisions: as known at the date.

    service_id, name (the id where there is none), office (blank: none told), county, municipality (with the largest
    share), municipalities (all, that one first, separated by |), provider_id, sector, service_type, users (NaN: not
    known), valid_to, kind (of statutory visits where any are owed), days and points of one visit, value, likelihood,
    consequence, rank, rank_low, rank_high, p_top, waited_months (since the last supervision, to the first day of the
    period; NaN: never, as far as is known), overdue (waited longer than the rule allows; one never visited, since it
    began; where that is not known either, it is overdue), statutory (visits owed in the period), quiet.
    """
    start, _ = period(rules, as_of)
    ids = pd.Series(services.index.astype("str"), index=services.index)
    last = supervisions.groupby("service_id")["event_date"].max().reindex(services.index)
    waited = (pd.Timestamp(start) - last).dt.days / MONTH
    age = (pd.Timestamp(start) - services["valid_from"]).dt.days / MONTH
    limit = services["service_type"].map(rules.regularity.by_type).fillna(rules.regularity.longest_months).astype(float)
    too_long = waited.fillna(age).fillna(np.inf) > limit
    owed = _owed(services, rules)
    kind = services["service_type"].map(rules.kinds.by_type).fillna(rules.kinds.default).astype("str")
    kind = kind.where(owed == 0, rules.statutory.kind)
    towns = _municipalities(areas).reindex(services.index)
    frame = pd.DataFrame({
        "service_id": ids, "name": services["name"].fillna(ids), "office": services["office"].fillna(""),
        "county": services["county"].fillna(""), "municipality": towns["municipality"].fillna(""),
        "municipalities": towns["municipalities"].fillna(""), "provider_id": services["provider_id"].fillna(""),
        "sector": services["sector"], "service_type": services["service_type"], "users": services["users"],
        "valid_to": services["valid_to"], "kind": kind, "days": _cost(services["service_type"], kind, rules),
        "points": kind.map(rules.cost.points).fillna(0.0).astype(float), "value": value.reindex(services.index),
    })  # fmt: skip
    own = ["likelihood", "consequence", "rank", "rank_low", "rank_high", "p_top"]
    frame = frame.join(scores[own].astype(float))
    frame["waited_months"], frame["overdue"] = waited, (too_long & (limit > 0)).to_numpy()
    frame["statutory"] = owed
    frame["quiet"] = quiet.reindex(services.index).fillna(False).to_numpy(dtype=bool)
    return frame.reset_index(drop=True).sort_values("service_id", kind="stable", ignore_index=True)


def eligible(
    candidates: pd.DataFrame, rules: Rules, *, as_of: date, spent: pd.Series, free: pd.DataFrame | None = None,
    closed: Mapping[str, str] | None = None,
) -> Eligible:  # fmt: skip
    """Who could be visited, with `barred`: the rule that keeps a candidate out though it may be priced; blank: none.

    spent: person-days of the last twelve months on record, by office; the period has its part of them. free: services ×
    months ("2026-09") that are not busy; None: no month is. closed: service_id -> its name, of those known that are no
    longer in operation. Raises InputError: see `period` and rules.office.only.
    """
    start, end = period(rules, as_of)
    here = set(candidates["service_id"])
    unmatched = _unmatched(candidates, rules)
    if rules.office.only:
        candidates = candidates[candidates["office"].isin(rules.office.only)].reset_index(drop=True)
    capacity, notices = _capacity(candidates, rules, spent)
    points = pd.Series(rules.capacity.points, dtype="float64").reindex(capacity.index if rules.capacity.points else [])
    overrides = _overrides(rules, start, end)
    reason = _reason(candidates, rules, overrides, capacity, end, free)
    added = candidates["service_id"].map(overrides).eq("add")
    # Whoever is added by hand is visited however recently that was; a service that is to close or has no office is not.
    reason = reason.mask(added & reason.eq("too_recent"), "")
    words = {word: rule for rule, word in BARRED.items()}
    frame = candidates.assign(barred=reason.map(words).fillna("").astype("str"), added=added & reason.eq(""))
    kept = reason.eq("") | reason.isin(list(words))
    gone, said = _not_there(rules, here, closed or {})
    said = pd.concat([said, unmatched], ignore_index=True)
    out = candidates.assign(reason=reason, detail=_detail(candidates, reason, rules))[reason.ne("")]
    parts = [part for part in (conform("left_out", out), gone) if len(part)]
    left_out = pd.concat(parts, ignore_index=True) if parts else empty("left_out")
    kept_rows, told = frame[kept].reset_index(drop=True), pd.concat([notices, said], ignore_index=True)
    return Eligible(kept_rows, left_out, told, start, end, capacity, points)


def notice(word: str, who: str = "", number: float = 0.0) -> dict[str, object]:
    """One row of archive.NOTICES."""
    return {"notice": word, "who": who, "number": float(number)}


def notices_frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Notices as a frame; empty where there are none."""
    return conform("notices", pd.DataFrame(rows)) if rows else empty("notices")


def _municipalities(areas: pd.DataFrame) -> pd.DataFrame:
    served = areas[areas["share"].fillna(1.0) > 0]
    ordered = served.sort_values(["service_id", "share", "municipality"], ascending=[True, False, True])
    by_service = ordered.groupby("service_id")["municipality"]
    return pd.DataFrame({"municipality": by_service.first(), "municipalities": by_service.agg("|".join)})


def _cost(types: pd.Series, kind: pd.Series, rules: Rules) -> pd.Series:
    usual = kind.map(rules.cost.person_days)
    own = {f"{name}\t{k}": days for name, by_kind in rules.cost.by_type.items() for k, days in by_kind.items()}
    return (types + "\t" + kind).map(own).fillna(usual).fillna(rules.cost.person_days.get("other", 0.0)).astype(float)


def _owed(services: pd.DataFrame, rules: Rules) -> pd.Series:
    yearly = services["service_type"].map(rules.statutory.visits).fillna(0).astype(float)
    column = rules.statutory.column
    if column and column in services:
        yearly = pd.to_numeric(services[column], errors="coerce").astype(float).fillna(yearly)
    return (yearly.clip(lower=0) * rules.period.months / 12).round().astype("int64")


def _capacity(candidates: pd.DataFrame, rules: Rules, spent: pd.Series) -> tuple[pd.Series, pd.DataFrame]:
    only = set(rules.office.only)
    offices = sorted(o for o in {*candidates["office"], *rules.capacity.person_days} - {""} if not only or o in only)
    said = pd.Series(rules.capacity.person_days, dtype="float64").reindex(offices)
    earlier = spent.astype(float).reindex(offices).where(lambda days: days > 0) * rules.period.months / 12
    found = said.fillna(earlier).round(1) if rules.capacity.as_last_year else said
    size = candidates.groupby("office").size().reindex(offices).fillna(0)
    rows = [notice("capacity_last_year", o, found[o]) for o in offices if pd.isna(said[o]) and not pd.isna(found[o])]
    rows += [notice("capacity_missing", o, size[o]) for o in offices if pd.isna(found[o])]
    rows += [notice("capacity_zero", o, size[o]) for o in offices if found[o] == 0]
    return found, notices_frame(rows)


def _unmatched(candidates: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Names in the rules that nothing on the list bears: mistyped most often, and then without any effect.

    A type that the shipped rules name is no mistake where the authority has none. Raises InputError for a plan that is
    for an office that no service belongs to.
    """
    shipped = plan_rules.shipped()
    offices, types = {*candidates["office"]} - {""}, {*candidates["service_type"]}
    strange = sorted({*rules.office.only} - offices)
    if strange:
        what = f"No service on the list belongs to an office {strange[0]!r}."
        raise InputError(what, where="office.only", hint=", ".join(sorted(offices)) or "the records name no office")
    given = {**rules.capacity.person_days, **rules.capacity.points}
    told: list[tuple[Iterable[str], set[str]]] = [
        (given, {*given} if rules.office.any else offices),  # an office without services of its own may visit others'
        (rules.minimum.county, {*candidates["county"]}),
        ([name for theme in rules.minimum.theme for name in theme.types], types),
        ({**rules.cost.by_type, **rules.kinds.by_type, **rules.statutory.visits, **rules.regularity.by_type},
         types | {*shipped.kinds.by_type, *shipped.statutory.visits}),
    ]  # fmt: skip
    names = sorted({name for said, there in told for name in said if name not in there})
    return notices_frame([notice("name_unmatched", name) for name in names])


def _overrides(rules: Rules, start: date, end: date) -> dict[str, str]:
    """service_id -> what holds for it in this period; the last word about a service is the one that counts."""
    last = {o.service: o for o in rules.override}
    return {service: o.action for service, o in last.items() if not _over(o, start, end)}


def _over(override: Override, start: date, end: date) -> bool:
    """Whether a postponement ends before the period does: then only the months before it are closed."""
    return override.until is not None and override.until <= end


def _reason(
    candidates: pd.DataFrame, rules: Rules, overrides: Mapping[str, str], capacity: pd.Series, end: date,
    free: pd.DataFrame | None,
) -> pd.Series:  # fmt: skip
    own = candidates["office"].map(capacity)
    none_free = pd.Series(False, index=candidates.index)
    if free is not None:
        none_free = ~free.any(axis=1).reindex(candidates["service_id"]).fillna(True).reset_index(drop=True)
    action = candidates["service_id"].map(overrides)
    ranked = candidates["statutory"] == 0  # who owes visits by law is visited whatever else holds
    rooms = pd.Series(True, index=candidates.index) if rules.office.any else own > 0
    tests = {
        "no_office": candidates["office"].eq("") & (not rules.office.any),
        "closing": ranked & (candidates["valid_to"] <= pd.Timestamp(end)),
        "skipped": ranked & action.eq("skip"),
        "postponed": ranked & action.eq("postpone"),
        "capacity_missing": ranked & own.isna() & (not rules.office.any),
        "no_capacity": ranked & ~rooms,
        "busy": ranked & none_free,
        "too_recent": ranked & (candidates["waited_months"] < rules.spacing.months),
    }
    found = np.select([test.to_numpy(dtype=bool) for test in tests.values()], list(tests), default="")
    return pd.Series(found, index=candidates.index, dtype="str")


def _detail(candidates: pd.DataFrame, reason: pd.Series, rules: Rules) -> pd.Series:
    """What stands beside the reason: the date it closes, the months since the last visit, the planner's own words."""
    words = {o.service: o.text for o in rules.override}
    until = {o.service: f"{o.until}: {o.text}" for o in rules.override if o.until}
    closing = candidates["valid_to"].dt.strftime("%Y-%m-%d").fillna("")
    waited = candidates["waited_months"].round(1).astype("str")
    ids = candidates["service_id"]
    skipped, postponed = (ids.map(lambda i, said=said: said.get(i, "")) for said in (words, until))
    choices = {"closing": closing, "too_recent": waited, "skipped": skipped, "postponed": postponed}
    found = np.select([reason.eq(word) for word in choices], list(choices.values()), default="")
    return pd.Series(found, index=candidates.index, dtype="str")


def _not_there(rules: Rules, here: set[str], closed: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Overrides of services that are not on the list: closed since, or never known."""
    gone = [o for o in rules.override if o.service not in here]
    rows = [
        {"service_id": o.service, "name": closed.get(o.service, o.service), "office": "",
         "reason": "closed" if o.service in closed else "unknown", "detail": o.text}
        for o in gone
    ]  # fmt: skip
    adds = ["add_closed" if o.service in closed else "add_unknown" for o in gone]
    words = [word if o.action == "add" else "override_unused" for word, o in zip(adds, gone, strict=True)]
    said = notices_frame([notice(word, o.service) for word, o in zip(words, gone, strict=True)])
    return (conform("left_out", pd.DataFrame(rows)) if rows else empty("left_out")), said


def worth_at(quantile: float, priority: FloatArray, log_priority_at: FloatArray) -> FloatArray:
    """What the objective counts of each service: its priority as scored at one half, else that quantile of it."""
    return priority if quantile == 0.5 else np.exp(log_priority_at)
