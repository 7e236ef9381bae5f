"""Frame columns to stored values and back, a column at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

_ARROW = {
    "str": pa.large_string(), "Int64": pa.int64(), "int64": pa.int64(), "float64": pa.float64(),
    "datetime64[us]": pa.string(), "boolean": pa.int64(),
}  # fmt: skip
_PANDAS = {
    pa.large_string(): pd.StringDtype(na_value=np.nan), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(),
}  # fmt: skip


def stored(frame: pd.DataFrame, dtypes: Mapping[str, str]) -> list[list[Any]]:
    """The frame's columns as the values a database keeps; missing is None, a date ISO text, a boolean 0 or 1.

    A column that the frame lacks is missing in every row.
    """
    return [_values(frame[name]) if name in frame else [None] * len(frame) for name in dtypes]


def _values(column: pd.Series) -> list[Any]:
    if column.dtype.kind == "M":
        days = pa.array(column.astype("datetime64[us]")).cast(pa.date32())
        return _listed(days.cast(pa.string()).to_numpy(zero_copy_only=False))
    if str(column.dtype) == "boolean":
        column = column.astype("Int64")
    return _listed(column.to_numpy(dtype=object, na_value=None))


def _listed(values: Any) -> list[Any]:
    listed: list[Any] = values.tolist()
    return listed


def loaded(chunks: Iterable[Sequence[tuple[Any, ...]]], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """Chunks of stored rows as one frame with the given dtypes, in order, with a fresh index."""
    types = [_ARROW[dtype] for dtype in dtypes.values()]
    pieces: list[list[pa.Array]] = [[] for _ in types]
    for rows in chunks:  # chunks keep the driver's objects few; the values go to Arrow a column at a time
        for piece, values, type_ in zip(pieces, zip(*rows, strict=True), types, strict=True):
            piece.append(pa.array(values, type_))
    whole = [_typed(pa.chunked_array(p, t), d) for p, t, d in zip(pieces, types, dtypes.values(), strict=True)]
    frame: pd.DataFrame = pa.table(whole, list(dtypes)).to_pandas(types_mapper=_PANDAS.get)
    return frame.astype({name: "int64" for name, dtype in dtypes.items() if dtype == "int64"})


def _typed(values: pa.ChunkedArray, dtype: str) -> pa.ChunkedArray:
    if dtype == "datetime64[us]":
        return values.cast(pa.date32()).cast(pa.timestamp("us"))
    return values.cast(pa.bool_()) if dtype == "boolean" else values
