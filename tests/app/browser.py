"""A real browser on a real server: what the browser tests start, and end by their own process id."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(store: Path, log: Path, **more: str) -> Iterator[str]:
    """The application on a free port of 127.0.0.1, as `risiko app` starts it; yields its address. more: environment."""
    port = free_port()
    env = os.environ | more | {"RISIKO_STORE": str(store), "RISIKO_STRICT_TEXTS": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    start = f"from risiko.app.server import serve; serve(port={port})"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-c", start], env=env, stdout=output, stderr=output, cwd=log.parent)
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(timeout=10)


@contextmanager
def identity_provider(log: Path) -> Iterator[str]:
    """A mock OpenID Connect provider on a free port, where users are made by PUT /users/<sub>; yields its address."""
    port = free_port()
    start = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(start, stdout=output, stderr=output, cwd=log.parent)
        try:
            _wait(f"http://127.0.0.1:{port}/.well-known/openid-configuration", process, log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server does not answer: {log.read_text()}")
