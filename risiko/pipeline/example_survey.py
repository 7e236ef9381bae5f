"""The survey of six organisations as the workbooks they would hand in: for the tutorial, the demo and trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from risiko.i18n import Translator
from risiko.intake.filled import cells_of, type_name
from risiko.intake.submission import Known, Quote, Said, Submission
from risiko.intake.template import template_xlsx
from risiko.synthetic import places
from risiko.synthetic.members_survey import AGES, GROUP, IN_GROUP, TOPICS, MembersSurvey, members_surveys

_KEYS = 1  # the row of hidden keys in a sheet
_COUNTY = "Trøndelag"
_BEFORE = {1: 395, 2: 30}  # days before today that the collection ended


@dataclass(frozen=True)
class Workbook:
    """A filled workbook: the name of the file, and what is in it."""

    name: str
    data: bytes


def example_workbooks(t: Translator, known: Known, *, wave: int = 1) -> list[Workbook]:
    """Six surveys and, in the first wave, a focus group of nine; invented, collected 13 months before `known.today`.

    wave 2: the same six organisations ask again a year later. Filled into the templates as an organisation would do it.
    """
    last = known.today - timedelta(days=_BEFORE[wave])
    asked = members_surveys(wave=wave, within=set(known.areas) & set(places.counties()["county"]))
    made = [Workbook(_file(one.organisation, wave), _survey(one, last, t, known)) for one in asked]
    return [*made, Workbook(_file(GROUP, wave), _focus_group(last, t, known))] if wave == 1 else made


def _file(organisation: str, wave: int) -> str:
    word = organisation.split()[-1].lower().translate(str.maketrans("æøå", "aoa"))
    return f"{wave}-{word}.xlsx"


def _survey(one: MembersSurvey, last: date, t: Translator, known: Known) -> bytes:
    about = Submission(
        "survey", one.organisation, new_organisation=True, asked_by=t("workbook_example.asked_by"), reached="members",
        user_group="mixed", n=len(one.answers), n_invited=one.invited, n_women=one.women,
        n_men=len(one.answers) - one.women, consent="anonymous_answers", purpose="supervision_and_learning",
        wants_back=t("example_survey.wants_back"), first_day=last - timedelta(days=14),
        last_day=last,
    )  # fmt: skip
    items = [name for name in one.answers if ":" in name]
    header = ["respondent", "service_type", "area", *items]
    rows = one.answers[header].astype(object).where(one.answers[header].notna(), None)
    names = {kind: type_name(kind, t, known) for kind in one.answers["service_type"].unique()}
    rows["service_type"] = rows["service_type"].map(names)
    topics = [t.word("dimension", TOPICS[name]) if name in TOPICS else None for name in header]
    return _filled("survey", about, t, known, [topics, header, *rows.to_numpy().tolist()])


def _focus_group(last: date, t: Translator, known: Known) -> bytes:
    said = tuple(
        Said(service_type="mental_health_child", area=_COUNTY, dimension=dimension, criticality=grade,
             text=t.word("example_survey_said", dimension))
        for dimension, grade in (("accessible", "critical"), ("involving", "serious"), ("coordinated", "serious"))
    )  # fmt: skip
    about = Submission(
        "focus_group", GROUP, new_organisation=True, asked_by=t("workbook_example.asked_by"), reached="open_invitation",
        user_group="young", n=IN_GROUP, n_invited=14, n_women=6, n_men=3, youngest=AGES[0], oldest=AGES[1],
        consent="agreed", purpose="supervision_and_learning", wants_back=t("example_survey.wants_back"), said=said,
        quotes=(Quote(t("example_survey.quote"), True, "accessible", "organisation"),), first_day=last,
        last_day=last,
    )  # fmt: skip
    return _filled("focus_group", about, t, known, [])


def _filled(method: str, about: Submission, t: Translator, known: Known, answers: list[list[Any]]) -> bytes:
    """The template of the method with the cells of the submission written into it, and raw answers in a sheet."""
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(template_xlsx(method, t, known=known, example=False)))
    for sheet, rows in cells_of(about, t, known).items():
        page = next((p for p in book.worksheets if _key(p, sheet)), None)
        if page is not None and rows:
            _lines(page, rows[0]) if sheet == "about" else _table(page, sheet, rows)
    if answers:
        page = next(p for p in book.worksheets if _key(p, "answers"))
        where = page.title
        book.remove(page)
        page = book.create_sheet(where)
        for row in answers:
            page.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _key(page: Any, sheet: str) -> bool:
    return any(str(cell.value).startswith(f"{sheet}.") for cell in page[_KEYS])


def _lines(page: Any, row: Mapping[str, Any]) -> None:
    """The sheet where each line is one question: its key stands first, the answer third."""
    for cells in page.iter_rows():
        key = str(cells[0].value).removeprefix("about.")
        if key in row:
            cells[2].value = row[key]


def _table(page: Any, sheet: str, rows: list[dict[str, Any]]) -> None:
    at = {str(cell.value).removeprefix(f"{sheet}."): cell.column for cell in page[_KEYS]}
    for place, row in enumerate(rows, start=_KEYS + 2):
        for key, value in row.items():
            if key in at:
                page.cell(place, at[key], value)
