"""The survey of six organisations as the workbooks they would hand in: for the tutorial, the demo and trials."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from risiko.i18n import Translator
from risiko.intake.filled import type_name
from risiko.intake.filled_template import filled_template
from risiko.intake.submission import Known, Quote, Said, Submission
from risiko.synthetic import places
from risiko.synthetic.members_survey import AGES, GROUP, IN_GROUP, TOPICS, MembersSurvey, members_surveys

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
    asked = [f"own:{t.word('example_question', name[4:])}" if name in TOPICS else name for name in header]
    return filled_template(about, t, known, [topics, asked, *rows.to_numpy().tolist()])


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
    return filled_template(about, t, known)
