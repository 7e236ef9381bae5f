"""What the page Brukererfaring asks of the pipeline: what is known, drafts, and submissions being taken in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

import streamlit as st

from risiko import pipeline
from risiko.access import Person
from risiko.app import data, login
from risiko.app.data import Opened
from risiko.i18n import Translator
from risiko.intake import answer_file
from risiko.intake.answer_file import ReadAnswers
from risiko.intake.submission import Known, Submission
from risiko.intake.workbook import Read
from risiko.pipeline import drafts, intake
from risiko.pipeline.drafts import Draft
from risiko.pipeline.intake import Taken
from risiko.reports.names import Names

_ONE_AT_A_TIME = Lock()


def authority(at: Opened) -> pipeline.Authority:
    """The open store and its settings."""
    return data.authority(at.address, at.settings)


def names(at: Opened, t: Translator) -> Names:
    """What things are called for this reader; needs no list."""
    opened = authority(at)
    return Names.of(t, opened.settings, opened.store.read(["metadata_columns"])["metadata_columns"])


def known(at: Opened) -> Known:
    """What a submission is checked against today; read once for all readers, and anew after an import."""
    opened = authority(at)
    return _known(at.address, at.settings, pipeline.data_version(opened), date.today(), opened)


@st.cache_resource(max_entries=2, show_spinner=False)
def _known(address: str, settings: Path | None, version: str, today: date, _opened: pipeline.Authority) -> Known:
    return intake.known_for_intake(_opened, today)


def bound_to(at: Opened, who: Person) -> str:
    """The only organisation this person may hand in for; blank: any."""
    free = intake.may_hand_in_for(authority(at), who, "")
    return "" if free else who.organisation


def take(at: Opened, submission: Submission) -> Taken:
    """Hand it in as whoever is here now. One at a time, so that a button pressed twice finds what stands there.

    Raises IntakeRefused and NotAllowed.
    """
    who = login.require("submit")
    with _ONE_AT_A_TIME:
        return intake.take(authority(at), submission, who, now=datetime.now(UTC))


def read_file(at: Opened, content: bytes, name: str) -> Read:
    """A filled template, read and checked; nothing is kept."""
    return intake.read_file(authority(at), content, name, today=date.today())


def read_answers(at: Opened, content: bytes, name: str) -> ReadAnswers:
    """A file of answers, one row for each who answered, read and reduced; nothing is kept."""
    largest = authority(at).settings.voices.largest_file_mb
    return answer_file.read_answers(content, name, known(at), largest_mb=largest)


def kept_drafts(at: Opened) -> list[Draft]:
    """What this person has begun and not sent."""
    return drafts.drafts(authority(at), login.require("submit"))


def lost_drafts(at: Opened) -> list[str]:
    """The ids of this person's drafts that cannot be read any more."""
    return drafts.unreadable(authority(at), login.require("submit"))


def save_draft(at: Opened, submission: Submission, draft_id: str | None) -> str:
    """Keep what is written so far; the draft's id. Raises NotAllowed and InputError."""
    who = login.require("submit")
    return drafts.save(authority(at), who, submission, draft_id=draft_id, now=datetime.now(UTC))


def remove_draft(at: Opened, draft_id: str) -> None:
    """Delete a draft of this person's own."""
    drafts.remove(authority(at), login.require("submit"), draft_id)
