"""A private PostgreSQL server in a temporary folder, reached through a socket there; no port is opened."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "risiko"


def tools() -> Path | None:
    """The folder that holds initdb and pg_ctl, or None where PostgreSQL is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = [Path(folder) for folder in (*os.environ.get("PATH", "").split(os.pathsep), *debian)]
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """Start the server, give the URL of an empty database on it, and stop and delete everything afterwards."""
    folder = tools()
    assert folder is not None
    home = Path(tempfile.mkdtemp(prefix="risiko-pg-"))
    as_owner = _as_owner(home)
    data, log = home / "data", home / "log"
    try:
        _run([*as_owner, folder / "initdb", "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync"], home)
        options = f"-k {home} -c listen_addresses='' -c fsync=off"
        _run([*as_owner, folder / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start"], home)
        try:
            yield f"postgresql://{USER}@/postgres?host={home}"
        finally:
            _run([*as_owner, folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _as_owner(home: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then the folder and the server are given to its own user."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwnam("postgres")
    os.chown(home, owner.pw_uid, owner.pw_gid)
    return ["runuser", "-u", "postgres", "--"]


def _run(command: list[str | Path], home: Path) -> None:
    # Output goes to a file: the server would keep a pipe open for as long as it runs.
    said = Path(tempfile.gettempdir()) / f"{home.name}.out"
    try:
        with said.open("w+") as out:
            done = subprocess.run(command, cwd=home, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=60, check=False)
        assert done.returncode == 0, said.read_text()
    finally:
        said.unlink(missing_ok=True)
