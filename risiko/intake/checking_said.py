"""What cannot be about what was said, quoted and answered: the pieces of a submission, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from risiko.intake.checking_people import beyond_counting, exceeds_invited
from risiko.intake.finding import blank, doubt, wrong
from risiko.intake.instruments import INSTRUMENTS, OWN
from risiko.intake.methods import ITEMS, QUOTES, MethodForm
from risiko.intake.nearest import Nearest
from risiko.intake.submission import Fault, ItemMean, Said, Submission
from risiko.vocabulary import CRITICALITIES, DIMENSIONS, QUOTE_USES

# The widest two answers can lie apart gives 70.7; more people cannot give more.
WIDEST_SPREAD = 71.0


def said(submission: Submission, form: MethodForm, nearest: Nearest) -> Iterator[Fault]:
    """Faults of said, quotes and items, by place; and of a submission that says nothing at all."""
    if not submission.said and not submission.items:
        yield wrong("said", "nothing_said")
    for place, one in enumerate(submission.said, start=1):
        yield from _piece(f"said.{place}", one, submission, form, nearest)
    yield from _without_n(submission)
    yield from _twice(submission)
    yield from _short_scale(submission)
    yield from _quotes(submission, form)
    yield from _items(submission, form, nearest)


def _piece(at: str, one: Said, submission: Submission, form: MethodForm, nearest: Nearest) -> Iterator[Fault]:
    yield from _subject(at, one, nearest)
    yield from _dimension(at, one.dimension)
    graded = {"score": one.score is not None, "criticality": bool(one.criticality)}
    if not any(graded.values()) and blank(one.text):
        yield wrong(at, "empty_row")
    for name, given in graded.items():
        if given and name not in form.scored_by:
            yield wrong(f"{at}.{name}", "not_for_method", getattr(one, name))
    if one.criticality and one.criticality not in CRITICALITIES:
        yield wrong(f"{at}.criticality", "not_a_choice", one.criticality, allowed=", ".join(CRITICALITIES))
    if all(graded.values()):
        yield doubt(f"{at}.criticality", "both_given", one.criticality)
    yield from _on_scale(f"{at}.score", one.score)
    yield from _spread(at, one.spread)
    yield from _part_of(at, one.n, submission.n)
    if one.n_invited is not None and one.n_invited < 1:
        yield wrong(f"{at}.n_invited", "no_people", one.n_invited)
    yield from beyond_counting(f"{at}.n_invited", one.n_invited)
    yield from exceeds_invited(f"{at}.n", one.n, one.n_invited)


def _subject(at: str, one: Said | ItemMean, nearest: Nearest) -> Iterator[Fault]:
    if one.service_id:
        if not nearest.is_service(one.service_id):
            near = nearest.services(one.service_id)
            yield wrong(f"{at}.service_id", "unknown_service", one.service_id, nearest=near)
        return
    if not (one.service_type and one.area):
        yield wrong(at, "no_subject", one.service_type or one.area)
    if one.service_type and not nearest.is_type(one.service_type):
        near = nearest.types(one.service_type)
        yield wrong(f"{at}.service_type", "unknown_type", one.service_type, nearest=near)
    if one.area and not nearest.is_area(one.area):
        yield wrong(f"{at}.area", "unknown_area", one.area, nearest=nearest.areas(one.area))


def _dimension(at: str, dimension: str) -> Iterator[Fault]:
    if dimension and dimension not in DIMENSIONS:
        yield wrong(f"{at}.dimension", "not_a_choice", dimension, allowed=", ".join(DIMENSIONS))


def _on_scale(field: str, score: float | None) -> Iterator[Fault]:
    if score is not None and not 0 <= score <= 100:
        yield wrong(field, "score_outside", score)


def _spread(at: str, spread: float | None) -> Iterator[Fault]:
    if spread is not None and not (isfinite(spread) and 0 <= spread <= WIDEST_SPREAD):
        yield wrong(f"{at}.spread", "spread_outside", spread)


def _part_of(at: str, n: int | None, whole: int | None) -> Iterator[Fault]:
    if n is not None and n < 1:
        yield wrong(f"{at}.n", "no_people", n)
    elif n is not None and whole is not None and n > whole > 0:
        yield wrong(f"{at}.n", "part_exceeds_n", n, n=f"{whole}")


def _without_n(submission: Submission) -> Iterator[Fault]:
    """Of a survey about several services it must be told how many answered about each: all did not answer about all."""
    subjects = {(one.service_id, one.service_type, one.area) for one in submission.said}
    if submission.method == "survey" and len(subjects) > 1:
        for place, one in enumerate(submission.said, start=1):
            if one.n is None and one.score is not None:
                yield wrong(f"said.{place}.n", "survey_without_n")


def _twice(submission: Submission) -> Iterator[Fault]:
    """The same people cannot give two scores on one dimension of one service; two narrators can, in two rows."""
    seen: dict[tuple[str, ...], int] = {}
    for place, one in enumerate(submission.said, start=1):
        key = (one.service_id, one.service_type, one.area, one.dimension)
        graded = one.score is not None or bool(one.criticality)
        if graded and key in seen:
            yield doubt(f"said.{place}", "said_twice", row=f"{seen[key]}")
        elif graded:
            seen[key] = place


def _short_scale(submission: Submission) -> Iterator[Fault]:
    """Scores that are all 10 or less, and not all 0: most likely a scale from 1 to 10, or to 5."""
    scores = [one.score for one in submission.said if one.score is not None]
    scores += [item.mean for item in submission.items]
    if scores and 0 < max(scores) <= 10:
        name = "said.1.score" if submission.said else "items.1.mean"
        yield doubt(name, "scale_1_10", max(scores))


def _quotes(submission: Submission, form: MethodForm) -> Iterator[Fault]:
    if submission.quotes and QUOTES not in form.takes:
        yield wrong("quotes", "not_for_method")
    for place, quote in enumerate(submission.quotes, start=1):
        at = f"quotes.{place}"
        if blank(quote.text):
            yield wrong(f"{at}.text", "empty_quote")
        elif not quote.agreed:
            yield wrong(f"{at}.agreed", "quote_without_agreement")
        yield from _dimension(at, quote.dimension)
        if quote.may_show not in QUOTE_USES:
            yield wrong(f"{at}.may_show", "not_a_choice", quote.may_show, allowed=", ".join(QUOTE_USES))


def _items(submission: Submission, form: MethodForm, nearest: Nearest) -> Iterator[Fault]:
    if submission.items and ITEMS not in form.takes:
        yield wrong("items", "not_for_method")
    for place, item in enumerate(submission.items, start=1):
        at = f"items.{place}"
        yield from _subject(at, item, nearest)
        yield from _dimension(at, item.dimension)
        yield from _question(at, item)
        yield from _on_scale(f"{at}.mean", item.mean)
        yield from _spread(at, item.spread)
        yield from _part_of(at, item.n, submission.n)
        if item.n_blank < 0:
            yield wrong(f"{at}.n_blank", "negative", item.n_blank)
        yield from beyond_counting(f"{at}.n_blank", item.n_blank)
        if item.design_effect is not None and not (isfinite(item.design_effect) and item.design_effect >= 0):
            yield wrong(f"{at}.design_effect", "negative", item.design_effect)


def _question(at: str, item: ItemMean) -> Iterator[Fault]:
    known = INSTRUMENTS.get(item.instrument)
    if known is None and item.instrument != OWN:
        allowed = ", ".join((*INSTRUMENTS, OWN))
        yield wrong(f"{at}.instrument", "not_a_choice", item.instrument, allowed=allowed)
    elif blank(item.item):
        yield wrong(f"{at}.item", "missing")
    elif known is not None and item.item not in known.by_name:
        yield wrong(f"{at}.item", "unknown_item", item.item, allowed=", ".join(known.by_name))
