"""Version 4: the append-only log, triggers that guard it and the lines it tells of, and busy periods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from risiko.store.migrations import at_version, lines_table, number_key, rows_table
from risiko.store.stated import TABLES, before_hash

revision, down_revision = "4", "3"

BUSY = (
    "busy_id text", "known_date text", "first_day text", "last_day text", "authority text", "service_id text",
    "provider_id text", "municipality text", "visits whole",
)  # fmt: skip
KEYS = {"models": "model_id", "promotions": "seq", "draws": "seq", "weight_sets": "seq", "log": "seq"}


def upgrade() -> None:
    """Make the tables, chain the log's beginning to the lines that stand already, and put up the triggers."""
    connection = op.get_bind()
    if not sa.inspect(connection).has_table("busy_periods"):  # for some days it came without a version of its own
        rows_table("busy_periods", BUSY)
    lines_table("log", number_key(), ["at", "by", "kind", "about", "body", "sha256"])
    op.create_index("log_kind", "log", ["kind", "seq"])
    lines = {kind: _rows(connection, *table) for kind, table in TABLES.items()}
    op.bulk_insert(
        sa.table("meta", sa.column("key"), sa.column("value")), [{"key": "log_start", "value": before_hash(lines)}]
    )
    guard = _guard_postgres if connection.dialect.name == "postgresql" else _guard_sqlite
    guard(connection)
    at_version(4)


def _rows(connection: sa.Connection, table: str, columns: tuple[str, ...]) -> list[dict[str, object]]:
    rows = connection.execute(sa.select(*map(sa.column, columns)).select_from(sa.table(table))).mappings()
    return [dict(row) for row in rows]


def _guard_sqlite(connection: sa.Connection) -> None:
    for table, key in KEYS.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
        for what in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(f"CREATE TRIGGER {table}_keeps_{what.lower()} BEFORE {what} ON {table} {refuse}")
        # INSERT OR REPLACE removes a row without asking the trigger above.
        there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
        connection.exec_driver_sql(f"CREATE TRIGGER {table}_keeps_insert BEFORE INSERT ON {table} {there} {refuse}")


def _guard_postgres(connection: sa.Connection) -> None:
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION risiko_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only: %%', TG_TABLE_NAME; END $$"
    )
    for table in KEYS:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION risiko_append_only()"
        )
