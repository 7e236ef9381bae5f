"""What is found in a file while it is read: faults with their cells, and which cell each field came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from risiko.intake.cell_values import Trouble
from risiko.intake.grid import Cell, Page
from risiko.intake.masked import shown
from risiko.intake.submission import Fault
from risiko.masking import mask

LONGEST = 40  # signs of a cell that a fault repeats
IDENTITY, DIGITS = "[fødselsnummer]", 11  # what a national identity number gives way to, and how long it is


@dataclass
class Found:
    """Faults so far, in reading order; cells: field of the submission -> the cell it was read from."""

    faults: list[Fault] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)

    def tell(self, trouble: Trouble, where: str, *, of: str = "", value: object = "") -> None:
        """Note a fault of the cell or sheet; of: the field of the submission, where it is one."""
        self.faults.append(Fault(of, trouble.reason, str(value), where, dict(trouble.told), trouble.rejected))

    @property
    def faulty(self) -> set[str]:
        """The fields that hold nothing because their cell could not be read."""
        return {fault.field for fault in self.faults if fault.rejected and fault.field}

    def placed(self, faults: Iterable[Fault]) -> None:
        """Add faults that were found by field: each with its cell, but none for a field that could not be read."""
        lost = self.faulty
        unread = {field.partition(".")[0] for field in lost} & {"said", "answers", "items"}
        for fault in faults:
            if fault.reason == "nothing_said" and unread:
                continue
            # A row that could not be read whole may seem empty, or about nothing.
            if fault.field not in lost and not any(name.startswith(f"{fault.field}.") for name in lost):
                self.faults.append(fault if fault.cell else replace(fault, cell=self._cell(fault.field)))

    def _cell(self, name: str) -> str:
        """Where the field stands; a field that was left blank stands in its row, a whole row at its first cell."""
        known = next((self.cells[n] for n in (name, name.rpartition(".")[0]) if n in self.cells and "." in n), "")
        if known or name in self.cells:
            return known or self.cells[name]
        rows = (name, name.rpartition(".")[0])
        near = [cell for known, cell in self.cells.items() if known.rpartition(".")[0] in rows]
        return near[0] if near and "." in name else self.cells.get(name.partition(".")[0], "")

    def told(self) -> tuple[Fault, ...]:
        """Every fault, its value masked and cut; the same fault of the same cell once."""
        hidden = mask(pd.Series([" ".join(f.value.split()) for f in self.faults], dtype="str"))
        faults = [replace(f, value=_cut(text)) for f, text in zip(self.faults, hidden, strict=True)]
        return tuple({(f.cell, f.reason, f.field): f for f in faults}.values())


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def without_identity_numbers(page: Page, found: Found) -> None:
    """Mask every cell that holds a national identity number, before anything is made of it; each is told as a doubt."""
    from openpyxl.utils import get_column_letter

    if _long(page.title):  # a fault names the sheet
        page.title = shown(page.title)
    texts = {(row, at): _digits(cell) for row, cells in page.rows.items() for at, cell in cells.items()}
    texts = {spot: text for spot, text in texts.items() if _long(text)}
    plain = pd.Series(list(texts.values()), index=list(texts), dtype="str")
    hidden = mask(plain)
    more = hidden.str.count(re.escape(IDENTITY)) > plain.str.count(re.escape(IDENTITY))
    for (row, at), text in hidden[more].items():
        page.rows[row][at] = Cell(text)
        where = f"{page.title}!{get_column_letter(at)}{row}"
        found.tell(Trouble("identity_number", rejected=False), where, value=text)


def _long(text: str) -> bool:
    return sum(sign.isdigit() for sign in text) >= DIGITS


def _digits(cell: Cell) -> str:
    """The cell's text; a number kept as such has lost the nought it began with, and may carry a decimal nought."""
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        number = str(cell.value).removesuffix(".0")
        return number.rjust(DIGITS, "0") if len(number) >= DIGITS - 1 else number
    return str(cell.value)
