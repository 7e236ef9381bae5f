"""From cells to typed values: numbers, dates, booleans and lists, and which cells would not convert."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.contracts import DTYPES, Type
from risiko.ingest.cells import as_text, by_kind, by_unique

BOOLEANS = {
    "true": True, "yes": True, "ja": True, "j": True, "y": True, "1": True,
    "false": False, "no": False, "nei": False, "n": False, "0": False,
}  # fmt: skip
# dmy: day first, four-digit year, with or without a time of day, which is dropped.
DMY = tuple(f"%d{sep}%m{sep}%Y{time}" for time in ("", " %H:%M", " %H:%M:%S") for sep in "./-")
ISO_DATE = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
# Thousands may be set apart by spaces, also the no-break kinds; never by a dot or comma, which may be a decimal sign.
SPACES = "[ \u00a0\u202f\u2009]"
NUMBER = r"^[+-]?(?:[0-9]{1,3}(?:%s[0-9]{3})+|[0-9]+)?(?:%s[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?$"

# What to say about a cell that will not convert.
WANTED = {
    "number": "not a number (decimal sign {decimal!r}; no unit, no percent sign, thousands only by spaces)",
    "integer": "not a whole number",
    "date": "not a date written as {dates}",
    "bool": "neither true/yes/ja/1 nor false/no/nei/0",
}


@dataclass(frozen=True)
class Writing:
    """How values are written in a file."""

    decimal: str = "."
    dates: tuple[str, ...] = ("iso",)
    missing: frozenset[str] = frozenset()

    def wanted(self, type_: Type) -> str:
        """What a cell of this type should have looked like, for a message."""
        dates = " or ".join({"iso": "yyyy-mm-dd", "dmy": "dd.mm.yyyy"}.get(d, d) for d in self.dates)
        return WANTED.get(type_, "").format(decimal=self.decimal, dates=dates)


def convert(cells: pd.Series, type_: Type, writing: Writing) -> tuple[pd.Series, pd.Series]:
    """The cells as the type's dtype ("integer" as float, rounded by `whole`), and which did not convert.

    Missing cells stay missing and are not faulty. Numbers and dates that a file holds as such are taken as they are.
    """
    text = as_text(cells, writing.missing)
    if type_ in ("text", "category", "list"):
        return text, pd.Series(False, index=cells.index)
    makers: dict[str, Callable[[pd.Series, Writing], pd.Series]] = {
        "number": _numbers,
        "integer": _numbers,
        "date": _dates,
        "bool": _booleans,
    }
    dtype = "float64" if type_ == "integer" else DTYPES[type_]
    make = makers[type_]
    values = by_kind(cells, lambda some: make(some, writing), dtype) if cells.dtype == object else make(cells, writing)
    values = values.mask(text.isna()).astype(dtype)
    return values, values.isna() & text.notna()


def whole(numbers: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Floats as Int64, and which of them are not whole (or too large to be exact)."""
    nearest = numbers.round()
    bad = numbers.notna() & (((numbers - nearest).abs() > 1e-9) | (nearest.abs() > 2**53))
    return nearest.mask(bad).astype("Int64"), bad


def _numbers(cells: pd.Series, writing: Writing) -> pd.Series:
    if pd.api.types.is_bool_dtype(cells.dtype) or cells.dtype.kind == "M":
        return pd.Series(np.nan, index=cells.index)
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return cells.astype("float64").replace([np.inf, -np.inf], np.nan)
    return by_unique(as_text(cells), lambda unique: _parse_numbers(unique, writing.decimal))


def _parse_numbers(text: pd.Series, decimal: str) -> pd.Series:
    text = text.str.replace("−", "-")
    well_formed = text.str.match(NUMBER % (SPACES, "[.]" if decimal == "." else ","))
    plain = text.str.replace(SPACES, "", regex=True).str.replace(decimal, ".", regex=False)
    return pd.to_numeric(plain.where(well_formed.astype(bool)), errors="coerce").astype("float64")


def _dates(cells: pd.Series, writing: Writing) -> pd.Series:
    if cells.dtype.kind == "M":
        naive = cells.dt.tz_localize(None) if getattr(cells.dt, "tz", None) is not None else cells
        return naive.dt.normalize().astype(DTYPES["date"])
    return by_unique(as_text(cells), lambda unique: _parse_dates(unique, writing.dates))


def _parse_dates(text: pd.Series, formats: tuple[str, ...]) -> pd.Series:
    """Each text by the first format that fits it; a time of day and a time zone are dropped, the date is as written."""
    out = pd.Series(pd.NaT, index=text.index, dtype=DTYPES["date"])
    for name in formats:
        for pattern in DMY if name == "dmy" else ("%Y-%m-%d",) if name == "iso" else (name,):
            rest = text[out.isna()].dropna()
            if rest.empty:
                return out
            if name == "iso":
                rest = rest.str.extract(ISO_DATE, expand=False).dropna()
            parsed = pd.to_datetime(rest, format=pattern, errors="coerce")
            out[rest.index] = parsed.dt.normalize().astype(DTYPES["date"])
    return out


def _booleans(cells: pd.Series, writing: Writing) -> pd.Series:
    text = as_text(cells)
    return by_unique(text, lambda unique: unique.str.lower().map(BOOLEANS).astype("boolean"))


def listed(text: pd.Series, separator: str) -> pd.Series:
    """One cell's several words, separated, as a frame-friendly long series: index repeated, blanks dropped."""
    words = text.dropna().str.split(separator, regex=False).explode().str.strip()
    return words[words != ""]
