"""Version 1: the contract tables, their rejects, the log of imports and the facts about the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from risiko.store.migrations import lines_table, number_key, rows_table

revision, down_revision = "1", None

TABLES = {
    "services": (
        "service_id text", "known_date text", "name text", "sector text", "service_type text", "provider_id text",
        "office text", "county text", "users number", "natural_person yes_no", "dependency whole",
        "vulnerability whole", "coercion whole", "valid_from text", "valid_to text",
    ),
    "service_areas": (
        "service_id text", "municipality text", "known_date text", "share number",
    ),
    "complaints": (
        "complaint_id text", "service_id text", "event_date text", "known_date text", "n whole", "stream text",
        "regime text", "source text", "grounds text", "severity whole", "outcome text", "date_precision text",
    ),
    "experiences": (
        "experience_id text", "service_id text", "service_type text", "area text", "event_date text",
        "known_date text", "method text", "organisation text", "dimension text", "score number", "n whole",
        "n_invited whole", "spread number", "text text",
    ),
    "supervisions": (
        "supervision_id text", "service_id text", "event_date text", "known_date text", "kind text",
        "selection text", "selection_probability number", "office text", "team text", "person_days number",
        "topics text",
    ),
    "findings": (
        "finding_id text", "supervision_id text", "known_date text", "dimension text", "severity text",
        "severity_score number", "text text", "corrected_date text",
    ),
    "actions": (
        "action_id text", "service_id text", "supervision_id text", "event_date text", "known_date text",
        "kind text", "closed_date text",
    ),
    "external_scores": (
        "service_id text", "name text", "known_date text", "value number",
    ),
    "metadata_columns": (
        "name text", "kind text", "unit text", "direction text", "audit_only yes_no", "sentence text",
    ),
    "rejects": (
        "file text", "row whole", "column text", "value text", "reason text", "message text", "severity text",
    ),
}  # fmt: skip


def upgrade() -> None:
    """Make them, and say whose store it is."""
    lines_table("meta", sa.Column("key", sa.Text, primary_key=True), ["value"])
    texts = ("source", "block", "file", "table", "content_hash", "imported_at")
    counts = ("n_read", "n_good", "n_rejected", "n_warnings", "n_left_out")
    op.create_table(
        "parts", number_key("part_id"),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts),
        sa.Column("replaced_by", sa.Integer), sa.Column("metadata", sa.Text, nullable=False),
    )  # fmt: skip
    for name, columns in TABLES.items():
        rows_table(name, columns)
    op.execute("INSERT INTO meta (key, value) VALUES ('application', 'risiko'), ('schema', '1')")
