"""From the list to what the authority will do: the cut and its draw, and the plan inside the real capacity."""

from risiko.plan.cut import Cut, cut_at
from risiko.plan.draw import METHODS, expected_right
from risiko.plan.record import DrawRecord, as_text, drawn, from_text, verify
from risiko.plan.selection import Selection, select

__all__ = [
    "METHODS",
    "Cut",
    "DrawRecord",
    "Selection",
    "as_text",
    "cut_at",
    "drawn",
    "expected_right",
    "from_text",
    "select",
    "verify",
]
