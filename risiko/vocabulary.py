"""The closed lists of words that the contract tables may use."""

from __future__ import annotations

SECTORS = ("health", "social", "child_welfare")
DATE_PRECISIONS = ("day", "month", "quarter", "year")
COMPLAINT_SOURCES = ("user", "relative", "staff", "ombud", "authority", "anonymous", "other", "unknown")
OUTCOMES = ("upheld", "partly", "not_upheld", "pending", "unknown")
METHODS = (
    "survey", "focus_group", "interview", "narrative", "peer_interview", "video", "flow_chart",
    "organisation_report",
)  # fmt: skip
# The six dimensions of good services (national strategy for quality improvement).
DIMENSIONS = ("effective", "safe", "involving", "coordinated", "resource_efficient", "accessible")
SUPERVISION_KINDS = (
    "system_audit", "inspection", "unannounced", "spot_check", "self_assessment", "statutory_visit",
    "incident_case", "desk_review", "other",
)  # fmt: skip
SELECTIONS = ("risk", "regularity", "random", "statutory", "incident", "theme", "unknown")
FINDING_SEVERITIES = ("none", "remark", "breach", "serious_breach")
ACTION_KINDS = ("order", "coercive_fine", "closure", "notice", "correction_plan", "deadline")
METADATA_KINDS = ("number", "category", "boolean")
DIRECTIONS = ("higher_is_worse", "higher_is_better", "none")
GROUPS = ("complaints", "experience", "metadata", "history")
# Why a signal has no value for a service. Missing is not zero.
MISSING_REASONS = (
    "no_exposure", "source_silent", "no_evidence", "never_supervised", "findings_pending", "not_declared",
)  # fmt: skip
