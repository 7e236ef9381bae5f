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
# What a learned score adds beside the signals: the level of the type, another system's score, groups taken together.
LEARNED_PARTS = ("service_type", "external_score", *(f"all_{group}" for group in GROUPS))
# Why a signal has no value for a service. Missing is not zero.
MISSING_REASONS = (
    "no_exposure", "source_silent", "no_evidence", "never_supervised", "findings_pending", "not_declared",
    "not_recently_supervised", "too_few_visits", "no_sister_services", "not_looked_at", "not_recorded",
    "known_too_briefly",
    "too_few_answers", "n_missing", "one_method",
    "too_few_texts", "not_read",
    "stream_not_in_use", "not_graded", "none_decided", "not_by_month", "source_not_told",
)  # fmt: skip
# What a service's complaints say of silence, loudest first.
SILENCE_FLAGS = (
    "more_than_expected", "quiet_and_dependent", "quiet", "too_small_to_tell", "as_expected", "no_exposure",
)  # fmt: skip
# The numbered checks (evaluate.checks), and why one could not be made.
CHECKS = tuple(f"RK{n:03}" for n in range(1, 16))
CHECK_STATES = ("ok", "fails", "not_applicable")
CHECK_SEVERITIES = ("error", "warning", "note")
CHECK_REASONS = (
    "not_given", "no_rows", "too_few", "unlabelled", "no_spread", "not_measured", "one_office",
)  # fmt: skip
# Why a service is in a plan: the first that applies, in this order.
GROUNDS = ("statutory", "draw", "override", "regularity", "coverage", "risk")
# Rules of a plan, as they are told, priced and found to collide.
RULES = (
    "capacity", "points", "once", "statutory", "draw", "add", "skip", "postpone", "regularity", "minimum_sector",
    "minimum_county", "minimum_theme", "burden_municipality", "burden_provider", "spacing", "joint",
)  # fmt: skip
# What a planner must know about a plan.
PLAN_NOTICES = (
    "capacity_missing", "capacity_zero", "capacity_last_year", "add_closed", "add_unknown", "override_unused",
    "minimum_lowered", "burden_by_law", "joint_alone", "draw_small", "draw_skipped", "draw_none", "months_blank",
    "not_proved", "users_missing", "nothing_left", "joint_apart", "name_unmatched",
)
# Why a service could not be in a plan at all.
LEFT_OUT = (
    "too_recent", "skipped", "postponed", "closing", "closed", "unknown", "no_office", "no_capacity",
    "capacity_missing", "busy",
)
# A planner departs from the list: what, and for which reason.
OVERRIDE_ACTIONS = ("add", "skip", "postpone")
OVERRIDE_REASONS = (
    "concern", "tip", "local_knowledge", "recent_contact", "ongoing_case", "other_authority", "new_management",
    "closing", "data_error", "resources", "other",
)  # fmt: skip
# How users are to be involved in a supervision; a field the planner fills.
INVOLVEMENT = ("interviews", "relatives", "organisation", "user_in_team", "survey", "observation", "none_possible")
# What the append-only log tells of.
LOG_KINDS = (
    "import", "model", "promotion", "draw", "weight_set", "plan", "decision", "override", "comment", "shown", "outcome",
    "role", "submission", "evidence_use", "report_back", "statement", "purge",
)  # fmt: skip
ROLES = ("reader", "planner", "analyst", "organisation", "council", "admin")
# A submission: how the participants were reached, who they are, what they agreed to, and what it may be used for.
REACHED = (
    "members", "service_lists", "random_sample", "at_the_service", "open_invitation", "through_others", "own_contact",
)  # fmt: skip
USER_GROUPS = ("users", "relatives", "children", "young", "bereaved", "mixed")
CONSENTS = ("agreed", "guardian_agreed", "anonymous_answers")
PURPOSES = ("supervision", "supervision_and_learning")
QUOTE_USES = ("authority", "organisation", "public")  # who may read a quote, as the one who said it agreed
CRITICALITIES = ("good", "minor", "serious", "critical")  # where no score is given
# Why a piece of evidence was never used in a score.
UNUSED = (
    "words_only", "no_people", "survey_without_n", "too_few_answers", "delivered_twice", "service_unknown",
    "service_not_scored", "area_unmatched", "known_later", "no_weight",
)
