"""Texts taken out of rows that stay, in every store: all versions, the bytes in the file too, whole or not at all."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from risiko.errors import StoreError
from risiko.store import open_store
from risiko.store.base import Store
from risiko.store.erasing import Erasure
from tests.builders import batch, part, rejects
from tests.old_stores import connected

ROOT = Path(__file__).parents[2]
JUNE = datetime(2026, 6, 1, 12)
SECRET = "hemmelig-ord"  # stands in every text that is to go
STAYS = "bevart-ord"
LONG = SECRET * 3000  # so long that a database lays it outside the row
FIRST = f"""
experience_id | score | n | text
e1 | 40 | 5 | {SECRET} 1
e2 | 70 | 6 | {STAYS} 2
e3 | | 7 | {LONG}
"""
SECOND = FIRST.replace("70", "71")
QUOTES = f"quote_id | text | may_show\nsub-1-1 | {SECRET} q | public\nsub-2-1 | {STAYS} q | public"
REFUSED = rejects(
    ("a.csv", 9, "text", f"{SECRET} r", "text_cut", "too long", "warning"),
    ("a.csv", 10, "", f"{SECRET} line", "malformed_row", "cells", "rejected"),
    ("a.csv", 11, "score", "400", "out_of_range", "outside", "rejected"),
)
WORDS = (
    Erasure("experiences", frozenset({"e1", "e3", "none"}), ("text",), frozenset({1, 3})),  # the parts of its two versions
    Erasure("quotes", frozenset({"sub-1-1"}), ("text",)),
)


def filled(store: Store) -> Store:
    store.commit(batch(part("experiences", FIRST, rejects=REFUSED), part("quotes", QUOTES, file="sub-1")))
    store.commit(batch(part("experiences", SECOND, version="v2", rejects=REFUSED)))
    store.save_draft("d1", "KN", json.dumps(SECRET), JUNE)
    store.save_draft("d2", "KN", json.dumps(STAYS), JUNE)
    return store


def bytes_in(path: Path, word: str = SECRET) -> bool:
    """Whether the word lies in the store's file or in one beside it."""
    return any(word.encode() in file.read_bytes() for file in path.parent.glob(f"{path.name}*") if file.is_file())


def test_texts_go_in_every_version_and_all_else_stays(store: Store) -> None:
    filled(store)
    before, history = store.read(), store.history("experiences")
    kept = {name: frame for name, frame in before.items() if name not in ("experiences", "quotes")}
    assert store.erase(WORDS, ["d1", "none"], "2026-06-01", JUNE, " KN ") == {"experiences": 4, "quotes": 1, "rejects": 4, "drafts": 1}
    now = store.read()
    assert [pd.isna(text) or text for text in now["experiences"]["text"]] == [True, f"{STAYS} 2", True]
    assert [pd.isna(text) or text for text in now["quotes"]["text"]] == [True, f"{STAYS} q"]
    assert_frame_equal(now["experiences"].drop(columns="text"), before["experiences"].drop(columns="text"))
    assert_frame_equal(store.history("experiences").drop(columns="text"), history.drop(columns="text"))
    assert store.history("experiences")["text"].dropna().tolist() == [f"{STAYS} 2"] * 2
    assert [pd.isna(value) or value for value in store.rejects()["value"]] == [True, True, "400"]
    for name, frame in kept.items():
        assert_frame_equal(now[name], frame)
    assert store.drafts()["draft_id"].tolist() == ["d2"]


def test_one_entry_tells_of_it_by_numbers_and_the_log_is_whole(store: Store) -> None:
    filled(store)
    before = len(store.log())
    store.erase(WORDS, ["d1"], "2026-06-01", JUNE, "KN")
    assert store.erase(WORDS, ["d1"], "2026-06-02", JUNE, "KN") == {}, "a second time there is nothing to take"
    entry = store.log(["purge"]).iloc[0]
    assert (len(store.log()), entry["about"], entry["by"]) == (before + 1, "2026-06-01", "KN")
    assert json.loads(entry["body"]) == {"rows": {"drafts": 1, "experiences": 4, "quotes": 1, "rejects": 4}}
    assert store.verify() == []


def test_the_same_file_again_does_not_bring_a_text_back(store: Store) -> None:
    filled(store).erase(WORDS, [], "", JUNE, "KN")
    assert not store.commit(batch(part("experiences", SECOND, version="v2", rejects=REFUSED))).changed
    assert store.read(["experiences"])["experiences"]["text"].notna().sum() == 1


