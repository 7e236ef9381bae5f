"""A store made new and one brought up from any earlier version are the same; rows survive, and a crash changes nothing."""

from __future__ import annotations

import importlib.util
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from risiko.contracts import CONTRACTS
from risiko.errors import StoreError
from risiko.store import migrations, open_store, schema
from risiko.store.anchors import ModelEntry
from risiko.store.base import Store
from risiko.store.chain import Fault
from tests.builders import batch, part, rejects
from tests.old_stores import as_version, connected, make_old, tamper, version_of

ROOT = Path(__file__).parents[2]
JUNE = datetime(2026, 6, 1, 12)
OLD = pytest.mark.parametrize("version", [1, 2, 3, 4])


def schema_of(address: str) -> dict[str, object]:
    """Tables with their columns, keys and indexes, and the triggers, as the database itself tells them."""
    with connected(address) as connection:
        asked = sa.inspect(connection)
        found: dict[str, object] = {
            name: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in asked.get_columns(name)],
                asked.get_pk_constraint(name)["constrained_columns"],
                [(i["name"], i["column_names"]) for i in asked.get_indexes(name)],
            )
            for name in sorted(asked.get_table_names())
        }
        if connection.dialect.name == "postgresql":
            triggers = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
        else:
            triggers = "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
            tables = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
            found["without rowid"] = [name for name, sql in tables if "WITHOUT ROWID" in sql]
        found["triggers"] = [sql for (sql,) in connection.exec_driver_sql(triggers)]
        found["facts"] = connection.execute(sa.select(schema.meta).order_by("key")).all()
        found["alembic"] = connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()
    return found


def other_place(address: str, folder: Path) -> str:
    """A second empty place of the same kind."""
    if "://" not in address:
        return str(folder / "other.db")
    with connected(address) as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    return address


@OLD
def test_a_store_brought_up_is_the_same_as_a_new_one(kept_address: str, tmp_path: Path, version: int) -> None:
    open_store(kept_address).close()
    new = schema_of(kept_address)
    place = other_place(kept_address, tmp_path)
    make_old(version, place)
    assert version_of(place) == str(version)
    open_store(place, create=False).close()
    assert schema_of(place) == new
    assert new["facts"] == [("application", "risiko"), ("log_start", ""), ("schema", "5")]
    assert new["alembic"] == [("5",)]
    assert str(new["triggers"]).count("CREATE TRIGGER") == (5 if "://" in place else 15)


def test_the_tables_are_those_that_the_contracts_and_the_store_speak_of(kept_address: str) -> None:
    """Whoever changes a contract must write a migration; this is where it is told."""
    open_store(kept_address).close()
    found = schema_of(kept_address)
    with connected(kept_address) as connection:
        kinds = {name: kind().compile(connection.dialect) for name, kind in schema.STORED.items()}
    for name in (*CONTRACTS, "rejects"):
        dtypes = schema.REJECT_DTYPES if name == "rejects" else schema.dtypes_of(name, {})
        keys = [("part_id", "INTEGER", False), ("row_no", "INTEGER", False)]
        assert found[name] == (keys + [(c, kinds[d], True) for c, d in dtypes.items()], ["part_id", "row_no"], []), name
    for name, table in schema.FIXED.items():
        columns = [(c.name, str(c.type), bool(c.nullable)) for c in table.columns]
        assert found[name] == (columns, [c.name for c in table.primary_key], [(i.name, [c.name for c in i.columns]) for i in table.indexes]), name
    assert set(found) - {"triggers", "facts", "alembic", "without rowid", "alembic_version"} == {*CONTRACTS, "rejects", *schema.FIXED}


def rows_of_each(store: Store) -> None:
    store.commit(batch(part("services", "service_id | users | beds\ns1 | 40 | 3\ns2 | | 1.5", rejects=rejects(("a.csv", 9, "n", "x", "r", "m", "rejected")))))
    store.commit(batch(part("services", "service_id | users\ns1 | 41", version="v2"), part("complaints", "complaint_id | service_id\nc1 | s1")))
    store.record_model(ModelEntry("m1", "a1" * 32, "learned", date(2022, 9, 30), JUNE))
    store.record_promotion("m1", "better", JUNE, "KN")
    store.record_draw("{}", date(2026, 3, 31), "why", JUNE, "KN")
    store.record_weight_set("council", {"a": 1.0}, "æøå", JUNE, "KN")


@pytest.mark.parametrize(("kept_address", "version"), [("sqlite", 1), ("sqlite", 2), ("sqlite", 3), ("postgres", 3)], indirect=["kept_address"])
def test_rows_survive_and_those_from_before_the_log_are_held_against_its_beginning(kept_address: str, version: int) -> None:
    with closing(open_store(kept_address)) as store:
        rows_of_each(store)
        before = [*store.read().values(), store.history("services"), store.imports(), store.rejects()]
        lines = [store.models(), store.promotions(), store.draws(), store.weight_sets()]
    as_version(version, kept_address)
    with closing(open_store(kept_address, create=False)) as store:
        for old, now in zip(before, [*store.read().values(), store.history("services"), store.imports(), store.rejects()], strict=True):
            assert_frame_equal(old, now)
        came = (2, 2, 3, 3)
        for since, old, now in zip(came, lines, [store.models(), store.promotions(), store.draws(), store.weight_sets()], strict=True):
            assert_frame_equal(old if since <= version else old.iloc[:0], now, check_dtype=False)
        assert (len(store.log()), store.verify()) == (0, [])
        rows_of_each_again(store)
        assert store.verify() == []
        if version == 1:
            return
        tamper(kept_address, "UPDATE promotions SET why = 'x' WHERE seq = 1")
        names = {2: "model m1, promotion 1", 3: "model m1, promotion 1, draw 1, weight_set 1"}
        assert store.verify() == [Fault(None, "before", names[version])]


