"""Ten years of plan, visit and learn over many invented authorities, the same worlds for every way to choose.

    python benchmarks/ten_years.py FILE [FIRST_SEED] [SEEDS] [SERVICES]

Adds one row per run to FILE (CSV) and skips the runs it already holds, so that it can be stopped and goes on; then
prints means over seeds with 95 % intervals (Student's t), and the difference to the plan without a draw in the same
worlds. The measures are explained in `risiko.evaluate.ten_years.run_row`. Cases: a visit changes no one (points; then a
score that learns from the policy's own visits); a visit that finds a breach makes a service better; and users whom poor
services silence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pandas as pd

from risiko import settings
from risiko.evaluate.ten_years import MEASURES, over_seeds
from risiko.pipeline.simulated import Policy, Simulation, ground, policy
from risiko.pipeline.ten_years import simulate

EVERY = ("top", "explore:0.05", "explore:0.10", "explore:0.20", "regularity", "random", "shipped")
# case -> (world, better, learned, policies)
CASES = {
    "points": ("plain", 0.0, False, EVERY),
    "learned": ("plain", 0.0, True, ("top", "explore:0.10", "explore:0.20")),
    "better": ("plain", 0.5, False, ("top", "explore:0.20", "random")),
    "silenced": ("reporting", 0.0, False, ("top", "explore:0.20", "random")),
}
SHOWN = {
    "hit_rate": 3, "hit_rate_chosen": 3, "hit_rate_drawn": 3, "drawn_share": 3, "visits": 0, "harm_found": 1,
    "per_100_days": 2, "auc": 3, "off": 3, "failing": 3, "failing_end": 3, "naive_bias": 3, "naive_rmse": 3,
    "corrected_bias": 3, "corrected_rmse": 3, "inside": 2, "width": 3, "silent_ever": 0, "silent_seen": 3,
    "silent_found": 1, "never": 3,
}  # fmt: skip


def runs(case: str, seed: int, services: int, done: set[tuple[str, str, int]]) -> Iterator[dict[str, object]]:
    """The rows of one case and seed that are not done: case, policy, seed, services, learned_years, the measures."""
    world, better, learned, names = CASES[case]
    wanted = [policy(name, learned=learned) for name in names]
    wanted = [p for p in wanted if (case, p.name, seed) not in done]
    if wanted:
        yield from _case(case, Simulation(services, seed, world, better=better), wanted)


def _case(case: str, simulation: Simulation, wanted: list[Policy]) -> Iterator[dict[str, object]]:
    shared = ground(simulation, settings.load())
    for chosen in wanted:
        found = simulate(shared, chosen)
        yield {"case": case, "policy": chosen.name, "seed": simulation.seed, "services": simulation.services,
               "learned_years": found.years["learned"].sum(), **found.row}  # fmt: skip


def told(rows: pd.DataFrame, beside: str | None = None) -> str:
    """Mean and interval of each measure as text, a line per policy."""
    found = over_seeds(rows, beside)
    sign = "+" if beside else ""
    text = [
        f"{r.mean:{sign}.{SHOWN[r.measure]}f} [{r.low:{sign}.{SHOWN[r.measure]}f}, {r.high:{sign}.{SHOWN[r.measure]}f}]"
        for r in found.itertuples(index=False)
    ]
    wide = found.assign(text=text).pivot(index="measure", columns="policy", values="text")
    return wide.reindex(index=list(MEASURES), columns=list(dict.fromkeys(found["policy"]))).to_string()


def main(file: str, first: int = 1, seeds: int = 10, services: int = 2000) -> None:
    """Run what is missing and print the tables."""
    path = Path(file)
    done: set[tuple[str, str, int]] = set()
    if path.exists():
        kept = pd.read_csv(path)
        done = set(zip(kept["case"], kept["policy"], kept["seed"], strict=True))
    for case, seed in product(CASES, range(first, first + seeds)):
        for row in runs(case, seed, services, done):
            pd.DataFrame([row]).to_csv(path, mode="a", header=not path.exists(), index=False)
            print(seed, case, row["policy"], flush=True)
    every = pd.read_csv(path)
    for case, rows in every.groupby("case", sort=False):
        print(f"\n{case}, {rows['seed'].nunique()} worlds\n{told(rows)}")
        print(f"\nless top, in the same worlds\n{told(rows, 'top')}")


if __name__ == "__main__":
    main(sys.argv[1], *(int(a) for a in sys.argv[2:]))
