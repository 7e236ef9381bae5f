"""What places with their uncertainty cost, beside plain numpy that does the least, in the same minutes on one machine.

    python benchmarks/rank_limits.py [SERVICES] [DRAWS]     10,000 × 4,000 unless said otherwise

Every line but the ratio is a process of its own, its imports left out of the seconds and kept in the memory; the
others are medians of three. The plain version draws normal priorities in single precision, sorts each draw, keeps
the ranks in 16 bits, parts them at three quantiles and counts how often each service is in the first tenth. It has
no two-sided law, no model error, no logistic scale and no reckoning of chances, which `places` has.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

ROOT = str(Path(__file__).parents[1])
RUNS = 3
ASKED = {"plain": 10_000, "places": 10_000, "among": 100_000, "sets": 3_000, "sets_each": 3_000, "expected": 3_000,
         "counts": 3_000}  # fmt: skip
SAID = {
    "plain": "plain streamed numpy: ranks, three quantiles, P(top tenth)",
    "places": "risiko's places(): expected, interval, P(top), bar",
    "among": "places() by place_among",
    "sets": "rank_sets_normal, all pairs at once, Holm",
    "sets_each": "rank_sets_normal, each unit on its own, Holm",
    "counts": "rank_sets_counts, exact binomial, all pairs at once",
    "expected": "expected_ranks_normal",
}


def plain(mean: np.ndarray, sd: np.ndarray, draws: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Ranks of every draw, three of their quantiles and the share of draws in the first tenth."""
    n = len(mean)
    ranks = np.empty((n, draws), dtype=np.uint16 if n < 65_536 else np.uint32)
    first, place = np.zeros(n, dtype=np.int64), np.arange(n, dtype=ranks.dtype)
    mean, sd = mean.astype(np.float32), sd.astype(np.float32)
    for i in range(draws):
        one = rng.standard_normal(n, dtype=np.float32)
        one *= sd
        one += mean
        order = np.argsort(-one)
        ranks[order, i] = place
        first[order[: n // 10]] += 1
    at = [int(0.05 * draws), draws // 2, int(0.95 * draws)]
    ranks.partition(at, axis=1)
    return ranks[:, at], first / draws


def task(name: str, n: int, draws: int) -> Callable[[], object]:
    """What is to be timed; its modules are imported and its input is made."""
    rng = np.random.default_rng(0)
    mean, sd = rng.normal(size=n), rng.uniform(0.2, 0.6, n)
    if name == "plain":
        return lambda: plain(mean, sd, draws, rng)
    from scipy.special import ndtr

    ndtr(0.0)
    if name in ("places", "among"):
        from risiko.scoring.law import PriorityLaw
        from risiko.scoring.uncertainty import places

        pulls = rng.normal(0, 0.05, (n, 8))  # a model of eight weights
        none = np.zeros(n)
        law = PriorityLaw(middle=mean, below=sd, above=1.3 * sd, pulls=pulls, log_harm=rng.normal(0, 0.3, n),
                          harm_spread=none, unsaid=none)  # fmt: skip
        return lambda: places(law, n // 10, draws=draws, rng=rng)
    from risiko.statistics import rank_sets, ranks

    count = rng.poisson(np.exp(mean) * 10 * sd).astype(float)
    return {
        "sets": lambda: rank_sets.rank_sets_normal(mean, sd),
        "sets_each": lambda: rank_sets.rank_sets_normal(mean, sd, simultaneous=False),
        "counts": lambda: rank_sets.rank_sets_counts(count, 10 * sd),
        "expected": lambda: ranks.expected_ranks_normal(mean, sd),
    }[name]


def alone(name: str, n: int, draws: int) -> dict[str, float]:
    """One task in a process of its own: seconds on the wall, of processor, and peak memory in MB."""
    command = [sys.executable, __file__, "--only", name, str(n), str(draws)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ROOT})
    return json.loads(told.stdout)


def measured(name: str, n: int, draws: int) -> dict[str, float]:
    """The same from inside that process."""
    run = task(name, n, draws)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "before": before,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}  # fmt: skip


def main() -> None:
    """Print the table."""
    if "--only" in sys.argv:
        name, n, draws = sys.argv[2:]
        print(json.dumps(measured(name, int(n), int(draws))))
        return
    n, draws = ([int(a) for a in sys.argv[1:3]] + [10_000, 4_000][len(sys.argv[1:3]) :])[:2]
    asked = {**ASKED, "plain": n, "places": n}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in asked}
    for _ in range(RUNS):  # one of each in turn, so that what else the machine does falls on all
        for name, size in asked.items():
            found[name].append(alone(name, size, draws))
    print(f"{draws} draws; medians of {RUNS}; processor s, wall s, peak MB (of it before the task)")
    for name, runs in found.items():
        cpu, wall, peak, before = (median(run[key] for run in runs) for key in ("cpu", "wall", "peak", "before"))
        print(f"{cpu:7.2f} {wall:7.2f} {peak:6.0f} ({before:.0f})  {asked[name]:>7,} services: {SAID[name]}")
    ratios = [ours["cpu"] / bare["cpu"] for ours, bare in zip(found["places"], found["plain"], strict=True)]
    print(f"places / plain, processor time: {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})")


if __name__ == "__main__":
    main()
