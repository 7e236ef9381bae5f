"""How long things take and how much memory they need: `python benchmarks/run.py [--quick]` prints a table."""

from __future__ import annotations

import os
import platform
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measure import LOG, Cost, command, start, typical

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
RISIKO = [PYTHON, "-m", "risiko.cli"]
SHARED = Path(os.environ.get("RISIKO_SHARED") or ROOT.parent / "shared")
RUN = [PYTHON, str(ROOT / "run.py")]
AS_OF = "2024-12-31"  # materials.END
EVENTS = "score 10,000 services, 300,000 events"
SCORE = "score the same, 300,000 of them complaints"
BARE = "  bare pandas: read its CSV files and count"


@dataclass(frozen=True)
class Case:
    """One thing that is measured. target: seconds on two cores, 0 where none is set."""

    name: str
    once: Callable[[], Cost]
    target: float = 0
    runs: int = 3


def cases(folder: Path, scale: int) -> list[Case]:
    """Every case in order; the large authority is made first. scale 10 makes it a tenth."""
    services, complaints = 10_000 // scale, 300_000 // scale
    command([PYTHON, str(ROOT / "benchmarks/materials.py"), str(folder), str(services), str(complaints)], folder)
    print(f"The large authority has these rows: {(folder / LOG).read_text(encoding='utf-8').strip()}")
    csv = folder / "csv"
    score = [*RISIKO, "score", "--as-of", AS_OF, "--out", "scores.csv", "--store"]
    bare = [PYTHON, str(ROOT / "benchmarks/bare_pandas.py"), str(csv), AS_OF, "bare.csv"]
    return [
        Case("risiko --help", lambda: command([*RISIKO, "--help"], folder), 1, 5),
        *scottish(folder),
        Case(EVENTS, lambda: command([*score, "events.db"], folder), 5, 5),
        Case(SCORE, lambda: command([*score, "large.db"], folder), 0, 5),
        Case(BARE, lambda: command(bare, folder)),
        Case("import its services and complaints (CSV)", lambda: import_into_new(folder, csv, "csv/mapping.toml"), 60),
        *demo(folder),
    ]


def scottish(folder: Path) -> list[Case]:
    """The Scottish records, where they are at hand."""
    pack = SHARED / "data" / "scotland_care"
    if not pack.is_dir():
        print("The Scottish records are not beside the checkout: their two cases are left out.")
        return []
    score = [*RISIKO, "score", "--as-of", "2023-03-31", "--store", "new.db", "--out", "scotland.csv"]
    return [
        Case("import the Scottish pack", lambda: import_into_new(folder, pack, "scotland_care")),
        Case("score Scotland as of 2023-03-31", lambda: command(score, folder)),
    ]


def demo(folder: Path) -> list[Case]:
    """Building the demo authority, and starting the app on it once it is built, until its page answers."""
    command([*RUN, "demo", "--build-only"], folder)
    fresh = folder / "fresh"
    fresh.mkdir()
    return [
        Case("build the demo authority", lambda: command([*RISIKO, "demo", "--build-only"], fresh), 20, runs=1),
        Case("second start of the app, to its page", lambda: _start(folder), 5),
    ]


def import_into_new(folder: Path, source: Path, mapping: str) -> Cost:
    """Import into a store that does not exist yet."""
    for left in folder.glob("new.db*"):
        left.unlink()
    return command([*RISIKO, "import", str(source), "--mapping", mapping, "--store", "new.db"], folder)


def _start(folder: Path) -> Cost:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return start([*RUN, "demo", "--no-browser", "--port", str(port)], folder, port)


def line(case: Case, costs: list[Cost]) -> str:
    """One line of the table."""
    mid, walls = typical(costs), [c.wall for c in costs]
    verdict = f"{case.target:g} {'ok' if mid.wall <= case.target else 'OVER'}" if case.target else ""
    span = f"{min(walls):.2f}–{max(walls):.2f}"
    return f"{case.name:<44} {len(costs):>4} {mid.wall:>7.2f} {span:>13} {mid.cpu:>7.2f} {mid.peak:>8.0f} {verdict:>8}"


def main() -> int:
    """Measure every case and print the table; 1 where a case failed."""
    quick = "--quick" in sys.argv[1:]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    results: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory() as name:
        todo = cases(Path(name), 10 if quick else 1)
        head = f"{'case':<44} {'runs':>4} {'wall s':>7} {'min–max':>13} {'cpu s':>7} {'peak MB':>8} {'target':>8}"
        print(f"\n{head}\n{'-' * len(head)}")
        for case in todo:
            try:
                costs = [case.once() for _ in range(1 if quick else case.runs)]
            except RuntimeError as error:
                print(f"{case.name:<44} FAILED\n{error}")
                continue
            results[case.name] = typical(costs)
            print(line(case, costs), flush=True)
    if {SCORE, BARE} <= set(results):
        ratio = results[SCORE].wall / results[BARE].wall
        print(f"\nScoring takes {ratio:.1f} times as long as bare pandas, which only counts.")
    print("Whole processes, medians; memory is resident. Targets are seconds of wall time on two idle cores.")
    return int(len(results) < len(todo))


if __name__ == "__main__":
    sys.exit(main())
