"""Raw answers as a sheet or text file holds them: which column is which question, and where each answer stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from risiko.intake.answer_columns import Question
from risiko.intake.answers import RESPONDENT, SUBJECT, people, reduce
from risiko.intake.cell_values import Outcome, Trouble, plain, spellings, word
from risiko.intake.found import Found
from risiko.intake.grid import Cell, Page
from risiko.intake.instruments import INSTRUMENTS, OWN
from risiko.intake.nearest import Nearest
from risiko.intake.questions import found as question_of
from risiko.intake.questions import own_place
from risiko.intake.sheets import labels
from risiko.intake.subjects import Words
from risiko.intake.submission import Fault, ItemMean, Said
from risiko.intake.tables import TOP, cell_name
from risiko.vocabulary import DIMENSIONS

_KEY = "answers."


@dataclass
class Answers:
    """Answers as they stand. names: number of a column -> its name for `reduce`; header: the row of names."""

    page: Page
    header: int = 0
    names: dict[int, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True)
class Reduced:
    """Raw answers reduced: means per question, means per dimension, and how many people answered."""

    items: tuple[ItemMean, ...] = ()
    said: tuple[Said, ...] = ()
    n: int = 0


def reduced(page: Page, words: Words, found: Found, *, cluster: str = "", weight: str = "") -> Reduced:
    """The answers on a sheet, reduced (answers.reduce); a sheet with no row of answers gives nothing and no fault.

    Faults go to `found`, with their cells. cluster, weight: names of columns; see answers.reduce.
    """
    read = _columns(page, {plain(name): name for name in (cluster, weight, RESPONDENT) if name}, found)
    rows = _frame(read)
    asked = [one for one in read.questions if one.column in rows]
    if rows.empty or not len(rows.columns):
        return Reduced()
    _name_subjects(rows, read, words, found)
    if found.faulty & {f"{_KEY}{name}" for name in SUBJECT}:
        return Reduced()
    items, said, faults = reduce(rows, asked, cluster=cluster, weight=weight)
    at = {name: number for number, name in read.names.items()}
    for fault in faults:
        found.faults.append(_placed(fault, page, at, read.header))
    return Reduced(items, said, people(rows, asked) if said else 0)


def has_questions(page: Page) -> bool:
    """Whether one of the first rows names a question."""
    top = list(page.rows.values())[:TOP]
    return any(":" in _known(cell, {}) for cells in top for cell in cells.values())


def _placed(fault: Fault, page: Page, at: Mapping[str, int], header: int) -> Fault:
    """The fault with its cell: answers.ROW.COLUMN, answers.ROW or answers.COLUMN."""
    row, _, column = fault.field.removeprefix(_KEY).partition(".")
    if not row.isdigit():
        row, column = str(header), fault.field.removeprefix(_KEY)
    number = at.get(column, min(at.values(), default=1))
    return replace(fault, cell=cell_name(page, int(row), number) if "." in fault.field else page.title)


def _columns(page: Page, others: Mapping[str, str], found: Found) -> Answers:
    """Find the row of names and what each column is; told: a column that stands twice, and one that is unknown."""
    top = dict(list(page.rows.items())[:TOP])
    known = {row: {at: name for at, cell in cells.items() if (name := _known(cell, others))}
             for row, cells in top.items()}  # fmt: skip
    header = max(known, key=lambda row: len(known[row]), default=0)
    keys = {at: str(cell.value).removeprefix(_KEY) for row, cells in top.items() if row <= header
            for at, cell in cells.items() if str(cell.value).startswith(_KEY)}  # fmt: skip
    read = Answers(page, header)
    for at in sorted({*keys, *top.get(header, {})}):
        cell = top.get(header, {}).get(at, Cell(""))
        name = known.get(header, {}).get(at) or _keyed(keys.get(at, ""), cell)
        if name in read.names.values():
            found.tell(Trouble("column_twice"), cell_name(page, header, at), value=cell.value)
        elif name:
            read.names[at] = name
        elif any(at in cells for row, cells in page.rows.items() if row > header):
            unwritten = keys.get(at, "").startswith(f"{OWN}.")
            trouble = Trouble("missing") if unwritten else Trouble("unknown_column", rejected=False)
            found.tell(trouble, cell_name(page, header, at), value=cell.value)
    read.questions = [_question(read, at, name, top) for at, name in read.names.items() if ":" in name]
    return read


def _known(cell: Cell, others: Mapping[str, str]) -> str:
    """What a name of a column says it is: a subject's field, a standard question, or own:anything."""
    text = plain(cell.value)
    own = labels("answers").get(text) or others.get(text) or (text if text in SUBJECT else "")
    instrument, item = question_of(str(cell.value))
    if instrument == OWN:
        instrument, item = question_of(text.replace(":", ".", 1))
    if own or instrument != OWN:
        return own or f"{instrument}:{item}"
    return f"{OWN}:{str(cell.value)[4:].strip()}" if text.startswith((f"{OWN}:", f"{OWN}.")) else ""


