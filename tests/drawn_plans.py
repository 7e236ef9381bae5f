"""Planning problems drawn by chance, with every kind of rule, for tests and the benchmark of the solver."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array

from risiko.plan.problem import Problem
from risiko.vocabulary import RULES

DAYS = np.array([11.0, 7.0, 30.0, 3.0, 15.0])


@dataclass
class Rows:
    """Rows that are being gathered: each a set of visits with what they count for, and its two ends."""

    at: list[np.ndarray] = field(default_factory=list)
    column: list[np.ndarray] = field(default_factory=list)
    weight: list[np.ndarray] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rule: list[int] = field(default_factory=list)
    what: list[str] = field(default_factory=list)

    def add(self, rule: str, what: str, visits: np.ndarray, weight: np.ndarray | float, low: float, high: float) -> None:
        visits = np.asarray(visits)
        self.at.append(np.full(len(visits), len(self.low)))
        self.column.append(visits)
        self.weight.append(np.broadcast_to(weight, visits.shape).astype(float))
        self.low.append(low)
        self.high.append(high)
        self.rule.append(RULES.index(rule))
        self.what.append(what)

    def problem(self, value: np.ndarray, least: np.ndarray, most: np.ndarray, must_rule: np.ndarray) -> Problem:
        n = len(value)
        at, column, weight = (np.concatenate([np.empty(0), *part]) for part in (self.at, self.column, self.weight))
        rows = coo_array((weight, (at.astype(int), column.astype(int))), shape=(len(self.low), n)).tocsr()
        return Problem(value, rows, np.array(self.low, dtype=float), np.array(self.high, dtype=float),
                       np.array(self.rule, dtype=np.int64), tuple(self.what), least, most, must_rule, RULES)  # fmt: skip


def drawn(rng: np.random.Generator, services: int = 5000, offices: int = 15, *, any_office: bool = False,
          whole_days: bool = True, share: float = 0.12) -> Problem:  # fmt: skip
    """A plan problem as risiko.plan.constraints poses it, with every rule.

    Each service belongs to an office (its county), a municipality, a provider (seven in ten to one of the municipality,
    the others to a chain that may be anywhere), a sector and a theme. share: of all days that visits to everyone would
    take, what the offices have. whole_days: five lengths of visit, else any length to a hundredth of a day. Some must
    be visited by law, by the draw or by hand, and some may not. Feasible in most draws.
    """
    home = np.sort(rng.integers(0, offices, services))
    municipality = home * 100 + (rng.beta(1, 4, services) * max(2, services // offices // 12)).astype(int)
    chain = rng.random(services) < 0.3
    provider = np.where(chain, 100_000 + rng.integers(0, max(2, services // 50), services), municipality)
    sector, theme = rng.choice(3, services, p=[0.3, 0.5, 0.2]), rng.integers(0, 8, services)
    overdue = rng.random(services) < 0.2
    days = rng.choice(DAYS, services, p=[0.5, 0.2, 0.1, 0.15, 0.05]) if whole_days else rng.uniform(3, 30, services).round(2)
    points, worth = rng.integers(1, 6, services).astype(float), np.exp(rng.normal(0, 1, services))
    why = rng.choice(["", "statutory", "draw", "add", "skip", "spacing"], services, p=[0.83, 0.02, 0.015, 0.008, 0.007, 0.12])
    law, barred = why == "statutory", np.isin(why, ["skip", "spacing"])
    forced = (why != "") & ~barred

    each = offices if any_office else 1
    service, office = np.repeat(np.arange(services), each), np.tile(np.arange(offices), services) if any_office else home
    own = office == home[service]
    visits, rows = np.arange(len(service)), Rows()
    cost = days[service] + np.where(own, 0.0, 2.0)
    for o in range(offices):
        mine, need = visits[office == o], home == o
        rows.add("capacity", f"office {o}", mine, cost[mine], -np.inf, round(max(share * days[need].sum(), 1.2 * days[need & forced].sum() + 30)))
        rows.add("points", f"office {o}", mine, points[service[mine]], -np.inf, round(0.9 * share * points[need].sum() + points[need & forced].sum()))
    for s in range(services if any_office else 0):
        rows.add("once", f"service {s}", visits[s * each : (s + 1) * each], 1.0, -np.inf, 1.0)
    total, can = share * services, ~law & ~barred
    for rule, of, part in (("minimum_sector", sector, 0.25), ("minimum_theme", theme, 0.09), ("minimum_county", home, 0.6 / offices)):
        for k in np.unique(of):
            rows.add(rule, f"{rule} {k}", visits[((of == k) & can)[service]], 1.0, float(min(int(part * total), ((of == k) & can).sum())), np.inf)
    for rule, of, most in (("burden_municipality", municipality, 4), ("burden_provider", provider, 3)):
        for k in np.unique(of):
            mine = of == k
            if (at_most := max(most, int((forced & mine).sum()))) < mine.sum():
                rows.add(rule, f"{rule} {k}", visits[mine[service]], 1.0, -np.inf, float(at_most))
    for o in range(offices):
        here = overdue & can & (home == o)
        rows.add("regularity", f"office {o}", visits[here[service] & (office == o)], 1.0, float(min(int(0.2 * total / offices), here.sum())), np.inf)
    free = np.flatnonzero(why == "")
    for a in rng.choice(free[:-1:2], max(1, services // 250), replace=False):
        b = free[np.searchsorted(free, a) + 1]
        for o in range(offices) if any_office else [None]:
            pair = visits[np.isin(service, [a, b]) & ((office == o) | (o is None))]
            rows.add("joint", f"{a} and {b}", pair, np.where(service[pair] == a, 1.0, -1.0), 0.0, 0.0)
    least = np.where(forced[service] & own, 1.0, 0.0)
    must = np.array([RULES.index(name) if name else -1 for name in why])[service]
    must = np.where(forced[service] & ~own, -1, must)
    return rows.problem(np.where(law, 0.0, worth)[service], least, np.where(barred[service], 0.0, 1.0), must)
