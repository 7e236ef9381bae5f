"""What can be wrong with the place a store lies in: each gets a sentence, where, and what to try."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from risiko.errors import StoreError
from risiko.store import open_store
from tests.builders import batch, part

SOME = batch(part("services", "service_id\ns1\ns2"))
MORE = batch(part("services", "service_id\ns3", file="b.csv"))


@contextmanager
def refused(match: str, where: str) -> Iterator[None]:
    """The block raises a StoreError with this sentence and place, and with something to try."""
    with pytest.raises(StoreError, match=match) as told:
        yield
    assert told.value.where == where
    assert told.value.hint
    assert told.value.exit_code != 0


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Permissions do not bind root: for a while, be nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter and write in."""
    folder = Path(tempfile.mkdtemp(prefix="risiko-test-"))
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with two services."""
    made = tmp_path / "store.db"
    open_store(str(made)).commit(SOME)
    return made


def test_an_empty_file_is_not_taken_for_a_new_store(tmp_path: Path) -> None:
    empty = tmp_path / "store.db"
    empty.touch()
    with refused(r"empty \(0 bytes\)", str(empty)):
        open_store(str(empty))
    assert empty.stat().st_size == 0


@pytest.mark.parametrize("content", ["id;name\n", "id;name\n" + "1;a\n" * 5_000])
def test_a_file_that_is_no_database(tmp_path: Path, content: str) -> None:
    file = tmp_path / "services.csv"
    file.write_text(content)
    with refused("not an SQLite database", str(file)):
        open_store(str(file))
    assert file.read_text() == content


def test_another_programs_database(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE meta (name TEXT)")
        other.commit()
    with refused("not a risiko store", str(file)):
        open_store(str(file))


@pytest.mark.parametrize(("version", "age"), [("6", "newer"), ("0", "different")])
def test_a_store_of_another_version(path: Path, version: str, age: str) -> None:
    with closing(sqlite3.connect(path)) as store:
        store.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [version])
        store.commit()
    with refused(rf"{age} version of risiko \(schema {version}", str(path)):
        open_store(str(path))


def test_a_damaged_store(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\x0d" * (len(whole) - 4096))
    with refused("damaged", str(path)):
        open_store(str(path)).read()


def test_a_store_that_was_cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192])
    with refused("damaged", str(path)):
        open_store(str(path)).read()


def test_a_folder(tmp_path: Path) -> None:
    with refused("is a folder", str(tmp_path)):
        open_store(str(tmp_path))


def test_a_place_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    below = tmp_path / "file" / "store.db"
    with refused("cannot be opened", str(below)):
        open_store(str(below))


def test_nothing_there(tmp_path: Path) -> None:
    absent = tmp_path / "new" / "store.db"
    with refused("no store here yet", str(absent)):
        open_store(str(absent), create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_made_with_the_store_alone_in_it(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "a" / "b" / "store.db"))
    store.commit(SOME)
    assert [p.name for p in (tmp_path / "a" / "b").iterdir()] == ["store.db"]


def test_a_read_only_folder(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    place = open_folder / "store.db"
    with ordinary_user(), refused("cannot be opened", str(place)):
        open_store(str(place))
    assert list(open_folder.iterdir()) == []


def test_a_read_only_file_can_be_read_but_not_written(open_folder: Path) -> None:
    place = open_folder / "store.db"
    open_store(str(place)).commit(SOME)
    place.chmod(0o444)
    before = place.read_bytes()
    with ordinary_user():
        store = open_store(str(place))
        assert len(store.read()["services"]) == 2
        with refused("cannot be written", str(place)):
            store.commit(MORE)
    assert place.read_bytes() == before


def test_a_store_in_a_read_only_folder_says_so(open_folder: Path) -> None:
    place = open_folder / "store.db"
    open_store(str(place)).commit(SOME)
    place.chmod(0o444)
    open_folder.chmod(0o555)
    with ordinary_user(), refused("cannot be written", str(place)):
        open_store(str(place)).commit(MORE)


def test_a_locked_store_is_waited_for_and_then_refused(path: Path) -> None:
    store = open_store(str(path), wait_seconds=0.2)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with refused("busy: another process", str(path)):
            store.commit(MORE)
        assert len(store.read()["services"]) == 2, "reading goes on"
        told, foreseen = store.rehearse(MORE)
        assert (told.lines["n_good"].tolist(), len(foreseen["services"])) == ([1], 3), "a rehearsal locks nothing"
    assert store.commit(MORE).lines["status"].tolist() == ["added"]


@pytest.mark.parametrize(
    ("address", "match"),
    [
        ("", "address is empty"),
        ("~no-such-user/x.db", "home folder of a user who is not known"),
        ("sqlite:///~no-such-user/x.db", "home folder of a user who is not known"),
        ("mysql://me:hemmelig@db/x", "cannot be kept at a mysql"),
        ("sqlite://", "cannot be kept at a sqlite"),
        ("postgresql://me:hemmelig@db:port/x", "not a valid URL"),
        ("postgresql://me:hemmelig@127.0.0.1:1/x?password=hemmelig", "cannot be reached"),
        ("postgres://me:hemmelig@127.0.0.1:1/x", "cannot be reached"),
    ],
)
def test_addresses_that_lead_nowhere_are_refused_without_showing_the_password(address: str, match: str) -> None:
    with pytest.raises(StoreError, match=match) as told:
        open_store(address)
    assert told.value.hint
    assert "hemmelig" not in str(told.value)


def test_an_sqlite_url_is_a_path(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    assert store.address == str(path)
    assert len(store.read()["services"]) == 2


def test_postgres_without_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with refused("driver for PostgreSQL is not installed", "postgresql://me:***@db/x"):
        open_store("postgresql://me:hemmelig@db/x")


def test_a_postgres_address_is_shown_without_its_secrets(postgres_url: str) -> None:
    store = open_store(postgres_url.replace("risiko@", "risiko:hemmelig@") + "&application_name=hemmelig")
    assert "hemmelig" not in store.address
    assert store.address.startswith("postgresql://risiko:***@/postgres?host=")


def test_postgres_tells_what_is_wrong(postgres_url: str) -> None:
    with pytest.raises(StoreError, match="no store here yet"):
        open_store(postgres_url, create=False)
    with pytest.raises(StoreError, match="database does not exist"):
        open_store(postgres_url.replace("/postgres?", "/elsewhere?"))
    with pytest.raises(StoreError, match="refused the user"):
        open_store(postgres_url.replace("risiko@", "stranger@"))


def test_another_programs_postgres_database(postgres_url: str) -> None:
    with closing(open_store(postgres_url)):
        pass
    engine = sa.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE meta")
    with pytest.raises(StoreError, match="not a risiko store"):
        open_store(postgres_url)
    engine.dispose()


def test_a_locked_postgres_store_is_waited_for_and_then_refused(postgres_url: str) -> None:
    store = open_store(postgres_url, wait_seconds=0.2)
    engine = sa.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as other:
        from risiko.store.engines import lock_for_writing

        lock_for_writing(other, wait_seconds=1)
        with pytest.raises(StoreError, match="busy: another process"):
            store.commit(MORE)
        assert len(open_store(postgres_url).read()["services"]) == 0, "opening and reading go on"
    engine.dispose()
    assert store.commit(MORE).changed
