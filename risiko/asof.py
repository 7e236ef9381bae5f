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
    rows = np.flatnonzero(hindsight | (frame["known_date"] <= as_of).to_numpy())
    rows = rows[_newest_versions(frame[["known_date", *contract.id_columns]].iloc[rows])]
    if contract.event_column:
        # A newer version may move the event date, so the newest version is chosen first.
        rows = rows[(frame[contract.event_column] <= as_of).to_numpy()[rows]]
    return frame if len(rows) == len(frame) else frame.iloc[rows]


def _newest_versions(known: pd.DataFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Where the row known last of each thing stands, in the order of the table; of several known on one day the last.

    known: known_date, and the columns that name the thing.
    """
    ids = list(known.columns[1:])
    thing = pd.factorize(known[ids[0]])[0] if len(ids) == 1 else known.groupby(ids, sort=False).ngroup().to_numpy()
    order = np.argsort(known["known_date"].to_numpy(), kind="stable")
    newest = np.zeros(thing.max(initial=-1) + 1, dtype=np.int64)
    newest[thing[order]] = order  # the last one written stays
    return np.sort(newest)


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
