"""Writing a plan as a workbook, a memo or JSON, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from risiko.errors import InputError
from risiko.i18n import LANGUAGES
from risiko.plan.archive import as_text
from risiko.reports.plan_docx import plan_docx
from risiko.reports.plan_words import PlanWords
from risiko.reports.plan_xlsx import plan_xlsx
from risiko.reports.table_file import put_whole


def plan_json(words: PlanWords) -> bytes:
    """The plan for archives: what plan.archive.from_text reads back, with a newline at the end."""
    return (as_text(words.record) + "\n").encode("utf-8")


WRITERS: dict[str, Callable[[PlanWords], bytes]] = {".xlsx": plan_xlsx, ".docx": plan_docx, ".json": plan_json}


def check_target(path: Path, language: str = LANGUAGES[0]) -> None:
    """Say before the long work starts that a plan cannot be written so: place, kind or language. Raises InputError."""
    if language not in LANGUAGES:
        raise InputError(f"There is no language {language!r}.", where="--language", hint=", ".join(LANGUAGES))
    if path.suffix.lower() not in WRITERS:
        hint = f"end its name in {', '.join(WRITERS)}"
        raise InputError("A plan is not written to files of this kind.", where=str(path), hint=hint)
    if path.is_dir() or not path.parent.is_dir():
        hint = "name a file in a folder that exists"
        raise InputError("The plan cannot be written there.", where=str(path), hint=hint)


def write_plan(words: PlanWords, path: Path) -> None:
    """Write by the file name's ending (.xlsx, .docx, .json); an earlier file stays until the new one is whole.

    Raises InputError for another ending, or where the folder does not let itself be written to.
    """
    check_target(path)
    made = WRITERS[path.suffix.lower()](words)
    put_whole(path, lambda unfinished: unfinished.write_bytes(made))
