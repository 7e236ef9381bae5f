"""Drafts in every store: changed and removed by whose they are, outside the log, taken along by backups."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

from risiko.errors import StoreError
from risiko.store import open_store
from risiko.store.backup import back_up, restore
from risiko.store.base import Store
from tests.builders import batch, part
from tests.old_stores import as_version, tamper
from tests.unit.test_store_faults import open_folder, ordinary_user

__all__ = ["open_folder"]  # a fixture

MAY, JUNE = datetime(2026, 5, 1, 9, 30), datetime(2026, 6, 1, 12)


def test_a_new_store_has_none_but_their_columns(store: Store) -> None:
    assert {c: str(t) for c, t in store.drafts().dtypes.items()} == {"draft_id": "str", "by": "str", "saved_at": "datetime64[us]", "body": "str"}
    assert len(store.drafts()) == 0


def test_a_draft_is_replaced_by_its_writer_and_removed_and_the_log_says_nothing(store: Store) -> None:
    oslo = datetime(2026, 6, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    store.save_draft("d1", " KN ", '{"a": "æ"}', JUNE)
    store.save_draft("d2", "AB", "{}", MAY)
    assert store.drafts()["draft_id"].tolist() == ["d2", "d1"], "the one saved last stands last"
    store.save_draft("d1", "KN", '{"a": 2}', oslo)
    assert store.drafts("KN").to_dict("records") == [{"draft_id": "d1", "by": "KN", "saved_at": pd.Timestamp(2026, 6, 1, 12), "body": '{"a": 2}'}]
    store.remove_draft("d1")
    store.remove_draft("d1")
    assert store.drafts()["draft_id"].tolist() == ["d2"]
    assert (len(store.log()), store.verify()) == (0, [])


REFUSED = (
    ("d1", "AB", "{}", "somebody else's"), ("d2", "", "{}", "needs"), (" ", "KN", "{}", "needs"), ("d2", "KN", "{", "needs"),
    ("d2", "K\x00", "{}", "needs"), ("d2", "K\ud800", "{}", "needs"),
)  # fmt: skip


def test_what_cannot_be_kept_is_refused_and_nothing_changes(store: Store) -> None:
    store.save_draft("d1", "KN", "{}", MAY)
    for draft_id, by, body, said in REFUSED:
        with pytest.raises(StoreError, match=said) as told:
            store.save_draft(draft_id, by, body, JUNE)
        assert told.value.hint
    assert store.drafts()[["draft_id", "by"]].to_numpy().tolist() == [["d1", "KN"]]


def test_drafts_and_submissions_go_along_with_a_backup(kept_address: str, tmp_path: Path) -> None:
    with closing(open_store(kept_address)) as store:
        store.save_draft("d1", "KN", '{"a": "æ"}', MAY)
        store.commit(batch(part("quotes", "quote_id | text | may_show\nsub-1-1 | well | public"), part("item_means", "item_mean_id | mean | n\nsub-1-1 | 71.5 | 9")))
    taken = back_up(kept_address, tmp_path / "backup.db")
    assert [taken[name].rows for name in ("drafts", "quotes", "item_means", "submissions")] == [1, 1, 1, 0]
    restore(tmp_path / "backup.db", str(tmp_path / "again.db"))
    with closing(open_store(str(tmp_path / "again.db"), create=False)) as store:
        assert store.drafts("KN")["body"].tolist() == ['{"a": "æ"}']
        found = store.read(["quotes", "item_means"])
        assert (found["quotes"]["text"].tolist(), found["item_means"]["mean"].tolist()) == (["well"], [71.5])
        assert store.verify() == []


def test_a_store_of_version_4_that_cannot_be_written_reads_with_the_new_tables_empty(open_folder: Path) -> None:
    place = open_folder / "store.db"
    with closing(open_store(str(place))) as store:
        store.commit(batch(part("services", "service_id\ns1")))
    as_version(4, str(place))
    place.chmod(0o444)
    before = place.read_bytes()
    with ordinary_user(), closing(open_store(str(place))) as store:
        assert [len(frame) for frame in store.read(["services", "submissions", "quotes", "item_means"]).values()] == [1, 0, 0, 0]
        assert (len(store.history("quotes")), len(store.drafts()), len(store.log()), store.verify()) == (0, 0, 1, [])
        assert store.rehearse(batch(part("quotes", "quote_id | may_show\nsub-1-1 | public")))[1]["quotes"]["quote_id"].tolist() == ["sub-1-1"]
        with pytest.raises(StoreError, match="cannot be written"):
            store.save_draft("d1", "KN", "{}", MAY)
    assert place.read_bytes() == before


def test_a_damaged_draft_is_told(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    with closing(open_store(path)) as store:
        store.save_draft("d1", "KN", "{}", MAY)
    tamper(path, "UPDATE drafts SET saved_at = 'soon'")
    with closing(open_store(path)) as store, pytest.raises(StoreError, match="drafts cannot be read at 'd1'"):
        store.drafts()
