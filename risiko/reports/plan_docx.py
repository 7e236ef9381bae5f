"""A plan as a decision memo in Word, to be read, signed and filed."""

from __future__ import annotations

from risiko.reports.document_docx import About, as_docx
from risiko.reports.plan_memo import memo
from risiko.reports.plan_words import PlanWords


def plan_docx(words: PlanWords) -> bytes:
    """The memo of plan_memo.memo as a .docx (document_docx.as_docx), in the reader's language."""
    footer = f"{words.t('ranking.caveat')} {words.state}. "
    made = About(words.title, words.state, words.t.language, words.record.by, words.record.made_at, footer)
    return as_docx(made, memo(words))
