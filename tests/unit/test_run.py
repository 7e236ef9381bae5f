"""The start-up script: sets up once, passes arguments and exit codes through, and redoes a broken set-up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "run.py"


@pytest.fixture
def checkout(tmp_path):
    """A checkout with an empty lock whose environment is set up; its pytest tells its arguments and ends with 7."""
    shutil.copy(RUN, tmp_path)
    (tmp_path / "requirements.lock").write_text("", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n', encoding="utf-8")
    script(tmp_path, "pytest", 'echo "pytest $@"; exit 7')
    (tmp_path / ".venv" / "risiko-stamp").write_text(fingerprint(tmp_path), encoding="utf-8")
    return tmp_path


def fingerprint(checkout: Path) -> str:
    program = [sys.executable, "-c", "import run; print(run.fingerprint(), end='')"]
    return subprocess.run(program, cwd=checkout, capture_output=True, text=True, check=True).stdout


def script(checkout: Path, name: str, body: str) -> None:
    folder = checkout / ".venv" / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def start(checkout: Path, *arguments: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(checkout / "run.py"), *arguments]
    return subprocess.run(
        command, cwd="/", capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )


def test_arguments_and_exit_code_pass_through(checkout):
    told = start(checkout, "test", "-k", "one two")
    assert (told.returncode, told.stdout, told.stderr) == (7, "pytest -n auto --dist loadfile -k one two\n", "")


@pytest.mark.parametrize(("ruff", "mypy", "expected"), [(0, 0, 0), (1, 0, 1), (0, 1, 1)])
def test_lint_runs_both_linters_and_fails_when_one_does(checkout, ruff, mypy, expected):
    script(checkout, "ruff", f"echo ruff; exit {ruff}")
    script(checkout, "mypy", f"echo mypy; exit {mypy}")
    told = start(checkout, "lint")
    assert (told.returncode, told.stdout) == (expected, "ruff\nmypy\n")


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["deploy"], 2), (["--help"], 0)])
def test_usage_is_shown(checkout, arguments, code):
    told = start(checkout, *arguments)
    assert told.returncode == code
    assert "run.py demo" in told.stderr


@pytest.mark.parametrize(
    ("file", "addition", "changes"),
    [
        ("requirements.lock", "numpy==2.4.6\n", True),
        ("pyproject.toml", 'readme = "README.md"\n', True),
        ("pyproject.toml", "[tool.ruff]\nline-length = 99\n", False),
    ],
)
def test_only_what_is_installed_counts_for_the_stamp(checkout, file, addition, changes):
    before = fingerprint(checkout)
    with (checkout / file).open("a", encoding="utf-8") as opened:
        opened.write(addition)
    assert (fingerprint(checkout) != before) == changes


@pytest.mark.slow
def test_an_unfinished_environment_is_made_anew(checkout):
    """The set-up fails here, since there is no package to install: it must say so and leave no stamp."""
    (checkout / ".venv" / "risiko-stamp").write_text("half", encoding="utf-8")
    told = start(checkout, "test", path="/usr/bin:/bin")
    assert told.returncode == 1
    assert "Setting up .venv" in told.stderr
    assert "Setting up failed" in told.stderr
    assert not (checkout / ".venv" / "risiko-stamp").exists()
