"""Draws and named weight sets in every store: appended, chained, never changed; each test runs in memory and in SQL."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from risiko.errors import StoreError
from risiko.store import open_store
from risiko.store.base import Store
from tests.old_stores import tamper

MAY, JUNE = datetime(2026, 5, 1, 9, 30, 15, 250), datetime(2026, 6, 1, 12)
AS_OF = date(2023, 3, 31)
RECORD, OTHER = '{"seed":7,"why":"æøå \'quoted\'"}', '{"seed":8}'


def test_a_new_store_has_neither_but_their_columns(store: Store) -> None:
    assert (len(store.draws()), len(store.weight_sets())) == (0, 0)
    assert {c: str(t) for c, t in store.draws().dtypes.items()} == {
        "seq": "int64", "made_at": "datetime64[us]", "by": "str", "why": "str", "as_of": "datetime64[us]", "record": "str", "sha256": "str",
    }  # fmt: skip
    assert {c: str(t) for c, t in store.weight_sets().dtypes.items()} == {
        "seq": "int64", "name": "str", "weights": "str", "note": "str", "made_at": "datetime64[us]", "by": "str",
    }  # fmt: skip


def test_draws_come_back_in_order_each_chained_to_the_one_before(store: Store) -> None:
    assert store.record_draw(RECORD, AS_OF, " too wide a tier ", JUNE, " KN ") == 1
    assert store.record_draw(OTHER, AS_OF, "again", MAY, "AB") == 2
    first = sha256(f"\n{RECORD}".encode()).hexdigest()
    second = sha256(f"{first}\n{OTHER}".encode()).hexdigest()
    assert store.draws().to_dict("records") == [
        {"seq": 1, "made_at": pd.Timestamp(JUNE), "by": "KN", "why": "too wide a tier", "as_of": pd.Timestamp(AS_OF), "record": RECORD, "sha256": first},
        {"seq": 2, "made_at": pd.Timestamp(MAY), "by": "AB", "why": "again", "as_of": pd.Timestamp(AS_OF), "record": OTHER, "sha256": second},
    ]  # fmt: skip


@pytest.mark.parametrize(("why", "by"), [("", "KN"), (" \n", "KN"), ("too wide", " ")])
def test_a_draw_needs_a_reason_and_a_name(store: Store, why: str, by: str) -> None:
    with pytest.raises(StoreError, match="written reason") as told:
        store.record_draw(RECORD, AS_OF, why, JUNE, by)
    assert (told.value.where, bool(told.value.hint)) == (store.address, True)
    assert store.draws().empty


def test_weight_sets_are_appended_changed_and_taken_away_by_new_lines(store: Store) -> None:
    store.record_weight_set(" Brukerråd ", {"b": 0.5, "a": 1}, " after the meeting ", JUNE, " KN ")
    store.record_weight_set("Brukerråd", {"a": 2.0}, "", MAY, "")
    store.record_weight_set("Brukerråd", None, "not used", JUNE, "")
    found = store.weight_sets()
    assert found["weights"].tolist()[:2] == ['{"a": 1, "b": 0.5}', '{"a": 2.0}']
    assert found["weights"].isna().tolist() == [False, False, True]
    assert found[["seq", "name", "note", "by"]].to_dict("list") == {
        "seq": [1, 2, 3], "name": ["Brukerråd"] * 3, "note": ["after the meeting", "", "not used"], "by": ["KN", "", ""],
    }  # fmt: skip


def test_a_blank_name_and_an_unknown_one_to_take_away_are_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="needs a name"):
        store.record_weight_set(" ", {"a": 1.0}, "", JUNE, "")
    with pytest.raises(StoreError, match="no weight set 'other'"):
        store.record_weight_set("other", None, "", JUNE, "")
    assert store.weight_sets().empty


def test_moments_are_kept_in_utc_and_lines_outlive_the_process(kept_address: str) -> None:
    oslo = datetime(2026, 6, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    first = open_store(kept_address)
    first.record_draw(RECORD, AS_OF, "why", oslo, "KN")
    first.record_weight_set("council", {}, "", oslo, "")
    first.close()
    again = open_store(kept_address, create=False)
    assert again.draws()["made_at"].tolist() == again.weight_sets()["made_at"].tolist() == [pd.Timestamp(JUNE)]
    assert again.draws()["record"].tolist() == [RECORD]


@pytest.mark.parametrize(("change", "match"), [
    ("UPDATE draws SET as_of = 'soon'", "record of draws cannot be read at 1"),
    ("UPDATE draws SET made_at = 'then'", "record of draws cannot be read at 1"),
    ("UPDATE weight_sets SET made_at = 'then'", "record of weight sets cannot be read at 1"),
    ("DROP TABLE weight_sets", "table or column is missing"),
])  # fmt: skip
def test_damaged_and_lost_lines_are_told_and_not_taken_for_none(tmp_path: Path, change: str, match: str) -> None:
    path = str(tmp_path / "store.db")
    store = open_store(path)
    store.record_draw(RECORD, AS_OF, "why", JUNE, "KN")
    store.record_weight_set("council", {}, "", JUNE, "")
    tamper(path, change)
    with pytest.raises(StoreError, match=match):
        _ = store.draws(), store.weight_sets()