def rows_of_each_again(store: Store) -> None:
    store.record_promotion("", "back", JUNE, "KN")
    store.record_draw("{}", date(2026, 3, 31), "again", JUNE, "KN")
    store.record_weight_set("council", {"a": 2.0}, "", JUNE, "KN")


def test_from_version_4_on_the_log_comes_along(kept_address: str) -> None:
    with closing(open_store(kept_address)) as store:
        rows_of_each(store)
        log, services = store.log(), store.read(["services"])["services"]
    as_version(4, kept_address)
    with closing(open_store(kept_address, create=False)) as store:
        assert_frame_equal(store.log(), log)
        assert_frame_equal(store.read(["services"])["services"], services)
        assert [len(frame) for frame in store.read(["submissions", "quotes", "item_means"]).values()] == [0, 0, 0]
        assert (len(log), store.verify(), len(store.drafts())) == (6, [], 0)
        rows_of_each_again(store)
        assert store.verify() == []
    tamper(kept_address, "UPDATE promotions SET why = 'x' WHERE seq = 1")
    with closing(open_store(kept_address)) as store:
        assert store.verify() == [Fault(4, "row_changed", "promotion 1")]


def test_the_beginning_cannot_be_moved_to_cover_a_change(kept_address: str) -> None:
    with closing(open_store(kept_address)) as store:
        rows_of_each(store)
    as_version(3, kept_address)
    with closing(open_store(kept_address)) as store:
        rows_of_each_again(store)
    tamper(kept_address, "DELETE FROM draws WHERE seq = 1", "UPDATE meta SET value = '' WHERE key = 'log_start'")
    with closing(open_store(kept_address)) as store:
        assert store.verify()[0] == Fault(1, "changed", "promotion")


@OLD
def test_a_migration_that_fails_half_way_leaves_the_old_store(kept_address: str, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    make_old(version, kept_address)
    with connected(kept_address) as connection:
        before = sorted(sa.inspect(connection).get_table_names())

    def crash(number: int) -> None:
        raise sa.exc.OperationalError("the last step of all", None, Exception("disk I/O error"))

    monkeypatch.setattr(migrations, "at_version", crash)
    migrations._scripts.cache_clear()
    with closing(open_store(kept_address)) as store:
        assert store.read()["services"].empty, "it reads as it is"
        assert (store.read()["busy_periods"].empty, len(store.log()), store.verify()) == (True, 0, [])
        with pytest.raises(StoreError, match="damaged"):
            store.append("comment", "s1", "{}", JUNE, "KN")
    monkeypatch.undo()
    migrations._scripts.cache_clear()
    with connected(kept_address) as connection:
        assert sorted(sa.inspect(connection).get_table_names()) == before
    assert version_of(kept_address) == str(version)
    with closing(open_store(kept_address)) as store:
        assert store.append("comment", "s1", "{}", JUNE, "KN") == 1
    assert version_of(kept_address) == "5"


@pytest.mark.parametrize("number", ["2", "77", "nonsense"])
def test_two_tables_that_do_not_agree_on_the_version_are_damage(tmp_path: Path, number: str) -> None:
    path = str(tmp_path / "store.db")
    make_old(3, path)
    with closing(sqlite3.connect(path)) as other:
        other.executescript(f"CREATE TABLE alembic_version (version_num VARCHAR(32)); INSERT INTO alembic_version VALUES ('{number}')")
    with closing(open_store(path)) as store, pytest.raises(StoreError, match=r"damaged.*alembic_version"):
        store.append("comment", "s1", "{}", JUNE, "KN")
    assert version_of(path) == "3"


def test_a_newer_store_is_refused_by_a_process_that_has_it_open(kept_address: str) -> None:
    store = open_store(kept_address)
    with connected(kept_address) as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '6' WHERE key = 'schema'")
    with pytest.raises(StoreError, match="newer version"):
        store.append("comment", "s1", "{}", JUNE, "KN")
    with pytest.raises(StoreError, match="newer version"):
        open_store(kept_address)


LOADED = """
import sys
from risiko.store import open_store
store = open_store(sys.argv[1], create=False)
store.read(); store.log(); store.verify()
assert not [name for name in sys.modules if name.split(".")[0] in ("alembic", "mako")], "alembic was imported"
"""


def test_a_store_that_is_up_to_date_is_opened_without_alembic(tmp_path: Path) -> None:
    open_store(str(tmp_path / "store.db")).close()
    subprocess.run([sys.executable, "-c", LOADED, str(tmp_path / "store.db")], cwd=ROOT, check=True)


def test_the_steps_are_modules_of_the_package_in_an_unbroken_row() -> None:
    """setuptools ships what is a package; a folder without __init__ would be left behind."""
    found = importlib.util.find_spec("risiko.store.migrations.versions")
    assert found is not None
    assert found.origin is not None, "a namespace is not shipped"
    scripts = list(migrations._scripts().walk_revisions())
    assert [(s.revision, s.down_revision) for s in scripts] == [("5", "4"), ("4", "3"), ("3", "2"), ("2", "1"), ("1", None)]
    assert scripts[0].revision == str(schema.VERSION)
    assert {Path(str(s.path)).parent for s in scripts} == {Path(found.origin).parent}
