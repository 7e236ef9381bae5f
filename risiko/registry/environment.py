"""What a model was made with: versions of the libraries, and the revision of the code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from risiko.errors import ModelError

# A fitted estimator of another minor version of it may compute something else, or not load.
DECISIVE = "scikit-learn"
LIBRARIES = (DECISIVE, "numpy", "scipy", "pandas", "skops", "interpret-core")
GIT_SECONDS = 10


def library_versions() -> dict[str, str]:
    """Python and the libraries that a model's numbers rest on, by version; one that is not installed is left out."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def check_versions(trained_with: Mapping[str, str], where: str) -> tuple[str, ...]:
    """What differs now, a sentence for each. Raises ModelError where scikit-learn's major or minor version does."""
    here, told = library_versions(), []
    for name, then in trained_with.items():
        now = here.get(name, "none")
        if now == then:
            continue
        if name == DECISIVE and _minor(now) != _minor(then):
            what = f"The model was trained with {name} {then}; here is {now}, which may read it differently."
            raise ModelError(what, where=where, hint="train it again here (risiko train), or install that version")
        told.append(f"The model was trained with {name} {then}; here is {now}.")
    if DECISIVE not in trained_with:
        what = f"The model does not say which {DECISIVE} it was trained with."
        raise ModelError(what, where=where, hint="train it again (risiko train)")
    return tuple(told)


def git_revision(checkout: Path) -> str:
    """The commit checked out in the folder, "+changes" behind it where files differ; "" where it cannot be known."""
    try:
        commit = _git(checkout, "rev-parse", "HEAD")
        changed = _git(checkout, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return ""
    return f"{commit}+changes" if changed else commit


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, timeout=GIT_SECONDS
    )
    return done.stdout.strip()


def _minor(number: str) -> list[str]:
    return number.split(".")[:2]
