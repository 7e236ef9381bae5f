"""The steps of the form, and in which of them each field is filled in."""

from __future__ import annotations

from collections.abc import Mapping

from risiko.intake.methods import MethodForm

FIRST, LAST = "who", "end"
# step -> the first words of the paths that are filled in there
STEPS: Mapping[str, tuple[str, ...]] = {
    FIRST: ("organisation", "other", "new_organisation", "asked_by", "first_day", "last_day", "reached", "reached_how"),
    "people": ("user_group", "n", "n_invited", "n_women", "n_men", "youngest", "oldest"),
    "consent": ("consent", "purpose", "keep_until"),
    "said": ("said", "places"),
    "questions": ("items",),
    "quotes": ("quotes",),
    LAST: ("wants_back",),
}
_TAKES = {"said": "said", "questions": "items", "quotes": "quotes"}


def steps(form: MethodForm) -> list[str]:
    """The steps that the method's form has."""
    return [step for step in STEPS if step not in _TAKES or _TAKES[step] in form.takes]


def step_of(path: str) -> str:
    """The step in which a path is filled in; the last for what belongs to none."""
    return next((step for step, heads in STEPS.items() if path.partition(".")[0] in heads), LAST)
