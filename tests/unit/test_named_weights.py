"""Named weight sets: saved, replaced, listed and taken away; what would not be understood later is refused now."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from risiko import pipeline
from risiko.errors import InputError, RisikoError, SettingsError, StoreError
from risiko.pipeline.named_weights import list_weights, remove_weights, save_weights
from risiko.store import open_store
from tests import small_authority as small
from tests.old_stores import tamper

NOW = datetime(2026, 6, 1, 12)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def authority(tmp_path: Path) -> pipeline.Authority:
    return pipeline.Authority(open_store(str(tmp_path / "store.db")), small.rules())


def test_a_set_is_saved_listed_and_replaced(authority: pipeline.Authority) -> None:
    save_weights(authority, "  Bruker\nråd ", {"complaint_rate_long": 1, "last_finding": 0.25}, now=NOW, by="KN", note="after the meeting")
    save_weights(authority, "Analysts", {"last_finding": 2.0}, now=NOW)
    assert list(list_weights(authority)) == ["Analysts", "Bruker råd"]
    first = list_weights(authority)["Bruker råd"]
    assert (first.weights, first.note, first.by, first.made_at) == (
        {"complaint_rate_long": 1.0, "last_finding": 0.25}, "after the meeting", "KN", pd.Timestamp(NOW))  # fmt: skip
    again = save_weights(authority, "Bruker råd", {"last_finding": 0.5}, now=LATER)
    assert (again.weights, list_weights(authority)["Bruker råd"]) == ({"last_finding": 0.5}, again)
    assert len(authority.store.weight_sets()) == 3, "what was replaced stays in the record"


def test_a_name_that_was_taken_away_may_come_back(authority: pipeline.Authority) -> None:
    save_weights(authority, "a", {"last_finding": 1.0}, now=NOW)
    remove_weights(authority, "a", now=LATER, by="KN", note="no longer used")
    assert list_weights(authority) == {}
    with pytest.raises(InputError, match="no weight set 'a'"):
        remove_weights(authority, "a", now=LATER)
    save_weights(authority, "a", {"last_finding": 3.0}, now=LATER)
    assert list_weights(authority)["a"].weights == {"last_finding": 3.0}
    assert authority.store.weight_sets()["weights"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(("name", "weights", "error", "match"), [
    (" ", {"last_finding": 1.0}, InputError, "1 to 60 characters"),
    ("x" * 61, {"last_finding": 1.0}, InputError, "1 to 60 characters"),
    ("a", {}, InputError, "empty"),
    ("a", {"last_finding": -1.0}, SettingsError, "greater than or equal to 0"),
    ("a", {"last_finding": float("nan")}, SettingsError, "wrong"),
    ("a", {"last_findin": 1.0, "zz": 1.0}, InputError, "no signal last_findin, zz"),
])  # fmt: skip
def test_what_would_not_be_understood_later_is_refused(
    authority: pipeline.Authority, name: str, weights: dict[str, float], error: type[RisikoError], match: str
) -> None:
    with pytest.raises(error, match=match):
        save_weights(authority, name, weights, now=NOW)
    assert authority.store.weight_sets().empty


def test_the_longest_name_is_taken(authority: pipeline.Authority) -> None:
    assert save_weights(authority, "å" * 60, {"last_finding": 1.0}, now=NOW).name == "å" * 60


@pytest.mark.parametrize("text", ["[1]", "not json", '{"a": "much"}'])
def test_a_damaged_set_is_told(authority: pipeline.Authority, text: str) -> None:
    save_weights(authority, "a", {"last_finding": 1.0}, now=NOW)
    tamper(authority.store.address, f"UPDATE weight_sets SET weights = '{text}'")
    with pytest.raises(StoreError, match="weight set 'a' cannot be read"):
        list_weights(authority)
