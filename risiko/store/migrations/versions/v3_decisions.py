"""Version 3: draws that were made, and weight sets that were given a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from risiko.store.migrations import at_version, lines_table, number_key

revision, down_revision = "3", "2"


def upgrade() -> None:
    """Make both tables."""
    lines_table("draws", number_key(), ["made_at", "by", "why", "as_of", "record", "sha256"])
    op.create_table(
        "weight_sets", number_key(), sa.Column("name", sa.Text, nullable=False), sa.Column("weights", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("note", "made_at", "by")),
    )  # fmt: skip
    at_version(3)
