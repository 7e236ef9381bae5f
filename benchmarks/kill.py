"""Kills a writing process again and again at seeded moments, and looks each time whether the store is whole.

    python benchmarks/kill.py --times 1000 [--store PATH|URL] [--seed 7]

A child imports batches and enters log lines without a pause; before and after each write it says so through a pipe. It
is killed in a write drawn beforehand, after a pause drawn beforehand. The store must then open and verify, hold every
write that the child was told was done, and of the one it was in all or nothing. Printed is also how many kills hit in
the middle of a write, and in which kind, without which the rest would say nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd

from risiko.batch import Batch, Part, no_rejects
from risiko.contracts import CONTRACTS
from risiko.store import open_store

ROWS = 40
AT = datetime(2026, 1, 1)
WRITES = 6  # a child is killed in one of its first writes: imports and log lines alike
LONGEST = 0.03  # seconds into that write, at most


def batch(run: int, n: int) -> Batch:
    """Two parts of one file; their ids stand nowhere else."""
    name = f"{run}-{n}"
    ids = pd.Series([f"{name}-{i}" for i in range(ROWS)], dtype="str")
    day = pd.Timestamp("2025-01-01")
    services = pd.DataFrame({
        "service_id": ids, "known_date": day, "name": ids, "sector": "health", "service_type": "x",
    })  # fmt: skip
    complaints = pd.DataFrame({
        "complaint_id": ids, "service_id": ids, "event_date": day, "known_date": day, "n": 1, "stream": "case",
        "outcome": "unknown", "date_precision": "day",
    })  # fmt: skip
    made = {"services": services.assign(natural_person=False), "complaints": complaints}
    return Batch(tuple(
        Part("kill", table, f"{name}.csv", table, name, CONTRACTS[table].conform(rows), no_rejects(), ROWS)
        for table, rows in made.items()
    ), AT)  # fmt: skip


def write(address: str, run: int, told: int) -> NoReturn:
    """What the child does until it is killed: `(` before a write, `)` after; every third is an import."""
    store = open_store(address, wait_seconds=60)
    n = 0
    while True:
        made = batch(run, n)
        os.write(told, b"(")
        store.commit(made)
        os.write(told, b")(")
        store.append("comment", f"{run}-{n}", "{}", AT, "child")
        os.write(told, b")(")
        store.record_weight_set(f"{run}-{n}", {"a": 1.0}, "", AT, "child")
        os.write(told, b")")
        n += 1


def kill_one(address: str, run: int, which: int, moment: float) -> str:
    """Start a child, kill it `moment` seconds after it began that write, and give what it has told."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        with suppress(BaseException):
            write(address, run, into)
        os._exit(1)  # only a fault of ours ends it
    os.close(into)
    said = b""
    while said.count(b"(") < which:
        said += os.read(out, 1)
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with open(out, "rb") as rest:
        said += rest.read()
    assert os.WIFSIGNALED(status), "the child ended by itself"
    return said.decode()


def look(address: str, run: int, said: str) -> str:
    """Hold the store against what the child was told; in which write it was killed. Raises AssertionError."""
    with closing(open_store(address, create=False, wait_seconds=60)) as store:
        faults, log, imports, sets = store.verify(), store.log(), store.imports(), store.weight_sets()
        tables = store.read(["services", "complaints"])
    assert faults == [], faults
    assert log["seq"].tolist() == list(range(1, len(log) + 1))
    files = Counter(imports["file"])
    assert set(files.values()) <= {2}, "both parts of a batch or neither"
    assert (log["kind"] == "import").sum() == len(files), "an import and its entry"
    assert {len(rows) for rows in tables.values()} == {ROWS * len(files)}
    done = said.count(")")
    kept = {
        "import": sum(file.startswith(f"{run}-") for file in files),
        "entry": int((log["about"].str.startswith(f"{run}-") & (log["kind"] == "comment")).sum()),
        "line": int(sets["name"].str.startswith(f"{run}-").sum()),
    }
    told = {name: (done + 2 - place) // 3 for place, name in enumerate(kept)}
    inside = list(kept)[done % 3] if said.endswith("(") else ""
    more = {name: kept[name] - told[name] for name in kept}
    assert all(extra in ((0, 1) if name == inside else (0,)) for name, extra in more.items()), (said, kept, told)
    return inside and (f"{inside} kept" if more[inside] else f"{inside} not kept")


def main() -> None:
    """Kill as often as asked and print what came of it as JSON."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--times", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--store", default="")
    asked.add_argument("--anew", type=int, default=50, help="begin a new file after so many kills")
    args = asked.parse_args()
    chance, found = random.Random(args.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for run in range(args.times):
            address = args.store or str(Path(folder) / f"{run // args.anew}.db")
            said = kill_one(address, run, chance.randint(1, WRITES), chance.uniform(0, LONGEST))
            found[look(address, run, said) or "between two writes"] += 1
    inside = args.times - found["between two writes"]
    print(json.dumps({"killed": args.times, "seed": args.seed, "in mid-write": inside, **dict(sorted(found.items()))}))


if __name__ == "__main__":
    main()
