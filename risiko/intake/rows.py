"""From a submission to rows of the contract tables, and the id by which the same submission is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import pandas as pd

from risiko.batch import Batch, Part, no_rejects
from risiko.checks import check
from risiko.contracts import CONTRACTS
from risiko.errors import InputError
from risiko.intake.masked import masked
from risiko.intake.submission import ItemMean, Said, Submission
from risiko.intake.written import as_dict, from_dict
from risiko.organisations import spelling
from risiko.settings import Settings

__all__ = ["SOURCE", "as_dict", "batch", "content_hash", "from_dict", "keep_until", "submission_id"]

SOURCE = "submission"
_TABLES = ("submissions", "experiences", "quotes", "item_means")
# What may be told anew about the same evidence: what it may be used for, how long it is kept, who may read it.
_ABOUT_USE = ("new_organisation", "keep_until", "consent", "purpose", "wants_back")
_ABOUT_QUOTES = ("agreed", "may_show")
_HOW = (
    "first_day", "method", "asked_by", "reached", "reached_how", "user_group", "n", "n_invited", "n_women", "n_men",
    "youngest", "oldest", "consent", "purpose", "wants_back",
)  # fmt: skip


def content_hash(submission: Submission) -> str:
    """SHA-256 of what was said, by whom, when and how it was collected: the same evidence again has the same hash.

    Consent, purpose, how long it is kept, what is wanted back and who may read a quote are not in it, nor how the
    organisation's name is spelt. It is made of the masked texts: from a hash of the plain ones an identity number could
    be found by trying them all.
    """
    told = as_dict(masked(submission))
    told = {name: value for name, value in told.items() if name not in _ABOUT_USE}
    told["organisation"] = str(spelling(pd.Series([told["organisation"]], dtype="str"))[0])
    told["quotes"] = [{k: v for k, v in quote.items() if k not in _ABOUT_QUOTES} for quote in told["quotes"]]
    return hashlib.sha256(json.dumps(_even(told), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def submission_id(hash_: str) -> str:
    """The id of the submission with this content hash."""
    return f"sub-{hash_[:12]}"


def keep_until(submission: Submission, keep_months: int) -> date:
    """The last day its texts are kept: as agreed, or so many months after the collection. Raises ValueError for a
    submission without a last day."""
    if submission.keep_until is not None:
        return submission.keep_until
    if submission.last_day is None:
        raise ValueError("a submission without a last day cannot be kept")
    kept: date = (pd.Timestamp(submission.last_day) + pd.DateOffset(months=keep_months)).date()
    return kept


def batch(submission: Submission, *, now: datetime, settings: Settings, known_date: date | None = None) -> Batch:
    """The rows of the tables submissions, experiences, quotes and item_means, one part for each that has any.

    Texts are masked first. A grading without a score takes the score of settings.voices.criticality. What was said
    without a number of people of its own takes the submission's. known_date: default today. Raises InputError for
    what the contract tables do not allow; `checking.faults` tells of it before, field by field.
    """
    told, content = masked(submission), content_hash(submission)
    own, day = submission_id(content), known_date or now.date()
    frames = {
        "submissions": [_collected(told, own, content, settings)],
        "experiences": [_experience(one, told, settings) for one in told.said],
        "quotes": [{"text": q.text, "dimension": q.dimension, "may_show": q.may_show} for q in told.quotes if q.agreed],
        "item_means": [asdict(item) | _subject(item) | {"event_date": told.last_day} for item in told.items],
    }
    parts = [_part(name, own, _conformed(name, own, rows, day, now.date())) for name, rows in frames.items() if rows]
    return Batch(tuple(parts), now)


def _even(value: Any) -> Any:
    """Numbers as one kind: 70 and 70.0 are the same score."""
    if isinstance(value, dict):
        return {name: _even(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_even(one) for one in value]
    return value + 0.0 if isinstance(value, int | float) and not isinstance(value, bool) else value


def _collected(told: Submission, own: str, content: str, settings: Settings) -> dict[str, Any]:
    return {name: getattr(told, name) for name in _HOW} | {
        "submission_id": own, "event_date": told.last_day, "organisation": told.organisation,
        "keep_until": keep_until(told, settings.voices.keep_months), "content_hash": content,
    }  # fmt: skip


def _experience(one: Said, told: Submission, settings: Settings) -> dict[str, Any]:
    graded = {str(word): score for word, score in settings.voices.criticality.items()}
    own_people = one.n is not None
    return _subject(one) | {
        "event_date": told.last_day, "method": told.method, "organisation": told.organisation,
        "dimension": one.dimension, "score": graded.get(one.criticality) if one.score is None else one.score,
        "n": one.n if own_people else told.n,
        "n_invited": one.n_invited if own_people or one.n_invited is not None else told.n_invited,
        "spread": one.spread, "text": one.text,
    }  # fmt: skip


def _subject(one: Said | ItemMean) -> dict[str, str]:
    if one.service_id:  # a single service is meant, whatever else stands there
        return {"service_id": one.service_id, "service_type": "", "area": ""}
    return {"service_id": one.service_id, "service_type": one.service_type, "area": one.area}


def _conformed(name: str, own: str, rows: Sequence[dict[str, Any]], known: date, today: date) -> pd.DataFrame:
    contract = CONTRACTS[name]
    key = contract.id_columns[0]
    frame = pd.DataFrame(list(rows), index=range(1, len(rows) + 1))
    # A blank word is nothing told; a column of nothing but blanks is missing throughout.
    frame = frame.replace({"": None}).assign(known_date=known)
    if key not in frame:
        frame[key] = [f"{own}-{place}" for place in frame.index]
    frame = contract.conform(frame[[c.name for c in contract.columns if c.name in frame]])
    found = check(name, frame, today=today).faults
    wrong = found[found["severity"] == "rejected"]
    if len(wrong):
        first = wrong.iloc[0]
        what = f"{first['column']} is not as it must be: {first['message']}."
        raise InputError(what, where=f"{name}, row {first['row']}", hint="correct it; nothing was kept")
    return frame


def _part(name: str, own: str, rows: pd.DataFrame) -> Part:
    content = hashlib.sha256(rows.drop(columns="known_date").to_csv().encode()).hexdigest()
    return Part(SOURCE, name, own, name, content, rows, no_rejects(), len(rows))
