"""After supervision: what was put right in time, and where the same was found again."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from risiko.asof import DAYS_PER_YEAR
from risiko.contracts import Tables
from risiko.settings import Settings
from risiko.statistics.intervals import wilson
from risiko.vocabulary import FINDING_SEVERITIES

AGAIN_YEARS = 3  # how long after a supervision the same service is looked for again: most rounds come within it
_TO_CORRECT = FINDING_SEVERITIES[1:]  # "none" asks for nothing


def corrected_on_time(tables: Tables, as_of: date, settings: Settings) -> pd.DataFrame:
    """Findings of the last years (history.open_years), by severity: corrected in time or not.

    tables: as read from the store; nothing known after as_of is used. The deadline is history.follow_up_days after the
    finding first became known, as no due date is on record. Columns: severity, findings, waiting (not corrected,
    deadline not passed), due (all others), on_time, late (corrected after it), open (not corrected), share, low, high
    (on time among the due; Wilson's 95 %). Empty where the source never tells when anything was corrected: that is not
    the same as nothing being corrected.
    """
    columns = ["severity", "findings", "waiting", "due", "on_time", "late", "open", "share", "low", "high"]
    day = pd.Timestamp(as_of)
    versions = tables["findings"]
    versions = versions[versions["known_date"] <= day].sort_values("known_date", kind="stable")
    if not versions["corrected_date"].notna().any():
        return pd.DataFrame(columns=columns)
    told = versions.groupby("finding_id")["known_date"].min()
    rows = versions.drop_duplicates("finding_id", keep="last")
    told = rows["finding_id"].map(told)
    recent = told > day - pd.Timedelta(days=round(DAYS_PER_YEAR * settings.history.open_years))
    use = recent & rows["severity"].isin(_TO_CORRECT)
    rows, deadline = rows[use], told[use] + pd.Timedelta(days=settings.history.follow_up_days)
    done = rows["corrected_date"].where(rows["corrected_date"] <= day)
    rows = rows.assign(
        on_time=done <= deadline, late=done > deadline, open=done.isna() & (deadline < day),
        waiting=done.isna() & (deadline >= day),
    )  # fmt: skip
    parts = ["waiting", "on_time", "late", "open"]
    sums = rows.groupby("severity")[parts].sum().reindex([s for s in _TO_CORRECT if (rows["severity"] == s).any()])
    table = sums.astype("int64").rename_axis("severity").reset_index()
    table["due"] = table["on_time"] + table["late"] + table["open"]
    table["findings"] = table["due"] + table["waiting"]
    low, high = wilson(table["on_time"].to_numpy(dtype=float), table["due"].to_numpy(dtype=float))
    share = table["on_time"] / table["due"].where(table["due"] > 0)
    return table.assign(share=share, low=low, high=high)[columns]


def found_again(judged: pd.DataFrame, as_of: date, years: int = AGAIN_YEARS) -> pd.DataFrame:
    """Services by what their supervision found, and what was found when they were visited again within `years`.

    judged: cohorts.Judgements.frame of tables cut at as_of. A service counts once, by its newest judged supervision
    whose `years` have passed: an unfinished time would count the early finders only. Columns: found (the outcome, or
    not), services, revisited, again, share, low, high (again among the revisited; Wilson's 95 %). Whoever was not
    visited again is unknown, and was mostly chosen so; only the revisited are spoken of.
    """
    rows = judged.sort_values("event_date", kind="stable")
    turn = rows["event_date"] + pd.DateOffset(years=years)
    index = rows[turn <= pd.Timestamp(as_of)].drop_duplicates("service_id", keep="last")
    later = rows.merge(index[["service_id", "event_date"]], on="service_id", suffixes=("", "_index"))
    after = (later["event_date"] > later["event_date_index"]) & (
        later["event_date"] <= later["event_date_index"] + pd.DateOffset(years=years)
    )
    seen = later[after].groupby("service_id")["positive"].max()
    again = index["service_id"].map(seen)
    told = pd.DataFrame({
        "found": index["positive"].to_numpy(dtype=bool), "revisited": again.notna().to_numpy(),
        "again": again.eq(True).to_numpy(dtype=bool),
    })  # fmt: skip
    groups = told.groupby("found")
    table = groups.agg(services=("found", "size"), revisited=("revisited", "sum"), again=("again", "sum"))
    table = table.reindex([True, False], fill_value=0).reset_index()
    n = table["revisited"].to_numpy(dtype=float)
    low, high = wilson(table["again"].to_numpy(dtype=float), n)
    return table.assign(share=table["again"] / np.where(n > 0, n, np.nan), low=low, high=high)
