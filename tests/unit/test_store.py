"""What every store does; each test runs in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from risiko.batch import Part, Receipt, no_rejects
from risiko.contracts import CONTRACTS
from risiko.errors import StoreError
from risiko.store import open_store
from risiko.store.base import Store
from tests.builders import batch, part, rejects
from tests.drawn import table

COMPLAINTS = """
    complaint_id | service_id | event_date | n
    c1           | s1         | 2020-01-05 | 1
    c2           | s1         | 2020-02-05 | 3
    c3           | s2         | 2020-03-05 | 1
"""
CORRECTED = """
    complaint_id | service_id | event_date | n
    c1           | s1         | 2020-01-05 | 1
    c2           | s1         | 2020-02-05 | 4
"""
SERVICES = """
    service_id | users
    s1         | 40
    s2         |
"""


def ids(store: Store, name: str = "complaints") -> list[str]:
    return store.read([name])[name][CONTRACTS[name].id_columns[0]].tolist()


def statuses(receipt: Receipt) -> list[str]:
    return receipt.lines["status"].tolist()


def test_a_new_store_gives_every_table_empty_and_conformed(store: Store) -> None:
    tables = store.read()
    assert list(tables) == list(CONTRACTS)
    for name, contract in CONTRACTS.items():
        assert_frame_equal(tables[name], contract.empty())
    assert store.imports().empty
    assert_frame_equal(store.rejects().drop(columns="part_id"), no_rejects())


def test_tables_without_rows_can_be_joined_grouped_and_sorted_as_any_other(store: Store) -> None:
    store.commit(batch(part("services", SERVICES), part("complaints", COMPLAINTS)))
    tables = store.read()
    visits, found = tables["supervisions"], tables["findings"]
    found = found[found["supervision_id"].isin(visits["supervision_id"])]
    worst = found.sort_values("severity").groupby("supervision_id").agg(worst=("severity", "last"), n=("finding_id", "size"))
    assert visits.join(worst, on="supervision_id").sort_values("event_date").columns.tolist()[-2:] == ["worst", "n"]
    assert visits.merge(found, on="supervision_id", how="outer").empty
    assert tables["services"].merge(visits, on="service_id", how="left")["supervision_id"].isna().tolist() == [True, True]
    assert pd.concat([visits, visits]).drop_duplicates("supervision_id").empty


def test_what_is_committed_is_read_back_in_order(store: Store) -> None:
    store.commit(batch(part("complaints", COMPLAINTS), part("services", SERVICES)))
    tables = store.read()
    assert_frame_equal(tables["complaints"], table("complaints", COMPLAINTS))
    assert_frame_equal(tables["services"], table("services", SERVICES))
    assert list(store.read(["services"])) == ["services"]


def test_a_commit_is_there_when_the_store_is_opened_again(kept_address: str) -> None:
    first = open_store(kept_address)
    first.commit(batch(part("services", "service_id | Senger\ns1 | 12")))
    first.close()
    again = open_store(kept_address, create=False)
    assert again.read(["services"])["services"]["Senger"].tolist() == [12.0]
    again.commit(batch(part("services", "service_id | Senger\ns1 | 13", version="v2")))
    assert first.read(["services"])["services"]["Senger"].tolist() == [13.0]


def test_the_receipt_counts_rows_not_faults(store: Store) -> None:
    faults = rejects(
        ("a.csv", 7, "n", "-1", "out_of_range", "no", "rejected"),
        ("a.csv", 7, "event_date", "", "missing_value", "no", "rejected"),
        ("a.csv", 8, "n", "-2", "out_of_range", "no", "rejected"),
        ("a.csv", 2, "known_date", "2020-01-01", "known_slightly_before_event", "kept", "warning"),
    )
    given = part("complaints", COMPLAINTS, rejects=faults, n_read=9, n_left_out=4)
    receipt = store.commit(batch(given))
    assert receipt.lines.to_dict("records") == [
        {"file": "a.csv", "block": "complaints", "table": "complaints", "status": "added",
         "n_read": 9, "n_good": 3, "n_rejected": 2, "n_warnings": 1, "n_left_out": 4, "n_replaced": 0},
    ]  # fmt: skip
    assert receipt.changed
    assert_frame_equal(receipt.rejects, faults)
    assert_frame_equal(store.rejects().drop(columns="part_id"), faults)
    assert store.rejects()["part_id"].tolist() == [1, 1, 1, 1]


def test_the_same_content_twice_changes_nothing(store: Store) -> None:
    given = batch(part("complaints", COMPLAINTS, rejects=rejects(("a.csv", 9, "n", "x", "not_a_number", "no", "rejected"))))
    store.commit(given)
    before = store.read(), store.imports(), store.rejects(), store.history("complaints")
    receipt = store.commit(given)
    assert statuses(receipt) == ["unchanged"]
    assert not receipt.changed
    assert receipt.lines[["n_good", "n_rejected"]].to_numpy().tolist() == [[3, 1]]
    assert receipt.rejects.empty
    after = store.read(), store.imports(), store.rejects(), store.history("complaints")
    for old, new in zip(before[0].values(), after[0].values(), strict=True):
        assert_frame_equal(old, new)
    for old, new in zip(before[1:], after[1:], strict=True):
        assert_frame_equal(old, new)


def test_a_corrected_file_replaces_its_own_rows_and_history_keeps_the_old(store: Store) -> None:
    other = part("complaints", "complaint_id | service_id | event_date\nc9 | s9 | 2020-01-01", file="b.csv")
    store.commit(batch(part("complaints", COMPLAINTS, rejects=rejects(("a.csv", 9, "n", "x", "r", "m", "rejected"))), other))
    receipt = store.commit(batch(part("complaints", CORRECTED, version="v2"), other))

    assert statuses(receipt) == ["replaced", "unchanged"]
    read = store.read(["complaints"])["complaints"]
    assert read["complaint_id"].tolist() == ["c9", "c1", "c2"]
    assert read["n"].tolist() == [1, 1, 4]
    assert store.rejects().empty
    history = store.history("complaints")
    assert history[["part_id", "complaint_id", "n"]].to_numpy().tolist() == [
        [1, "c1", 1], [1, "c2", 3], [1, "c3", 1], [2, "c9", 1], [3, "c1", 1], [3, "c2", 4],
    ]  # fmt: skip
    assert history.drop(columns="part_id").dtypes.to_dict() == CONTRACTS["complaints"].empty().dtypes.to_dict()
    log = store.imports()
    assert log["replaced_by"].astype("object").where(log["replaced_by"].notna(), None).tolist() == [3, None, None]
    assert log["content_hash"].tolist() == ["v1", "v1", "v2"]


def test_going_back_to_the_first_version_replaces_again(store: Store) -> None:
    for version in ("v1", "v2", "v1"):
        store.commit(batch(part("complaints", COMPLAINTS if version == "v1" else CORRECTED, version=version)))
    assert ids(store) == ["c1", "c2", "c3"]
    assert store.imports()["replaced_by"].isna().tolist() == [False, False, True]


def test_a_file_that_moves_to_another_table_leaves_the_first(store: Store) -> None:
    store.commit(batch(part("complaints", COMPLAINTS, block="visits")))
    store.commit(batch(part("services", SERVICES, block="visits", version="v2")))
    assert ids(store) == []
    assert ids(store, "services") == ["s1", "s2"]


def test_a_key_that_stands_in_another_file_is_rejected_and_named(store: Store) -> None:
    store.commit(batch(part("complaints", COMPLAINTS)))
    more = "complaint_id | service_id | event_date\nc4 | s1 | 2020-04-05\nc2 | s8 | 2020-02-05"
    receipt = store.commit(batch(part("complaints", more, file="b.csv")))
    assert ids(store) == ["c1", "c2", "c3", "c4"]
    assert receipt.lines[["n_read", "n_good", "n_rejected"]].to_numpy().tolist() == [[2, 1, 1]]
    reject = receipt.rejects.drop(columns="message").to_dict("records")
    assert reject == [{"file": "b.csv", "row": 3, "column": "complaint_id", "value": "c2", "reason": "duplicate_key", "severity": "rejected"}]
    assert_frame_equal(store.rejects().drop(columns="part_id"), receipt.rejects)


def test_a_later_version_of_a_row_is_no_duplicate(store: Store) -> None:
    versions = """
        complaint_id | service_id | event_date | known_date | outcome
        c1           | s1         | 2020-01-05 | 2020-01-05 | pending
        c1           | s1         | 2020-01-05 | 2020-09-01 | upheld
    """
    store.commit(batch(part("complaints", versions)))
    assert store.read(["complaints"])["complaints"]["outcome"].tolist() == ["pending", "upheld"]


def test_two_files_of_one_batch_cannot_both_bring_a_key(store: Store) -> None:
    receipt = store.commit(batch(part("complaints", COMPLAINTS), part("complaints", CORRECTED, file="b.csv")))
    assert receipt.lines["n_good"].tolist() == [3, 0]
    assert receipt.rejects["value"].tolist() == ["c1", "c2"]


def test_a_row_may_move_from_one_corrected_file_to_another(store: Store) -> None:
    def one(complaint: str, file: str, version: str) -> Part:
        return part("complaints", f"complaint_id | service_id | event_date\n{complaint} | s1 | 2020-01-05", file=file, version=version)

    store.commit(batch(one("c1", "a.csv", "v1"), one("c2", "b.csv", "v1")))
    receipt = store.commit(batch(one("c2", "a.csv", "v2"), one("c1", "b.csv", "v2")))
    assert receipt.lines["n_good"].tolist() == [1, 1]
    assert ids(store) == ["c2", "c1"]


def test_a_batch_that_holds_a_part_twice_is_a_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="same source, block and file"):
        store.commit(batch(part("complaints", COMPLAINTS), part("complaints", CORRECTED, version="v2")))
    assert store.imports().empty


def test_an_error_in_the_second_part_takes_the_first_back(store: Store) -> None:
    store.commit(batch(part("complaints", COMPLAINTS)))
    broken = part("services", table("services", SERVICES).drop(columns="service_id"))
    with pytest.raises(KeyError):
        store.commit(batch(part("complaints", CORRECTED, version="v2"), broken))
    assert ids(store) == ["c1", "c2", "c3"]
    assert len(store.imports()) == 1
    assert len(store.history("complaints")) == 3


def test_a_rehearsal_answers_as_the_commit_and_keeps_nothing(store: Store) -> None:
    store.commit(batch(part("complaints", COMPLAINTS), part("services", "service_id | Senger\ns1 | 12")))
    change = batch(
        part("complaints", CORRECTED, version="v2"),
        part("services", "service_id | Plasser\ns1 | 3\ns3 | 4", file="b.csv"),
    )
    told, foreseen = store.rehearse(change)
    assert len(store.imports()) == 2
    assert ids(store) == ["c1", "c2", "c3"]
    done = store.commit(change)
    assert_frame_equal(told.lines, done.lines)
    assert_frame_equal(told.rejects, done.rejects)
    for name, frame in store.read().items():
        assert_frame_equal(foreseen[name], frame)


def test_values_come_back_exactly(store: Store) -> None:
    texts = ["", None, "æøå ÆØÅ ð", 'he said "no", it\'s', "a|b|c", "long " * 40_000, "line\nbreak\ttab", "%s :x ? {y}", "NULL", "😀 "]
    count = len(texts)
    frame = CONTRACTS["experiences"].conform(pd.DataFrame({
        "experience_id": [f"e{i}" for i in range(count)],
        "service_id": pd.Series(texts[::-1], dtype="str"),
        "event_date": pd.Timestamp("2020-02-29"), "known_date": pd.Timestamp("2020-03-01"),
        "method": "survey", "score": [0.0, None, 0.1 + 0.2, 1e-300, 100.0, float("inf"), 1 / 3, 5e15 + 1, 7.0, None],
        "n": pd.array([0, None, 1, 2**53 + 1, 2**62, 3, 4, 5, 6, None], dtype="Int64"),
        "text": pd.Series(texts, dtype="str"),
    }))  # fmt: skip
    store.commit(batch(part("experiences", frame)))
    read = store.read(["experiences"])["experiences"]
    assert_frame_equal(read, frame)
    assert read["text"].iloc[0] == ""
    assert read["text"].isna().tolist() == [text is None for text in texts]


def test_missing_dates_and_flags_come_back_missing(store: Store) -> None:
    drawn = """
        service_id | natural_person | valid_from | valid_to
        s1         | true           | 1850-01-01 | 9999-12-31
        s2         | false          |            |
        s3         |                | 2020-02-29 | 2020-03-01
    """
    frame = table("services", drawn)
    store.commit(batch(part("services", frame)))
    assert_frame_equal(store.read(["services"])["services"], frame)


def services(**metadata: object) -> pd.DataFrame:
    return table("services", "service_id\ns1\ns2").assign(**metadata)


def test_metadata_columns_of_every_kind_come_back_with_their_dtypes(store: Store) -> None:
    frame = services(**{
        "Andel med fagutdanning, % (2023)": [12.5, float("nan")],
        'skift "natt"': pd.Series(["ja", None], dtype="str"),
        "select": pd.array([True, None], dtype="boolean"),
        "ålder: år?": [1.0, 2.0],
    })  # fmt: skip
    store.commit(batch(part("services", frame)))
    assert_frame_equal(store.read(["services"])["services"], frame)


def test_metadata_columns_come_and_go_with_the_parts_that_carry_them(store: Store) -> None:
    other = table("services", "service_id\ns3").assign(places=[7.0])
    store.commit(batch(part("services", services(beds=[1.0, 2.0])), part("services", other, file="b.csv")))
    both = store.read(["services"])["services"]
    assert both[["service_id", "beds", "places"]].astype("object").where(both[["service_id", "beds", "places"]].notna(), None).to_numpy().tolist() == [
        ["s1", 1.0, None], ["s2", 2.0, None], ["s3", None, 7.0],
    ]  # fmt: skip
    store.commit(batch(part("services", services(), version="v2")))
    assert "beds" not in store.read(["services"])["services"]
    assert store.history("services")["beds"].notna().sum() == 2


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"Name": ["a", "b"]}, "too like the column 'name'"),
        ({"part_id": [1.0, 2.0]}, "too like the column 'part_id'"),
        ({"BEDS": [1.0, 2.0]}, "too like the column 'beds'"),
        ({"beds": pd.Series(["a", "b"], dtype="str")}, "other imported files hold it as float64"),
        ({"x" * 64: [1.0, 2.0]}, "longer than 60 bytes"),
        ({"when": pd.Timestamp("2020-01-01")}, "of type datetime64"),
    ],
)
def test_a_metadata_column_that_cannot_be_kept_is_refused(store: Store, metadata: dict[str, object], message: str) -> None:
    store.commit(batch(part("services", services(beds=[1.0, 2.0]))))
    with pytest.raises(StoreError, match=message) as told:
        store.commit(batch(part("services", services(**metadata), file="b.csv")))
    assert told.value.where == "b.csv, services"
    assert told.value.hint
    assert store.read(["services"])["services"]["beds"].tolist() == [1.0, 2.0]


def test_the_log_says_what_was_imported_when(store: Store) -> None:
    oslo = timezone(timedelta(hours=2))
    store.commit(batch(part("complaints", COMPLAINTS), at=datetime(2024, 6, 1, 12, 30, 15, 123456, tzinfo=oslo)))
    store.commit(batch(part("services", SERVICES), at=datetime(2024, 6, 2, tzinfo=UTC)))
    log = store.imports()
    assert log.columns.tolist() == [
        "part_id", "source", "block", "file", "table", "content_hash", "imported_at",
        "n_read", "n_good", "n_rejected", "n_warnings", "n_left_out", "n_replaced", "replaced_by",
    ]  # fmt: skip
    assert log["imported_at"].tolist() == [pd.Timestamp("2024-06-01 10:30:15.123456"), pd.Timestamp("2024-06-02")]
    assert log["part_id"].tolist() == [1, 2]


def test_frames_that_went_in_or_came_out_can_be_changed_without_changing_the_store(store: Store) -> None:
    given = part("complaints", COMPLAINTS)
    store.commit(batch(given))
    read = store.read(["complaints"])["complaints"]
    for frame in (given.rows, read):
        frame.loc[:, "n"] = 99
    assert store.read(["complaints"])["complaints"]["n"].tolist() == [1, 3, 1]


def test_reading_some_columns_gives_those_of_the_whole_table(store: Store) -> None:
    store.commit(batch(part("services", "service_id | known_date\na | 2020-01-01\nb | 2020-01-01")))
    whole = store.read()
    some = store.read(["services", "complaints"], only={"services": {"users", "service_id"}})
    assert list(some) == ["services", "complaints"]
    pd.testing.assert_frame_equal(some["services"], whole["services"][["service_id", "users"]])
    pd.testing.assert_frame_equal(some["complaints"], whole["complaints"])
