"""What the page asks for a report back: the periods there are, the report, and its files for who may have them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import streamlit as st

from risiko import access, pipeline
from risiko.access import NotAllowed
from risiko.app import data, login
from risiko.app.data import Opened
from risiko.pipeline.half_years import half_years
from risiko.pipeline.own_evidence import last_received
from risiko.pipeline.report_back import may_have, note_report, report_back
from risiko.reports.organisation_facts import ReportBack
from risiko.reports.organisation_files import WRITERS
from risiko.reports.organisation_words import OrganisationWords
from risiko.scoring.table import POINTS

_YEARS = 4  # of half-years and years that can be chosen


def periods(at: Opened, organisation: str, today: date) -> list[str]:
    """Half-years and years, newest first; before all others the half-year in which the organisation last gave."""
    halves = half_years(date(today.year - _YEARS, 1, 1), today)
    years = [str(year) for year in range(today.year, today.year - _YEARS - 1, -1)]
    last = last_received(data.authority(at.address, at.settings), organisation, today)
    first = half_years(last, last)[0] if last else halves[0]
    return list(dict.fromkeys([first, *halves, *years]))


def report(at: Opened, organisation: str, period: str) -> ReportBack:
    """The report as of today, made once for all readers. Raises NotAllowed where it is another organisation's."""
    opened = data.authority(at.address, at.settings)
    _checked(opened, login.visit(), organisation)
    run = data.ranked(at.address, at.settings, at.as_of, {}).run
    log = opened.store.log(["plan", "decision", "override"])
    newest = int(log["seq"].max()) if len(log) else 0
    key = (at.address, at.settings, run.prepared.data_version, at.as_of, run.key, newest)
    return _report(*key, organisation, period, date.today(), opened, run)


@st.cache_resource(max_entries=12, show_spinner=False)
def _report(
    address: str, settings: Path | None, version: str, as_of: date, key: tuple[tuple[str, float], ...], newest: int,
    organisation: str, period: str, today: date, _opened: pipeline.Authority, _run: pipeline.Run,
) -> ReportBack:  # fmt: skip
    model = None if _run.table.model_id == POINTS else pipeline.in_force(_opened)
    return report_back(_opened, organisation, period, today=today, run=_run, model=model)


def maker(at: Opened, words: OrganisationWords, ending: str) -> Callable[[], bytes]:
    """What makes the file and enters it in the log: asked when the button is pressed, in a thread without a session.

    So the visit goes along, and whether the report may be had is asked again then. It raises NotAllowed: no file.
    """
    visit, opened = login.visit(), data.authority(at.address, at.settings)

    def made() -> bytes:
        who = _checked(opened, visit, words.report.organisation)
        content = WRITERS[ending](words)
        note_report(opened, words.report, content, ending[1:], who=who, now=datetime.now(UTC))
        return content

    return made


def _checked(opened: pipeline.Authority, visit: login.Visit, organisation: str) -> access.Person:
    who = visit.require("own_evidence")
    if not may_have(opened, who, organisation):
        raise NotAllowed(f"{who.name} may see the report to {who.organisation or 'no organisation'} only.",
                         where=organisation, hint="choose your own organisation")  # fmt: skip
    return who
