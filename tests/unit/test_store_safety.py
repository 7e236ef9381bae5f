"""A store that is interrupted, shared or filled in any order says the same as the slow, obvious twin."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from risiko.batch import Batch, Part, Receipt
from risiko.contracts import CONTRACTS
from risiko.errors import StoreError
from risiko.store import open_store
from risiko.store.base import Store
from risiko.store.memory import MemoryStore
from tests.builders import batch, part, rejects
from tests.drawn import table

ROOT = Path(__file__).parents[2]


def numbered(start: int, count: int) -> pd.DataFrame:
    """Complaints c<start> … with everything they need."""
    ids = [f"c{i}" for i in range(start, start + count)]
    day = pd.Timestamp("2020-01-01")
    return CONTRACTS["complaints"].conform(pd.DataFrame({
        "complaint_id": ids, "service_id": "s1", "event_date": day, "known_date": day,
        "n": 1, "stream": "case", "outcome": "unknown", "date_precision": "day",
    }))  # fmt: skip


def content(store: Store) -> dict[str, pd.DataFrame]:
    """Everything a store says."""
    history = {f"history of {name}": store.history(name) for name in store.imports()["table"].unique()}
    return {**store.read(), **history, "imports": store.imports(), "rejects": store.rejects()}


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    assert list(one) == list(other)
    for name, frame in one.items():
        assert_frame_equal(frame, other[name], obj=name)


WRITER = """
import sys
from tests.builders import batch, part
from tests.unit.test_store_safety import numbered
from risiko.store import open_store, rows

write = rows.write
def write_and_wait(*args):
    write(*args)
    print("written", flush=True)
    sys.stdin.read()  # until killed, in the middle of the transaction
