"""From the list to what the authority will do: where capacity ends, and the documented draw where it cuts a tier."""

from risiko.plan.cut import Cut, cut_at
from risiko.plan.draw import METHODS, expected_right
from risiko.plan.record import DrawRecord, as_text, drawn, from_text, verify

__all__ = ["METHODS", "Cut", "DrawRecord", "as_text", "cut_at", "drawn", "expected_right", "from_text", "verify"]
