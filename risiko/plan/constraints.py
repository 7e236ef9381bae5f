"""From rules to a problem of whole numbers: who may be visited by whom, and every row that must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.plan.draw import IntArray
from risiko.plan.eligible import Eligible, notice, notices_frame
from risiko.plan.problem import BoolArray, Problem
from risiko.plan.rules import Rules
from risiko.vocabulary import RULES

ANY = "*"  # the office of a visit that any but the own could make
_CODE = {name: code for code, name in enumerate(RULES)}


@dataclass(frozen=True, eq=False)
class Posed:
    """The problem, and what its columns are: for each, the position of the candidate and the office that would go.

    A column of a service that owes statutory visits stands for all of them. Where any office may go, a service has a
    column for its own office and one for all the others together, whose office is ANY: which of them goes is settled
    afterwards (plan.packing), as they cost the same. notices: archive.NOTICES.
    """

    problem: Problem
    service: IntArray
    office: pd.Series
    days: FloatArray
    points: FloatArray
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
    frame = eligible.candidates
    service, office, days = _columns(eligible, rules)
    at, count = frame.iloc[service].reset_index(drop=True), np.ones(len(service))
    owed = at["statutory"].to_numpy(dtype=float)
    by_law = owed > 0
    days, count = np.where(by_law, days * owed, days), np.where(by_law, owed, count)
    is_drawn = at["service_id"].isin(drawn).to_numpy() & ~by_law & (at["barred"] == "").to_numpy()
    least, most, must = _bounds(at, by_law, is_drawn)
    rows = _Rows()
    said = _joint(rows, at, office, days, by_law, rules)
    points = at["points"].to_numpy(dtype=float) * count
    _capacity(rows, eligible, office, days, points)
    _once(rows, service)
    _regularity(rows, eligible, at, days, by_law, is_drawn, rules)
    said += _minima(rows, at, by_law, rules)
    said += _burden(rows, at, count, by_law, is_drawn, rules, others)
    value = np.where(by_law, 0.0, np.nan_to_num(at["value"].to_numpy(dtype=float)))
    return Posed(_problem(value, rows, least, most, must), service, office, days, points, notices_frame(said))


def _columns(eligible: Eligible, rules: Rules) -> tuple[IntArray, pd.Series, FloatArray]:
    """Who may visit whom, in service order, the own office first; statutory visits are the own office's."""
    frame = eligible.candidates
    own = np.arange(len(frame))
    if not rules.office.any:
        return own, frame["office"], frame["days"].to_numpy(dtype=float)
    with_room = [name for name, days in eligible.capacity.items() if days > 0]
    at_home = own[(frame["office"].isin(with_room) | (frame["statutory"] > 0)).to_numpy()]
    away = own[(frame["statutory"] == 0).to_numpy()]
    service = np.concatenate([at_home, away])
    order = np.argsort(service, kind="stable")  # the own office's column stands first
    office = pd.concat([frame["office"].iloc[at_home], pd.Series(ANY, index=away)])
    days = frame["days"].to_numpy(dtype=float)[service] + np.repeat([0.0, rules.office.away_days], [len(at_home), len(away)])
    return service[order], office.iloc[order].reset_index(drop=True), days[order]


