"""What the best plan costs to find, beside plain scipy.optimize.milp on the same problem in the same minutes.

    python benchmarks/planning.py [--seeds 3] [--plain 120] [--only NAME]

Processor seconds of this process. Services are the demo authority's, drawn and spread anew, under every rule; the
last case is drawn on purpose to be hard (tests/drawn_plans.py). Plain: HiGHS with a gap of 0
on the whole problem, at most --plain seconds on the wall; where it ran out of time the ratio is at most what is shown.
Worth: how far the plan is below the bound that was proved, in millionths of the bound (0: proved the best).
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy.sparse import csr_array, vstack

sys.path.insert(0, str(Path(__file__).parents[1]))

from scipy.optimize import Bounds, LinearConstraint, milp

from risiko import pipeline, settings, synthetic
from risiko.pipeline import planning
from risiko.plan.conflicts import conflicts
from risiko.plan.constraints import Posed, posed
from risiko.plan.eligible import Eligible
from risiko.plan.explore import explore
from risiko.plan.preview import preview
from risiko.plan.prices import prices
from risiko.plan.problem import Problem, broken
from risiko.plan.rules import Rules, shipped
from risiko.plan.solve import solve
from tests.drawn_plans import drawn

POINTS = {"inspection": 1, "system_audit": 3}

DRAWN = "5,000 services, 15 offices, drawn hard: any days, tight limits"
CASES = {
    "5,000 services, 15 offices, every rule": (5000, False),
    "5,000 services, any of 15 offices, every rule": (5000, True),
    "50,000 services, 15 offices, every rule": (50_000, False),
}  # fmt: skip


@cache
def demo() -> Eligible:
    """The candidates of the demo authority, at its newest date."""
    tables = synthetic.build().tables
    day = tables["complaints"]["known_date"].max().date()
    run = pipeline.rank(pipeline.prepare_tables(tables, day, settings.load()))
    return planning.who_could(run, shipped())


def posed_for(services: int, seed: int, any_office: bool) -> tuple[Posed, Eligible, Rules]:
    """A plan with every rule, of services drawn from the demo's and spread anew over 15 offices and 15 counties."""
    rng, base = np.random.default_rng(seed), demo()
    frame = base.candidates.iloc[rng.integers(0, len(base.candidates), services)].reset_index(drop=True)
    town = [f"m{i:04}" for i in rng.integers(0, 350 * services // 5000, services)]
    frame = frame.assign(
        service_id=[f"s{i:06}" for i in range(services)], office=[f"o{i:02}" for i in rng.integers(0, 15, services)],
        county=[f"c{i:02}" for i in rng.integers(0, 15, services)], municipality=town, municipalities=town,
        provider_id=[f"p{i:05}" if i < services // 4 else "" for i in rng.integers(0, services, services)],
        value=frame["value"] * rng.uniform(0.9, 1.1, services), points=frame["kind"].map(POINTS).fillna(0.0),
    )  # fmt: skip
    law = (frame["days"] * frame["statutory"]).groupby(frame["office"]).sum()
    capacity = (law + rng.uniform(250, 600, 15) * services / 5000).round(1)
    free = frame[(frame["statutory"] == 0) & (frame["barred"] == "")]
    pairs = [list(own["service_id"].iloc[:2]) for _, own in free.groupby("office")][:10]
    rules = shipped().with_changes({
        "burden": {"per_municipality": 8, "per_provider": 3}, "cost": {"points": POINTS}, "office": {"any": any_office},
        "minimum": {"each_county": 5, "sector": {"social": 40, "health": 60},
                    "theme": [{"name": "t", "types": ["nursing_home"], "visits": 60, "per_office": 2}]},
        "joint": [{"services": pair, "saves_days": 3.0} for pair in pairs],
    })  # fmt: skip
    found = Eligible(frame, base.left_out, base.notices, base.start, base.end, capacity, (0.11 * capacity).round())
    draw = explore(frame, rules, capacity - law, seed=seed, as_of=base.start)
    return posed(found, rules, draw.loc[draw["drawn"], "service_id"]), found, rules


def by_name(made: Posed, found: Eligible, rules: Rules) -> Problem:
    """The same plan with a column for every service and office, as one would pose it at first."""
    small, n, names = made.problem, len(found.candidates), list(found.capacity.index)
    m = len(names)
    own = (made.office.to_numpy()[:, None] == np.array(names)[None, :]).ravel()
    service = np.repeat(np.arange(n), m)
    stays = made.moves.cls[service] < 0  # by law, barred or together: never by another office
    days = made.days[service] + np.where(own, 0.0, rules.office.away_days)
    keep = np.flatnonzero(~np.isin(small.rule, [small.rules.index(r) for r in ("capacity", "points", "once")]))
    others = small.rows[keep][:, :n].tocsc()[:, service]
    place = np.tile(np.arange(m), n)
    per_office = [csr_array((c, (place, np.arange(n * m))), shape=(m, n * m)) for c in (days, made.points[service])]
    once = csr_array((np.ones(n * m), (service, np.arange(n * m))), shape=(n, n * m))
    low = np.concatenate([small.low[keep], np.full(2 * m + n, -np.inf)])
    high = np.concatenate([small.high[keep], found.capacity, found.points, np.ones(n)])
    least = np.where(own & stays, small.least[service], 0.0)
    most = np.where(own | ~stays, small.most[service], 0.0)
    must = np.flatnonzero((small.least[:n] > 0) & (made.moves.cls >= 0))  # drawn: somebody has to go
    low[len(keep) + 2 * m + must] = 1.0
    rows = csr_array(vstack([others, *per_office, once]))
    none = np.zeros(len(low), dtype=np.int64)
    return Problem(small.value[service], rows, low, high, none, ("",) * len(low), least, most, np.full(n * m, -1),
                   small.rules)  # fmt: skip


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds, and what came of it."""
    began = time.process_time()
    found = run()
    return time.process_time() - began, found


def plain(problem: Problem, seconds: float) -> Any:
    """HiGHS on the whole problem."""
    return milp(
        -problem.value, integrality=np.ones(len(problem)), bounds=Bounds(problem.least, problem.most),
        constraints=LinearConstraint(problem.rows, problem.low, problem.high),
        options={"mip_rel_gap": 0.0, "time_limit": seconds},
    )  # fmt: skip


def one(problem: Problem, limit: float, as_posed: Problem | None = None) -> dict[str, float]:
    """One problem, all ways. as_posed: what plain milp is given, where that is another form of it."""
    quick, glance = timed(lambda: preview(problem))
    ours, found = timed(lambda: solve(problem))
    theirs, told = timed(lambda: plain(as_posed or problem, limit))
    if found.status in ("optimal", "greedy") and broken(problem, found.chosen):
        raise AssertionError("a plan that breaks a rule was shown")
    if told.status == 0 and found.status == "optimal" and abs(-told.fun - found.worth) > 1e-6 * found.worth:
        raise AssertionError(f"two proved optima: {found.worth} and {-told.fun}")
    short = 1e6 * (found.bound - found.worth) / found.bound
    said = np.nan if told.x is None else 1e6 * (found.bound + told.fun) / found.bound
    return {"preview": quick, "off": 100 * (glance.bound - glance.worth) / glance.bound, "solve": ours, "short": short,
            "plain": theirs, "plain_short": said, "plain_proved": float(told.status == 0)}  # fmt: skip


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--plain", type=float, default=120)
    asked.add_argument("--only", default="")
    given = asked.parse_args()
    for name in (*CASES, DRAWN):
        if given.only not in name:
            continue
        print(name, flush=True)
        ratios = []
        for seed in range(given.seeds):
            if name == DRAWN:
                problem, full = drawn(np.random.default_rng(seed), 5000, whole_days=False), None
            else:
                made, found, rules = posed_for(CASES[name][0], seed, CASES[name][1])
                problem, full = made.problem, by_name(made, found, rules) if CASES[name][1] else None
            got = one(problem, given.plain, full)
            ratios.append(got["solve"] / got["plain"])
            print(f"  seed {seed}: preview {1e3 * got['preview']:.0f} ms ({got['off']:.1f} % below its bound); "
                  f"solve {got['solve']:.2f} s, {got['short']:.2f} ppm; "
                  f"plain {got['plain']:.2f} s, {got['plain_short']:.2f} ppm"
                  f"{'' if got['plain_proved'] else ', not proved'}", flush=True)  # fmt: skip
        print(f"  solve / plain: {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})", flush=True)
    if not given.only:
        beside()


def beside() -> None:
    """Prices and conflicts at 5,000 services."""
    problem = posed_for(5000, 0, False)[0].problem
    plan = solve(problem)
    seconds, found = timed(lambda: prices(problem, plan))
    print(f"prices of {len(found)} rules: {seconds:.1f} s, {sum(p.proved for p in found)} proved")
    problem.high[:1] = 10.0  # an office with hardly a day
    seconds, told = timed(lambda: conflicts(problem))
    print(f"conflicts: {seconds:.1f} s, {len(told)} found: {'; '.join(str(one) for one in told)}")


if __name__ == "__main__":
    main()
