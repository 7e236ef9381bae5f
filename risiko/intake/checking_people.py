"""What cannot be about the number of people behind a submission, and their ages."""

from __future__ import annotations

from collections.abc import Iterator

from risiko.intake.finding import doubt, wrong
from risiko.intake.methods import MethodForm
from risiko.intake.submission import Fault, Submission

OLDEST = 120
MOST_COUNTED = 100_000_000  # more than this is a slip of the keyboard, and in the end no number a table can hold
LOW_RESPONSE = 0.1  # below one in ten the answers say little of those who did not answer


def people(submission: Submission, form: MethodForm) -> Iterator[Fault]:
    """Faults of n, n_invited, n_women, n_men, youngest and oldest; what is not told is no fault here."""
    yield from _numbers(submission, form)
    yield from _sexes(submission)
    yield from _ages(submission)


def exceeds_invited(field: str, n: int | None, invited: int | None) -> Iterator[Fault]:
    """More answers than people asked: a response above 100 per cent."""
    if n is not None and invited is not None and MOST_COUNTED >= n > invited > 0:
        yield wrong(field, "more_than_invited", n, invited=f"{invited}", percent=f"{100 * n / invited:.0f}")


def beyond_counting(field: str, n: int | None) -> Iterator[Fault]:
    """A number of people that nothing can have."""
    if n is not None and n > MOST_COUNTED:
        yield wrong(field, "too_many_people", n, most=f"{MOST_COUNTED}")


def _numbers(submission: Submission, form: MethodForm) -> Iterator[Fault]:
    n, invited = submission.n, submission.n_invited
    if n is not None and n < 1:
        yield wrong("n", "no_people", n)
    elif n is not None and n > form.most_people:
        yield wrong("n", "too_many_people", n, most=f"{form.most_people}")
    elif n is not None and not form.usual_people[0] <= n <= form.usual_people[1]:
        low, high = form.usual_people
        yield doubt("n", "unusual_people", n, low=f"{low}", high=f"{high}")
    if invited is not None and invited < 1:
        yield wrong("n_invited", "no_people", invited)
    yield from beyond_counting("n_invited", invited)
    yield from exceeds_invited("n", n, invited)
    if n is not None and n > 0 and invited is not None and n < LOW_RESPONSE * min(invited, MOST_COUNTED):
        yield doubt("n_invited", "low_response", invited, percent=f"{100 * n / invited:.1f}")


def _sexes(submission: Submission) -> Iterator[Fault]:
    women, men, n = submission.n_women, submission.n_men, submission.n
    for name, number in (("n_women", women), ("n_men", men)):
        if number is not None and number < 0:
            yield wrong(name, "negative", number)
    together = max(women or 0, 0) + max(men or 0, 0)
    if n is not None and n > 0 and together > n:
        name = "n_men" if men else "n_women"
        yield wrong(name, "sexes_exceed_n", getattr(submission, name), together=f"{together}", n=f"{n}")


def _ages(submission: Submission) -> Iterator[Fault]:
    youngest, oldest = submission.youngest, submission.oldest
    for name, age in (("youngest", youngest), ("oldest", oldest)):
        if age is not None and not 0 <= age <= OLDEST:
            yield wrong(name, "age_outside", age, oldest=f"{OLDEST}")
    if youngest is not None and oldest is not None and youngest > oldest:
        yield wrong("oldest", "youngest_above_oldest", oldest, youngest=f"{youngest}")
