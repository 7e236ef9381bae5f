"""From rules to a problem of whole numbers: who may be visited by whom, and every row that must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.plan.anywhere import Moves, moves
from risiko.plan.draw import IntArray
from risiko.plan.eligible import Eligible, notice, notices_frame
from risiko.plan.problem import BoolArray, Problem
from risiko.plan.rules import Rules
from risiko.vocabulary import RULES

_CODE = {name: code for code, name in enumerate(RULES)}


@dataclass(frozen=True, eq=False)
class Posed:
    """The problem, and what its columns are: for each, the position of the candidate and the office that would go.

    A column of a service that owes statutory visits stands for all of them. Where any office may go, columns that move
    visits to another office come behind those of the services (plan.anywhere); their service is -1.
    notices: archive.NOTICES.
    """

    problem: Problem
    service: IntArray
    office: pd.Series
    days: FloatArray
    points: FloatArray
    moves: Moves
    notices: pd.DataFrame


@dataclass
class _Rows:
    """Rows of the problem as they are found."""

    column: list[IntArray] = field(default_factory=list)
    weight: list[FloatArray] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rule: list[int] = field(default_factory=list)
    what: list[str] = field(default_factory=list)

    def add(self, rule: str, what: str, column: IntArray, weight: FloatArray, low: float, high: float) -> None:
        self.column.append(column)
        self.weight.append(weight)
        self.low.append(low)
        self.high.append(high)
        self.rule.append(_CODE[rule])
        self.what.append(what)


def posed(eligible: Eligible, rules: Rules, drawn: pd.Series, others: pd.DataFrame | None = None) -> Posed:
    """The plan as a problem.

    drawn: service_ids that the exploration draw chose; one whom a planner skips stays out. others: visits that other
    authorities plan in the period (plan.burden.visits_by_others); None: none are known.

    Statutory visits, drawn services and those added by hand must be; those skipped, postponed or visited too recently
    may not. Minima never ask for more than there are (METHODS 8), and count no statutory visits. A maximum of a
    municipality or provider gives way to the law and to the draw (with a notice for the law), never to the rest. Days
    of regularity: a share of the visits that the days left after law and draw can pay for goes to the overdue.
    """
    at = eligible.candidates
    owed = at["statutory"].to_numpy(dtype=float)
    by_law, count = owed > 0, np.maximum(owed, 1.0)
    days, points = at["days"].to_numpy(dtype=float) * count, at["points"].to_numpy(dtype=float) * count
    is_drawn = at["service_id"].isin(drawn).to_numpy() & ~by_law & (at["barred"] == "").to_numpy()
    least, most, must = _bounds(at, by_law, is_drawn)
    rows = _Rows()
    together, said = _joint(rows, at, days, by_law, rules)
    could = ~by_law & (most > 0) & ~together & rules.office.any
    moved = moves(at, days, eligible.capacity, could, rules.office.away_days)
    _capacity(rows, eligible, at["office"], days, points, moved)
    _counted(rows, moved, len(at))
    _regularity(rows, eligible, at, days, by_law, is_drawn, rules)
    said += _minima(rows, at, by_law, rules)
    said += _burden(rows, at, count, by_law, is_drawn, rules, others)
    value = np.where(by_law, 0.0, np.nan_to_num(at["value"].to_numpy(dtype=float)))
    n, more = len(at), len(moved)
    ends = np.concatenate([least, np.zeros(more)]), np.concatenate([most, np.ones(more)])
    problem = _problem(np.concatenate([value, np.zeros(more)]), rows, *ends, np.concatenate([must, np.full(more, -1)]))
    service = np.concatenate([np.arange(n), np.full(more, -1)])
    return Posed(problem, service, at["office"], days, points, moved, notices_frame(said))


def _bounds(at: pd.DataFrame, by_law: BoolArray, drawn: BoolArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """least, most and the rule behind them."""
    least, most = np.zeros(len(at)), np.ones(len(at))
    must = np.full(len(at), -1, dtype=np.int64)
    for rule in ("spacing", "postpone", "skip"):
        barred = (at["barred"] == rule).to_numpy() & ~by_law
        most[barred], must[barred] = 0.0, _CODE[rule]
    for rule, who in (("add", at["added"].to_numpy(dtype=bool) & ~by_law), ("draw", drawn), ("statutory", by_law)):
        least[who], must[who] = 1.0, _CODE[rule]
    return least, most, must


def _capacity(
    rows: _Rows, eligible: Eligible, home: pd.Series, days: FloatArray, points: FloatArray, moved: Moves
) -> None:
    """Each office's days and points: its own services' visits, less those that others make, and those it makes for
    others. An office whose days nobody has told has none."""
    known = [str(name) for name in eligible.capacity.index]
    offices = [*known, *sorted({*home} - {*known})] if len(moved) else known
    of, target = np.array(moved.home, dtype=object)[moved.of] if len(moved) else np.empty(0), np.array(moved.office)
    for rule, limits, cost in (("capacity", eligible.capacity, days), ("points", eligible.points, points)):
        each = moved.days if rule == "capacity" else moved.points
        more = moved.away_days if rule == "capacity" else 0.0
        leaves = -moved.size * each[moved.of] if len(moved) else np.empty(0)
        comes = moved.size * (each[moved.of] + more) if len(moved) else np.empty(0)
        for name in offices:  # a dozen
            limit = limits.get(name, np.nan)
            own, out, into = (np.flatnonzero(who) for who in ((home == name).to_numpy(), of == name, target == name))
            if not len(own) + len(into) or (rule == "points" and pd.isna(limit)):
                continue
            column = np.concatenate([own, len(home) + out, len(home) + into])
            weight = np.concatenate([cost[own], leaves[out], comes[into]])
            rows.add(rule, name, column, weight, -np.inf, 0.0 if pd.isna(limit) else float(limit))


def _counted(rows: _Rows, moved: Moves, n: int) -> None:
    """No more visits of a class are moved than are made."""
    for c, home in enumerate(moved.home):  # a few classes an office
        out, own = np.flatnonzero(moved.of == c), np.flatnonzero(moved.cls == c)
        if len(out):
            weight = np.concatenate([moved.size[out], -np.ones(len(own))])
            rows.add("once", f"{home}, {moved.days[c]:g}", np.concatenate([n + out, own]), weight, -np.inf, 0.0)


def _regularity(
    rows: _Rows, eligible: Eligible, at: pd.DataFrame, days: FloatArray, by_law: BoolArray, drawn: BoolArray,
    rules: Rules,
) -> None:  # fmt: skip
    """By office: as many visits to overdue services as the share of the days left after law and draw can pay for."""
    overdue = at["overdue"].to_numpy(dtype=bool) & (at["barred"] == "").to_numpy() & ~by_law
    certain = by_law | drawn
    spent = pd.Series(np.where(certain, days, 0.0)).groupby(at["office"].to_numpy()).sum()
    for name, limit in eligible.capacity.items():  # a dozen offices
        here = overdue & (at["office"] == name).to_numpy()
        open_ = here & ~drawn
        left = (0.0 if pd.isna(limit) else float(limit)) - float(spent.get(name, 0.0))
        if not open_.any() or left <= 0:
            continue
        wanted = int(rules.regularity.share * left / days[open_].mean())
        wanted = min(wanted, int(open_.sum())) + int((here & drawn).sum())
        if wanted:
            rows.add("regularity", str(name), np.flatnonzero(here), np.ones(here.sum()), wanted, np.inf)


def _minima(rows: _Rows, at: pd.DataFrame, by_law: BoolArray, rules: Rules) -> list[dict[str, object]]:
    can = ~by_law & (at["barred"] == "").to_numpy()
    said: list[dict[str, object]] = []

    def least(rule: str, what: str, who: BoolArray, n: int) -> None:
        possible = int((can & who).sum())
        if possible < n:
            said.append(notice("minimum_lowered", what, possible))
        if min(n, possible):
            column = np.flatnonzero(can & who)
            rows.add(rule, what, column, np.ones(len(column)), min(n, possible), np.inf)

    for sector, n in rules.minimum.sector.items():
        least("minimum_sector", sector, (at["sector"] == sector).to_numpy(), n)
    named = rules.minimum.county
    each = dict.fromkeys(sorted({*at["county"]} - {""}), rules.minimum.each_county) if rules.minimum.each_county else {}
    for county, n in {**each, **named}.items():
        least("minimum_county", county, (at["county"] == county).to_numpy(), n)
    for theme in rules.minimum.theme:
        own = at["service_type"].isin(theme.types).to_numpy()
        least("minimum_theme", theme.name, own, theme.visits)
        if theme.per_office:
            for name in sorted({*at.loc[own, "office"]} - {""}):
                here = own & (at["office"] == name).to_numpy()
                least("minimum_theme", f"{theme.name}, {name}", here, theme.per_office)
    return said


def _burden(
    rows: _Rows, at: pd.DataFrame, count: FloatArray, by_law: BoolArray, drawn: BoolArray, rules: Rules,
    others: pd.DataFrame | None,
) -> list[dict[str, object]]:  # fmt: skip
    said: list[dict[str, object]] = []
    rule = rules.burden
    limits = {"municipality": ("municipalities", rule.per_municipality), "provider": ("provider_id", rule.per_provider)}
    for kind, (column, limit) in limits.items():
        if not limit:
            continue
        places = at[column].str.split("|") if kind == "municipality" else at[column].map(lambda name: [name])
        long = pd.DataFrame({"name": places, "position": np.arange(len(at))}).explode("name")
        long = long[long["name"].fillna("") != ""]
        planned = _others(others, kind) if rule.others_count else {}
        certain = pd.Series(np.where(by_law | drawn, count, 0.0))
        law = pd.Series(np.where(by_law, count, 0.0))
        for name, group in long.groupby("name"):  # only those that could pass the limit
            own = group["position"].to_numpy(dtype=np.int64)
            room = max(limit - planned.get(str(name), 0), 0)
            if count[own].sum() <= room:
                continue
            if law.iloc[own].sum() > room:
                said.append(notice("burden_by_law", str(name), law.iloc[own].sum()))
            high = max(float(room), float(certain.iloc[own].sum()))
            rows.add(f"burden_{kind}", str(name), own, count[own], -np.inf, high)
    return said


def _others(others: pd.DataFrame | None, kind: str) -> Mapping[str, int]:
    if others is None or others.empty:
        return {}
    own = others[others["what"] == kind]
    return dict(zip(own["who"], own["visits"].astype(int), strict=True))


def _joint(
    rows: _Rows, at: pd.DataFrame, days: FloatArray, by_law: BoolArray, rules: Rules
) -> tuple[BoolArray, list[dict[str, object]]]:
    """Both or none, each by the own office, which must be the same; the days saved come off the later ones.

    Statutory visits are made anyway. First value: who stands in such a row.
    """
    said: list[dict[str, object]] = []
    together = np.zeros(len(at), dtype=bool)
    place = pd.Series(np.arange(len(at)), index=at["service_id"])
    for joint in rules.joint:
        gone = [s for s in joint.services if s not in place.index]
        said += [notice("joint_alone", s) for s in gone]
        there = [int(place[s]) for s in joint.services if s in place.index and not by_law[place[s]]]
        if gone or len(there) < 2:
            continue
        if at["office"].iloc[there].nunique() > 1:  # nobody could make both: then neither would be visited
            said += [notice("joint_apart", at["service_id"].iloc[i]) for i in there]
            continue
        first, *rest = there
        for other in rest:
            what = f"{at['service_id'].iloc[first]}, {at['service_id'].iloc[other]}"
            rows.add("joint", what, np.array([first, other]), np.array([1.0, -1.0]), 0.0, 0.0)
        days[rest] = np.maximum(days[rest] - joint.saves_days / len(rest), 0.0)
        together[there] = True
    return together, said


def _problem(value: FloatArray, rows: _Rows, least: FloatArray, most: FloatArray, must: IntArray) -> Problem:
    from scipy.sparse import csr_array

    sizes = [len(column) for column in rows.column]
    pointer = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    weight = np.concatenate([np.empty(0), *rows.weight])
    column = np.concatenate([np.empty(0, dtype=np.int64), *rows.column])
    matrix = csr_array((weight, column, pointer), shape=(len(sizes), len(value)))
    return Problem(
        value, matrix, np.array(rows.low), np.array(rows.high), np.array(rows.rule, dtype=np.int64), tuple(rows.what),
        least, most, must, RULES,
    )  # fmt: skip
