"""A file of raw answers, .xlsx or .csv, one row per person who answered: read and reduced, its faults told by cell."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import PurePosixPath

from risiko.intake import guard
from risiko.intake.answer_sheet import Reduced, has_questions, reduced
from risiko.intake.cell_values import Trouble
from risiko.intake.found import Found, without_identity_numbers
from risiko.intake.grid import MOST_ROWS, Cell, Page, pages
from risiko.intake.guard import Source, Unreadable
from risiko.intake.masked import shown
from risiko.intake.sheet_marks import tell_marks
from risiko.intake.sheets import EXAMPLE
from risiko.intake.subjects import Words
from risiko.intake.submission import Fault, ItemMean, Known, Said
from risiko.intake.tables import sheet_of

DELIMITERS = ";,\t|"
TEXT = (".csv", ".txt", ".tsv")


@dataclass(frozen=True)
class ReadAnswers:
    """What an answer file came to: means per question, means per dimension, how many answered; and every fault. With a
    rejected fault there are none of the others."""

    items: tuple[ItemMean, ...] = ()
    said: tuple[Said, ...] = ()
    n: int = 0
    faults: tuple[Fault, ...] = ()


def read_answers(
    source: Source, name: str, known: Known, *, largest_mb: float, cluster: str = "", weight: str = ""
) -> ReadAnswers:
    """Raw answers in a file, reduced (answers.reduce). Never raises for what a file holds.

    One row per person; a column for the service, or for type and area; and one per question, named as on the template's
    sheet, or gs_peq:ITEM, norpeq:ITEM or own:ANYTHING. In a workbook it is the first sheet with a question. cluster,
    weight: names of columns, see answers.reduce. A text file is UTF-8 or Windows-1252, its cells apart by ; , | or tab.
    """
    data, refused = guard.bytes_of(source, name, largest_mb=largest_mb)
    text = PurePosixPath(name.lower()).suffix in TEXT and not data.startswith((b"PK", guard.OLD))
    refused = refused or (() if text and data else guard.refusals(data, name, largest_mb=largest_mb))
    if refused:
        return ReadAnswers(faults=refused)
    found = Found()
    try:
        page = _of_text(data, name, found) if text else _of_workbook(data, found)
    except (Unreadable, csv.Error):
        return ReadAnswers(faults=(guard.refusal("broken", name),))
    result = Reduced()
    if page is None:
        found.tell(Trouble("not_template"), "", of="file")
    else:
        without_identity_numbers(page, found)
        result = reduced(page, Words(known), found, cluster=cluster, weight=weight)
    faults = found.told()
    if page is not None and not result.items and not any(fault.rejected for fault in faults):
        faults = (*faults, Fault("file", "empty"))
    if any(fault.rejected for fault in faults):
        result = Reduced()
    return ReadAnswers(result.items, result.said, result.n, faults)


def _of_workbook(data: bytes, found: Found) -> Page | None:
    found.faults += guard.beside(data)
    kinds = [(sheet_of(page), page) for page in pages(data)]
    page = next((page for kind, page in kinds if kind == "answers"), None)
    page = page or next((page for kind, page in kinds if kind != EXAMPLE and has_questions(page)), None)
    if page is not None:
        tell_marks(page, guard.pictures(data).get(page.title, ()), found)
    return page


def _of_text(data: bytes, name: str, found: Found) -> Page:
    lines = io.StringIO(_decoded(data), newline="")
    first = lines.readline()
    lines.seek(0)
    delimiter = max(DELIMITERS, key=first.count)
    page = Page(shown(PurePosixPath(name).name))
    for row, cells in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
        filled = {at: Cell(cell) for at, cell in enumerate(cells, start=1) if cell.strip()}
        if filled and len(page.rows) >= MOST_ROWS:
            page.too_many = True
            break
        page.rows |= {row: filled} if filled else {}
    tell_marks(page, (), found)
    return page


def _decoded(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable("not text")
