"""The append-only log in every store: chained, guarded, verified, and shared by many writers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from risiko.errors import Stale, StoreError
from risiko.pipeline.record import log_entries, verify_log
from risiko.store import chain, open_store
from risiko.store.anchors import ModelEntry
from risiko.store.base import Store
from risiko.store.chain import Fault
from risiko.store.sql import SqlStore
from tests.builders import batch, part
from tests.old_stores import connected, drop_guards, tamper

ROOT = Path(__file__).parents[2]
MAY, JUNE = datetime(2026, 5, 1, 9, 30, 15, 250), datetime(2026, 6, 1, 12)
MODEL = ModelEntry("learned-2022-09-30-aaaaaaaa", "a1" * 32, "learned", date(2022, 9, 30), MAY)
BODY = '{"text": "æøå \\u2028 \'quoted\' \\ud83d"}'


def fill(store: Store) -> None:
    """One entry of every kind that the store enters itself, and two comments."""
    store.commit(batch(part("services", "service_id | users\ns1 | 40"), part("complaints", "complaint_id | service_id\nc1 | s1"), at=MAY))
    store.append("comment", "s1", BODY, MAY, "KN")
    store.record_model(MODEL)
    store.record_promotion(MODEL.model_id, "better", JUNE, "KN")
    store.record_draw('{"seed":7}', date(2026, 3, 31), "too wide a tier", JUNE, "AB")
    store.record_weight_set("council", {"a": 1.0}, "", JUNE, "AB")
    store.append("comment", "s1", "[]", JUNE, "AB")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in a file with everything in it, to be copied."""
    path = tmp_path_factory.mktemp("full") / "store.db"
    store = open_store(str(path))
    fill(store)
    store.close()
    return path


def test_a_new_store_has_no_log_but_its_columns(store: Store) -> None:
    assert {c: str(t) for c, t in store.log().dtypes.items()} == {
        "seq": "int64", "at": "datetime64[us]", "by": "str", "kind": "str", "about": "str", "body": "str", "sha256": "str",
    }  # fmt: skip
    assert (len(store.log()), store.verify()) == (0, [])


