"""Contract tables drawn as text in a test: one line per row, a bar between cells, blank for missing."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd

from risiko import asof, cohorts, settings
from risiko.contracts import CONTRACTS, Tables, empty_tables
from risiko.signals import Context

# What a test need not draw because it does not matter to it.
DEFAULTS: dict[str, dict[str, object]] = {
    "services": {"known_date": "2010-01-01", "sector": "health", "service_type": "nursing_home", "users": "50",
                 "natural_person": "false", "valid_from": "2010-01-01"},
    "complaints": {"n": "1", "stream": "case", "outcome": "unknown", "date_precision": "day"},
    "experiences": {"method": "survey"},
    "supervisions": {"kind": "inspection", "selection": "risk"},
    "findings": {"severity": "none"},
    "metadata_columns": {"kind": "number", "direction": "higher_is_worse", "audit_only": "false", "sentence": "A test."},
    "service_areas": {"known_date": "2010-01-01"},
}  # fmt: skip


def parse(text: str) -> pd.DataFrame:
    """The drawn lines as text columns."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0], dtype="str").replace("", pd.NA)


def table(name: str, text: str) -> pd.DataFrame:
    """A conformed contract table; known_date follows event_date and ids are numbered where they are not drawn."""
    frame, contract = parse(text), CONTRACTS[name]
    if "known_date" not in frame and "event_date" in frame:
        frame["known_date"] = frame["event_date"]
    for column, value in DEFAULTS.get(name, {}).items():
        if column not in frame:
            frame[column] = value
    for column in contract.id_columns:
        if column not in frame:
            frame[column] = [f"{name}-{i}" for i in range(len(frame))]
    typed = {c.name: _typed(frame[c.name], c.dtype) for c in contract.columns if c.name in frame}
    extra = {c: pd.to_numeric(frame[c]).astype("float64") for c in frame if c not in contract.by_name}
    return contract.conform(pd.DataFrame({**typed, **extra}), extra=list(extra))


def _typed(cells: pd.Series, dtype: str) -> pd.Series:
    if dtype == "boolean":
        return cells.map({"true": True, "false": False}).astype("boolean")
    if dtype in ("Int64", "float64"):
        return pd.to_numeric(cells).astype(dtype)
    return pd.to_datetime(cells).astype(dtype) if dtype.startswith("datetime") else cells.astype(dtype)


_empty = cache(empty_tables)  # making them takes longer than most tests need


def tables(**drawn: str) -> Tables:
    """Every contract table, empty where it is not drawn."""
    return {**{name: frame.copy() for name, frame in _empty().items()}, **{name: table(name, text) for name, text in drawn.items()}}


def context(as_of: str, **drawn: str) -> Context:
    """The context a signal is given for the drawn tables."""
    day, chosen = date.fromisoformat(as_of), settings.load()
    known = asof.known_at(tables(**drawn), day)
    return Context(cohorts.cohort_at(known, day, chosen).services, known, day, chosen)
