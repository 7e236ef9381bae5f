"""Time: the one place that decides what was known at a date. Nothing known later passes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from risiko.contracts import CONTRACTS, Contract, Tables

DAYS_PER_YEAR = 365.25
SERVICE_VERSIONS = "service_versions"
FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def known_at(tables: Tables, as_of: date, *, hindsight: bool = False) -> Tables:
    """The tables as they were known at the end of `as_of`: the newest version known by then, of what had happened.

    hindsight=True gives instead what is known *now* about what had happened by then. It is for looking back,
    never for features. Tables keep their columns; a missing table comes back empty. SERVICE_VERSIONS holds the earlier
    versions of services too.
    """
    known = {
        name: _as_known(tables[name], contract, pd.Timestamp(as_of), hindsight) if name in tables else contract.empty()
        for name, contract in CONTRACTS.items()
    }
    return {**known, SERVICE_VERSIONS: versions_known(tables, as_of, hindsight=hindsight)}


def versions_known(tables: Tables, as_of: date, *, hindsight: bool = False) -> pd.DataFrame:
    """Every version of services known by the end of `as_of` (services' columns, one row per service and known_date).

    known_at keeps the newest only and hands these on beside it, under SERVICE_VERSIONS, for what can only be read
    from a change. hindsight=True: every version there is.
    """
    versions = tables.get("services", CONTRACTS["services"].empty())
    early = (versions["known_date"] <= pd.Timestamp(as_of)).to_numpy()
    return versions if hindsight or early.all() else versions[early]


def _as_known(frame: pd.DataFrame, contract: Contract, as_of: pd.Timestamp, hindsight: bool) -> pd.DataFrame:
    if contract.timeless or frame.empty:
        return frame
    known = frame if hindsight else frame[(frame["known_date"] <= as_of).to_numpy()]
    ids = list(contract.id_columns)
    if known.duplicated(ids).any():
        known = known.sort_values("known_date", kind="stable").drop_duplicates(ids, keep="last").sort_index()
    if contract.event_column:
        # A newer version may move the event date, so the newest version is chosen first.
        known = known[(known[contract.event_column] <= as_of).to_numpy()]
    return known


def age_years(dates: pd.Series, as_of: date) -> FloatArray:
    """Years from each date to the as-of date; NaN where the date is missing."""
    days: FloatArray = (pd.Timestamp(as_of) - dates).dt.total_seconds().to_numpy(dtype=float) / 86_400
    return days / DAYS_PER_YEAR


def window_start(as_of: date, months: int) -> pd.Timestamp:
    """The last day before the window: the window is (start, as_of]."""
    return pd.Timestamp(as_of) - pd.DateOffset(months=months)


def in_window(dates: pd.Series, as_of: date, months: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which dates lie in the `months` up to and including the as-of date."""
    inside = (dates > window_start(as_of, months)) & (dates <= pd.Timestamp(as_of))
    return np.asarray(inside, dtype=np.bool_)


def decay(years: FloatArray, half_life: float) -> FloatArray:
    """Weight that halves every `half_life` years; 0 where the age is missing."""
    return np.nan_to_num(np.exp2(-np.clip(years, 0, None) / half_life), nan=0.0)
