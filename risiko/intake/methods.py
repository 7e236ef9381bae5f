"""What each way of collecting evidence asks for: fields that must be told, fields that are asked, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from risiko.vocabulary import METHODS

SCORE, CRITICALITY = "score", "criticality"
SAID, QUOTES, ITEMS = "said", "quotes", "items"
_SAID_YES = ("agreed", "guardian_agreed")
# How many were asked cannot be told where anyone could answer: no one counts those who saw the invitation.
UNCOUNTED = ("open_invitation", "through_others", "own_contact", "at_the_service")
_EVERYWHERE = ("user_group", "n", "first_day", "last_day", "consent", "purpose")
_WHO = ("n_women", "n_men", "youngest", "oldest")


@dataclass(frozen=True)
class MethodForm:
    """One method's form. Fields are those of Submission, in the order in which they are best asked.

    required: it cannot be taken in without; asked: may be left blank. n_invited is required only where those who were
    asked can be counted (reached not in UNCOUNTED). most_people: more than this is a mistake, or several submissions.
    usual_people: outside it the reader is asked to look again. takes: which of said, quotes and items it gives.
    scored_by: how what was said is graded. consents: what the participants can have agreed to.
    """

    method: str
    required: tuple[str, ...]
    asked: tuple[str, ...]
    most_people: int
    takes: tuple[str, ...]
    scored_by: tuple[str, ...]
    usual_people: tuple[int, int]
    consents: tuple[str, ...] = _SAID_YES


def _form(
    method: str, required: tuple[str, ...], asked: tuple[str, ...], most: int, scored_by: tuple[str, ...],
    *, usual: tuple[int, int], takes: tuple[str, ...] = (SAID, QUOTES), consents: tuple[str, ...] = _SAID_YES,
) -> MethodForm:  # fmt: skip
    rest = ("keep_until", "wants_back")
    return MethodForm(method, (*required, *_EVERYWHERE), (*asked, *rest), most, takes, scored_by, usual, consents)


_ORGANISED = ("organisation", "reached_how")
_FORMS = (
    # How far answers speak for others hangs on who was asked and how: without it a mean says little.
    _form("survey", ("asked_by", "reached", "n_invited"), (*_ORGANISED, *_WHO), 1_000_000, (SCORE,),
          usual=(5, 20_000), takes=(SAID, QUOTES, ITEMS), consents=(*_SAID_YES, "anonymous_answers")),
    # Fewer than four do not make a conversation, more than twelve do not all get to speak.
    _form("focus_group", ("asked_by", "reached", "youngest", "oldest"), (*_ORGANISED, "n_invited", "n_women", "n_men"),
          60, (SCORE, CRITICALITY), usual=(4, 12)),
    _form("interview", ("asked_by", "reached"), (*_ORGANISED, "n_invited", *_WHO), 500, (SCORE, CRITICALITY),
          usual=(1, 60)),
    # One person's own story: it is not an average of anything, so it is graded and not scored.
    _form("narrative", ("reached",), ("organisation", "asked_by"), 1, (CRITICALITY,), usual=(1, 1)),
    # Asked by somebody with experience of their own; who asked is the point of the method.
    _form("peer_interview", ("asked_by", "reached"), (*_ORGANISED, "n_invited", *_WHO), 500, (SCORE, CRITICALITY),
          usual=(1, 60)),
    # A film shows its people and those around them: nobody in it is anonymous.
    _form("video", ("asked_by", "reached"), (*_ORGANISED, *_WHO), 100, (CRITICALITY,), usual=(1, 20)),
    # asked_by says who drew it together: users alone, or users and staff.
    _form("flow_chart", ("asked_by", "reached"), (*_ORGANISED, *_WHO), 200, (CRITICALITY,), usual=(1, 30)),
    # Members' experiences put together by their organisation: reached_how says how they were gathered.
    _form("organisation_report", ("organisation", "reached", "reached_how"), ("asked_by", *_WHO), 1_000_000,
          (SCORE, CRITICALITY), usual=(5, 20_000), consents=(*_SAID_YES, "anonymous_answers")),
)  # fmt: skip

METHOD_FORMS: Mapping[str, MethodForm] = MappingProxyType({form.method: form for form in _FORMS})
if tuple(METHOD_FORMS) != METHODS:
    raise ValueError("every method has one form, in the order of the vocabulary")
