"""A report back to an organisation as a Word file."""

from __future__ import annotations

from datetime import datetime, time

from risiko.reports.document_docx import About, as_docx
from risiko.reports.organisation_words import OrganisationWords


def organisation_docx(words: OrganisationWords) -> bytes:
    """The same sections, sentences and tables; of the pictures their text, for the tables beside them have the numbers.

    Dated on the day of the report, so that the same facts give the same file.
    """
    t, report = words.names.t, words.report
    made = datetime.combine(report.today, time())
    about = About(words.title, words.period, t.language, t("back.from"), made, f"{t('ranking.caveat')} ")
    return as_docx(about, words.sections())
