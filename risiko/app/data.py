"""The page's only way to the numbers: pipeline calls, each computed once and shared by all readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from risiko import pipeline
from risiko.contracts import Tables

# Sessions share what is cached here and only read it. A handful of dates and weight sets is plenty.


@dataclass(frozen=True)
class Ranked:
    """One scored date: the run, its list, and the weights that the settings would give."""

    run: pipeline.Run
    ranking: pd.DataFrame
    default_weights: Mapping[str, float]


@st.cache_resource(max_entries=4, show_spinner=False)
def authority(address: str, settings_path: Path | None) -> pipeline.Authority:
    """The open store and its settings."""
    return pipeline.open_authority(address, settings_path)


def newest_date(address: str, settings_path: Path | None) -> date | None:
    """The newest date anything is known of; None for an empty store."""
    opened = authority(address, settings_path)
    return pipeline.newest_known(_tables(address, pipeline.data_version(opened), opened))


@st.cache_resource(max_entries=1, show_spinner=False)
def _tables(address: str, version: str, _opened: pipeline.Authority) -> Tables:
    return _opened.store.read()


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
