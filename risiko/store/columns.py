"""Frame columns to stored values and back, a column at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from risiko.store.faults import Unreadable

_ARROW = {
    "str": pa.large_string(), "Int64": pa.int64(), "int64": pa.int64(), "float64": pa.float64(),
    "datetime64[us]": pa.string(), "boolean": pa.int64(),
}  # fmt: skip
_THEN = {"datetime64[us]": (pa.date32(), pa.timestamp("us")), "boolean": (pa.bool_(),)}
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
    """Chunks of stored rows as one frame with the given dtypes, in order, with a fresh index.

    Raises Unreadable for a value that is none of its column's.
    """
    pieces: dict[str, list[pa.Array]] = {name: [] for name in dtypes}
    for rows in chunks:  # chunks keep the driver's objects few; the values go to Arrow a column at a time
        for (name, dtype), values in zip(dtypes.items(), zip(*rows, strict=True), strict=True):
            pieces[name].append(_typed(name, values, dtype))
    # Without rows there is still one, empty, chunk: pandas cannot join text columns that have none.
    whole = {name: pa.chunked_array(pieces[name] or [_typed(name, (), dtype)]) for name, dtype in dtypes.items()}
    frame: pd.DataFrame = pa.table(whole).to_pandas(types_mapper=_PANDAS.get)
    return frame.astype({name: "int64" for name, dtype in dtypes.items() if dtype == "int64"})


def _typed(name: str, values: Sequence[Any], dtype: str) -> pa.Array:
    try:
        array = pa.array(values, _ARROW[dtype])
        for type_ in _THEN.get(dtype, ()):
            array = array.cast(type_)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise Unreadable(f"the column {name} holds what it cannot hold ({error})") from error
    return array
