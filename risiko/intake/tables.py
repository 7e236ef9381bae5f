"""Which sheet is which, and where its columns stand: by their words in any language, else by hidden keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from risiko.i18n import LANGUAGES, Translator
from risiko.intake.cell_values import Trouble, plain
from risiko.intake.found import Found
from risiko.intake.grid import Cell, Page
from risiko.intake.sheets import BY_KEY, EXAMPLE, FILLED, NEEDED, VALUE, label, labels, title, titles

TOP = 12  # filled rows in which the names of columns are looked for
_KEYS = tuple(f"{sheet}." for sheet in FILLED)


@dataclass
class Table:
    """Where a sheet's columns stand. columns: key -> number; unknown: number -> name; body: first row below them."""

    sheet: str
    page: Page
    columns: dict[str, int] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    body: int = 1

    def rows(self) -> Iterator[tuple[int, Mapping[str, Cell]]]:
        """Row number and key -> cell of every row with something in a known column."""
        for row, cells in self.page.rows.items():
            known = {key: cells[at] for key, at in self.columns.items() if at in cells} if row >= self.body else {}
            if known:
                yield row, known

    def at(self, row: int, key: str) -> str:
        """The cell as a fault names it: the sheet, an exclamation mark and the cell."""
        return cell_name(self.page, row, self.columns[key])


def cell_name(page: Page, row: int, column: int) -> str:
    """The cell as a fault names it: Svar!C7."""
    from openpyxl.utils import get_column_letter

    return f"{page.title}!{get_column_letter(column)}{row}"


def sheet_of(page: Page) -> str:
    """Which sheet a page is: one of FILLED, start, lists, example; blank: none of the template's."""
    known = titles().get(plain(page.title))
    if known:
        return known
    first = [str(cell.value) for _, cells in zip(range(3), page.rows.values(), strict=False) for cell in cells.values()]
    first += [str(cells[1].value) for cells in page.rows.values() if 1 in cells][:TOP]
    if any(text.startswith(f"{EXAMPLE}.") for text in first):
        return EXAMPLE
    return next((text.split(".")[0] for text in first if text.startswith(_KEYS) and " " not in text), "")


def table(page: Page, sheet: str, found: Found) -> Table:
    """Where the columns stand. Told: a column that stands twice or is missing (rejected), one that is unknown, and one
    that is known by its hidden key only."""
    top = dict(list(page.rows.items())[:TOP])
    names = labels(sheet)
    keyed = {row: _keys(cells, sheet) for row, cells in top.items()}
    named = {row: {at: names[w] for at, c in cells.items() if (w := _name(c)) in names} for row, cells in top.items()}
    hidden = max((row for row in top if keyed[row]), key=lambda row: len(keyed[row]), default=0)
    below = next((row for row in top if hidden and row > hidden), hidden)  # the names stand below the hidden keys
    header = max((row for row in top if named[row]), key=lambda row: len(named[row]), default=below)
    made = Table(sheet, page, body=max(header, hidden) + 1)
    by_key, by_name = keyed.get(hidden, {}), named.get(header, {})
    for at in sorted({*by_key, *by_name, *top.get(header, {})}):
        key, cell = by_name.get(at) or by_key.get(at, ""), top[header].get(at, Cell(""))
        where = cell_name(page, header, at)
        if not key:
            made.unknown[at] = str(cell.value)
        elif key in made.columns:
            found.tell(Trouble("column_twice"), where, value=cell.value)
        else:
            made.columns[key] = at
            if at not in by_name and at in top[header]:
                told = {"column": label(key, _language(page, sheet))}
                found.tell(Trouble("column_renamed", told, rejected=False), where, value=cell.value)
    _complain(made, header, found)
    return made


def _complain(made: Table, header: int, found: Found) -> None:
    filled = [cells for row, cells in made.page.rows.items() if row >= made.body]
    for at, name in made.unknown.items():
        if any(at in cells for cells in filled):
            trouble = Trouble("unknown_column", rejected=False)
            found.tell(trouble, cell_name(made.page, max(header, 1), at), value=name)
    for needed in NEEDED.get(made.sheet, ()) if filled else ():
        if not set(needed) & set(made.columns):
            told = {"column": label(needed[0], _language(made.page, made.sheet))}
            found.tell(Trouble("column_missing", told), made.page.title)


def _language(page: Page, sheet: str) -> Translator:
    """The language a sheet is in, by its name."""
    languages = [Translator(code) for code in LANGUAGES]
    return next((t for t in languages if plain(title(sheet, t)) == plain(page.title)), languages[0])


def _keys(cells: Mapping[int, Cell], sheet: str) -> dict[int, str]:
    given = {at: str(cell.value).removeprefix(f"{sheet}.") for at, cell in cells.items()
             if str(cell.value).startswith(f"{sheet}.")}  # fmt: skip
    return {at: key for at, key in given.items() if key in labels(sheet).values()}


def _name(cell: Cell) -> str:
    return plain(cell.value).removesuffix("*").strip()


def lines(page: Page) -> Iterator[tuple[int, int, str, str]]:
    """Row, column of the answer, key and name of every line of the sheet "about"; key blank: an unknown line.

    The answer stands in the column that is to be filled in, whose name or hidden key is looked for, else right of the
    line's name.
    """
    names = labels("about")
    given = [(row, at, _name(c)) for row, cells in page.rows.items() for at, c in cells.items()]
    heads = [(row, at) for row, at, w in given if names.get(w) == "value"] or [h[:2] for h in given if h[2] == VALUE]
    value = heads[0][1] if heads else 0
    first = max((row for row, at, w in given if at == value and (w == VALUE or (row, at) in heads)), default=0)
    for row, cells in page.rows.items():
        if row <= first:
            continue
        others = {at: c for at, c in cells.items() if at != value}
        by_name = [(at, key) for at, c in others.items() if (key := names.get(_name(c), "value")) != "value"]
        hits = [hit for hit in (*by_name, *((at, _keyed(c)) for at, c in others.items())) if hit[1]]
        at, key = hits[0] if hits else (0, "")
        column = value or at + 1
        named = next((str(c.value) for at, c in cells.items() if at < column and not _keyed(c)), "")
        if key or (value and column in cells):
            yield row, column, key, named


def _keyed(cell: Cell) -> str:
    key = str(cell.value).removeprefix("about.")
    return key if str(cell.value).startswith("about.") and key in BY_KEY["about"] else ""
