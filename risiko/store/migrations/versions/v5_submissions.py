"""Version 5: what users hand in (submissions, quotes, item means), and drafts of it.

A draft stands outside the log, and no trigger guards it, on purpose: it is half a thought that its writer may change
and throw away, nothing is computed from it, and what the log once holds it holds for ever. What is handed in is
entered like every import.
"""

from __future__ import annotations

import sqlalchemy as sa

from risiko.store.migrations import at_version, lines_table, rows_table

revision, down_revision = "5", "4"

TABLES = {
    "submissions": (
        "submission_id text", "known_date text", "first_day text", "event_date text", "method text",
        "organisation text", "asked_by text", "reached text", "reached_how text", "user_group text", "n whole",
        "n_invited whole", "n_women whole", "n_men whole", "youngest whole", "oldest whole", "consent text",
        "purpose text", "keep_until text", "wants_back text", "content_hash text",
    ),
    "quotes": ("quote_id text", "known_date text", "dimension text", "text text", "may_show text"),
    "item_means": (
        "item_mean_id text", "event_date text", "known_date text", "service_id text", "service_type text",
        "area text", "instrument text", "item text", "wording text", "dimension text", "n whole", "n_blank whole",
        "mean number", "spread number", "design_effect number",
    ),
}  # fmt: skip


def upgrade() -> None:
    """Make the tables."""
    for name, columns in TABLES.items():
        rows_table(name, columns)
    lines_table("drafts", sa.Column("draft_id", sa.Text, primary_key=True), ["by", "saved_at", "body"])
    at_version(5)
