"""What stands about a sheet's cells and could make them be read otherwise than they look: each is told."""

from __future__ import annotations

from collections.abc import Sequence

from risiko.intake.cell_values import Trouble
from risiko.intake.found import Found
from risiko.intake.grid import Page


def tell_marks(page: Page, pictures: Sequence[str], found: Found) -> None:
    """Tell of merged cells (rejected, by range), pictures, hidden rows, a hidden sheet, and rows beyond those read."""
    for area in page.merged:
        found.tell(Trouble("merged"), f"{page.title}!{area}")
    for cell in dict.fromkeys((*pictures, *page.in_cells)):
        found.tell(Trouble("picture", rejected=False), f"{page.title}!{cell}")
    hidden = [row for row in page.hidden_rows if row > 1]
    if hidden:
        rows = ", ".join(str(row) for row in hidden[:10])
        found.tell(Trouble("hidden_rows", {"rows": rows}, rejected=False), f"{page.title}!{hidden[0]}:{hidden[0]}")
    if page.hidden and page.rows:
        found.tell(Trouble("hidden_sheet", rejected=False), page.title)
    if page.too_many:
        found.tell(Trouble("too_many_rows", {"most": str(len(page.rows))}), page.title)
