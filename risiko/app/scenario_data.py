"""What the page Scenario asks for: the other list, the comparison, and the saved weight sets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from risiko import pipeline
from risiko.app import login
from risiko.app.data import Opened, Ranked, authority, prepared
from risiko.pipeline import Scenario, Side
from risiko.pipeline.named_weights import list_weights, remove_weights, save_weights
from risiko.scoring.table import POINTS


def compared(at: Opened, found: Ranked, side: Side, top: int) -> Scenario:
    """The reader's list beside another, earlier date first; of one date, the reader's list first."""
    opened = authority(at.address, at.settings)
    asked, ready = pipeline.with_saved_weights(opened, side), prepared(at, side.as_of)
    key = (at.address, at.settings, ready.data_version)
    other = _side(*key, asked.as_of, tuple(sorted(asked.weights.items())), asked.score, top, opened, ready)
    before, after = (other, found.run) if other.as_of < at.as_of else (found.run, other)
    keys = (before.as_of, before.key, after.as_of, after.key)
    return _scenario(*key, keys, top, opened, before, after)


def side_list(at: Opened, side: Side, top: int) -> pipeline.Run:
    """The list of one side, for `top` services; 0: the settings' share."""
    opened, ready = authority(at.address, at.settings), prepared(at, side.as_of)
    weights = tuple(sorted(side.weights.items()))
    return _side(at.address, at.settings, ready.data_version, side.as_of, weights, side.score, top, opened, ready)


@st.cache_resource(max_entries=4, show_spinner=False)
def _side(
    address: str, settings_path: Path | None, version: str, as_of: date, weights: tuple[tuple[str, float], ...],
    score: str, top: int, _opened: pipeline.Authority, _ready: pipeline.Prepared,
) -> pipeline.Run:  # fmt: skip
    asked = pipeline.Side(as_of, dict(weights), score=score)
    return pipeline.run_of(_opened, asked, _ready, hindsight=True, top=top or None)


@st.cache_resource(max_entries=4, show_spinner=False)
def _scenario(
    address: str, settings_path: Path | None, version: str, keys: tuple[object, ...], top: int,
    _opened: pipeline.Authority, _before: pipeline.Run, _after: pipeline.Run,
) -> Scenario:  # fmt: skip
    return pipeline.scenario(_before, _after, top, pipeline.model_of(_opened, _after))


def scores_at(at: Opened) -> list[str]:
    """Scores for a list at the reader's date: points, and models trained by then whose files are here, newest first."""
    opened = authority(at.address, at.settings)
    models = opened.store.models()
    ready = models.loc[models["as_of"] <= pd.Timestamp(at.as_of), "model_id"].iloc[::-1]
    return [POINTS, *(name for name in ready if (opened.models / name).is_dir())]


def weight_sets(at: Opened) -> dict[str, dict[str, float]]:
    """The saved weight sets by name."""
    return {name: dict(one.weights) for name, one in list_weights(authority(at.address, at.settings)).items()}


def save_weight_set(at: Opened, name: str, weights: Mapping[str, float] | None) -> None:
    """Save weights under a name, or, with None, remove the set; in the name of whoever is here.

    Raises StoreError where the store cannot be written, and NotAllowed.
    """
    opened, now, who = authority(at.address, at.settings), datetime.now(UTC), login.require("weights")
    if weights is None:
        remove_weights(opened, name, now=now, by=who.name, who=who)
    else:
        save_weights(opened, name, weights, now=now, by=who.name, who=who)
