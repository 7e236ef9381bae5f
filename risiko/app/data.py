"""The page's only way to the numbers: pipeline calls, each computed once and shared by all readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from risiko import pipeline
from risiko.app import session
from risiko.app.widgets import notices
from risiko.contracts import Tables
from risiko.i18n import Translator
from risiko.pipeline import Overview
from risiko.reports.names import Names

# Sessions share what is cached here and only read it. A handful of dates and weight sets is plenty.


@dataclass(frozen=True)
class Ranked:
    """One scored date: the run, its list, and the weights that the settings would give."""

    run: pipeline.Run
    ranking: pd.DataFrame
    default_weights: Mapping[str, float]


@dataclass(frozen=True)
class Opened:
    """The store a page looks at, the date the reader asks for and the last one that can be asked for."""

    address: str
    settings: Path | None
    as_of: date
    latest: date


def opened(t: Translator) -> Opened | None:
    """What the page looks at; None where there is nothing, which the page has then been told."""
    address, settings = session.store_address(), session.settings_path()
    if not address:
        notices.no_store(t)
        return None
    with st.spinner(t("ranking.loading")):
        newest = newest_date(address, settings)
    if newest is None:
        notices.empty_store(t)
        return None
    # A link may name a day that is still to come; records may be newer than this machine's clock.
    latest, asked = max(newest, date.today()), session.query().as_of
    return Opened(address, settings, asked if asked and asked <= latest else newest, latest)


@st.cache_resource(max_entries=4, show_spinner=False)
def authority(address: str, settings_path: Path | None) -> pipeline.Authority:
    """The open store and its settings."""
    return pipeline.open_authority(address, settings_path)


def newest_date(address: str, settings_path: Path | None) -> date | None:
    """The newest date anything is known of; None for an empty store."""
    opened = authority(address, settings_path)
    return pipeline.newest_known(_tables(address, pipeline.data_version(opened), opened), opened.store)


@st.cache_resource(max_entries=1, show_spinner=False)
def _tables(address: str, version: str, _opened: pipeline.Authority) -> Tables:
    return pipeline.read_tables(_opened)


@st.cache_resource(max_entries=3, show_spinner=False)
def _prepared(
    address: str, settings_path: Path | None, version: str, as_of: date, _opened: pipeline.Authority
) -> pipeline.Prepared:
    return pipeline.prepare(_opened, as_of, _tables(address, version, _opened))


@st.cache_resource(max_entries=8, show_spinner=False)
def _run(
    address: str,
    settings_path: Path | None,
    version: str,
    as_of: date,
    weights: tuple[tuple[str, float], ...],
    _prepared: pipeline.Prepared,
) -> tuple[pipeline.Run, pd.DataFrame]:
    run = pipeline.rank(_prepared, dict(weights) or None)
    return run, pipeline.ranking(run)


def ranked(address: str, settings_path: Path | None, as_of: date, weights: Mapping[str, float]) -> Ranked:
    """The list at a date with the reader's weights. A new import changes the version and so the answer."""
    opened = authority(address, settings_path)
    at = (address, settings_path, pipeline.data_version(opened), as_of)
    prepared = _prepared(*at, opened)
    default, _ = _run(*at, (), prepared)
    own = {name: w for name, w in weights.items() if name in default.weights and w != default.weights[name]}
    run, ranking = _run(*at, tuple(sorted(own.items())), prepared)
    return Ranked(run, ranking, default.weights)


def names(found: Ranked, t: Translator) -> Names:
    """What things are called for this reader at this authority."""
    prepared = found.run.prepared
    return Names.of(t, prepared.settings, prepared.known["metadata_columns"])


def default_capacity(found: Ranked) -> int:
    """Where the capacity line stands until the reader says otherwise."""
    return pipeline.default_capacity(found.run)


def default_since(found: Ranked) -> date:
    """What the overview compares with until the reader says otherwise."""
    months = found.run.prepared.settings.overview.compare_months
    earlier: date = (pd.Timestamp(found.run.as_of) - pd.DateOffset(months=months)).date()
    return earlier


def overview(at: Opened, since: date, weights: Mapping[str, float], capacity: int) -> Overview:
    """The list at the reader's date against the one at an earlier date, both with the reader's weights."""
    now, before = (ranked(at.address, at.settings, day, weights).run for day in (at.as_of, since))
    own = tuple(sorted(now.weights.items()))
    return _overview(at.address, at.settings, now.prepared.data_version, at.as_of, since, own, capacity, now, before)


@st.cache_resource(max_entries=8, show_spinner=False)
def _overview(
    address: str, settings_path: Path | None, version: str, as_of: date, since: date,
    weights: tuple[tuple[str, float], ...], capacity: int, _now: pipeline.Run, _before: pipeline.Run,
) -> Overview:  # fmt: skip
    return pipeline.overview(_now, _before, capacity)