def _bounds(at: pd.DataFrame, by_law: BoolArray, drawn: BoolArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """least, most and the rule behind them. Who must be visited is visited by the own office."""
    least, most = np.zeros(len(at)), np.ones(len(at))
    must = np.full(len(at), -1, dtype=np.int64)
    for rule in ("spacing", "postpone", "skip"):
        barred = (at["barred"] == rule).to_numpy()
        most[barred], must[barred] = 0.0, _CODE[rule]
    first = ~at["service_id"].duplicated().to_numpy()  # the own office where it has room, else the first that has
    for rule, who in (("add", at["added"].to_numpy(dtype=bool) & ~by_law), ("draw", drawn), ("statutory", by_law)):
        least[who & first], must[who & first] = 1.0, _CODE[rule]
    return least, most, must


def _capacity(rows: _Rows, eligible: Eligible, office: pd.Series, days: FloatArray, points: FloatArray) -> None:
    """Each office's days and points; where any office may go, all offices' together as well."""
    anywhere = bool((office == ANY).any())
    for rule, limits, cost in (("capacity", eligible.capacity, days), ("points", eligible.points, points)):
        whole = limits.map(lambda limit, cost=cost: _reachable(limit, cost)) if anywhere else limits
        for name, limit in limits.items():  # a dozen offices
            column = np.flatnonzero(office == name)
            if len(column) and (rule == "capacity" or not pd.isna(limit)):
                rows.add(rule, str(name), column, cost[column], -np.inf, 0.0 if pd.isna(limit) else float(limit))
        if anywhere and not whole.isna().all():
            everyone = np.arange(len(cost))
            rows.add(rule, ANY, everyone, cost[everyone], -np.inf, float(whole.fillna(0.0).sum()))


def _reachable(limit: float, cost: FloatArray) -> float:
    """The largest sum of these costs, in steps of what divides them all, that the limit allows: no office uses more.

    Steps below a hundredth are not looked for: the limit then stands as it is.
    """
    hundredths = np.rint(cost * 100)
    if pd.isna(limit) or not np.allclose(hundredths, cost * 100, atol=1e-6, rtol=0) or not hundredths.any():
        return limit
    step = int(np.gcd.reduce(hundredths.astype(np.int64)))
    return float(np.floor(limit * 100 / step + 1e-9) * step / 100)


def _once(rows: _Rows, service: IntArray) -> None:
    """At most one visit of each service where several offices could go."""
    first = np.flatnonzero(np.diff(service, prepend=-1))
    last = np.append(first[1:], len(service))
    for a, b in zip(first[last - first > 1].tolist(), last[last - first > 1].tolist(), strict=True):
        rows.add("once", str(service[a]), np.arange(a, b), np.ones(b - a), -np.inf, 1.0)


def _regularity(
    rows: _Rows, eligible: Eligible, at: pd.DataFrame, days: FloatArray, by_law: BoolArray, drawn: BoolArray,
    rules: Rules,
) -> None:  # fmt: skip
    """By office: as many visits to overdue services as the share of the days left after law and draw can pay for."""
    first = ~at["service_id"].duplicated().to_numpy()
    overdue = at["overdue"].to_numpy(dtype=bool) & (at["barred"] == "").to_numpy() & ~by_law
    certain = (by_law | drawn) & first
    spent = pd.Series(np.where(certain, days, 0.0)).groupby(at["office"].to_numpy()).sum()
    for name, limit in eligible.capacity.items():  # a dozen offices
        here = overdue & (at["office"] == name).to_numpy()
        open_ = here & first & ~drawn
        left = (0.0 if pd.isna(limit) else float(limit)) - float(spent.get(name, 0.0))
        if not open_.any() or left <= 0:
            continue
        wanted = int(rules.regularity.share * left / days[open_].mean())
        wanted = min(wanted, int(open_.sum())) + int((here & drawn & first).sum())
        if wanted:
            rows.add("regularity", str(name), np.flatnonzero(here), np.ones(here.sum()), wanted, np.inf)


def _minima(rows: _Rows, at: pd.DataFrame, by_law: BoolArray, rules: Rules) -> list[dict[str, object]]:
    can = ~by_law & (at["barred"] == "").to_numpy()
    said: list[dict[str, object]] = []

    def least(rule: str, what: str, who: BoolArray, n: int) -> None:
        possible = at.loc[can & who, "service_id"].nunique()
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
    first = ~at["service_id"].duplicated().to_numpy()
    rule = rules.burden
    limits = {"municipality": ("municipalities", rule.per_municipality), "provider": ("provider_id", rule.per_provider)}
    for kind, (column, limit) in limits.items():
        if not limit:
            continue
        places = at[column].str.split("|") if kind == "municipality" else at[column].map(lambda name: [name])
        long = pd.DataFrame({"name": places, "position": np.arange(len(at))}).explode("name")
        long = long[long["name"].fillna("") != ""]
        planned = _others(others, kind) if rule.others_count else {}
        certain = pd.Series(np.where((by_law | drawn) & first, count, 0.0))
        law = pd.Series(np.where(by_law & first, count, 0.0))
        for name, group in long.groupby("name"):  # only those that could pass the limit
            own = group["position"].to_numpy(dtype=np.int64)
            room = max(limit - planned.get(str(name), 0), 0)
            if count[own[first[own]]].sum() <= room:
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
    rows: _Rows, at: pd.DataFrame, office: pd.Series, days: FloatArray, by_law: BoolArray, rules: Rules
) -> list[dict[str, object]]:
    """Both or none, by the same office; the days saved come off the later ones. Statutory visits are made anyway."""
    said: list[dict[str, object]] = []
    for joint in rules.joint:
        there = [s for s in joint.services if ((at["service_id"] == s).to_numpy() & ~by_law).any()]
        gone = [s for s in joint.services if not (at["service_id"] == s).any()]
        said += [notice("joint_alone", s) for s in gone]
        if gone or len(there) < 2:
            continue
        if not rules.office.any and office[at["service_id"].isin(there).to_numpy()].nunique() > 1:
            said += [notice("joint_apart", s) for s in there]  # nobody could make both: then neither would be visited
            continue
        first, *rest = there
        save = joint.saves_days / len(rest)
        for name in sorted({*office[at["service_id"].isin(there).to_numpy()]}):
            here = {s: np.flatnonzero((at["service_id"] == s).to_numpy() & (office == name).to_numpy()) for s in there}
            for other in rest:
                pair = np.concatenate([here[first], here[other]])
                if len(pair):
                    sign = np.concatenate([np.ones(len(here[first])), -np.ones(len(here[other]))])
                    rows.add("joint", f"{first}, {other}", pair, sign, 0.0, 0.0)
                days[here[other]] = np.maximum(days[here[other]] - save, 0.0)
    return said


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
