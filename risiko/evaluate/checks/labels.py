"""Checks of what was known when: RK001 labels that were not closed and published, RK002 inputs from the future."""

from __future__ import annotations

from datetime import date

import pandas as pd

from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, judged, not_applicable
from risiko.evaluate.checks.registry import check


@check("RK001", severity="error")
def labels_closed_and_published(label_rows: pd.DataFrame, limits: Limits) -> Outcome:
    """Every training label's window had ended, and the label was published, by the date it was used at.

    A label without known_from cannot be shown to have been known, and fails. A window that ends on the date it is used
    at has ended. details: as_of, used_at, n, open, unpublished by pair of dates.
    """
    if label_rows.empty:
        return not_applicable("no_rows")
    dated = {c: pd.to_datetime(label_rows[c]) for c in ("as_of", "window_end", "known_from", "used_at")}
    rows = pd.DataFrame(dated)
    rows["open"] = ~((rows["window_end"] <= rows["used_at"]) & (rows["window_end"] > rows["as_of"]))
    rows["unpublished"] = ~(rows["known_from"] <= rows["used_at"])
    rows["fails"] = rows["open"] | rows["unpublished"]
    late = int(rows["fails"].sum())
    by = rows.groupby(["as_of", "used_at"], dropna=False)
    sums = {"n": ("fails", "size"), "fails": ("fails", "any")} | {c: (c, "sum") for c in ("open", "unpublished")}
    details = by.agg(**sums).reset_index().sort_values("fails", ascending=False, kind="stable")
    counts = {"open": int(rows["open"].sum()), "unpublished": int(rows["unpublished"].sum())}
    return judged(late > 0, details, late=late, n=len(rows), **counts)


@check("RK002", severity="error")
def inputs_known_in_time(newest_known: pd.DataFrame, as_of: date, limits: Limits) -> Outcome:
    """No input rests on a row that became known after the as-of date. Inputs that rest on no row are left out."""
    rows = newest_known.assign(newest_known=pd.to_datetime(newest_known["newest_known"])).dropna(subset="newest_known")
    if rows.empty:
        return not_applicable("no_rows")
    rows = rows[["signal", "newest_known"]].sort_values("newest_known", ascending=False, kind="stable")
    rows["fails"] = rows["newest_known"] > pd.Timestamp(as_of)
    worst = rows.iloc[0]
    late = int(rows["fails"].sum())
    newest = worst["newest_known"].date()
    return judged(late > 0, rows, late=late, n=len(rows), signal=str(worst["signal"]), newest=newest, as_of=as_of)
