"""The record of a plan: all it rests on and all that was chosen, so that it can be kept, defended and made again."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from risiko.errors import InputError
from risiko.plan import rules as plan_rules
from risiko.plan.rules import Rules

SCHEMA = 1  # of the JSON; from_text brings older ones to it, where it can

# Each frame of a record and the dtypes of its columns.
VISITS: Mapping[str, str] = {
    "service_id": "str", "name": "str", "office": "str", "own_office": "str", "county": "str", "municipality": "str",
    "provider_id": "str", "sector": "str", "service_type": "str", "users": "float64", "waited_months": "float64",
    "kind": "str", "month": "str", "days": "float64", "points": "float64", "ground": "str", "grounds": "str",
    "rank": "float64", "rank_low": "float64", "rank_high": "float64", "p_top": "float64", "likelihood": "float64",
    "consequence": "float64", "value": "float64", "probability": "float64", "topics": "str", "dimensions": "str",
    "reasons": "str", "involvement": "str", "note": "str",
}  # fmt: skip
FRAME: Mapping[str, str] = {
    "service_id": "str", "office": "str", "stratum": "str", "size": "float64", "probability": "float64", "lot": "str",
    "drawn": "bool",
}  # fmt: skip
LEFT_OUT: Mapping[str, str] = {"service_id": "str", "name": "str", "office": "str", "reason": "str", "detail": "str"}
OFFICES: Mapping[str, str] = {
    "office": "str", "services": "int64", "capacity": "float64", "used": "float64", "statutory": "float64",
    "drawn": "float64", "visits": "int64", "points_capacity": "float64", "points_used": "float64",
}  # fmt: skip
PRICES: Mapping[str, str] = {
    "rule": "str", "price": "float64", "price_findings": "float64", "enters": "str", "leaves": "str", "proved": "bool",
}  # fmt: skip
BESIDE: Mapping[str, str] = {
    "plan": "str", "visits": "int64", "days": "float64", "findings": "float64", "worth": "float64", "shared": "int64",
}  # fmt: skip
NOTICES: Mapping[str, str] = {"notice": "str", "who": "str", "number": "float64"}
SHOWN: Mapping[str, str] = {
    "service_id": "str", "rank": "int64", "p_top": "float64", "likelihood": "float64", "consequence": "float64",
    "priority": "float64", "tier": "int64",
}  # fmt: skip
FRAMES: Mapping[str, Mapping[str, str]] = {
    "visits": VISITS, "frame": FRAME, "left_out": LEFT_OUT, "offices": OFFICES, "prices": PRICES, "beside": BESIDE,
    "notices": NOTICES, "shown": SHOWN,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class PlanRecord:
    """A plan as it was made.

    as_of, model_id, weights ({} for a learned score), data_version, settings_version, list_seed, top: the list behind
    it (as in DrawRecord). rules: with every override. seed: of the exploration draw. start, end: first and last day of
    the period. made_at: naive UTC. worth: sum of the values of the chosen visits; bound: no plan that keeps the rules
    is worth more; proved: whether the two agree (the optimum). Lists within a cell are separated by |.

    visits: one row per visit: who, waited_months (since the last supervision; NaN: never, as far as is known), which
    office goes, kind, month ("2026-09"; blank: no month is free), days and points,
    ground (vocabulary.GROUNDS: the first that applies) and grounds (all that apply), place on the list, value (what the
    objective counts; 0 for statutory visits), probability (of the exploration draw; NaN where it took no part), topics
    (signals that raise it) and dimensions to look at, reasons (JSON: reasons.Reason as data), involvement
    (vocabulary.INVOLVEMENT) and note: the planner's own.
    frame: everyone who took part in the exploration draw. left_out: who could not be in the plan, with a reason of
    vocabulary.LEFT_OUT. offices: capacity and what became of it. prices: by rule, what the plan would be worth more
    without it, in value and in expected findings, who would enter and who leave. beside: the plan and other ways to
    choose: plan ("plan", "top", "last_year", "random"), visits, person-days, expected findings, worth, services shared
    with the plan. notices: what the planner must know, a word of vocabulary.PLAN_NOTICES, whom, how many. shown: the
    list as it stood, in rank order.
    """

    as_of: date
    model_id: str
    weights: Mapping[str, float]
    data_version: str
    settings_version: int
    list_seed: int
    top: int
    rules: Rules
    seed: int
    start: date
    end: date
    made_at: datetime
    by: str
    title: str
    worth: float
    bound: float
    proved: bool
    visits: pd.DataFrame
    frame: pd.DataFrame
    left_out: pd.DataFrame
    offices: pd.DataFrame
    prices: pd.DataFrame
    beside: pd.DataFrame
    notices: pd.DataFrame
    shown: pd.DataFrame


def empty(name: str) -> pd.DataFrame:
    """One of the record's frames without rows, in its columns and dtypes."""
    return pd.DataFrame({column: pd.Series(dtype=dtype) for column, dtype in FRAMES[name].items()})


