"""Makes and changes a store's tables: alembic, run within the writer's own transaction, without a file of settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from risiko.store.faults import Unreadable

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

_ONE_AT_A_TIME = Lock()  # alembic's `op` is one for the whole process
_COLUMN: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "text": sa.Text, "whole": sa.BigInteger, "number": sa.Double, "yes_no": sa.SmallInteger
}  # fmt: skip


def migrate(connection: sa.Connection, found: int, address: str) -> None:
    """Bring a store of version `found` (0: an empty database) to the newest, on this connection, in its transaction.

    Stores older than alembic's own table are taken at what their table meta says. Raises Unreadable where alembic's
    table says something else.
    """
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.util import CommandError

    scripts = _scripts()

    def steps(revision: Any, _: MigrationContext) -> Any:
        return scripts._upgrade_revs("head", revision)  # alembic's documented way past its command line

    context = MigrationContext.configure(connection, opts={"fn": steps})
    try:
        with _ONE_AT_A_TIME, Operations.context(context):
            if found and not context.get_current_heads():
                context.stamp(scripts, str(found))
            if set(context.get_current_heads()) != ({str(found)} if found else set()):
                raise Unreadable(f"the tables meta and alembic_version do not agree that it is of version {found}")
            context.run_migrations()
    except CommandError as error:
        raise Unreadable(f"the table alembic_version makes no sense ({error})") from error


@lru_cache(maxsize=1)
def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(__file__).parent))


def rows_table(name: str, columns: Sequence[str]) -> None:
    """Make the table behind a contract table or the reject list: part_id and row_no, then its columns ("users number").

    Every column may be empty: what is required is the contract's business, and is checked before rows come here. Rows
    lie sorted by part and by place in the part: one order for reading, and replaced parts are passed over.
    """
    from alembic import op

    keys = [sa.Column(key, sa.Integer, primary_key=True, autoincrement=False) for key in ("part_id", "row_no")]
    own = [sa.Column(column.split()[0], _COLUMN[column.split()[1]]()) for column in columns]
    op.create_table(name, *keys, *own, sqlite_with_rowid=False)


def lines_table(name: str, key: sa.Column[Any], texts: Sequence[str], *more: sa.Column[Any]) -> None:
    """Make a small table: its key, further columns, and texts that must be there."""
    from alembic import op

    op.create_table(name, key, *more, *(sa.Column(text, sa.Text, nullable=False) for text in texts))


def number_key(name: str = "seq") -> sa.Column[Any]:
    """A key of numbers that we give ourselves."""
    return sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)


def at_version(version: int) -> None:
    """Note in the table meta, which every version of risiko reads, that the store is of this version."""
    from alembic import op

    op.execute(sa.text("UPDATE meta SET value = :version WHERE key = 'schema'").bindparams(version=str(version)))
