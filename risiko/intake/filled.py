"""A submission as the cells of an intake workbook, in the reader's words; and the invented example of each method."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from risiko.i18n import Translator
from risiko.i18n.translator import readable
from risiko.intake.instruments import INSTRUMENTS, OWN
from risiko.intake.methods import ITEMS, METHOD_FORMS, QUOTES, SCORE
from risiko.intake.questions import question
from risiko.intake.sheets import COLUMNS, Column
from risiko.intake.submission import ItemMean, Known, Quote, Said, Submission

Rows = Mapping[str, list[dict[str, Any]]]
_EXAMPLE_TYPE = "nursing_home"


def cells_of(submission: Submission, t: Translator, known: Known) -> Rows:
    """Sheet -> rows of key -> value of the cell: words as this reader reads them, days as dates; blank fields left out.

    The sheet "about" has one row, whose keys are its lines.
    """
    lists = {"about": (submission,), "said": submission.said, "quotes": submission.quotes, "items": submission.items}
    return {
        sheet: [
            {c.key: cell for c in COLUMNS[sheet] if (cell := _cell(c, one, t, known)) not in (None, "")}
            for one in given
        ]
        for sheet, given in lists.items()
    }  # fmt: skip


def _cell(column: Column, one: Any, t: Translator, known: Known) -> Any:
    value = getattr(one, column.key)
    if column.kind == "word" and value:
        return shown(t.word(column.family, value))
    if column.kind == "yes_no":
        return shown(t.word("yes_no", "yes" if value else "no"))
    if column.kind == "question":
        return question(one.instrument, one.item, t)
    return type_name(value, t, known) if column.kind == "type" and value else value


def shown(word: str) -> str:
    """A word of a list as it stands alone in a cell: with a capital."""
    return word[:1].upper() + word[1:]


def type_name(slug: str, t: Translator, known: Known) -> str:
    """What a type of service is called for this reader."""
    names = dict(zip(("nb", "nn", "en"), known.type_names.get(slug, ()), strict=False))
    return shown(names.get(t.language, readable(slug)))


def example(method: str, t: Translator, known: Known) -> Submission:
    """A submission as it could be, all invented, also its municipality: real places do not get invented scores."""
    form = METHOD_FORMS[method]
    n = 1 if form.most_people == 1 else 8 if form.most_people < 1000 else 42
    asked = {*form.required, *form.asked}
    last = known.today - timedelta(days=30)
    told: dict[str, Any] = {
        "asked_by": t("workbook_example.asked_by"), "reached": "members", "reached_how": t("workbook_example.reached"),
        "user_group": "relatives", "n": n, "n_invited": 3 * n, "n_women": n // 2 + 1, "n_men": n - n // 2 - 1,
        "youngest": 34, "oldest": 71 if n > 1 else 34, "first_day": last - timedelta(days=40), "last_day": last,
        "consent": "agreed", "purpose": "supervision_and_learning", "wants_back": t("workbook_example.wants_back"),
    }  # fmt: skip
    return Submission(
        method, t("workbook_example.organisation"), new_organisation=True,
        said=_said(form.scored_by, t, known), quotes=_quotes(t) if QUOTES in form.takes else (),
        items=_items(t, known, n) if ITEMS in form.takes else (),
        **{name: value for name, value in told.items() if name in asked},
    )  # fmt: skip


def _subject(t: Translator, known: Known) -> dict[str, Any]:
    types = known.service_types or (_EXAMPLE_TYPE,)
    kind = _EXAMPLE_TYPE if _EXAMPLE_TYPE in types else types[0]
    return {"service_type": kind, "area": t("workbook_example.area")}


def _said(scored_by: tuple[str, ...], t: Translator, known: Known) -> tuple[Said, ...]:
    by_score = SCORE in scored_by
    first, second = t("workbook_example.said_1"), t("workbook_example.said_2")
    rows = (("safe", 62.0, "serious", first), ("involving", 48.0, "minor", second))
    return tuple(
        Said(**_subject(t, known), dimension=dimension, score=score if by_score else None,
             criticality="" if by_score else grade, text=text)
        for dimension, score, grade, text in rows
    )  # fmt: skip


def _quotes(t: Translator) -> tuple[Quote, ...]:
    return (Quote(t("workbook_example.quote"), True, "safe", "organisation"),)


def _items(t: Translator, known: Known, n: int) -> tuple[ItemMean, ...]:
    own = t("workbook_example.question")
    return (
        ItemMean("gs_peq", "understandable", n - 2, 71.0, 2, 24.0, **_subject(t, known)),
        ItemMean(OWN, own, n, 55.0, spread=27.0, wording=own, dimension="accessible", **_subject(t, known)),
    )  # fmt: skip


def example_answers(t: Translator, known: Known) -> list[dict[str, Any]]:
    """Three people's invented answers: key of the column on the sheet of answers -> what stands there."""
    subject = _subject(t, known)
    where = {"service_type": type_name(subject["service_type"], t, known), "area": subject["area"]}
    by_name = INSTRUMENTS["gs_peq"].by_name
    steps = ({"organised": 4, "waiting": 1}, {"organised": 2, "waiting": 3}, {"organised": 5})
    return [
        {**where, **{f"gs_peq.{item}": by_name[item].answers[step - 1].get(t.language) for item, step in given.items()}}
        for given in steps
    ]  # fmt: skip