def conform(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame in the record's columns and dtypes, rows numbered from 0. Raises KeyError for a column that is absent."""
    return frame[list(FRAMES[name])].astype(dict(FRAMES[name])).reset_index(drop=True)


def as_text(record: PlanRecord) -> str:
    """The record as JSON, always the same text for the same record; frames as one list per column, NaN as null."""
    said: dict[str, Any] = {f.name: getattr(record, f.name) for f in fields(record) if f.name not in FRAMES}
    said |= {name: getattr(record, name).isoformat() for name in ("as_of", "start", "end", "made_at")}
    said |= {"weights": dict(record.weights), "rules": record.rules.as_dict(), "plan_schema": SCHEMA}
    for name in FRAMES:
        columns = getattr(record, name).to_dict("list")
        said[name] = {key: [None if value != value else value for value in values] for key, values in columns.items()}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_text(text: str, where: str = "plan") -> PlanRecord:
    """The record behind the JSON. Raises InputError where it is none, or one of a schema that is not known here."""
    try:
        said = json.loads(text)
    except ValueError:
        raise _unreadable(where, "it is not JSON") from None
    if not isinstance(said, dict) or type(said.get("plan_schema")) is not int:
        raise _unreadable(where, "it is not a plan that risiko wrote")
    if said["plan_schema"] != SCHEMA:
        age, found = "a newer" if said["plan_schema"] > SCHEMA else "an older", said["plan_schema"]
        what = f"The plan was written by {age} version of risiko (plan schema {found}; this one reads {SCHEMA})."
        raise InputError(what, where=where, hint="open it with the version that made it; nothing was changed")
    rules = plan_rules.from_dict(said.get("rules") or {}, where)
    try:
        plain = {f.name: said[f.name] for f in fields(PlanRecord) if f.name not in (*FRAMES, "rules")}
        moments = {name: date.fromisoformat(plain[name]) for name in ("as_of", "start", "end")}
        frames = {name: _frame(name, said[name]) for name in FRAMES}
        made_at = datetime.fromisoformat(plain["made_at"])
        _check_plain(plain)
        return PlanRecord(**{**plain, **moments, "made_at": made_at}, rules=rules, **frames)
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(where, f"{type(error).__name__}: {error}") from None


_PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "model_id": str, "weights": dict, "data_version": str, "settings_version": int, "list_seed": int, "top": int,
    "seed": int, "by": str, "title": str, "worth": (int, float), "bound": (int, float), "proved": bool,
}  # fmt: skip


def _check_plain(said: Mapping[str, Any]) -> None:
    """Nothing where each plain value is what it must be. Raises ValueError that names the first that is not."""
    for name, kind in _PLAIN.items():
        yes_or_no = isinstance(said[name], bool) and kind is not bool
        if yes_or_no or not isinstance(said[name], kind) or (name == "seed" and said[name] < 0):
            raise ValueError(f"{name} cannot be {said[name]!r}")


def without_moment(record: PlanRecord) -> PlanRecord:
    """The record without when and by whom it was made and named: what must come out the same when made again."""
    blank = record.visits.assign(involvement="", note="")
    return replace(record, made_at=datetime(1970, 1, 1), by="", title="", visits=conform("visits", blank))


def differences(one: PlanRecord, other: PlanRecord) -> list[str]:
    """What is not the same in two plans, when and by whom they were made apart; empty: the same plan.

    Names of fields, and for frames "frame: rows that differ". Numbers may differ by a billionth of themselves. Prices
    that were not proved in both hang on how fast the machine was, and are not compared.
    """
    a, b = (without_moment(record) for record in (one, other))
    if list(a.prices["rule"]) == list(b.prices["rule"]):
        proved = a.prices["proved"] & b.prices["proved"]
        a, b = (replace(record, prices=record.prices[proved].reset_index(drop=True)) for record in (a, b))
    found = [
        f"{f.name}: {getattr(a, f.name)} / {getattr(b, f.name)}"
        for f in fields(PlanRecord)
        if f.name not in (*FRAMES, "rules") and not _same(getattr(a, f.name), getattr(b, f.name))
    ]
    found += ["rules"] if a.rules != b.rules else []
    for name in FRAMES:
        left, right = getattr(a, name), getattr(b, name)
        if len(left) != len(right):
            found.append(f"{name}: {len(left)} / {len(right)} rows")
            continue
        apart = pd.concat([~_alike(left[c], right[c]) for c in left], axis=1).any(axis=1)
        found += [f"{name}: {int(apart.sum())} rows differ"] if apart.any() else []
    return found


def _same(one: Any, other: Any) -> bool:
    numbers = isinstance(one, float) and isinstance(other, float)
    return math.isclose(one, other, rel_tol=1e-9) if numbers else bool(one == other)


def _alike(one: pd.Series, other: pd.Series) -> pd.Series:
    if one.dtype != "float64":
        return one.eq(other)
    near = (one - other).abs() <= 1e-9 * other.abs()
    return near | (one.isna() & other.isna()) | one.eq(other)


def _frame(name: str, columns: Any) -> pd.DataFrame:
    if set(columns) != set(FRAMES[name]) or len({len(values) for values in columns.values()}) > 1:
        raise ValueError(f"the columns of {name} do not belong together")
    made = {}
    for key, dtype in FRAMES[name].items():
        blanks_allowed = dtype == "float64"
        if not blanks_allowed and any(value is None for value in columns[key]):
            raise ValueError(f"{name}.{key} has blanks")
        made[key] = pd.Series(columns[key], dtype=dtype)
    return pd.DataFrame(made)


def _unreadable(where: str, why: str) -> InputError:
    hint = "name the .json that `risiko plan --out` wrote, unchanged"
    return InputError(f"This is not a plan that can be read: {why}.", where=where, hint=hint)
