"""The small tables of a store in SQL: the log, and the lines it tells of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from risiko.store import chain, schema, stated
from risiko.store.anchors import ModelEntry, Promotion
from risiko.store.decisions import DrawLine, WeightSetLine
from risiko.store.drafts import DraftLine
from risiko.store.entries import draft_of, draw_of, model_of, promotion_of, weight_set_of
from risiko.store.recording import L
from risiko.store.rows import absent
from risiko.store.stated import Line, line_row

_TABLE: Mapping[type[Line], sa.Table] = {
    ModelEntry: schema.models, Promotion: schema.promotions, DrawLine: schema.draws, WeightSetLine: schema.weight_sets
}  # fmt: skip
_OF_ROW: Mapping[type[Line], Callable[[Mapping[str, Any]], Any]] = {
    ModelEntry: model_of, Promotion: promotion_of, DrawLine: draw_of, WeightSetLine: weight_set_of
}  # fmt: skip


class SqlPages:
    """The small tables as one connection sees them; a table that is younger than the store is empty."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def lines(self, of: type[L]) -> list[L]:
        """Every line of one kind, in the order of its key."""
        return [_OF_ROW[of](row) for row in self._rows(_TABLE[of])]

    def newest(self, kind: str | None = None) -> chain.LogEntry | None:
        """The newest entry of the log, or of one kind."""
        log = schema.log
        wanted = sa.select(log).order_by(log.c.seq.desc()).limit(1)
        row = self._connection.execute(wanted if kind is None else wanted.where(log.c.kind == kind)).mappings().first()
        return None if row is None else chain.LogEntry(**row)

    def entries(self, kinds: Sequence[str] | None = None) -> list[chain.LogEntry]:
        """The log, oldest first."""
        wanted = [] if kinds is None else [schema.log.c.kind.in_(kinds)]
        return [chain.LogEntry(**row) for row in self._rows(schema.log, *wanted)]

    def start(self) -> str:
        """What the first entry is chained to."""
        meta = schema.meta
        return self._connection.scalar(sa.select(meta.c.value).where(meta.c.key == schema.START)) or ""

    def enter(self, entry: chain.LogEntry, line: Line | None = None) -> None:
        """Write an entry, and the line that it tells of."""
        self._connection.execute(schema.log.insert(), asdict(entry))
        if line is not None:
            self._connection.execute(_TABLE[type(line)].insert(), line_row(line))

    def drafts(self) -> list[DraftLine]:
        """Every draft, the one saved last at the end."""
        return sorted(map(draft_of, self._rows(schema.drafts)), key=lambda line: (line.saved_at, line.draft_id))

    def put_draft(self, line: DraftLine) -> None:
        """Write a draft, in the place of an earlier one of the same id."""
        self.drop_drafts([line.draft_id])
        self._connection.execute(schema.drafts.insert(), {**asdict(line), "saved_at": line.saved_at.isoformat()})

    def drop_drafts(self, draft_ids: Collection[str]) -> int:
        """Remove drafts; how many there were."""
        drafts = schema.drafts
        return sum(
            self._connection.execute(drafts.delete().where(drafts.c.draft_id == draft_id)).rowcount
            for draft_id in draft_ids
        )

    def faults(self) -> list[chain.Fault]:
        """What is wrong with the log, the lines and the triggers; nothing where all is whole."""
        entries, start = self.entries(), self.start()
        found = chain.broken(entries, start)
        lines = {kind: self._rows(schema.FIXED[table]) for kind, (table, _) in stated.TABLES.items()}
        parts = self._rows(schema.parts)
        return [*found, *stated.disagreeing(entries, lines, parts, start, whole=not found), *self._unguarded()]

    def _unguarded(self) -> list[chain.Fault]:
        """The triggers that are gone, or no longer say what was put up: one that is there may have been made blunt."""
        if self._connection.dialect.name == "postgresql":
            asked = (
                "SELECT tgname, prosrc FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
                "JOIN pg_proc p ON p.oid = tgfoid WHERE tgenabled IN ('O', 'A') AND tgqual IS NULL "
                f"AND tgtype = {_BEFORE_ANY_CHANGE} AND c.relnamespace = current_schema()::regnamespace"
            )
            wanted = {f"{table}_keeps": _REFUSES for table in schema.GUARDED}
        else:
            asked, wanted = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'", _sqlite_guards()
        there = {name: text.strip() for name, text in self._connection.exec_driver_sql(asked)}
        return [chain.Fault(None, "unguarded", name) for name, text in wanted.items() if there.get(name) != text]

    def _rows(self, table: sa.Table, *wanted: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        if table.name in absent(self._connection):
            return []
        ordered = sa.select(table).where(*wanted).order_by(*table.primary_key)
        return [dict(row) for row in self._connection.execute(ordered).mappings()]


# What PostgreSQL says of a trigger before UPDATE, DELETE and TRUNCATE, once a statement, and of the function it calls.
_BEFORE_ANY_CHANGE = 2 + 8 + 16 + 32
_REFUSES = "BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME; END"


def _sqlite_guards() -> dict[str, str]:
    """Each trigger by name, as version 4 put it up."""
    made = {}
    for table in schema.GUARDED:
        key = schema.FIXED[table].primary_key.columns.keys()[0]
        refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
        there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
        for what, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", there)):
            name = f"{table}_keeps_{what.lower()}"
            made[name] = f"CREATE TRIGGER {name} BEFORE {what} ON {table} {when}{refuse}"
    return made