rows.write = write_and_wait
open_store(sys.argv[1]).commit(batch(part("complaints", numbered(0, 30_000), version="v2"), part("services", "service_id\\ns1")))
"""


def test_an_import_that_is_killed_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    store = open_store(path)
    store.commit(batch(part("complaints", numbered(0, 3), rejects=rejects(("a.csv", 9, "n", "x", "r", "m", "rejected")))))
    before = content(store)
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        assert_same(content(store), before)  # readers see nothing of it
        with pytest.raises(StoreError, match="busy"):
            open_store(path, wait_seconds=0.1).commit(batch(part("services", "service_id\ns9")))
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert_same(content(open_store(path)), before)
    assert store.commit(batch(part("services", "service_id\ns9"))).changed


def test_a_database_error_in_the_second_part_takes_the_first_back(kept_address: str) -> None:
    store = open_store(kept_address)
    store.commit(batch(part("complaints", numbered(0, 3))))
    before = content(store)
    with connected(kept_address) as connection:  # a rule inside the database that no check of ours foresees
        connection.exec_driver_sql("CREATE UNIQUE INDEX one_area ON service_areas (municipality)")
    areas = "service_id | municipality | known_date\ns1 | Bø | 2020-01-01\ns2 | Bø | 2020-01-01"
    wide = table("services", "service_id\ns1").assign(beds=[3.0])
    with pytest.raises(StoreError, match=r"The database reported: .*(UNIQUE|unique)") as told:
        store.commit(batch(part("complaints", numbered(9, 2), version="v2"), part("services", wide), part("service_areas", areas)))
    assert told.value.where == store.address
    assert_same(content(store), before)
    assert store.commit(batch(part("services", wide))).changed, "the column beds was taken back too"


def connected(address: str) -> sa.engine.Connection:
    """The database itself, past the store, in a transaction."""
    url = address.replace("postgresql:", "postgresql+psycopg:") if "://" in address else f"sqlite:///{address}"
    return sa.create_engine(url, poolclass=sa.pool.NullPool).begin()  # used in `with`


def test_writers_take_turns_and_none_is_lost(kept_address: str) -> None:
    """Eight importers open a store that does not exist yet, at the same moment, and write to it."""

    def write(i: int) -> str:
        store = open_store(kept_address)
        return str(store.commit(batch(part("complaints", numbered(i * 50, 51), file=f"{i}.csv"))).lines["status"].item())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(8))) == ["added"] * 8
    store = open_store(kept_address, create=False)
    assert store.imports()["part_id"].tolist() == list(range(1, 9))
    # Each file's last complaint is its successor's first: whoever came second had it rejected.
    assert sorted(store.read(["complaints"])["complaints"]["complaint_id"]) == sorted(f"c{i}" for i in range(401))
    assert store.rejects()["reason"].tolist() == ["duplicate_key"] * 7


def test_the_sqlite_file_is_in_wal_mode_and_alone_when_closed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(str(path)).commit(batch(part("complaints", numbered(0, 3))))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert [p.name for p in tmp_path.iterdir()] == ["store.db"]


def test_a_part_longer_than_a_chunk_comes_back_whole_and_in_order(kept_address: str) -> None:
    rows = numbered(0, 45_000).sample(frac=1, random_state=1, ignore_index=True)
    store = open_store(kept_address)
    store.commit(batch(part("complaints", rows)))
    assert_frame_equal(store.read(["complaints"])["complaints"], rows)


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5)
_ROW = st.tuples(
    st.sampled_from(["s1", "s2", "s3", "ß", "S1"]),
    st.sampled_from(["2020-01-01", "2021-06-30"]),
    st.none() | _TEXT,
    st.none() | st.floats(0, 1e9, allow_subnormal=False),
    st.none() | st.booleans(),
)


@st.composite
def _part(draw: st.DrawFn, file: str, version: str) -> Part:
    """One version of one file; now and then a source row makes two rows, and a metadata column is of another kind."""
    rows = draw(st.lists(_ROW, max_size=4))
    columns = list(zip(*rows, strict=True)) or [()] * 5
    frame = CONTRACTS["services"].conform(pd.DataFrame({
        "service_id": pd.Series(columns[0], dtype="str"), "known_date": pd.to_datetime(pd.Series(columns[1], dtype="str")),
        "name": pd.Series(columns[2], dtype="str"), "users": pd.Series(columns[3], dtype="float64"),
        "natural_person": pd.Series(columns[4], dtype="boolean"), "sector": "health", "service_type": "clinic",
    }))  # fmt: skip
    extra = {"beds": frame["users"] / 2, "kind": frame["name"].str.upper(), "open": ~frame["natural_person"]}
    extra["BEDS"] = extra["beds"]
    for name in draw(st.lists(st.sampled_from(sorted(extra)), unique_by=str.casefold)):
        frame[name] = extra[name] if draw(st.integers(0, 5)) else extra[name].astype("str")
    lines = rejects(*[("f", i, "name", None, "reason", "message", "rejected") for i in range(draw(st.integers(0, 2)))])
    made = part("services", frame, file=file, version=version, rejects=lines)
    if draw(st.booleans()):
        made.rows.index = made.rows.index // 2
    return made


@st.composite
def _batches(draw: st.DrawFn) -> list[Batch]:
    """Imports of three files, each in one of three versions; the same version is the same content."""
    versions = {file: [draw(_part(file, version)) for version in ("v1", "v2", "v3")] for file in ("a.csv", "b.csv", "c.csv")}
    files = st.lists(st.sampled_from(sorted(versions)), min_size=1, unique=True)
    one = files.flatmap(lambda chosen: st.tuples(*(st.sampled_from(versions[file]) for file in chosen)))
    return [batch(*parts) for parts in draw(st.lists(one, min_size=1, max_size=5))]


def _outcome(store: Store, one: Batch) -> Receipt | str:
    try:
        return store.commit(one)
    except StoreError as told:  # a metadata column of another kind than in the parts that stay
        return str(told)


@settings(max_examples=10)
@given(_batches())
def test_any_sequence_of_imports_leaves_sqlite_as_the_twin_in_memory(batches: list[Batch]) -> None:
    twin = MemoryStore()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "store.db"))
        for one in batches:
            expected = _outcome(twin, one)
            if isinstance(expected, str):
                assert _outcome(store, one) == expected
                continue
            foreseen, after = store.rehearse(one)
            for receipt in (foreseen, store.commit(one)):
                assert_frame_equal(receipt.lines, expected.lines)
                assert_frame_equal(receipt.rejects, expected.rejects)
            assert_same(after, twin.read())
            assert not twin.read()["services"].duplicated(["service_id", "known_date"]).any()
            assert not twin.commit(one).changed, "the same import again finds nothing more to take in"
        assert_same(content(store), content(twin))
