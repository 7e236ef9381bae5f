"""Why no plan keeps all rules: which of them collide, and the smallest changes that would make room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from risiko.asof import FloatArray
from risiko.plan.draw import IntArray
from risiko.plan.loosened import only, present, without
from risiko.plan.problem import BoolArray, Problem
from risiko.plan.pruning import relax
from risiko.plan.solve import by_highs

SECONDS = 2.0  # for each question to the solver
MOST = 5  # collisions told of
LAW = "statutory"  # the authority may not let these visits go, so that is never a way
KEPT = ("once",)  # what a visit is, no rule that could give way


@dataclass(frozen=True)
class Row:
    """A row that takes part in a collision: whose it is and what it asks."""

    rule: str
    what: str
    low: float
    high: float

    def __str__(self) -> str:
        ends = {"at least": self.low, "at most": self.high}
        told = " and ".join(f"{word} {end:g}" for word, end in ends.items() if np.isfinite(end))
        return f"{self.rule} ({self.what}): {told}"


@dataclass(frozen=True)
class Easing:
    """A change of one end of a row; or, where `visit` is not -1, a visit that is let go (or let in)."""

    rule: str
    what: str
    end: str  # "low", "high", "least" or "most"
    from_: float
    to: float
    visit: int = -1

    def __str__(self) -> str:
        if self.visit >= 0:
            return f"{self.rule}: {'let go of' if self.to < self.from_ else 'allow'} visit {self.visit}"
        return f"{self.rule} ({self.what}): {self.from_:g} to {self.to:g}"


@dataclass(frozen=True)
class Way:
    """Changes to one rule (or, where no single rule can make room, to several) that make room for a plan.

    smallest: proved that no smaller change of that rule does (in shares of each row's end; a visit counts as 1).
    """

    easings: tuple[Easing, ...]
    smallest: bool


@dataclass(frozen=True)
class Conflict:
    """Rules that cannot hold together, none of which can be spared for that.

    rows: of those rules, the fewest that collide already with the visits that are forced or forbidden; visits: those
    forced or forbidden visits of the rules that stand in these rows. ways: each alone would help, the slightest first.
    minimal: False where the time ran out, so that a rule or row may be in it without need.
    """

    rules: tuple[str, ...]
    rows: tuple[Row, ...]
    visits: tuple[int, ...]
    ways: tuple[Way, ...]
    minimal: bool

    def __str__(self) -> str:
        rows = "; ".join(str(row) for row in self.rows)
        ways = "; or ".join(", ".join(str(e) for e in way.easings) for way in self.ways)
        return f"{' + '.join(self.rules)}: {rows or 'the visits'}. What would help: {ways or 'nothing found'}."


def conflicts(problem: Problem) -> list[Conflict]:
    """The collisions of a problem that no plan can meet, each apart from the others, at most five; empty where one can.

    Deletion filter over the rules (Chinneck and Dravnieks 1991), then QuickXplain (Junker 2004) over the rows of those
    that are left. A collision's rows are taken away before the next is looked for. A question the solver cannot answer
    in its time counts as "there is a plan": the collision then holds more than it must, and says so.
    """
    found: list[tuple[tuple[str, ...], BoolArray, bool]] = []
    left, names = np.ones(len(problem.low), dtype=bool), present(problem)
    freed: list[str] = []
    while len(found) < MOST:
        now = without(only(problem, left), freed)
        if _possible(now) is not False:
            break
        unsure: list[int] = []
        rules = _rules(now, names, unsure)
        places = _places(problem, left, freed)
        rows = np.zeros(len(problem.low), dtype=bool)
        rows[places[_rows(now, rules, unsure)]] = True
        found.append((rules, rows, not unsure))
        left &= ~rows
        if not rows.any():
            freed += rules
    return [_told(problem, found, i) for i in range(len(found))]


def _places(problem: Problem, left: BoolArray, freed: Sequence[str]) -> IntArray:
    gone = [problem.rules.index(name) for name in freed]
    return np.asarray(np.flatnonzero(left & ~np.isin(problem.rule, gone)), dtype=np.int64)


def _possible(problem: Problem) -> bool | None:
    """Whether some plan keeps the rules; None: not answered in time."""
    if relax(problem) is None:
        return False
    ended = by_highs(replace(problem, value=np.zeros(len(problem))), SECONDS)
    return True if ended.x is not None else False if ended.ended == "infeasible" else None


def _rules(problem: Problem, names: Sequence[str], unsure: list[int]) -> tuple[str, ...]:
    """The rules that are left when every one that can be spared is taken away, in turn."""
    gone: list[str] = []
    for name in reversed([name for name in names if name not in KEPT]):  # the law and the days come first, so go last
        answer = _possible(without(problem, [*gone, name]))
        if answer is False:
            gone.append(name)
        elif answer is None:
            unsure.append(1)
    return tuple(name for name in names if name not in gone and name not in KEPT)


def _rows(problem: Problem, rules: Sequence[str], unsure: list[int]) -> IntArray:
    """The fewest rows of these rules that collide with each other and the forced visits of the rules."""
    base = without(problem, [name for name in problem.rules if name not in (*rules, *KEPT)])
    kept = np.isin(problem.rule, [problem.rules.index(name) for name in (*rules, *KEPT) if name in problem.rules])
    places = np.flatnonzero(kept)
    given = np.isin(base.rule, [base.rules.index(name) for name in KEPT if name in base.rules])

    def collide(rows: IntArray) -> bool:
        mask = given.copy()
        mask[rows] = True
        answer = _possible(only(base, mask))
        if answer is None:
            unsure.append(1)
        return answer is False

    none = np.zeros(0, dtype=np.int64)
    asked = np.asarray(np.flatnonzero(~given), dtype=np.int64)
    if collide(none):
        return none
    return np.asarray(places[np.sort(_fewest(none, False, asked, collide))], dtype=np.int64)


def _fewest(base: IntArray, grew: bool, asked: IntArray, collide: Callable[[IntArray], bool]) -> IntArray:
    """Junker's QuickXplain: a smallest part of `asked` (no member can be spared) that collides together with `base`."""
    if grew and collide(base):
        return asked[:0]
    if len(asked) == 1:
        return asked
    one, two = np.array_split(asked, 2)
    second = _fewest(np.concatenate([base, one]), True, two, collide)
    first = _fewest(np.concatenate([base, second]), len(second) > 0, one, collide)
    return np.concatenate([first, second])


def _told(problem: Problem, found: Sequence[tuple[tuple[str, ...], BoolArray, bool]], i: int) -> Conflict:
    """One collision in words' reach; what would help is asked of the problem without the other collisions' rows."""
    rules, rows, sure = found[i]
    others = np.zeros(len(problem.low), dtype=bool)
    for j, (_, taken, _) in enumerate(found):
        others |= taken if j != i else False
    may = [rule for rule in rules if rule != LAW]
    ways = [way for rule in may if (way := _way(only(problem, ~others), [rule])) is not None]
    if not ways and (both := _way(only(problem, ~others), may)) is not None:
        ways = [both]
    numbers = [problem.rules.index(rule) for rule in rules]
    held = (problem.least == problem.most) & np.isin(problem.must_rule, numbers)
    touched = np.asarray(abs(problem.rows[np.flatnonzero(rows)]).sum(axis=0)).ravel() > 0
    told = tuple(
        Row(problem.rules[problem.rule[k]], problem.what[k], float(problem.low[k]), float(problem.high[k]))
        for k in np.flatnonzero(rows)
    )
    visits = tuple(int(v) for v in np.flatnonzero(held & (touched | ~rows.any())))
    return Conflict(rules, told, visits, tuple(sorted(ways, key=_size)), sure)


def _size(way: Way) -> float:
    return sum(1.0 if e.visit >= 0 else abs(e.to - e.from_) / max(1.0, abs(e.from_)) for e in way.easings)


def _way(problem: Problem, rules: Sequence[str]) -> Way | None:
    """The elastic problem: the rules' rows and forced visits may give, each at a price, and as little as can be."""
    from scipy.sparse import eye_array, hstack

    n, numbers = len(problem), [problem.rules.index(rule) for rule in rules]
    soft = np.isin(problem.rule, numbers)
    over, under = np.flatnonzero(soft & np.isfinite(problem.high)), np.flatnonzero(soft & np.isfinite(problem.low))
    unit = eye_array(len(problem.low), format="csc")
    rows = hstack([problem.rows, -unit[:, over], unit[:, under]]).tocsr()
    held = (problem.least == problem.most) & np.isin(problem.must_rule, numbers)
    ends = np.concatenate([problem.high[over], problem.low[under]])
    turned = np.where(held, np.where(problem.least > 0, -1.0, 1.0), 0.0)
    cost = np.concatenate([turned, 1 / np.maximum(1.0, np.abs(ends))])
    told = _least(problem, rows, cost, held, len(ends))
    if told is None:
        return None
    x, proved = told
    amount = x[n:]
    easings = [
        Easing(problem.rules[problem.rule[k]], problem.what[k], end, float(old), float(old + sign * by))
        for k, end, old, sign, by in zip(
            [*over, *under], ["high"] * len(over) + ["low"] * len(under), ends, [1.0] * len(over) + [-1.0] * len(under),
            amount, strict=True)
        if by > 1e-6
    ]  # fmt: skip
    for v in np.flatnonzero(held & (np.rint(x[:n]) != problem.least)):
        end = "least" if problem.least[v] > 0 else "most"
        was = float(problem.least[v])
        easings.append(Easing(problem.rules[problem.must_rule[v]], "", end, was, 1.0 - was, int(v)))
    return Way(tuple(easings), proved)


def _least(
    problem: Problem, rows: object, cost: FloatArray, held: BoolArray, slacks: int
) -> tuple[FloatArray, bool] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    n = len(problem)
    least = np.concatenate([np.where(held, 0.0, problem.least), np.zeros(slacks)])
    most = np.concatenate([np.where(held, 1.0, problem.most), np.full(slacks, np.inf)])
    whole = np.concatenate([np.ones(n), np.zeros(slacks)])
    told = milp(
        cost, integrality=whole, bounds=Bounds(least, most),
        constraints=LinearConstraint(rows, problem.low, problem.high),
        options={"mip_rel_gap": 0.0, "time_limit": SECONDS},
    )  # fmt: skip
    return None if told.x is None else (np.asarray(told.x, dtype=float), told.status == 0)
