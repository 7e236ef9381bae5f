"""Condenses events to counted rows per month, with one function for every frame engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrameT

from risiko.contracts import CONTRACTS, Contract

# What tells one counted row of complaints from another, beside its month.
COMPLAINT_KEYS = ("service_id", "stream", "regime", "source", "grounds", "severity", "outcome", "date_precision")
ROW = "row__number"


def condense(
    events: IntoFrameT,
    as_of: date,
    *,
    by: Sequence[str] = COMPLAINT_KEYS,
    sums: Sequence[str] = ("n",),
    contract: Contract = CONTRACTS["complaints"],
    order: str | None = None,
) -> IntoFrameT:
    """What was known at the end of as_of, as one row per combination of `by` and month: the same engine in and out.

    events: rows of the contract, all versions, as a frame of any engine narwhals knows; a lazy one stays lazy. It
    needs the contract's key, event_date, `by` and `sums`; other columns do not matter.
    The newest version known by then counts, and of those what had happened, exactly as asof.known_at says.
    Columns: by…; months_ago (0 = the month up to as_of; edges as asof.window_start); sums… (over the values that are
    there; missing where none is); rows (how many events); event_date and known_date (the newest of them).
    A missing key is a group of its own. The order of the rows is not defined: see `collect_sorted`.
    order: a column that numbers the rows, for engines whose rows have no order; where a key stands twice, against the
    contract, the last one counts. Without it only frames in memory (pandas, eager Polars) keep that promise.
    """
    end = datetime(as_of.year, as_of.month, as_of.day)
    known = _until(nw.from_native(events), "known_date", end)
    happened = _until(_newest(known, list(contract.id_columns), order), "event_date", end)
    counts = {name: f"{name}__present" for name in sums if contract.by_name[name].nullable}
    out = happened.with_columns(_months_ago(as_of)).group_by(*by, "months_ago").agg(
        *(nw.col(name).sum() for name in sums),
        *(nw.col(name).count().alias(present) for name, present in counts.items()),
        nw.len().alias("rows"),
        nw.col("event_date", "known_date").max(),
    )  # fmt: skip
    out = out.with_columns(  # engines differ in what a count or a sum is made of
        nw.col("rows").cast(nw.Int64),
        *(nw.col(name).cast(nw.Int64) for name in sums if contract.by_name[name].type == "integer"),
    ).with_columns(nw.when(nw.col(present) > 0).then(nw.col(name)).alias(name) for name, present in counts.items())
    native: IntoFrameT = out.drop(*counts.values()).to_native()
    return native


def collect_sorted(condensed: Any, by: Sequence[str] = COMPLAINT_KEYS) -> pd.DataFrame:
    """Condensed rows of any engine as a pandas frame, sorted by `by` and month, missing keys last.

    Texts come as str, whole numbers as Int64, dates as datetime64[us], whatever the engine calls them.
    """
    frame = nw.from_native(condensed).sort(*by, "months_ago", nulls_last=True)  # where the rows are, not here
    dtypes = {name: _pandas_dtype(dtype) for name, dtype in frame.collect_schema().items()}
    table: pd.DataFrame = (frame.collect("pyarrow") if isinstance(frame, nw.LazyFrame) else frame).to_pandas()
    return table.astype(dtypes).reset_index(drop=True)


def as_complaints(condensed: Any) -> pd.DataFrame:
    """Rows condensed by COMPLAINT_KEYS as a contract table of counted complaints, in a fixed order.

    event_date and known_date are the newest in the group; complaint_id is made up, and the same for the same rows.
    """
    rows = collect_sorted(condensed)
    ids = "counted-" + pd.Series(range(1, len(rows) + 1), dtype="int64").astype("str")
    return CONTRACTS["complaints"].conform(rows.assign(complaint_id=ids))


def _pandas_dtype(dtype: nw.dtypes.DType) -> str:
    if dtype.is_temporal():
        return "datetime64[us]"
    return "Int64" if dtype.is_integer() else "float64" if dtype.is_float() else "str"


def _until(frame: Any, column: str, end: datetime) -> Any:
    """The rows dated no later than `end`. Where all are, the frame itself: copying texts costs more than looking."""
    if isinstance(frame, nw.DataFrame) and len(frame) and frame[column].max() <= end:
        return frame
    return frame.filter(nw.col(column) <= end)


def _newest(frame: Any, ids: list[str], order: str | None) -> Any:
    """One row per id: of its versions the newest, of equals the last."""
    if not isinstance(frame, nw.DataFrame):
        return frame.unique(ids, keep="last", order_by=["known_date", *([order] if order else [])])
    if len(frame.select(ids).unique()) == len(frame):  # most often, and much cheaper than sorting
        return frame
    numbered = frame if order else frame.with_row_index(ROW)  # no engine promises to sort equals as they came
    return numbered.sort("known_date", order or ROW).unique(ids, keep="last", maintain_order=True)


def _months_ago(as_of: date) -> nw.Expr:
    day = nw.col("event_date").dt
    whole = as_of.year * 12 + as_of.month - (day.year().cast(nw.Int64) * 12 + day.month().cast(nw.Int64))
    return (whole - (day.day() > as_of.day).cast(nw.Int64)).alias("months_ago")
