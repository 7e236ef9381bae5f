"""What the best plan costs to find, beside plain scipy.optimize.milp on the same problem in the same minutes.

    python benchmarks/planning.py [--seeds 3] [--plain 120] [--only NAME]

Processor seconds of this process. Problems are drawn with every rule (tests/drawn_plans.py), values of any size, so
that no two plans are worth the same: harder to prove than most that an authority poses. Plain: HiGHS with a gap of 0
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
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from scipy.optimize import Bounds, LinearConstraint, milp

from risiko.plan.conflicts import conflicts
from risiko.plan.loosened import without
from risiko.plan.preview import preview
from risiko.plan.prices import prices
from risiko.plan.problem import Problem, broken
from risiko.plan.solve import solve
from tests.drawn_plans import drawn

FEW = ("points", "burden_municipality", "burden_provider", "joint")
CASES: dict[str, Callable[[int], Problem]] = {
    "5,000 services, 15 offices, no points, burden or joint visits": lambda seed: without(at(seed, 5000), FEW),
    "5,000 services, 15 offices, every rule, whole days": lambda seed: at(seed, 5000),
    "5,000 services, 15 offices, every rule, any days": lambda seed: at(seed, 5000, whole_days=False),
    "5,000 services, any of 15 offices, no points, burden or joint":
        lambda seed: without(at(seed, 5000, any_office=True), FEW),
    "5,000 services, any of 15 offices, every rule": lambda seed: at(seed, 5000, any_office=True),
    "50,000 services, 15 offices, every rule": lambda seed: at(seed, 50_000),
}  # fmt: skip


def at(seed: int, services: int, **more: bool) -> Problem:
    """The problem of a seed."""
    return drawn(np.random.default_rng(seed), services, **more)


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


def one(problem: Problem, limit: float) -> dict[str, float]:
    """One problem, all ways."""
    quick, glance = timed(lambda: preview(problem))
    ours, found = timed(lambda: solve(problem))
    theirs, told = timed(lambda: plain(problem, limit))
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
    for name, make in CASES.items():
        if given.only not in name:
            continue
        print(name, flush=True)
        ratios = []
        for seed in range(given.seeds):
            got = one(make(seed), given.plain)
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
    problem = without(at(0, 5000), FEW)
    plan = solve(problem)
    seconds, found = timed(lambda: prices(problem, plan))
    print(f"prices of {len(found)} rules: {seconds:.1f} s, {sum(p.proved for p in found)} proved")
    problem.high[:1] = 10.0  # an office with hardly a day
    seconds, told = timed(lambda: conflicts(problem))
    print(f"conflicts: {seconds:.1f} s, {len(told)} found: {'; '.join(str(one) for one in told)}")


if __name__ == "__main__":
    main()
