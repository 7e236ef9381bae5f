"""A backup is the store, whole and exact, in one file; a store made of it is the same again."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from threading import Event

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from risiko.errors import StoreError
from risiko.pipeline.record import verify_log
from risiko.store import backup, contents, open_store, schema
from risiko.store.anchors import ModelEntry
from risiko.store.backup import back_up, restore
from risiko.store.base import Store
from tests.builders import batch, part, rejects
from tests.drawn import table
from tests.old_stores import as_version, connected, version_of
from tests.unit.test_store_faults import open_folder, ordinary_user

__all__ = ["open_folder"]  # a fixture

JUNE = datetime(2026, 6, 1, 12)
TINY, HUGE = 5e-324, 1.7976931348623157e308


def awkward(store: Store) -> Store:
    """Values that are easily lost: missing ones, signs of every kind, the ends of numbers, replaced and renamed columns."""
    services = table("services", "service_id | users | natural_person\ns1 | | \ns2 | 0 | true\ns3 | 1 | false\ns4 | 2 | ")
    services["name"] = pd.Series(["æøåÆØÅ", None, "«'\";\\%s {x}\n\t", "\u2028𝄞 ß"], dtype="str")
    services["users"] = [float("nan"), HUGE, TINY, 0.1 + 0.2]
    wide = services.assign(**{"beds 100 %": [-HUGE, -0.0, None, 0.1 + 0.2], "kind": pd.Series(["x", None, "", "y"], dtype="str")})
    store.commit(batch(part("services", wide, rejects=rejects(("a.csv", 9, "n", "x\ny", "r", "m", "rejected"), ("a.csv", None, None, None, "r", "m", "warning")))))
    store.commit(batch(part("services", services.assign(kind=[1.0, 2.0, None, 1e-7]), version="v2")))  # the column is a number now
    store.commit(batch(part("complaints", "complaint_id | service_id | event_date\nc1 | s1 | 1900-01-01\nc2 | s1 | 2020-02-29")))
    store.commit(batch(part("external_scores", table("external_scores", "service_id | name\ns1 | x\ns2 | x").assign(value=[float("inf"), float("-inf")]))))
    store.record_model(ModelEntry("b-model", "a1" * 32, "learned", date(2022, 9, 30), JUNE))
    store.record_model(ModelEntry("B-model", "b2" * 32, "learned", date(2022, 9, 30), JUNE))  # sorted differently by a server
    store.record_promotion("b-model", "bedre; «æøå»", JUNE, "KN")
    store.record_draw('{"seed":7}', date(2026, 3, 31), "too wide a tier", JUNE, "KN")
    store.record_weight_set("Brukerråd", {"a": 0.1}, "", JUNE, "KN")
    store.record_weight_set("Brukerråd", None, "", JUNE, "KN")
    store.append("comment", "s1", '{"text": "\\u0000 æ"}', JUNE, "KN")
    return store


def content(store: Store) -> dict[str, pd.DataFrame]:
    """Everything that can be asked of a store."""
    frames = {name: store.history(name) for name in ("services", "complaints", "external_scores")}
    frames |= {f"active {name}": frame for name, frame in store.read().items()}
    kept = {"imports": store.imports(), "rejects": store.rejects(), "log": store.log(), "models": store.models()}
    return {**frames, **kept, "promotions": store.promotions(), "draws": store.draws(), "sets": store.weight_sets()}


def assert_same(one: Store, other: Store) -> None:
    found, expected = content(one), content(other)
    assert list(found) == list(expected)
    for name, frame in found.items():
        assert_frame_equal(frame, expected[name], obj=name)


@pytest.fixture
def address(kept_address: str) -> str:
    """A store of each kind with awkward content."""
    awkward(open_store(kept_address)).close()
    return kept_address


def test_a_backup_is_a_store_with_the_same_content(address: str, tmp_path: Path) -> None:
    taken = back_up(address, tmp_path / "backup.db")
    with closing(open_store(address)) as store, closing(open_store(str(tmp_path / "backup.db"), create=False)) as copy:
        assert_same(copy, store)
        assert verify_log(copy) == verify_log(store)
        assert verify_log(copy).whole
    with connected(address) as connection, connected(str(tmp_path / "backup.db")) as other:
        assert contents.sums(connection) == contents.sums(other) == taken
    assert {name: s.rows for name, s in taken.items() if s.rows} == {
        "alembic_version": 1, "complaints": 2, "draws": 1, "external_scores": 2, "log": 11, "meta": 3, "models": 2,
        "parts": 4, "promotions": 1, "rejects": 2, "services": 8, "weight_sets": 2,
    }  # fmt: skip
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(("backup", "."))) == ["backup.db"]
    assert (tmp_path / "backup.db").stat().st_mode & 0o777 == 0o600, "whoever may read it reads all records"


def test_there_and_back_again_is_exact(postgres_url: str, tmp_path: Path) -> None:
    """SQLite, PostgreSQL, SQLite."""
    awkward(open_store(str(tmp_path / "first.db"))).close()
    taken = back_up(str(tmp_path / "first.db"), tmp_path / "backup.db")
    assert restore(tmp_path / "backup.db", postgres_url) == taken
    assert back_up(postgres_url, tmp_path / "again.db") == taken
    assert restore(tmp_path / "again.db", str(tmp_path / "new folder" / "last.db")) == taken
    stores = [open_store(place, create=False) for place in (str(tmp_path / "first.db"), postgres_url, str(tmp_path / "new folder" / "last.db"))]
    for store in stores[1:]:
        assert_same(store, stores[0])
        assert store.verify() == []
        with pytest.raises(StoreError, match="registered already"):
            store.record_model(ModelEntry("b-model", "a1" * 32, "learned", date(2022, 9, 30), JUNE))
    for store in stores:  # and all of them go on alike
        assert store.append("comment", "s1", "{}", JUNE, "KN") == 12
        assert store.commit(batch(part("services", "service_id | beds\ns9 | 3", file="b.csv"))).changed
    assert len({store.log()["sha256"].iloc[-1] for store in stores}) == 1


def test_an_earlier_file_is_only_replaced_on_purpose(tmp_path: Path) -> None:
    target, address = tmp_path / "backup.db", str(tmp_path / "store.db")
    awkward(open_store(address)).close()
    back_up(address, target)
    before = target.read_bytes()
    with pytest.raises(StoreError, match="There is a file here already") as told:
        back_up(address, target)
    assert (told.value.where, bool(told.value.hint)) == (str(target), True)
    assert target.read_bytes() == before
    with closing(open_store(address)) as store:
        store.append("comment", "s2", "{}", JUNE, "KN")
    assert back_up(address, target, force=True)["log"].rows == 12


def test_a_store_is_no_place_for_its_own_backup(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(str(path)).append("comment", "s1", "{}", JUNE, "KN")
    (tmp_path / "other.db").symlink_to(path)
    file = path.stat().st_ino
    for target in (path, tmp_path / "other.db"):
        with pytest.raises(StoreError, match=r"the store itself|in use"):
            back_up(str(path), target, force=True)
    assert path.stat().st_ino == file


def test_a_backup_that_cannot_be_finished_names_its_own_place_and_leaves_nothing(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store.db"))
    for n in range(40):
        store.append("comment", f"s{n}", f'"{"x" * 4000}"', JUNE, "KN")
    store.close()
    (tmp_path / "safe").mkdir()
    target = tmp_path / "safe" / "backup.db"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))  # as a disk that fills up half-way
    try:
        with pytest.raises(StoreError) as caught:
            back_up(str(tmp_path / "store.db"), target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.where == str(target)
    assert list((tmp_path / "safe").iterdir()) == []


def test_a_store_in_use_is_not_replaced_by_a_backup(tmp_path: Path) -> None:
    awkward(open_store(str(tmp_path / "store.db"))).close()
    open_store(str(tmp_path / "other.db")).close()
    with closing(sqlite3.connect(tmp_path / "other.db")) as user:
        user.execute("SELECT * FROM meta").fetchall()
        with pytest.raises(StoreError, match="in use"):
            back_up(str(tmp_path / "store.db"), tmp_path / "other.db", force=True)
    assert open_store(str(tmp_path / "other.db")).log().empty


def no_store(folder: Path) -> tuple[object, ...]:
    return str(folder / "none.db"), folder / "backup.db"


def to_a_folder(folder: Path) -> tuple[object, ...]:
    return str(folder / "store.db"), folder


def to_nowhere(folder: Path) -> tuple[object, ...]:
    return str(folder / "store.db"), folder / "none" / "backup.db"


@pytest.mark.parametrize(("asked", "match"), [(no_store, "no store here"), (to_a_folder, "a folder"), (to_nowhere, "cannot be written")])
def test_what_cannot_be_backed_up_is_told(tmp_path: Path, asked: Callable[[Path], tuple[str, Path]], match: str) -> None:
    open_store(str(tmp_path / "store.db")).close()
    with pytest.raises(StoreError, match=match) as told:
        back_up(*asked(tmp_path))
    assert told.value.hint
    assert [p.name for p in tmp_path.iterdir()] == ["store.db"]


def test_a_store_is_never_restored_over_anything(kept_address: str, tmp_path: Path) -> None:
    open_store(str(tmp_path / "first.db")).close()
    back_up(str(tmp_path / "first.db"), tmp_path / "backup.db")
    open_store(kept_address).append("comment", "mine", "{}", JUNE, "KN")
    with pytest.raises(StoreError, match="already"):
        restore(tmp_path / "backup.db", kept_address)
    assert open_store(kept_address).log()["about"].tolist() == ["mine"]


def not_there(file: Path) -> None:
    file.unlink()


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: 5 * 4096])


def another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE t (x)")


def not_a_database(file: Path) -> None:
    file.write_text("just a text " * 100)


def newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
        other.commit()


# What a server is asked to do differs from a file only where the copying itself fails.
@pytest.mark.parametrize(("kept_address", "spoil"), [
    *(("sqlite", each) for each in (not_there, cut_short, another_program, not_a_database, newer)), ("postgres", cut_short),
], indirect=["kept_address"])  # fmt: skip
def test_what_is_no_backup_is_told_and_leaves_nothing(kept_address: str, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    open_store(str(tmp_path / "first.db")).commit(batch(part("services", "service_id\ns1")))
    back_up(str(tmp_path / "first.db"), tmp_path / "backup.db")
    spoil(tmp_path / "backup.db")
    with pytest.raises(StoreError) as told:
        restore(tmp_path / "backup.db", kept_address)
    assert told.value.hint
    with pytest.raises(StoreError, match="no store here"):
        open_store(kept_address, create=False)
    assert not list(tmp_path.glob(".*"))


def test_a_copy_that_is_not_the_same_is_not_kept(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages, rows = backup._copy_pages, backup._copy_rows

    def lose(how: Callable[..., None]) -> Callable[..., None]:
        def copy(connection: object, new: Path) -> None:
            how(connection, new)
            with closing(sqlite3.connect(new)) as other:
                other.execute("UPDATE complaints SET n = 2 WHERE row_no = 1")
                other.commit()

        return copy

    monkeypatch.setattr(backup, "_copy_pages", lose(pages))
    monkeypatch.setattr(backup, "_copy_rows", lose(rows))
    with pytest.raises(StoreError, match="not what was copied: complaints differ"):
        back_up(address, tmp_path / "backup.db")
    assert not (tmp_path / "backup.db").exists()


def test_a_backup_taken_while_others_write_is_of_one_moment(address: str, tmp_path: Path) -> None:
    ended = Event()

    def write() -> None:
        store = open_store(address, wait_seconds=60)
        while not ended.is_set():
            store.append("comment", "s1", "{}", JUNE, "KN")

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        counts = [back_up(address, tmp_path / f"{n}.db")["log"].rows for n in range(3)]
        ended.set()
    writing.result()
    assert counts[0] < counts[2], "the writer did write meanwhile"
    for n, count in enumerate(counts):
        with closing(open_store(str(tmp_path / f"{n}.db"), create=False)) as store:
            assert (verify_log(store).whole, verify_log(store).count) == (True, count)


@pytest.mark.parametrize(("kept_address", "version"), [("sqlite", 1), ("sqlite", 3), ("postgres", 1)], indirect=["kept_address"])
def test_a_backup_of_an_earlier_version_becomes_a_store_of_this_one(kept_address: str, tmp_path: Path, version: int) -> None:
    awkward(open_store(str(tmp_path / "backup.db"))).close()
    as_version(version, str(tmp_path / "backup.db"))
    with closing(sqlite3.connect(tmp_path / "backup.db")) as other:
        other.execute("PRAGMA journal_mode=DELETE")
    before = (tmp_path / "backup.db").read_bytes()
    restore(tmp_path / "backup.db", kept_address)
    assert (tmp_path / "backup.db").read_bytes() == before, "the backup itself stays as it is"
    with closing(open_store(kept_address, create=False)) as store:
        assert (len(store.imports()), len(store.read(["services"])["services"]), len(store.log())) == (4, 4, 0)
        assert store.verify() == []
    assert version_of(kept_address) == str(schema.VERSION)


def test_a_backup_that_cannot_be_written_can_be_read_and_restored(open_folder: Path) -> None:
    awkward(open_store(str(open_folder / "first.db"))).close()
    back_up(str(open_folder / "first.db"), open_folder / "backup.db")
    (open_folder / "backup.db").chmod(0o444)
    with ordinary_user():
        restore(open_folder / "backup.db", str(open_folder / "new.db"))
        with closing(open_store(str(open_folder / "new.db"), create=False)) as store:
            assert len(store.log()) == 11


def test_sums_do_not_depend_on_how_many_rows_are_fetched_at_a_time(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(address) as connection:
        at_once = contents.sums(connection)
        monkeypatch.setattr(contents, "CHUNK", 1)
        assert contents.sums(connection) == at_once
