"""What has moved a service and what could, each reckoned once and shared by all readers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from risiko import pipeline
from risiko.app.data import Opened, authority


def without(at: Opened, run: pipeline.Run, service_id: str) -> pd.DataFrame:
    """The service's place without each source and organisation that has spoken of it."""
    return _without(at.address, at.settings, run.prepared.data_version, at.as_of, run.key, service_id, run)


def what_if(at: Opened, run: pipeline.Run, service_id: str) -> pd.DataFrame:
    """Where one more piece of evidence would put the service."""
    return _what_if(at.address, at.settings, run.prepared.data_version, at.as_of, run.key, service_id, run)


@st.cache_resource(max_entries=32, show_spinner=False)
def _without(
    address: str, settings_path: Path | None, version: str, as_of: date, key: tuple[tuple[str, float], ...],
    service_id: str, _run: pipeline.Run,
) -> pd.DataFrame:  # fmt: skip
    return pipeline.without_each_source(_run, service_id, pipeline.model_of(authority(address, settings_path), _run))


@st.cache_resource(max_entries=32, show_spinner=False)
def _what_if(
    address: str, settings_path: Path | None, version: str, as_of: date, key: tuple[tuple[str, float], ...],
    service_id: str, _run: pipeline.Run,
) -> pd.DataFrame:  # fmt: skip
    return pipeline.what_if(_run, service_id, pipeline.model_of(authority(address, settings_path), _run))
