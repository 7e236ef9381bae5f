"""What a command costs as a whole process: wall time, processor time and peak memory."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

# This process must stay small (standard library only): a child's peak memory counts its parent's at the fork.
LOG = "last-run.log"  # what the last command said, in its folder


@dataclass(frozen=True)
class Cost:
    """One run: seconds on the wall, seconds of processor (user + system), peak resident memory in MB."""

    wall: float
    cpu: float
    peak: float


def command(words: Sequence[str], folder: Path) -> Cost:
    """Run a command to its end in a folder. Raises RuntimeError with its last words when it fails."""
    log = folder / LOG
    with log.open("wb") as told:
        began = time.perf_counter()
        process = subprocess.Popen(words, cwd=folder, env=_environment(), stdout=told, stderr=subprocess.STDOUT)
        cost, status = _ended(process, began)
    if status != 0:
        raise RuntimeError(f"{' '.join(words)} ended with {status}:\n{log.read_text(errors='replace')[-2000:]}")
    return cost


def start(words: Sequence[str], folder: Path, port: int, patience: float = 60) -> Cost:
    """Start a server and stop it: wall time until it answers a request for its page; peak memory up to then."""
    log = folder / LOG
    with log.open("wb") as told:
        began = time.perf_counter()
        process = subprocess.Popen(words, cwd=folder, env=_environment(), stdout=told, stderr=subprocess.STDOUT)
        answered = _first_answer(process, port, began + patience)
        os.kill(process.pid, signal.SIGTERM)  # not process.terminate(): it would take the account from wait4
        cost, _ = _ended(process, began)
    if answered is None:
        raise RuntimeError(f"{' '.join(words)} did not answer:\n{log.read_text(errors='replace')[-2000:]}")
    return Cost(answered - began, cost.cpu, cost.peak)


def typical(costs: Sequence[Cost]) -> Cost:
    """The median of each number on its own."""
    return Cost(*(median(getattr(c, name) for c in costs) for name in ("wall", "cpu", "peak")))


def _environment() -> dict[str, str]:
    # As where risiko is used: no settings of ours, and compiled modules are kept between starts.
    own = {k: v for k, v in os.environ.items() if not k.startswith("RISIKO_") and k != "PYTHONDONTWRITEBYTECODE"}
    root = str(Path(__file__).parents[1])
    return {**own, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": root}


def _ended(process: subprocess.Popen[bytes], began: float) -> tuple[Cost, int]:
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)  # so that Popen does not wait for it again
    megabyte = 2**20 if sys.platform == "darwin" else 2**10
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / megabyte), process.returncode


def _first_answer(process: subprocess.Popen[bytes], port: int, until: float) -> float | None:
    while time.perf_counter() < until:
        # WNOWAIT: look whether it has ended, but leave its account to _ended
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return None
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/")
            if connection.getresponse().status == 200:
                return time.perf_counter()
        except OSError:
            time.sleep(0.02)
    return None
