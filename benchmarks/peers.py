"""The default model's whole backtest beside what an analyst would otherwise run, in the same minutes on one machine.

    python benchmarks/peers.py STORE     the Scottish store; the peer scripts stand in the shared pack

Both use the same eight as-of dates (2019-04-01 to 2022-10-01), train on the earlier ones and test on the last six.
Prints processor seconds and peak memory of whole processes; other lines are processor seconds inside one process.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

SHARED = Path(os.environ.get("RISIKO_SHARED") or Path(__file__).parents[2] / "shared")
DATES = [d.date() for d in pd.date_range("2019-04-01", "2022-10-01", freq="6MS")]
ALONE = {**os.environ, "OMP_NUM_THREADS": "1"}


def whole(command: list[str]) -> tuple[float, float]:
    """Processor seconds and peak memory (MB) of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env=ALONE, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024


def ours(store: str) -> None:
    """The backtest alone, nothing kept: signals at eight dates, six tests with all baselines and intervals."""
    from risiko import pipeline
    from risiko.pipeline.backtesting import backtest
    from risiko.pipeline.learning import Learner
    from risiko.pipeline.moments import Moments
    from risiko.store.kept import Kept

    class From2019(Moments):
        first = DATES[0]  # the peer's first date, so that both compute eight

    clock = time.process_time
    authority, began = pipeline.open_authority(store), clock()
    moments = From2019(authority)
    moments._kept = Kept(None)
    moments.all(DATES)
    print(f"signals at {len(DATES)} dates {clock() - began:.1f} s")
    began = clock()
    learner = Learner(moments)
    for day in DATES[2:]:
        learner.raw(day)
    print(f"six fits {clock() - began:.1f} s")
    began = clock()
    backtest(authority, DATES[2:], learner=learner)
    print(f"recalibration, six tests, all baselines, intervals {clock() - began:.1f} s")
    model, rows = learner.raw(DATES[-1]), moments.at(DATES[-1]).inputs
    many = pd.concat([rows] * 2).head(10_000)
    began = clock()
    added = model.contributions(many)
    took = clock() - began
    off = np.abs(model.base_ + added.sum(axis=1).to_numpy() - model.decision_function(many)).max()
    print(f"contributions of {len(many)} services {took:.2f} s, off by at most {off:.0e}")


def main() -> None:
    """Print the table."""
    store = sys.argv[1]
    if "--ours" in sys.argv:
        return ours(store)
    peer, memory = whole([sys.executable, str(SHARED / "peers/w1_pandas.py")])
    print(f"pandas + scikit-learn script: {peer:.1f} s of processor time, {memory:.0f} MB", flush=True)
    subprocess.run([sys.executable, __file__, store, "--ours"], check=True, env=ALONE)
    mine, memory = whole([sys.executable, __file__, store, "--ours"])
    print(f"risiko, the same dates, whole process: {mine:.1f} s, {memory:.0f} MB; ratio {mine / peer:.2f}")


if __name__ == "__main__":
    main()
