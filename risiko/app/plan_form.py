"""The form of the rules as tables and back: what the planner edits, and the rules that come of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from risiko.plan import rules as plan_rules
from risiko.plan.rules import Rules
from risiko.vocabulary import SECTORS, SUPERVISION_KINDS

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Places:
    """What the tables have rows for. spent: person-days of the last twelve months by office; absent: none on record."""

    offices: tuple[str, ...]
    counties: tuple[str, ...]
    types: tuple[str, ...]
    spent: Mapping[str, float]


def tables(rules: Rules, places: Places) -> dict[str, pd.DataFrame]:
    """The rules that are lists, a table each; a blank number is one that nobody has said.

    offices: office, last_year (person-days on record), days (said, else last year's where the rules take those).
    kinds: kind, days. office_points, kind_points: the same with points. types: type, kind, visits (that the law asks
    for, a year), months (longest wait).
    counties: county, visits. themes: name, types (a list), visits, per_office.
    """
    offices = pd.Index(sorted({*places.offices, *rules.capacity.person_days}), dtype="str")
    earlier = _numbers(places.spent, offices).where(lambda days: days > 0)
    said = _numbers(rules.capacity.person_days, offices)
    share = rules.period.months / 12  # of a year
    days = said.fillna((earlier * share).round(1)) if rules.capacity.as_last_year else said
    kinds, types = pd.Index(SUPERVISION_KINDS), pd.Index(sorted(places.types), dtype="str")
    own: dict[str, str] = {**rules.kinds.by_type}
    counties = pd.Index(sorted({*places.counties, *rules.minimum.county}), dtype="str")
    return {
        "offices": pd.DataFrame({
            "office": offices, "last_year": earlier, "days": days,
        }).reset_index(drop=True),
        "kinds": pd.DataFrame({"kind": kinds, "days": _numbers(rules.cost.person_days, kinds)}).reset_index(drop=True),
        "office_points": pd.DataFrame({
            "office": offices, "points": _numbers(rules.capacity.points, offices),
        }).reset_index(drop=True),
        "kind_points": pd.DataFrame({
            "kind": kinds, "points": _numbers(rules.cost.points, kinds),
        }).reset_index(drop=True),
        "types": pd.DataFrame({
            "type": types, "kind": [own.get(name, rules.kinds.default) for name in types],
            "visits": _numbers(rules.statutory.visits, types), "months": _numbers(rules.regularity.by_type, types),
        }).reset_index(drop=True),
        "counties": pd.DataFrame({
            "county": counties, "visits": _numbers(rules.minimum.county, counties),
        }).reset_index(drop=True),
        "themes": pd.DataFrame({
            "name": pd.Series([theme.name for theme in rules.minimum.theme], dtype="str"),
            "types": pd.Series([list(theme.types) for theme in rules.minimum.theme], dtype="object"),
            "visits": pd.Series([theme.visits for theme in rules.minimum.theme], dtype="float64"),
            "per_office": pd.Series([theme.per_office for theme in rules.minimum.theme], dtype="float64"),
        }),
    }  # fmt: skip


def rules_of(below: Rules, edited: Tables, said: Mapping[str, Any]) -> Rules:
    """The rules that the form tells; what it does not ask about is as in the rules below it.

    said: "part.key" -> value, and sector.NAME -> fewest visits. An office without a number is missing, not 0: last
    year's number stands in the table already where it was to be used. Raises InputError that names the key.
    """
    whole = below.as_dict()
    for name, value in said.items():
        part, key = name.split(".")
        if part != "sector":
            whole[part][key] = value
    offices, kinds, types = edited["offices"], edited["kinds"], edited["types"]
    whole["capacity"] = {
        "as_last_year": False, "person_days": _said(offices, "office", "days"),
        "points": _said(edited["office_points"], "office", "points"),
    }  # fmt: skip
    whole["cost"]["person_days"] = _said(kinds, "kind", "days")
    whole["cost"]["points"] = _said(edited["kind_points"], "kind", "points")
    shipped = plan_rules.shipped()
    by_type = dict(zip(types["type"], types["kind"], strict=True))
    default = whole["kinds"]["default"]
    whole["kinds"]["by_type"] = _elsewhere(below.kinds.by_type, by_type) | {
        name: kind for name, kind in by_type.items() if kind and (kind != default or name in shipped.kinds.by_type)
    }
    # A visit that the shipped rules ask for is taken away by saying 0: a blank would bring theirs back from a file.
    asked = _whole(_said(types, "type", "visits"))
    none = {name: 0 for name in shipped.statutory.visits if name in by_type}
    whole["statutory"]["visits"] = _elsewhere(below.statutory.visits, by_type) | none | asked
    months = _whole(_said(types, "type", "months"))
    whole["regularity"]["by_type"] = _elsewhere(below.regularity.by_type, by_type) | months
    whole["minimum"] |= {
        "sector": {name: int(said[f"sector.{name}"]) for name in SECTORS if said.get(f"sector.{name}")},
        "county": _whole(_said(edited["counties"], "county", "visits")), "theme": _themes(edited["themes"]),
    }  # fmt: skip
    return plan_rules.from_dict(whole, "form")


def with_a_years_days(rules: Rules, places: Places) -> list[str]:
    """The offices whose person-days are said to be those of the last twelve months, as the table is filled in."""
    said = rules.capacity.person_days
    return [name for name in places.offices if name in said and said[name] == round(places.spent.get(name, 0.0), 1) > 0]


def offices_asked(rules: Rules, mine: Collection[str] | None) -> Rules:
    """The rules for the offices that the planner may plan for. mine: None means all of them."""
    if mine is None:
        return rules
    only = tuple(name for name in rules.office.only if name in mine) or tuple(sorted(mine))
    return rules.model_copy(update={"office": rules.office.model_copy(update={"only": only})})


def _numbers(found: Mapping[Any, float], rows: pd.Index) -> pd.Series:
    return pd.Series(dict(found), dtype="float64").reindex(rows)


def _said(frame: pd.DataFrame, key: str, value: str) -> dict[str, float]:
    told = frame[frame[value].notna()]
    return {str(name): float(x) for name, x in zip(told[key], told[value], strict=True)}


def _elsewhere(found: Mapping[str, Any], shown: Collection[str]) -> dict[str, Any]:
    """What holds for types of service that no service of the list has, so that the table does not show them."""
    return {name: value for name, value in found.items() if name not in shown}


def _whole(found: Mapping[str, float]) -> dict[str, int]:
    return {name: round(x) for name, x in found.items()}


def _themes(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The themes that have a name and types; a row only half filled in is said to be wrong by the rules themselves."""
    rows = frame[frame["name"].notna() | frame["types"].map(_listed).map(bool)]
    return [
        {"name": str(row["name"] or ""), "types": _listed(row["types"]),
         "visits": 0 if pd.isna(row["visits"]) else round(row["visits"]),
         "per_office": 0 if pd.isna(row["per_office"]) else round(row["per_office"])}
        for row in rows.to_dict("records")
    ]  # fmt: skip


def _listed(cell: Any) -> list[str]:
    return [str(one) for one in cell] if isinstance(cell, list | tuple) or hasattr(cell, "tolist") else []
