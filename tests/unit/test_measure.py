"""The benchmarks' stopwatch measures the child, not itself, and never passes over a failure."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measure import Cost, command, start, typical

ROOT = Path(__file__).parents[2]
SERVER = """
import http.server, sys, time
time.sleep(0.5)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_waiting_is_wall_time_and_no_processor_time(tmp_path):
    cost = command([sys.executable, "-c", "import time; time.sleep(1)"], tmp_path)
    assert cost.wall >= 1
    assert cost.cpu < 0.9


def test_peak_memory_is_what_the_child_held_at_its_most(tmp_path):
    """Measured from a small process, as the benchmarks are: a child's account begins with its parent's size."""
    held = "x = bytearray(300 * 2**20); del x"
    program = f"""
from pathlib import Path; from benchmarks.measure import command
print(command([{sys.executable!r}, "-c", {held!r}], Path({str(tmp_path)!r})).peak)
"""
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 300 <= float(told.stdout) <= 330


def test_a_failing_command_is_told_with_its_last_words(tmp_path):
    with pytest.raises(RuntimeError, match=r"ended with 3:\n(.|\n)*gone wrong"):
        command([sys.executable, "-c", "import sys; print('gone wrong'); sys.exit(3)"], tmp_path)


def test_a_server_is_timed_to_its_first_answer_and_stopped(tmp_path, port):
    cost = start([sys.executable, "-c", SERVER, str(port)], tmp_path, port)
    assert 0.5 <= cost.wall < 10
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_server_that_dies_is_told_at_once(tmp_path, port):
    with pytest.raises(RuntimeError, match="did not answer:\nno luck"):
        start([sys.executable, "-c", "print('no luck')"], tmp_path, port)


def test_typical_is_the_median_of_each_number():
    assert typical([Cost(1, 9, 5), Cost(2, 8, 6), Cost(50, 7, 4)]) == Cost(2, 8, 5)