REFUSED_ERASURES = (
    (Erasure("experiences", frozenset({"e1"}), ("text", "known_date")), "KN", "known_date cannot be erased"),
    (Erasure("experiences", frozenset({"e1"}), ("words",)), "KN", "words cannot be erased"),
    (Erasure("log", frozenset({"1"}), ("body",)), "KN", "log.body cannot be erased"),
    (WORDS[0], " ", "Who has texts erased"),
)  # fmt: skip


def test_what_may_not_be_missing_is_not_erased(store: Store) -> None:
    filled(store)
    for erasure, by, said in REFUSED_ERASURES:
        with pytest.raises(StoreError, match=said):
            store.erase([WORDS[1], erasure], ["d1"], "", JUNE, by)
    assert store.read(["quotes"])["quotes"]["text"].notna().all(), "nor anything else"
    assert (len(store.drafts()), len(store.log(["purge"]))) == (2, 0)


def test_nobody_may_say_that_texts_were_erased(store: Store) -> None:
    with pytest.raises(StoreError, match="enters itself"):
        store.append("purge", "", "{}", JUNE, "KN")


def test_the_bytes_leave_the_file_and_the_one_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(open_store(str(path))) as store:
        filled(store)
    assert bytes_in(path)
    with closing(open_store(str(path))) as store, connected(str(path)) as reader:
        reader.exec_driver_sql("SELECT key FROM meta").all()  # a second connection, so that the file beside the store stays while we look
        store.erase(WORDS, ["d1"], "", JUNE, "KN")
        assert Path(f"{path}-wal").exists()
        assert (bytes_in(path), bytes_in(path, STAYS)) == (False, True)


def test_the_bytes_leave_the_tables_of_a_server(postgres_url: str) -> None:
    def there() -> dict[str, bool]:
        names = ("experiences", "quotes", "rejects", "drafts")
        with connected(postgres_url) as connection:
            connection.exec_driver_sql("CHECKPOINT")
            read = "SELECT position(%s::bytea IN pg_read_binary_file(pg_relation_filepath(%s))) > 0"
            return {name: bool(connection.exec_driver_sql(read, (SECRET.encode(), name)).scalar()) for name in names}

    with closing(open_store(postgres_url)) as store:
        filled(store)
        assert there() == dict.fromkeys(("experiences", "quotes", "rejects", "drafts"), True)
        store.erase(WORDS, ["d1"], "", JUNE, "KN")
    assert there() == dict.fromkeys(("experiences", "quotes", "rejects", "drafts"), False)


def test_a_reader_who_stays_is_told_of_and_the_next_call_cleans_up(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = filled(open_store(str(path), wait_seconds=0.1))
    with connected(str(path)) as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM quotes").all()
        with pytest.raises(StoreError, match="others read the store"):
            store.erase(WORDS, ["d1"], "", JUNE, "KN")
        assert (len(store.log(["purge"])), len(store.drafts()), bytes_in(path)) == (1, 1, True)
    assert store.erase((), (), "", JUNE, "KN") == {}
    assert (len(store.log(["purge"])), bytes_in(path), store.verify()) == (1, False, [])


# A process that is killed when this function of risiko.store.scrubbing is called for the n-th time.
KILLED = """
import os, signal, sys
from risiko.store import open_store, scrubbing
from tests.unit.test_store_erase import JUNE, WORDS
path, name, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
real = getattr(scrubbing, name)
def counted(*told):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*told)
setattr(scrubbing, name, counted)
open_store(path).erase(WORDS, ["d1"], "", JUNE, "KN")
"""


@pytest.fixture
def killed(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Path, Store]]:
    path, (name, times) = tmp_path / "store.db", request.param
    filled(open_store(str(path))).close()
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), name, str(times)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    with closing(open_store(str(path), create=False)) as store:
        yield path, store


@pytest.mark.parametrize("killed", [("mark", 1)], indirect=True)
def test_killed_before_it_is_done_nothing_is_gone(killed: tuple[Path, Store]) -> None:
    _, store = killed
    assert (store.read(["experiences"])["experiences"]["text"].notna().sum(), len(store.drafts())) == (3, 2)
    assert (len(store.log(["purge"])), store.rejects()["value"].notna().sum(), store.verify()) == (0, 3, [])


@pytest.mark.parametrize("killed", [("_empty_wal", 1)], indirect=True)
def test_killed_before_the_bytes_are_gone_the_next_call_sees_to_them(killed: tuple[Path, Store]) -> None:
    path, store = killed
    assert (store.history("experiences")["text"].notna().sum(), len(store.drafts()), len(store.log(["purge"]))) == (2, 1, 1)
    assert store.erase((), (), "", JUNE, "KN") == {}
    assert (bytes_in(path), len(store.log(["purge"])), store.verify()) == (False, 1, [])