def test_entries_come_back_in_order_each_chained_to_the_one_before(store: Store) -> None:
    oslo = datetime(2026, 6, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert store.append("comment", "s1", BODY, oslo, " KN ") == 1
    assert store.append("override", "", "{}", MAY, "AB") == 2
    first = sha256(json.dumps(["", 1, "2026-06-01T12:00:00", "KN", "comment", "s1", BODY], separators=(",", ":")).encode()).hexdigest()
    second = sha256(json.dumps([first, 2, "2026-05-01T09:30:15.000250", "AB", "override", "", "{}"], separators=(",", ":")).encode()).hexdigest()
    assert store.log().to_dict("records") == [
        {"seq": 1, "at": pd.Timestamp(JUNE), "by": "KN", "kind": "comment", "about": "s1", "body": BODY, "sha256": first},
        {"seq": 2, "at": pd.Timestamp(MAY), "by": "AB", "kind": "override", "about": "", "body": "{}", "sha256": second},
    ]  # fmt: skip
    assert store.log(["override"])["seq"].tolist() == [2]
    assert store.log([]).empty
    assert store.verify() == []


def test_what_a_store_keeps_it_enters_itself(store: Store) -> None:
    fill(store)
    log = store.log()
    assert log["kind"].tolist() == ["import", "comment", "model", "promotion", "draw", "weight_set", "comment"]
    assert log["seq"].tolist() == list(range(1, 8))
    assert log["about"].tolist() == ["1–2", "s1", MODEL.model_id, MODEL.model_id, "1", "council", "s1"]
    assert log["by"].tolist() == ["", "KN", "", "KN", "AB", "AB", "AB"]
    bodies = [json.loads(body) for body in log["body"]]
    assert [(p["table"], p["rows"], p["sha256"]) for p in bodies[0]["parts"]] == [
        (line.table, 1, line.content_hash) for line in store.imports().itertuples()
    ]
    assert bodies[2]["sha256"] == MODEL.manifest_sha256
    assert (bodies[4]["key"], bodies[4]["sha256"]) == (1, store.draws()["sha256"].item())
    assert "quoted" not in str(bodies[2:6])
    assert store.verify() == []


def test_an_import_that_brings_nothing_new_is_not_entered(store: Store) -> None:
    same = batch(part("services", "service_id\ns1"))
    store.commit(same)
    assert not store.commit(same).changed
    assert store.log()["about"].tolist() == ["1"]
    store.commit(batch(part("services", "service_id\ns2", version="v2")))
    assert (store.log()["about"].tolist(), store.verify()) == (["1", "2"], [])


REFUSED_LINES: tuple[Callable[[Store], object], ...] = (
    lambda store: store.record_promotion("unknown", "why", JUNE, ""),
    lambda store: store.record_draw("{}", MAY.date(), " ", JUNE, "KN"),
    lambda store: store.record_weight_set(" ", {}, "", JUNE, ""),
    lambda store: (store.record_model(MODEL), store.record_model(MODEL)),
)  # fmt: skip


def test_what_is_refused_is_not_entered(store: Store) -> None:
    for write in REFUSED_LINES:
        with pytest.raises(StoreError):
            write(store)
        assert len(store.log()) == len(store.models())
    assert (len(store.models()), store.verify()) == (1, [])


REFUSED = [
    ("gossip", "{}", "KN", "cannot be of the kind 'gossip'"),
    ("draw", "{}", "KN", "which the store enters itself"),
    ("comment", "{", "KN", "must be JSON"),
    ("comment", '{"x": NaN}', "KN", "must be JSON"),
    ("comment", "{}", " \n", "needs the name"),
    ("comment", "{}", "K\x00N", "a database can keep"),
    ("comment", "{}", "K\ud83d", "a database can keep"),
    ("comment", '"\ud83d"', "KN", "a database can keep"),
]  # fmt: skip


def test_what_cannot_be_entered_is_told_and_leaves_nothing(store: Store) -> None:
    for kind, body, by, match in REFUSED:
        with pytest.raises(StoreError, match=match) as told:
            store.append(kind, "s1", body, JUNE, by)
        assert told.value.hint
        assert store.address in told.value.where
    assert store.log().empty


def test_the_second_of_two_who_looked_at_the_same_is_told_who_was_first(store: Store) -> None:
    store.append("comment", "s1", "{}", MAY, "AB")
    assert store.append("decision", "plan 1", "{}", MAY, "KN", after=0) == 2
    with pytest.raises(Stale, match="Someone else has written a decision since you looked") as told:
        store.append("decision", "plan 1", "{}", JUNE, "AB", after=0)
    assert told.value.where == "log no. 2: KN, decision plan 1, 2026-05-01T09:30:15.000250 UTC"
    assert told.value.hint == "look at it, then save again"
    assert len(store.log()) == 2
    assert store.append("comment", "s1", "{}", JUNE, "AB", after=1) == 3, "another kind does not stand in the way"
    assert store.append("decision", "plan 1", "{}", JUNE, "AB", after=2) == 4
    with pytest.raises(Stale):
        store.append("decision", "plan 1", "{}", JUNE, "AB", after=9)  # seen in a store that was restored since


def test_no_row_can_be_changed_or_removed(kept_address: str) -> None:
    with_rows = open_store(kept_address)
    fill(with_rows)
    for table, key in {"log": "seq", "draws": "seq", "models": "model_id", "promotions": "seq", "weight_sets": "seq"}.items():
        again = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if "://" not in kept_address else f"TRUNCATE {table}"
        for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table} WHERE {key} IS NOT NULL", again):
            with pytest.raises(sa.exc.DBAPIError, match=f"append-only: {table}"), connected(kept_address) as connection:
                connection.exec_driver_sql(statement)
    assert with_rows.verify() == []


def test_our_own_code_meets_the_guard_as_a_sentence(kept_address: str) -> None:
    store = open_store(kept_address)
    fill(store)
    assert isinstance(store, SqlStore)
    with pytest.raises(StoreError, match="can neither be changed nor removed") as told, store.snapshot() as connection:
        connection.execute(sa.text("DELETE FROM draws"))
    assert told.value.hint


