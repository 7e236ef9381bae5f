"""Small numbers of people that must not be shown, nor be worked out from what is."""

from risiko.disclosure.cells import protect, protect_with_totals, shown
from risiko.disclosure.periods import TOTAL, half_year_ends, safe_totals

__all__ = ["TOTAL", "half_year_ends", "protect", "protect_with_totals", "safe_totals", "shown"]
