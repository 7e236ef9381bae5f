"""Cells as text: one way to write down what any kind of file holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

# What a spreadsheet leaves where a formula failed; never a value, not even in a text column.
UNSAVED = "#FORMULA WITHOUT A SAVED VALUE"
FORMULA_ERRORS = frozenset({
    UNSAVED, "#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!",
})  # fmt: skip


def by_unique(values: pd.Series, work: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """What `work` gives for the series, computed once per distinct value; missing stays missing."""
    codes, uniques = pd.factorize(values, use_na_sentinel=True)
    done = work(pd.Series(uniques).reset_index(drop=True))
    taken = done.reindex(codes)  # -1 is no label: missing
    taken.index = values.index
    return taken


def by_kind(values: pd.Series, work: Callable[[pd.Series], pd.Series], dtype: str) -> pd.Series:
    """The same for a column of mixed Python values (a spreadsheet's): each kind of value is worked on by itself."""
    kinds = values.map(_kind).astype("str")
    out = pd.Series(index=values.index, dtype=dtype)
    for kind in sorted(set(kinds) - {"missing"}):  # a handful of kinds
        some = kinds == kind
        items = [str(v) for v in values[some]] if kind == "text" else list(values[some])
        out[some] = work(pd.Series(items, index=values.index[some])).astype(dtype)
    return out


def _kind(value: Any) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return "missing"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    return "date" if isinstance(value, (date, datetime)) else "text"


def as_text(values: pd.Series, missing: frozenset[str] = frozenset()) -> pd.Series:
    """The cells as stripped text; empty ones, and those that say a `missing` word, are missing.

    Whole numbers are written without decimals, dates as ISO (with the time only where there is one), booleans as true
    and false, whatever kind of file they come from.
    """
    if values.dtype == object:
        return by_kind(values, lambda some: as_text(some, missing), "str")
    if values.dtype.kind == "M":
        text = by_unique(values, _date_text)
    elif pd.api.types.is_bool_dtype(values.dtype):
        text = values.astype("boolean").map({True: "true", False: "false"}).astype("str")
    elif pd.api.types.is_numeric_dtype(values.dtype):
        text = by_unique(values, lambda u: u.astype("str").str.replace(r"\.0$", "", regex=True))
    else:
        text = values.astype("str").str.strip()
    text = text.astype("str")
    return text.mask(text.isin({"", *missing}))


def _date_text(dates: pd.Series) -> pd.Series:
    return dates.dt.strftime("%Y-%m-%d %H:%M:%S").str.removesuffix(" 00:00:00")


def scalar_text(value: object) -> str:
    """A constant of the mapping as the text a cell would hold."""
    return str(value).lower() if isinstance(value, bool) else str(value)