@pytest.mark.parametrize(("change", "faults"), [
    ("UPDATE log SET body = '{}' WHERE seq = 2", [Fault(2, "changed", "comment s1")]),
    ("UPDATE log SET by = 'Eve' WHERE seq = 7", [Fault(7, "changed", "comment s1")]),
    ("UPDATE log SET at = 'then' WHERE seq = 2", [Fault(2, "changed", "comment s1")]),
    ("UPDATE log SET about = 's2' WHERE seq = 2", [Fault(2, "changed", "comment s2")]),
    ("UPDATE log SET kind = 'override' WHERE seq = 2", [Fault(2, "changed", "override s1")]),
    # Its hash was changed: it does not fit its content, and the next does not fit it.
    ("UPDATE log SET sha256 = 'ff' WHERE seq = 2", [Fault(2, "changed", "comment s1"), Fault(3, "changed", f"model {MODEL.model_id}")]),
    ("DELETE FROM log WHERE seq = 2", [Fault(2, "missing", "2")]),
    ("DELETE FROM log WHERE seq IN (1, 2)", [Fault(1, "missing", "1–2")]),
    ("UPDATE log SET seq = 9 WHERE seq = 7", [Fault(7, "missing", "7–8")]),
    ("DELETE FROM draws", [Fault(5, "row_missing", "draw 1")]),
    ("UPDATE draws SET why = 'x'", [Fault(5, "row_changed", "draw 1")]),
    ("UPDATE promotions SET by = 'x'", [Fault(4, "row_changed", "promotion 1")]),
    ("UPDATE models SET manifest_sha256 = 'x'", [Fault(3, "row_changed", f"model {MODEL.model_id}")]),
    ("UPDATE weight_sets SET weights = NULL", [Fault(6, "row_changed", "weight_set 1")]),
    ("UPDATE parts SET content_hash = 'x' WHERE part_id = 2", [Fault(1, "row_changed", "import 2")]),
    ("DELETE FROM parts WHERE part_id = 2", [Fault(1, "row_missing", "import 2")]),
    (
        'INSERT INTO parts SELECT 3, source, block, \'forged\', "table", content_hash, imported_at, n_read, n_good, n_rejected, '
        "n_warnings, n_left_out, replaced_by, metadata FROM parts WHERE part_id = 2", [Fault(None, "row_unknown", "import 3")],
    ),
    ("INSERT INTO promotions SELECT 2, model_id, why, at, by FROM promotions", [Fault(None, "row_unknown", "promotion 2")]),
])  # fmt: skip
def test_whatever_is_changed_behind_the_triggers_is_found(full: Path, tmp_path: Path, change: str, faults: list[Fault]) -> None:
    path = shutil.copy(full, tmp_path / "store.db")
    tamper(str(path), change)
    store = open_store(str(path))
    assert store.verify() == faults
    assert not store.log().empty, "it still reads"


def test_a_guard_that_was_taken_away_is_found(kept_address: str) -> None:
    store = open_store(kept_address)
    with connected(kept_address) as connection:
        drop_guards(connection)
    found = store.verify()
    assert {fault.what for fault in found} == {"unguarded"}
    assert {fault.detail.split("_keeps")[0] for fault in found} == {"log", "draws", "models", "promotions", "weight_sets"}


def test_a_guard_that_was_made_blunt_is_found(full: Path, tmp_path: Path) -> None:
    path = str(shutil.copy(full, tmp_path / "store.db"))
    with connected(path) as connection:
        connection.exec_driver_sql("DROP TRIGGER log_keeps_update")
        connection.exec_driver_sql(
            "CREATE TRIGGER log_keeps_update BEFORE UPDATE ON log WHEN 0 BEGIN SELECT RAISE(ABORT, 'append-only: log'); END"
        )
    assert open_store(path).verify() == [Fault(None, "unguarded", "log_keeps_update")]


def test_a_store_that_calls_itself_older_than_its_log_is_not_called_whole(full: Path, tmp_path: Path) -> None:
    path = str(shutil.copy(full, tmp_path / "store.db"))
    with connected(path) as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '3' WHERE key = 'schema'")
    assert [fault.what for fault in open_store(path).verify()] == ["missing"]


def test_entries_taken_from_the_end_are_found_by_a_noted_head(kept_address: str) -> None:
    store = open_store(kept_address)
    fill(store)
    noted = verify_log(store)
    assert (noted.whole, noted.count, noted.head) == (True, 7, store.log()["sha256"].iloc[-1])
    store.append("comment", "s1", "{}", JUNE, "KN")
    assert verify_log(store, noted.head, noted.count).whole, "entries may have come since"
    assert verify_log(store, noted.head.upper()).whole
    assert verify_log(store, noted.head, 8).faults == (Fault(8, "head_other", noted.head[:12]),)
    tamper(kept_address, "DELETE FROM log WHERE seq >= 7")
    assert verify_log(store).whole, "the chain alone cannot tell"
    assert verify_log(store, noted.head, noted.count).faults == (Fault(7, "head_missing", "6 < 7"),)
    assert verify_log(store, noted.head).faults == (Fault(None, "head_missing", noted.head[:12]),)


