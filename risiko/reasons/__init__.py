"""Reasons: why a service stands where it does, from contributions to things that can be said."""

from risiko.reasons.chosen import WORTH_MENTIONING, main_reasons, silent_sources
from risiko.reasons.contributions import contribution_table
from risiko.reasons.moves import moves
from risiko.reasons.reason import Position, Reason, place_reason, reasons_for

__all__ = [
    "WORTH_MENTIONING",
    "Position",
    "Reason",
    "contribution_table",
    "main_reasons",
    "moves",
    "place_reason",
    "reasons_for",
    "silent_sources",
]
