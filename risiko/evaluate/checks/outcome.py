"""What a check comes to: its state, the numbers of its sentence, and a frame of details where there is more to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

State = Literal["ok", "fails", "not_applicable"]


class Share(float):
    """A share (0–1) that a sentence tells as per cent."""


Value = int | float | str | date | tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """state; values: what the sentence `check_found.<code>` is filled with, the same whether it holds or fails.

    reason: a word of vocabulary.CHECK_REASONS where the state is not_applicable, else blank. details: what was looked
    at, worst first, with a column `fails`; None where the values tell all.
    """

    state: State
    values: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""
    details: pd.DataFrame | None = None


def judged(fails: bool, details: pd.DataFrame | None = None, **values: Value) -> Outcome:
    """The outcome of a check that could be made."""
    return Outcome("fails" if fails else "ok", values, details=details)


def not_applicable(reason: str) -> Outcome:
    """The outcome of a check that could not be made, and why (a word of vocabulary.CHECK_REASONS)."""
    return Outcome("not_applicable", reason=reason)