def test_a_log_that_was_written_anew_from_one_entry_on_is_found_by_a_noted_head(kept_address: str) -> None:
    store = open_store(kept_address)
    for _ in range(3):
        store.append("comment", "s1", "{}", MAY, "KN")
    noted = verify_log(store)
    tamper(kept_address, "DELETE FROM log WHERE seq >= 2")
    for _ in range(2):
        store.append("comment", "s1", "{}", MAY, "Eve")
    assert verify_log(store).whole
    assert verify_log(store, noted.head, noted.count).faults == (Fault(3, "head_other", noted.head[:12]),)


def test_the_log_is_read_by_kind_person_and_day(store: Store) -> None:
    fill(store)
    assert log_entries(store)["seq"].tolist() == [7, 6, 5, 4, 3, 2, 1]
    assert log_entries(store, ["comment", "draw"], by=["AB"])["seq"].tolist() == [7, 5]
    assert log_entries(store, until=MAY.date())["seq"].tolist() == [3, 2, 1]
    assert log_entries(store, since=JUNE.date(), until=JUNE.date())["seq"].tolist() == [7, 6, 5, 4]
    assert log_entries(store, since=date(2026, 6, 2)).empty


def test_an_entry_without_a_readable_moment_is_shown_whatever_days_are_asked_for(kept_address: str) -> None:
    store = open_store(kept_address)
    fill(store)
    tamper(kept_address, "UPDATE log SET at = '2026-15-01' WHERE seq = 2")
    assert log_entries(store, since=JUNE.date())["seq"].tolist() == [7, 6, 5, 4, 2]


def test_no_two_entries_share_the_text_that_is_hashed() -> None:
    fields = [("", 1, "t", "a", "k", "b", "c"), ("", 1, "t", "a,", "k", "b", "c"), ("", 1, "t", "a", "kb", "", "c"), ("1", 1, "t", "a", "k", "b", "c"), ("", 11, "t", "a", "k", "b", "c")]
    assert len({chain.link(*each) for each in fields}) == len(fields)


# All import once, and then part: eight times the same libraries would take longer than what is tried here.
WRITERS = """
import os, sys
from datetime import datetime
from risiko.store import open_store
def write(i):
    store = open_store(sys.argv[1], wait_seconds=120)
    for n in range(int(sys.argv[3])):
        store.append("comment", str(i), str(n), datetime(2026, 1, 1), f"writer {i}")
open_store(sys.argv[2]).append("comment", "", "0", datetime(2026, 1, 1), "so that every child need not learn it anew")
children = []
for i in range(8):
    children.append(os.fork())
    if not children[-1]:
        write(i)
        os._exit(0)
sys.exit(max(os.waitpid(child, 0)[1] for child in children))
"""


def test_eight_processes_that_write_at_once_lose_nothing(kept_address: str, tmp_path: Path) -> None:
    """The store does not exist when they begin. Fewer each on a server, where an entry takes three times as long."""
    each = 15 if "://" in kept_address else 50
    words = [sys.executable, "-c", WRITERS, kept_address, str(tmp_path / "first.db"), str(each)]
    subprocess.run(words, cwd=ROOT, check=True, timeout=300)
    store = open_store(kept_address, create=False)
    log = store.log()
    assert log["seq"].tolist() == list(range(1, 8 * each + 1))
    assert store.verify() == []
    for i in range(8):  # each writer's own entries are all there, in its own order
        assert log.loc[log["about"] == str(i), "body"].tolist() == [str(n) for n in range(each)]
    assert (log["about"] != log["about"].shift()).sum() > 8, "they did write at the same time"


def test_moments_with_and_without_a_zone_are_kept_in_utc(store: Store) -> None:
    store.append("comment", "s1", "{}", datetime(2026, 6, 1, tzinfo=UTC), "KN")
    store.append("comment", "s1", "{}", datetime(2026, 6, 1), "KN")
    assert store.log()["at"].tolist() == [pd.Timestamp(2026, 6, 1)] * 2
