"""The facts of a training: plain values that survive the manifest, versions and revision as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko.registry import (
    git_revision,
    library_versions,
    records,
    trusted,
)
from risiko.registry.facts import as_json, from_json, plain
from tests.models import facts


@pytest.mark.parametrize("changed", [{"kind": "oracle"}, {"population": "some"}, {"n_events": 0}, {"n_events": 400}])
def test_facts_that_cannot_be_are_a_mistake(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"one of|both kinds"):
        facts(**changed)


def test_facts_survive_json(tmp_path: Path) -> None:
    told = facts(checks=({"code": "RK001", "values": {"n": 3}},), cohorts=({"as_of": "2021-03-31", "n": 1, "events": 0},))
    assert from_json(json.loads(json.dumps(as_json(told))), "") == told


def test_a_frames_rows_become_records_with_none_for_what_is_missing() -> None:
    frame = pd.DataFrame({
        "metric": pd.Series(["auc", None], dtype="str"), "as_of": pd.to_datetime(["2022-03-31", None]), "value": [0.5, np.nan],
        "n": pd.array([3, None], dtype="Int64"),
    }).set_axis([5, 9])  # fmt: skip
    assert records(frame) == (
        {"metric": "auc", "as_of": "2022-03-31", "value": 0.5, "n": 3}, {"metric": None, "as_of": None, "value": None, "n": None},
    )  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), [
    (np.float32(0.5), 0.5), (np.array([1, 2]), [1, 2]), ((date(2020, 1, 2), True), ["2020-01-02", True]),
    (pd.Timestamp("2020-01-02 03:04"), "2020-01-02T03:04:00"), (pd.NA, None), ({1: float("nan")}, {"1": None}),
])  # fmt: skip
def test_values_become_plain(value: object, expected: object) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize(("value", "error"), [(float("inf"), ValueError), (np.float64("-inf"), ValueError), (object(), TypeError)])
def test_values_that_a_manifest_cannot_hold_are_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        plain({"a": [value]})


def test_the_revision_is_the_commit_and_says_when_files_differ(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@t"]
        return subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True, capture_output=True, text=True).stdout.strip()

    assert git_revision(tmp_path / "nowhere") == ""
    git("init", "-q")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-qm", "one")
    assert git_revision(tmp_path) == git("rev-parse", "HEAD")
    (tmp_path / "a").write_text("2")
    assert git_revision(tmp_path) == git("rev-parse", "HEAD") + "+changes"


def test_versions_are_those_that_are_installed() -> None:
    import sklearn

    here = library_versions()
    assert here["scikit-learn"] == sklearn.__version__
    assert (here["numpy"], here["pandas"]) == (np.__version__, pd.__version__)
    assert here["python"] == ".".join(map(str, sys.version_info[:3]))


def test_every_type_of_our_own_on_the_list_exists() -> None:
    """A class that is renamed or moved must be renamed here too, or its models would be refused for no reason."""
    own = [name for name in (*trusted.MODELS.values(), *(p for ps in trusted.PARTS.values() for p in ps)) if name.startswith("risiko.")]
    assert own
    for name in own:
        module, _, kind = name.rpartition(".")
        assert isinstance(getattr(import_module(module), kind), type)
