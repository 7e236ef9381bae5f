"""Start here: makes .venv from requirements.lock, then starts the demo, the tests or the linters inside it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "risiko-stamp"
COMMANDS = {
    "demo": [["risiko", "demo"]],
    "test": [["pytest", "-n", "auto", "--dist", "loadfile"]],
    "lint": [["ruff", "check", "."], ["mypy"]],
}
USAGE = """usage: python run.py demo [--port N] [--no-browser]   the app on an invented authority
       python run.py test [pytest arguments]       the whole test suite
       python run.py lint                          ruff, then mypy --strict on risiko/"""


def fingerprint() -> str:
    """What the environment depends on: the locked packages, the project's own entry, this Python and this place."""
    import tomllib  # only from Python 3.11 on, and main() wants to say so itself

    lock = (ROOT / "requirements.lock").read_bytes()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return hashlib.sha256(lock + repr((project, sys.version, str(ROOT))).encode()).hexdigest()


def set_up() -> None:
    """Make the environment anew. The stamp is written last, so an interrupted set-up is redone."""
    uv = shutil.which("uv")
    if uv is None and importlib.util.find_spec("ensurepip") is None:
        sys.exit("This Python cannot make environments. On Debian or Ubuntu: apt install python3-venv")
    print(f"Setting up {VENV.name} (once; a minute or so) ...", file=sys.stderr, flush=True)
    venv.EnvBuilder(clear=True, symlinks=os.name != "nt", with_pip=uv is None).create(VENV)
    python = str(BIN / "python")
    # uv leaves compiling to the first start, which would then take many seconds.
    with_uv = [uv, "pip", "install", "--compile-bytecode", "--python", python]
    install = with_uv if uv else [python, "-m", "pip", "install"]
    os.environ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    subprocess.run([*install, "--quiet", "--require-hashes", "-r", "requirements.lock"], check=True)
    subprocess.run([*install, "--quiet", "--no-deps", "--no-build-isolation", "-e", "."], check=True)
    STAMP.write_text(fingerprint(), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Set up where needed and become the command; exit codes pass through."""
    if sys.version_info < (3, 11):
        sys.exit(f"risiko needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not arguments or arguments[0] not in COMMANDS:
        print(USAGE, file=sys.stderr)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    os.chdir(ROOT)
    if not STAMP.exists() or STAMP.read_text(encoding="utf-8") != fingerprint():
        set_up()
    *first, last = [[str(BIN / name), *rest] for name, *rest in COMMANDS[arguments[0]]]
    worst = max([subprocess.run(command, check=False).returncode for command in first], default=0)
    last += arguments[1:]
    if os.name != "nt" and not first:
        os.execv(last[0], last)  # one process: signals and exit codes are the command's own
    return max(worst, subprocess.run(last, check=False).returncode)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError as failed:
        sys.exit(f"Setting up failed (exit code {failed.returncode}); the reason stands above. Then try again.")
