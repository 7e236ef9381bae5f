"""What every test gets: one thread, a fixed hypothesis profile, the shared records, no silent skips in CI."""

from __future__ import annotations

import os

# Before numpy and scikit-learn are imported: two threads on a busy two-core machine are many times slower than one.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
# A store or settings of the person who runs the tests must never be read or written by them.
for _name in ("RISIKO_STORE", "RISIKO_SETTINGS", "RISIKO_AUTH", "RISIKO_USER"):
    os.environ.pop(_name, None)

from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parents[1]
CI = os.environ.get("CI") == "true"
NO_SHARED = "the shared records are not beside the checkout (RISIKO_SHARED can point to them)"

# Timings on a busy machine say nothing about the code; in CI every run tries the same examples.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if CI else "local")


def pytest_configure(config: pytest.Config) -> None:
    """Workers get the files as they are collected, those with a browser early: by their few tests they would come last,
    and one worker would end alone with them."""
    if hasattr(config.option, "loadscopereorder"):  # pytest-xdist is there
        config.option.loadscopereorder = False


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of records that are shared with the project but never part of it."""
    folder = Path(os.environ.get("RISIKO_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(NO_SHARED)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that skips for want of a tool has failed; only the shared records may be absent."""
    report = yield
    if CI and report.skipped and not hasattr(report, "wasxfail") and "shared records" not in str(report.longrepr):
        report.outcome, report.longrepr = "failed", f"{item.nodeid} may not be skipped in CI: {report.longrepr}"
    return report
