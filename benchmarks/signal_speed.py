"""How long every registered signal takes: `python benchmarks/signal_speed.py [SERVICES] [EVENTS]` prints a table.

The tables are in memory (an invented authority); one as-of date; the signals come from the register. The sums that
several signals share are made by the first that needs them, so its line is longer.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time

import numpy as np
from materials import END, with_events, world

from risiko import asof, cohorts, pipeline, settings
from risiko.signals import Context, specs

RUNS = 5


def whole(tables: dict, chosen: settings.Settings) -> float:
    """Seconds from tables in memory to every reading of every signal: known at the date, cohort, signals."""
    start = time.perf_counter()
    pipeline.prepare_tables(tables, END, chosen)
    return time.perf_counter() - start


def each(tables: dict, chosen: settings.Settings) -> dict[str, float]:
    """Seconds per signal."""
    known = asof.known_at(tables, END)
    cohort = cohorts.cohort_at(known, END, chosen)
    context, took = Context(cohort.services, known, END, chosen), {}
    for spec in specs(known, chosen):
        start = time.perf_counter()
        spec.compute(context)
        took[spec.name] = time.perf_counter() - start
    return took


if __name__ == "__main__":
    asked = [int(number) for number in sys.argv[1:3]]
    services, events = (asked + [10_000, 300_000][len(asked) :])[:2]
    made, chosen = with_events(world(services, events), events).tables, settings.load()
    counted = {name: len(made[name]) for name in ("complaints", "experiences", "supervisions", "findings", "actions")}
    print(f"{services} services; {counted}")
    times = [whole(made, chosen) for _ in range(RUNS + 1)][1:]
    runs = [each(made, chosen) for _ in range(3)]
    middle = {name: float(np.median([run[name] for run in runs])) for name in runs[0]}
    spread = f"{min(times):.2f}–{max(times):.2f}"
    print(f"{len(middle)} signals, tables in memory to readings: median {np.median(times):.2f} s ({spread})")
    for name, seconds in sorted(middle.items(), key=lambda item: -item[1]):
        print(f"{1000 * seconds:8.1f} ms  {name}")
