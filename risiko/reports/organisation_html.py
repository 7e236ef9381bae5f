"""A report back to an organisation as one web page that stands by itself."""

from __future__ import annotations

from risiko.reports.card_format import as_html
from risiko.reports.organisation_words import OrganisationWords


def organisation_html(words: OrganisationWords) -> bytes:
    """The page in the reader's language: nothing is fetched, no script, all values escaped, pictures with a text."""
    return as_html(words.title, words.sections(), words.names.t.language).encode("utf-8")