def _keyed(key: str, cell: Cell) -> str:
    """What the hidden key says it is; one of the organisation's own questions is called what stands above it."""
    instrument, _, item = key.partition(".")
    written = str(cell.value).strip()
    if instrument == OWN:
        return f"{OWN}:{written}" if written and not own_place(written) else ""
    if instrument in INSTRUMENTS and item in INSTRUMENTS[instrument].by_name:
        return f"{instrument}:{item}"
    return key if key in SUBJECT else ""


def _question(read: Answers, at: int, name: str, top: Mapping[int, Mapping[int, Cell]]) -> Question:
    """The question of a column; the dimension of one of their own stands above it."""
    instrument, _, item = name.partition(":")
    if instrument != OWN:
        return Question.standard(name, instrument, item)
    above = [cells[at] for row, cells in top.items() if row < read.header and at in cells]
    told = (word(cell.value, spellings("dimension", DIMENSIONS))[0] for cell in above)
    return Question(name, OWN, item, next((one for one in told if one), ""), wording=item)


def _frame(read: Answers) -> pd.DataFrame:
    """A row per respondent, a column per question that has an answer, and the subject; index: the row in the sheet."""
    below = {row: cells for row, cells in read.page.rows.items() if row > read.header}
    body = {row: cells for row, cells in below.items() if read.names.keys() & cells.keys()}
    index = pd.Index(list(body), dtype="int64")
    columns = {name: pd.Series([_said(cells.get(at)) for cells in body.values()], index=index, dtype="str")
               for at, name in read.names.items()}  # fmt: skip
    return pd.DataFrame({name: values for name, values in columns.items() if values.notna().any()}, index=index)


def _said(cell: Cell | None) -> str | None:
    if cell is None:
        return None
    whole = isinstance(cell.value, float) and cell.value == round(cell.value)
    return str(int(cell.value)) if whole else str(cell.value)


def _name_subjects(rows: pd.DataFrame, read: Answers, words: Words, found: Found) -> None:
    """Turn names of services, types and areas into those on record, each distinct one once; unknown ones are told."""
    at = {name: number for number, name in read.names.items()}
    nearest = Nearest(words.known)
    looks: Mapping[str, tuple[Callable[[object], Outcome[str]], Callable[[str], bool], Callable[[str], str], str]] = {
        "service_id": (words.service, nearest.is_service, nearest.services, "unknown_service"),
        "service_type": (words.type_, nearest.is_type, nearest.types, "unknown_type"),
        "area": (words.area, nearest.is_area, nearest.areas, "unknown_area"),
    }  # fmt: skip
    for name in [name for name in looks if name in rows]:
        look, is_known, near, reason = looks[name]
        named = {}
        for row, text in rows[name].dropna().drop_duplicates().items():  # distinct names, not respondents
            value, trouble = look(text)
            named[text] = text if value is None else value
            if trouble is None and not is_known(named[text]):
                trouble = Trouble(reason, {"nearest": near(text)})
            if trouble:
                found.tell(trouble, cell_name(read.page, int(str(row)), at[name]), of=f"answers.{name}", value=text)
        rows[name] = rows[name].map(named).astype("str")
