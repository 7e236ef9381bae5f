"""A store whose content was damaged says so in one sentence; it never answers as if nothing were missing."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from risiko.errors import StoreError
from risiko.store import open_store
from risiko.store.base import Store
from tests.builders import batch, part, rejects
from tests.unit.test_store_safety import connected

ROOT = Path(__file__).parents[2]
FAULT = rejects(("a.csv", 9, "n", "x", "r", "m", "rejected"))
SOME = batch(
    part("services", "service_id | valid_from | users | beds\ns1 | 2010-01-01 | 40 | 3\ns2 | | | 4", rejects=FAULT),
    part("complaints", "complaint_id | service_id | event_date\nc1 | s1 | 2020-01-05\nc2 | s1 | 2020-01-06"),
)
MORE = batch(
    part("services", "service_id\ns3", file="b.csv"),
    part("complaints", "complaint_id | service_id | event_date\nc3 | s1 | 2020-01-05", file="b.csv"),
)


def everything(store: Store) -> None:
    """Whatever can be asked of a store."""
    store.read()
    store.rejects()
    store.imports()
    store.history("services")
    store.rehearse(MORE)


@pytest.fixture
def address(kept_address: str) -> str:
    """A store of each kind with two services, two complaints and a reject."""
    with closing(open_store(kept_address)) as store:
        store.commit(SOME)
    return kept_address


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("UPDATE parts SET imported_at = '2024-0x-17T12:00:00'", r"log of imports cannot be read at part 1 \(Invalid isoformat"),
        ("UPDATE parts SET metadata = '{\"beds' WHERE part_id = 2", "log of imports cannot be read at part 2"),
        ("UPDATE parts SET metadata = '[]'", "log of imports makes no sense at part 1"),
        ("UPDATE parts SET metadata = '{\"beds\": [1]}'", "log of imports makes no sense at part 1"),
        ("UPDATE parts SET \"table\" = 'sdrvices'", "log of imports makes no sense at part 1"),
        ("UPDATE services SET valid_from = '2010-13-01'", "in the table services, the column valid_from holds"),
        ("UPDATE complaints SET event_date = 'soon'", "in the table complaints, the column event_date holds"),
        ("DELETE FROM complaints WHERE row_no = 1", "complaints should hold 2 rows of these imports, but holds 1"),
        ("DELETE FROM parts WHERE part_id = 1; UPDATE parts SET part_id = 7", "complaints should hold 2 rows"),
        ("DROP TABLE findings", "a table or column is missing"),
        ("DROP TABLE rejects", "a table or column is missing"),
        ("DROP TABLE parts", "a table or column is missing"),
        ("ALTER TABLE services DROP COLUMN beds", "a table or column is missing"),
    ],
)
def test_damage_is_told_wherever_it_is_met(address: str, damage: str, message: str) -> None:
    with connected(address) as connection:
        for statement in damage.split("; "):
            connection.exec_driver_sql(statement)
    with pytest.raises(StoreError, match=f"The store is damaged.*{message}") as told, closing(open_store(address)) as store:
        everything(store)
    assert told.value.where.startswith(address.split("?")[0].replace("///", "//")[:12])
    assert "restore it from a backup" in told.value.hint


def test_an_import_into_a_damaged_store_is_refused_and_adds_nothing(address: str) -> None:
    with connected(address) as connection:
        connection.exec_driver_sql("UPDATE complaints SET known_date = 'soon'")
    store = open_store(address)
    with pytest.raises(StoreError, match="in the table complaints, the column known_date"):
        store.commit(MORE)
    assert len(store.imports()) == 2


@pytest.mark.parametrize(("column", "value"), [("users", "'many'"), ("natural_person", "'x'"), ("name", "1.5"), ("dependency", "x'ff'"), ("name", "x'ff'")])
def test_a_value_that_is_none_of_its_columns(tmp_path: Path, column: str, value: str) -> None:
    """Only SQLite lets such a value in at all."""
    store = open_store(str(tmp_path / "store.db"))
    store.commit(SOME)
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        if value == "1.5":  # a text column turns it into text when it is written, but not when bits are flipped
            connection.executescript("PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = replace(sql, 'name TEXT', 'name REAL')")
            connection.commit()
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute(f"UPDATE services SET {column} = {value}")
        connection.commit()
    with pytest.raises(StoreError, match=f"in the table services, the column {column} holds"):
        store.read(["services"])


def test_flipped_bytes_never_end_in_anything_but_an_answer_or_a_sentence(tmp_path: Path) -> None:
    """A byte inside a text cannot be noticed; everything else is either read or refused."""
    path, chance = tmp_path / "store.db", random.Random(2)
    with closing(open_store(str(path))) as store:
        store.commit(SOME)
    whole, refused = path.read_bytes(), []
    written = [i for i, byte in enumerate(whole) if byte]
    for _ in range(150):
        bad = bytearray(whole)
        for i in chance.sample(written, 3):
            bad[i] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        try:
            with closing(open_store(str(path))) as store:
                everything(store)
                store.commit(MORE)
        except StoreError as told:
            refused.append(told)
        for beside in ("-wal", "-shm"):
            Path(f"{path}{beside}").unlink(missing_ok=True)
    assert len(refused) > 30
    assert all(told.where == str(path) and told.hint for told in refused)


FIRST = """
import os, signal, sys
from tests.unit.test_store_damage import SOME
from risiko.store import open_store, rows

rows.write = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
open_store(sys.argv[1]).commit(SOME)
"""


def test_a_first_import_that_is_killed_leaves_an_empty_store_that_works(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.db"
    killed = subprocess.run([sys.executable, "-c", FIRST, str(path)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    store = open_store(str(path), create=False)
    assert store.imports().empty
    assert all(frame.empty for frame in store.read().values())
    assert store.commit(SOME).lines["status"].tolist() == ["added", "added"]
    assert [file.name for file in path.parent.iterdir()] == ["store.db"]
