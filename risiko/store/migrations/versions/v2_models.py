"""Version 2: fitted models and the decisions about which one is in force."""

from __future__ import annotations

import sqlalchemy as sa

from risiko.store.migrations import at_version, lines_table, number_key

revision, down_revision = "2", "1"


def upgrade() -> None:
    """Make both tables."""
    key = sa.Column("model_id", sa.Text, primary_key=True)
    lines_table("models", key, ["manifest_sha256", "kind", "as_of", "recorded_at"])
    lines_table("promotions", number_key(), ["model_id", "why", "at", "by"])
    at_version(2)
