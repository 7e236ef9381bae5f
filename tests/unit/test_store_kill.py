"""A process that is killed with SIGKILL in mid-write leaves a store that opens, verifies, and holds all or nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import kill
from risiko.store import open_store

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("kept_address", "times"), [("sqlite", 20), ("postgres", 4)], indirect=["kept_address"])
def test_killed_at_random_moments(kept_address: str, times: int) -> None:
    """The moments are seeded; where in a write they fall is up to the machine, so what they hit is counted."""
    command = [sys.executable, "benchmarks/kill.py", "--times", str(times), "--store", kept_address]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["killed"] == times
    assert found["in mid-write"] >= times / 2, found
    sys.stdout.write(f"\n{done.stdout}")


def filled(address: str, said: str) -> str:
    """What a child that told this would have left, and the look at it."""
    store = open_store(address)
    for place in range(said.count(")")):
        if place == 0:
            store.commit(kill.batch(0, 0))
        elif place == 1:
            store.append("comment", "0-0", "{}", kill.AT, "child")
    return kill.look(address, 0, said)


def test_the_look_tells_a_lost_write_and_half_of_one(tmp_path: Path) -> None:
    """A benchmark whose look cannot fail would prove nothing."""
    assert filled(str(tmp_path / "a.db"), "()()(") == "line not kept"
    assert filled(str(tmp_path / "b.db"), "()(") == "entry not kept"
    assert filled(str(tmp_path / "c.db"), "()") == ""
    with pytest.raises(AssertionError):
        kill.look(str(tmp_path / "c.db"), 0, "()()")  # the second write was told done, and is not there
    with pytest.raises(AssertionError):
        kill.look(str(tmp_path / "a.db"), 0, "()")  # an entry that nobody was about to write
