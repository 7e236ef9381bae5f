"""Small numbers of people that must not be shown, nor be worked out from what is."""

from risiko.disclosure.cells import protect, protect_with_totals, shown
from risiko.disclosure.periods import TOTAL, added_up, half_year_ends, published, safe_totals, totals_by_group

__all__ = [
    "TOTAL", "added_up", "half_year_ends", "protect", "protect_with_totals", "published", "safe_totals", "shown",
    "totals_by_group",
]  # fmt: skip
