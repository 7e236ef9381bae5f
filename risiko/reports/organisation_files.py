"""Writing a report back as a web page or a Word file, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from risiko.errors import InputError
from risiko.reports.organisation_docx import organisation_docx
from risiko.reports.organisation_html import organisation_html
from risiko.reports.organisation_words import OrganisationWords
from risiko.reports.table_file import put_whole

WRITERS: Mapping[str, Callable[[OrganisationWords], bytes]] = {".html": organisation_html, ".docx": organisation_docx}


def check_report_target(path: Path) -> None:
    """Say before the work starts that a report cannot be written so: kind or place. Raises InputError."""
    if path.suffix.lower() not in WRITERS:
        hint = f"end its name in {' or '.join(WRITERS)}"
        raise InputError("A report is not written to files of this kind.", where=str(path), hint=hint)
    if path.is_dir() or not path.parent.is_dir():
        raise InputError("The report cannot be written there.", where=str(path), hint="name a folder that exists")


def write_report(words: OrganisationWords, path: Path) -> bytes:
    """Write by the file name's ending; the bytes of the file. Raises InputError, also where nothing can be written."""
    check_report_target(path)
    made = WRITERS[path.suffix.lower()](words)
    put_whole(path, lambda unfinished: unfinished.write_bytes(made))
    return made
