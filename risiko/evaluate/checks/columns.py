"""RK003: columns that changed meaning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from risiko.asof import FloatArray
from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, judged, not_applicable
from risiko.evaluate.checks.registry import check
from risiko.evaluate.checks.shift import Column, stability_index
from risiko.statistics.inputs import IntArray


@check("RK003", severity="warning")
def columns_keep_their_meaning(versions: pd.DataFrame, limits: Limits) -> Outcome:
    """No column of services jumps in scale, distribution or coding from one quarter's end to the next.

    Services are compared with themselves: those known at both ends. Fails where the median of new over old value is
    above scale_ratio or below its inverse, the stability index is above `shift`, or fewer than levels_kept of all words
    seen are seen at both ends. A column that stops being filled has jumped too; one that begins has not. details:
    column, date, n (services with a value before), ratio, shift, kept, missing_before, missing_after (shares), fails;
    one row per column and quarter, failing first.
    """
    rows, ends = _states(versions)
    pairs = [rows[known, k - 1 : k + 1].T for k, known in enumerate((rows[:, :-1] >= 0).T, start=1)]
    compared = []
    for name in (c for c in versions if c not in ("service_id", "known_date")):
        column = Column.of(versions[name])
        for end, (before, after) in zip(ends[1:], pairs, strict=True):
            pair = _compared(column.values[before], column.values[after], column.is_number, limits)
            compared += [{"column": name, "date": end, **pair}] if pair else []
    found = pd.DataFrame(compared)
    if found.empty:
        return not_applicable("too_few")
    found = found.sort_values(["fails", "shift"], ascending=False, kind="stable").reset_index(drop=True)
    changed, worst = int(found.groupby("column")["fails"].any().sum()), found.iloc[0]
    named = {"column": str(worst["column"]), "date": worst["date"].date(), "shift": float(worst["shift"])}
    return judged(changed > 0, found, changed=changed, n=int(found["column"].nunique()), **named)


def _states(versions: pd.DataFrame) -> tuple[IntArray, list[pd.Timestamp]]:
    """(services × quarters: the row of `versions` in force at the quarter's end, −1 where none; the quarters' ends)."""
    quarter = pd.to_datetime(versions["known_date"]).dt.to_period("Q")
    order = np.argsort(pd.to_datetime(versions["known_date"]).to_numpy(), kind="stable")
    service, names = pd.factorize(versions["service_id"])
    period, periods = pd.factorize(quarter, sort=True)
    place = np.full((len(names), len(periods)), -1)
    place[service[order], period[order]] = np.arange(len(versions))  # the newest of a quarter is written last
    place = np.maximum.accumulate(place, axis=1)
    return np.where(place >= 0, order[place], -1), [p.end_time.normalize() for p in periods]


def _compared(old: FloatArray, new: FloatArray, is_number: bool, limits: Limits) -> dict[str, Any] | None:
    n = int((~np.isnan(old)).sum())
    if n < limits.shift_minimum:  # a column that begins has no earlier meaning to keep
        return None
    ratio, kept = (_median_ratio(old, new), 1.0) if is_number else (1.0, _words_kept(old, new))
    shift = stability_index(old, new, is_number=is_number)
    scaled = not 1 / limits.scale_ratio <= ratio <= limits.scale_ratio
    fails = scaled or shift > limits.shift or kept < limits.levels_kept
    gone = {"missing_before": float(np.isnan(old).mean()), "missing_after": float(np.isnan(new).mean())}
    return {"n": n, "ratio": ratio, "shift": shift, "kept": kept, **gone, "fails": fails}


def _median_ratio(old: FloatArray, new: FloatArray) -> float:
    """The median of new over old where both are there and of one sign; 1 where no service is left."""
    ratio = np.divide(new, old, out=np.full(len(old), np.nan), where=old != 0)
    ratio = ratio[ratio > 0]
    return float(np.median(ratio)) if len(ratio) else 1.0


def _words_kept(old: FloatArray, new: FloatArray) -> float:
    """Words seen at both ends among those seen at either; 1 where one end has none."""
    before, after = (np.unique(codes[~np.isnan(codes)]) for codes in (old, new))
    both = len(np.intersect1d(before, after, assume_unique=True))
    return both / (len(before) + len(after) - both) if len(before) and len(after) else 1.0
