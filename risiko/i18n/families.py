"""Text ids that are made from closed lists of words: one text for each word of the list."""

from __future__ import annotations

from collections.abc import Mapping

from risiko import vocabulary as v

# Translator.word(family, word) looks up "family.word". A test holds every list here against the catalogues.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "sector": v.SECTORS,
    "method": v.METHODS,
    "dimension": v.DIMENSIONS,
    "kind": v.SUPERVISION_KINDS,
    "selection": v.SELECTIONS,
    "severity": v.FINDING_SEVERITIES,
    "group": v.GROUPS,
    "missing": v.MISSING_REASONS,
    "evidence": ("1", "2", "3"),
    "criterion": ("probability", "consequence", "legal_protection", "self_advocacy"),
    "criterion_help": ("probability", "consequence", "legal_protection", "self_advocacy"),
    "declared": ("measured", "declared", "default"),
    "excluded": ("natural_person", "closed", "not_started"),
    "left_out": ("natural_person", "closed", "not_started"),
    "unit": (
        "per_1000_users_year", "score_0_100", "points", "severity_0_3", "years", "severity_per_year", "yes_no",
        "findings", "days", "weighted_actions", "recency_0_1", "log_ratio", "months", "level_1_5", "share",
        "weighted_per_1000_users_year", "log_likelihood_ratio", "probability",
    ),
    "complaint_source": v.COMPLAINT_SOURCES,
    "filter": ("sector", "type", "county", "office", "evidence"),
    "column": ("interval", "evidence", "type", "county"),
    "column_help": ("interval", "evidence", "type", "county"),
    "export_column": (
        "rank", "rank_low", "rank_high", "id", "service", "sector", "type", "county", "office", "users", "likelihood",
        "consequence", "priority", "evidence", "why", "complaints", "last", "missing",
    ),
    "silence": v.SILENCE_FLAGS,
    "language": ("nb", "nn", "en"),
    "action": v.ACTION_KINDS,
    "table": ("services", "complaints", "experiences", "supervisions", "findings", "actions"),
    "moved_by": ("consequence", "others"),
    "funnel_x": ("ratio", "score"),
    "funnel_y": ("ratio", "score"),
    "funnel_place": ("above998", "above95", "inside", "below95", "below998"),
    "rule": (
        "outside_up", "outside_down", "trend_up", "trend_down", "two_of_three_up", "two_of_three_down", "one_side_up",
        "one_side_down",
    ),
    # The register of signals knows which there are; a test walks it.
    "signal": (),
    "signal_help": (),
    "signal_of": (),
    "signal_of_help": (),
}  # fmt: skip
