"""Stores as earlier versions of risiko left them, and the ways past a store that only its tests may take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from risiko.store import schema

# What those versions themselves sent to SQLite, copied from files that they made; never to be changed.
MADE: dict[int, tuple[str, ...]] = {
    1: (
        'CREATE TABLE meta ("key" TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("key"))',
        'CREATE TABLE parts (part_id INTEGER NOT NULL, source TEXT NOT NULL, block TEXT NOT NULL, file TEXT NOT NULL, "table" TEXT NOT NULL, content_hash TEXT NOT NULL, imported_at TEXT NOT NULL, n_read INTEGER NOT NULL, n_good INTEGER NOT NULL, n_rejected INTEGER NOT NULL, n_warnings INTEGER NOT NULL, n_left_out INTEGER NOT NULL, replaced_by INTEGER, metadata TEXT NOT NULL, PRIMARY KEY (part_id))',
        "CREATE TABLE services (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, service_id TEXT, known_date TEXT, name TEXT, sector TEXT, service_type TEXT, provider_id TEXT, office TEXT, county TEXT, users DOUBLE, natural_person SMALLINT, dependency BIGINT, vulnerability BIGINT, coercion BIGINT, valid_from TEXT, valid_to TEXT, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        "CREATE TABLE service_areas (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, service_id TEXT, municipality TEXT, known_date TEXT, share DOUBLE, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        "CREATE TABLE complaints (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, complaint_id TEXT, service_id TEXT, event_date TEXT, known_date TEXT, n BIGINT, stream TEXT, regime TEXT, source TEXT, grounds TEXT, severity BIGINT, outcome TEXT, date_precision TEXT, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        "CREATE TABLE experiences (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, experience_id TEXT, service_id TEXT, service_type TEXT, area TEXT, event_date TEXT, known_date TEXT, method TEXT, organisation TEXT, dimension TEXT, score DOUBLE, n BIGINT, n_invited BIGINT, spread DOUBLE, text TEXT, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        "CREATE TABLE supervisions (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, supervision_id TEXT, service_id TEXT, event_date TEXT, known_date TEXT, kind TEXT, selection TEXT, selection_probability DOUBLE, office TEXT, team TEXT, person_days DOUBLE, topics TEXT, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        "CREATE TABLE findings (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, finding_id TEXT, supervision_id TEXT, known_date TEXT, dimension TEXT, severity TEXT, severity_score DOUBLE, text TEXT, corrected_date TEXT, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        "CREATE TABLE actions (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, action_id TEXT, service_id TEXT, supervision_id TEXT, event_date TEXT, known_date TEXT, kind TEXT, closed_date TEXT, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        "CREATE TABLE external_scores (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, service_id TEXT, name TEXT, known_date TEXT, value DOUBLE, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        "CREATE TABLE metadata_columns (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, name TEXT, kind TEXT, unit TEXT, direction TEXT, audit_only SMALLINT, sentence TEXT, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        'CREATE TABLE rejects (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, file TEXT, "row" BIGINT, "column" TEXT, value TEXT, reason TEXT, message TEXT, severity TEXT, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID',
    ),
    2: (
        "CREATE TABLE models (model_id TEXT NOT NULL, manifest_sha256 TEXT NOT NULL, kind TEXT NOT NULL, as_of TEXT NOT NULL, recorded_at TEXT NOT NULL, PRIMARY KEY (model_id))",
        'CREATE TABLE promotions (seq INTEGER NOT NULL, model_id TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL, "by" TEXT NOT NULL, PRIMARY KEY (seq))',
    ),
    3: (
        'CREATE TABLE draws (seq INTEGER NOT NULL, made_at TEXT NOT NULL, "by" TEXT NOT NULL, why TEXT NOT NULL, as_of TEXT NOT NULL, record TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (seq))',
        'CREATE TABLE weight_sets (seq INTEGER NOT NULL, name TEXT NOT NULL, weights TEXT, note TEXT NOT NULL, made_at TEXT NOT NULL, "by" TEXT NOT NULL, PRIMARY KEY (seq))',
    ),
    4: (
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
        "CREATE TABLE busy_periods (part_id INTEGER NOT NULL, row_no INTEGER NOT NULL, busy_id TEXT, known_date TEXT, first_day TEXT, last_day TEXT, authority TEXT, service_id TEXT, provider_id TEXT, municipality TEXT, visits BIGINT, PRIMARY KEY (part_id, row_no)) WITHOUT ROWID",
        'CREATE TABLE log (seq INTEGER NOT NULL, at TEXT NOT NULL, "by" TEXT NOT NULL, kind TEXT NOT NULL, about TEXT NOT NULL, body TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (seq))',
        "CREATE INDEX log_kind ON log (kind, seq)",
        "INSERT INTO alembic_version VALUES ('4')",
        "INSERT INTO meta (key, value) VALUES ('log_start', '')",
    ),
}
# The triggers of version 4 in SQLite: what they guard and by which key.
GUARDS = {"models": "model_id", "promotions": "seq", "draws": "seq", "weight_sets": "seq", "log": "seq"}
SQLITE_GUARD = (
    "CREATE TRIGGER {t}_keeps_update BEFORE UPDATE ON {t} BEGIN SELECT RAISE(ABORT, 'append-only: {t}'); END",
    "CREATE TRIGGER {t}_keeps_delete BEFORE DELETE ON {t} BEGIN SELECT RAISE(ABORT, 'append-only: {t}'); END",
    "CREATE TRIGGER {t}_keeps_insert BEFORE INSERT ON {t} WHEN EXISTS (SELECT 1 FROM {t} WHERE {key} = NEW.{key}) BEGIN SELECT RAISE(ABORT, 'append-only: {t}'); END",
)
SERVER_FUNCTION = "CREATE OR REPLACE FUNCTION risiko_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only: %%', TG_TABLE_NAME; END $$"
SERVER_GUARD = "CREATE TRIGGER {t}_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON {t} FOR EACH STATEMENT EXECUTE FUNCTION risiko_append_only()"


@contextmanager
def connected(address: str) -> Iterator[sa.Connection]:
    """The database itself, past the store, in a transaction."""
    url = address.replace("postgresql:", "postgresql+psycopg:") if "://" in address else f"sqlite:///{address}"
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        yield connection


def make_old(version: int, address: str) -> None:
    """Make an empty store of that version, in the words of that version."""
    with connected(address) as connection:
        for came, statements in MADE.items():
            for statement in statements if came <= version else ():
                connection.exec_driver_sql(_in_words_of(connection, statement))
        if version >= 4:
            put_up_guards(connection)
        connection.exec_driver_sql(f"INSERT INTO meta (key, value) VALUES ('application', 'risiko'), ('schema', '{version}')")


def as_version(version: int, address: str) -> None:
    """Make the store, with its rows, what that version left behind."""
    with connected(address) as connection:
        younger = [name for name, came in schema.SINCE.items() if came > version]
        if version >= 4:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
        else:
            drop_guards(connection)
            connection.exec_driver_sql("DELETE FROM meta WHERE key = 'log_start'")
            younger.append("alembic_version")
        for name in younger:
            connection.exec_driver_sql(f"DROP TABLE {name}")
        connection.exec_driver_sql(f"UPDATE meta SET value = '{version}' WHERE key = 'schema'")


def put_up_guards(connection: sa.Connection) -> None:
    """The triggers, as version 4 put them up."""
    server = connection.dialect.name == "postgresql"
    if server:
        connection.exec_driver_sql(SERVER_FUNCTION)
    for table, key in GUARDS.items():
        for guard in (SERVER_GUARD,) if server else SQLITE_GUARD:
            connection.exec_driver_sql(guard.format(t=table, key=key))


def drop_guards(connection: sa.Connection) -> None:
    """Take away the triggers, as whoever holds the file can."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION risiko_append_only CASCADE")
        return
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def tamper(address: str, *statements: str) -> None:
    """Change a store past its triggers, and leave no trace of that but the change."""
    with connected(address) as connection:
        triggers: list[tuple[str, str]] = []
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            found = connection.exec_driver_sql("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [(table, sql) for table, sql in found]
            drop_guards(connection)
        for statement in statements:
            connection.exec_driver_sql(statement)
        there = sa.inspect(connection).get_table_names()
        for sql in (sql for table, sql in triggers if table in there):
            connection.exec_driver_sql(sql)


def version_of(address: str) -> str:
    """What the store says of its version."""
    with connected(address) as connection:
        return str(connection.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.key == "schema")))


def _in_words_of(connection: sa.Connection, statement: str) -> str:
    if connection.dialect.name != "postgresql":
        return statement
    return statement.replace(" WITHOUT ROWID", "").replace("DOUBLE", "DOUBLE PRECISION")
