"""Reasons: why a service stands where it does, from contributions to things that can be said."""

from risiko.reasons.chosen import WORTH_MENTIONING, main_reasons, silent_sources
from risiko.reasons.contributions import contribution_table
from risiko.reasons.moves import moves
from risiko.reasons.reason import Position, Reason, place_reason, reasons_for, reasons_of
from risiko.reasons.written import reasons_as_text, reasons_from_text

__all__ = [
    "WORTH_MENTIONING",
    "Position",
    "Reason",
    "contribution_table",
    "main_reasons",
    "moves",
    "place_reason",
    "reasons_as_text",
    "reasons_for",
    "reasons_from_text",
    "reasons_of",
    "silent_sources",
]
