"""Raw answers as numbers from 0 to 100: which columns are questions, and what each cell answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.i18n import LANGUAGES
from risiko.intake.instruments import INSTRUMENTS, OWN, Item

BLANKS = frozenset({"", "-", "ikke aktuelt", "ikkje aktuelt", "not applicable", "n/a", "vet ikke", "veit ikkje",
                    "don't know"})  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A column of answers. low, high: the ends of its scale as it is answered; reverse: the lowest is the best.

    words: answers in words, in small letters -> step. whole: only whole steps are answers.
    """

    column: str
    instrument: str
    item: str
    dimension: str = ""
    low: float = 1
    high: float = 5
    reverse: bool = False
    wording: str = ""
    whole: bool = True
    words: Mapping[str, int] | None = None

    @classmethod
    def standard(cls, column: str, instrument: str, item: str) -> Question:
        """The column of a question of a known questionnaire. Raises KeyError for one it does not have."""
        one = INSTRUMENTS[instrument].by_name[item]
        return cls(column, instrument, item, one.dimension, 1, one.steps, one.reverse, words=_words(one))


def questions_in(columns: Iterable[str], own: Mapping[str, Question] | None = None) -> tuple[Question, ...]:
    """The questions among the columns: those told in `own`, those named "gs_peq:involved" or "gs_peq.involved", and
    those named "own:anything", which are taken as answered from 1 to 5, 5 best, and as about no single dimension."""
    found = []
    for column in columns:
        instrument, _, item = column.replace(":", ".", 1).partition(".")
        if own and column in own:
            found.append(own[column])
        elif instrument in INSTRUMENTS and item in INSTRUMENTS[instrument].by_name:
            found.append(Question.standard(column, instrument, item))
        elif instrument == OWN and item:
            found.append(Question(column, OWN, item))
    return tuple(found)


def scores(cells: pd.Series, question: Question) -> tuple[FloatArray, FloatArray]:
    """(score, read): the answers on 0-100, 100 best, NaN where there is none; and 1.0 where the cell is in order.

    A blank cell and "does not apply" are in order and no answer. Numbers may have a decimal comma.
    """
    text = cells.astype("str").fillna("").str.strip().str.casefold()
    step = pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce").astype("float64")
    if question.words:
        step = step.fillna(text.map(dict(question.words)).astype("float64"))
    value: FloatArray = step.to_numpy()
    inside = (value >= question.low) & (value <= question.high)
    if question.whole:
        inside &= value == np.round(value)
    share = (value - question.low) / (question.high - question.low)
    answered = np.where(inside, 100 * (1 - share if question.reverse else share), np.nan)
    return answered, (inside | text.isin(BLANKS).to_numpy()).astype(float)


def _words(one: Item) -> dict[str, int]:
    return {word.get(code).casefold(): step for step, word in enumerate(one.answers, start=1) for code in LANGUAGES}
