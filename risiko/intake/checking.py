"""What is wrong with a submission, or doubtful: every fault at once, by field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from risiko.intake.checking_people import people
from risiko.intake.checking_said import said
from risiko.intake.finding import blank, doubt, wrong
from risiko.intake.masked import TEXTS, free_texts, masked_fields, one_line
from risiko.intake.methods import METHOD_FORMS, UNCOUNTED, MethodForm
from risiko.intake.nearest import Nearest
from risiko.intake.rows import keep_until
from risiko.intake.submission import Fault, Known, Submission
from risiko.masking import mask
from risiko.vocabulary import CONSENTS, PURPOSES, REACHED, USER_GROUPS

# Each is worded by the catalogues: intake_fault.REASON what it is, intake_try.REASON what to do.
REASONS: tuple[str, ...] = (
    "missing", "not_a_choice", "unknown_organisation", "number_in_name", "person_in_name", "unknown_service",
    "unknown_type", "unknown_area", "unknown_item", "no_subject", "nothing_said", "empty_row", "not_for_method",
    "no_people", "too_many_people", "more_than_invited", "sexes_exceed_n", "part_exceeds_n", "negative",
    "age_outside", "youngest_above_oldest",
    "date_future", "date_too_early", "last_before_first", "kept_into_past", "kept_too_long",
    "score_outside", "spread_outside", "survey_without_n",
    "no_consent", "consent_not_enough", "quote_without_agreement", "empty_quote", "text_too_long",
    "scale_1_10", "low_response", "unusual_people", "child_consent", "both_given", "said_twice", "long_period",
    "texts_lapsed", "masked", "stands_already", "delivered_twice",
    "no_questions", "answer_outside", "more_like_this", "no_answers", "weight_outside", "respondent_twice",
)  # fmt: skip
_LISTS = {"reached": REACHED, "user_group": USER_GROUPS, "consent": CONSENTS, "purpose": PURPOSES}
_EARLIEST = date(1990, 1, 1)  # as checks.EARLIEST_EVENT
LONGEST = 20_000  # letters of one text: about eight pages
LONGEST_FIELD = 2_000  # of a text about how it was collected
LONGEST_NAME = 200
_LONG_PERIOD_DAYS = 730  # a collection is dated on its last day, and would make older answers look new
_NUMBERS = ("[fødselsnummer]", "[telefon]", "[e-post]")


def faults(submission: Submission, known: Known) -> tuple[Fault, ...]:
    """Everything that is wrong with the submission or doubtful, in the order of its fields; nothing where all is well.

    Fault.rejected: it cannot be taken in with it. What stands in the store already is for the pipeline to tell. A value
    is told masked and cut, and texts are looked at only where they are not too long to be what they seem.
    """
    form = METHOD_FORMS.get(submission.method)
    if form is None:
        return (wrong("method", "not_a_choice", submission.method, allowed=", ".join(METHOD_FORMS)),)
    nearest = Nearest(known)
    found = [*_told(submission, form), *_organisation(submission, known, nearest), *people(submission, form),
             *_days(submission, known), *_consent(submission, form), *said(submission, form, nearest)]  # fmt: skip
    long = list(_too_long(submission))
    hidden = () if long else masked_fields(submission)
    return (*found, *long, *(doubt(name, "masked") for name in hidden))


def _told(submission: Submission, form: MethodForm) -> Iterator[Fault]:
    """Fields that must be told, and words of closed lists."""
    counted = submission.reached not in UNCOUNTED
    for name in form.required:
        if blank(getattr(submission, name)) and name != "consent" and (name != "n_invited" or counted):
            yield wrong(name, "missing")
    for name, words in _LISTS.items():
        value = getattr(submission, name)
        if value and value not in words:
            yield wrong(name, "not_a_choice", value, allowed=", ".join(words))


def _organisation(submission: Submission, known: Known, nearest: Nearest) -> Iterator[Fault]:
    name = one_line(submission.organisation)
    if submission.organisation.strip() and not any(sign.isalnum() for sign in name):
        yield wrong("organisation", "missing")  # of nothing but signs: nobody could say it, or see it
    if not any(sign.isalnum() for sign in name) or nearest.is_organisation(name):
        return
    hidden = mask(pd.Series([name[:LONGEST_NAME]], dtype="str"))[0]
    if any(word in hidden for word in _NUMBERS):
        yield wrong("organisation", "number_in_name", name)
    elif not submission.new_organisation:
        yield wrong("organisation", "unknown_organisation", name, nearest=nearest.organisations(name))
    elif hidden != name[:LONGEST_NAME]:
        yield doubt("organisation", "person_in_name", name)


def _days(submission: Submission, known: Known) -> Iterator[Fault]:
    first, last, today = submission.first_day, submission.last_day, known.today
    for name, day in (("first_day", first), ("last_day", last)):
        if day is not None and day > today:
            yield wrong(name, "date_future", day, today=f"{today}")
        if day is not None and day < _EARLIEST:
            yield wrong(name, "date_too_early", day, earliest=f"{_EARLIEST}")
    if first is not None and last is not None and last < first:
        yield wrong("last_day", "last_before_first", last, first=f"{first}")
    elif first is not None and last is not None and (last - first).days > _LONG_PERIOD_DAYS:
        yield doubt("first_day", "long_period", first)
    latest = (pd.Timestamp(today) + pd.DateOffset(months=2 * known.keep_months)).date()
    if submission.keep_until is not None:
        if submission.keep_until < today:
            yield wrong("keep_until", "kept_into_past", submission.keep_until, today=f"{today}")
        if submission.keep_until > latest:
            yield wrong("keep_until", "kept_too_long", submission.keep_until, latest=f"{latest}")
    elif last is not None and _EARLIEST <= last <= today and keep_until(submission, known.keep_months) < today:
        yield doubt("keep_until", "texts_lapsed", last, months=f"{known.keep_months}")


def _consent(submission: Submission, form: MethodForm) -> Iterator[Fault]:
    given = submission.consent
    if not given:
        yield wrong("consent", "no_consent")
    elif given in CONSENTS and given not in form.consents:
        yield wrong("consent", "consent_not_enough", given)
    young = submission.user_group == "children" or (submission.youngest is not None and submission.youngest < 16)
    if young and given == "agreed":
        yield doubt("consent", "child_consent", given)


def _too_long(submission: Submission) -> Iterator[Fault]:
    limits = dict.fromkeys(TEXTS, LONGEST_FIELD)
    texts = free_texts(submission) | {"organisation": submission.organisation}
    limits |= {"organisation": LONGEST_NAME} | {name: LONGEST_NAME for name in texts if name.endswith(".item")}
    for name, text in texts.items():
        if len(text) > (longest := limits.get(name, LONGEST)):
            yield wrong(name, "text_too_long", text[:200], longest=f"{longest}", letters=f"{len(text)}")
