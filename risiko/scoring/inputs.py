"""Inputs: what a learned score reads of the signals, one row per service."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from risiko.features import Features
from risiko.settings import Settings
from risiko.signals import SignalSpec

# Of each signal: where the service stands (higher is worse; blank where missing), how much it rests on, how old it is.
PARTS = ("standing", "n", "freshness")
TYPE, EXTERNAL = "service_type", "external_score"
SEPARATOR = "|"


def learnable(signals: Iterable[SignalSpec], settings: Settings) -> tuple[SignalSpec, ...]:
    """The signals that settings.learning lets a score learn from."""
    rule = settings.learning
    out = set(rule.left_out)
    return tuple(
        s for s in signals
        if (not rule.signals or s.name in rule.signals) and s.name not in out and s.family not in out
    )  # fmt: skip


def inputs(features: Features, settings: Settings) -> pd.DataFrame:
    """Columns "signal|part" for every learnable signal, then service_type; indexed by service_id, in cohort order.

    standing is blank where the signal is missing: missing is not zero, and the model gives it a term of its own. n is
    blank there too, and freshness where nothing dated is behind it. Where settings name an external score it stands as
    a signal of its own, with standing only. Nothing of office, team or area is among them.
    """
    columns: dict[str, object] = {}
    for spec in learnable(features.signals, settings):
        reading = features.readings[spec.name]
        told = reading["missing"].isna().to_numpy()
        for part in PARTS:
            values = reading[part].to_numpy(dtype=np.float32)
            columns[f"{spec.name}{SEPARATOR}{part}"] = np.where(told, values, np.float32(np.nan))
    services = features.context.services
    if settings.learning.external_score:
        known = features.context.known["external_scores"]
        own = known[known["name"] == settings.learning.external_score].set_index("service_id")["value"]
        columns[f"{EXTERNAL}{SEPARATOR}standing"] = own.reindex(services.index).to_numpy(dtype=np.float32)
    return pd.DataFrame(columns, index=services.index).assign(service_type=services[TYPE].astype("str"))


def group_of(signals: Iterable[SignalSpec]) -> dict[str, str]:
    """Signal -> group, with those that a learned score adds: the type of service, and another system's score."""
    return {**{s.name: str(s.group) for s in signals}, TYPE: "metadata", EXTERNAL: "history"}
