"""Reasons: why a service stands where it does, from contributions to things that can be said."""

from risiko.reasons.chosen import WORTH_MENTIONING, main_reasons, silent_sources
from risiko.reasons.contributions import contribution_table
from risiko.reasons.moves import moves

__all__ = ["WORTH_MENTIONING", "contribution_table", "main_reasons", "moves", "silent_sources"]
