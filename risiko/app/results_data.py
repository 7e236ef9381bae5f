"""What the page Resultater asks for: what came of a plan, computed once for all readers, and outcomes being kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import streamlit as st

from risiko import pipeline
from risiko.access import Person
from risiko.app.data import Opened, authority, prepared, tables
from risiko.contracts import Tables
from risiko.i18n import Translator
from risiko.pipeline.outcomes import Outcome, Registered, register
from risiko.pipeline.results import Effect, PlanResults, effect_of_supervision, plan_results
from risiko.reports.names import Names


def results(at: Opened, number: int | None) -> PlanResults | None:
    """What came of a plan (None: the newest) at the reader's date; None where no plan is kept."""
    opened = authority(at.address, at.settings)
    return _results(*_key(at, opened), number, opened, tables(at))


def effect(at: Opened) -> Effect:
    """What followed supervisions, of any plan or none."""
    opened = authority(at.address, at.settings)
    return _effect(*_key(at, opened), opened, tables(at))


def keep(at: Opened, outcome: Outcome, who: Person) -> Registered:
    """Register an outcome. Raises NotAllowed and InputError."""
    return register(authority(at.address, at.settings), outcome, who, now=datetime.now(UTC))


def names(at: Opened, t: Translator) -> Names:
    """What things are called for this reader."""
    opened = authority(at.address, at.settings)
    return Names.of(t, opened.settings, opened.store.read(["metadata_columns"])["metadata_columns"])


def service_names(at: Opened) -> dict[str, str]:
    """The services known at the reader's date, by id."""
    services = prepared(at, at.as_of).known["services"].sort_values("name")
    return dict(zip(services["service_id"], services["name"].fillna(services["service_id"]), strict=True))


def _key(at: Opened, opened: pipeline.Authority) -> tuple[str, Path | None, str, date, int]:
    newest = opened.store.log(["plan", "outcome"])["seq"]
    return at.address, at.settings, pipeline.data_version(opened), at.as_of, int(newest.max()) if len(newest) else 0


@st.cache_resource(max_entries=8, show_spinner=False)
def _results(
    address: str, settings: Path | None, version: str, as_of: date, seen: int, number: int | None,
    _opened: pipeline.Authority, _tables: Tables,
) -> PlanResults | None:  # fmt: skip
    return plan_results(_opened, number, as_of, _tables)


@st.cache_resource(max_entries=4, show_spinner=False)
def _effect(
    address: str, settings: Path | None, version: str, as_of: date, seen: int, _opened: pipeline.Authority,
    _tables: Tables,
) -> Effect:  # fmt: skip
    return effect_of_supervision(_opened, as_of, _tables)
